"""Lists of other bodies compared, and lists taken away, page by page."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from doudi.server.audit.models import Entry
from doudi.server.exchange.kept import purge
from doudi.server.exchange.models import Comparison, Difference, Export, Kept
from doudi.server.jobs.models import Job
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import now
from doudi.server.registry.actions.inputs import NewMember, NewStatement
from doudi.server.registry.actions.ledgers import enrol
from doudi.server.registry.actions.register import register_household
from tests.server.cast import FAR_VILLAGE, SYSTEM, TOWN, VILLAGE_CODE
from tests.server.exchange.ledgers import IDS, an_id, write
from tests.server.web.exchange_pages import count, send, text, the, work
from tests.server.web.world import FAST, ON, World, client_of, made

HEADERS = ["姓名", "身份证号", "等级"]


@pytest.fixture
def world(db: str) -> World:
    """韦大山 is on the ledger of disabled people."""
    with FAST:
        found = made()
    enrol(by=found.who["CLERK"], ledger="残疾人", person=found.person_here, on=ON, details={"等级": "一级"})
    return found


@pytest.fixture
def clerk(world: World) -> Client:
    return client_of(world.who["CLERK"])


def compared(client: Client, folder: Path, rows: list[list[str]], **fields: str) -> str:
    data = write(folder / "名单.xlsx", {"名单": rows}).read_bytes()
    form = {"body": "县残联", "ledger": "残疾人", "key": "id", "on": "2024-07-01"} | fields
    answer = send(client, data, "名单.xlsx", "/imports/comparisons/new", **form)
    assert answer.status_code == 303, text(answer)
    work()
    return str(answer["Location"])


def strangers(number: int) -> list[list[str]]:
    return [HEADERS, *(["陌生人", an_id("19770707", i), "二级"] for i in range(1, number + 1))]


def test_differences_are_told_opened_and_settled(world: World, clerk: Client, tmp_path: Path) -> None:
    page = compared(
        clerk, tmp_path, [HEADERS, ["韦大山", IDS["韦大山"], "二级"], ["陌生人", an_id("19770707", 31), "三级"]]
    )
    seen = clerk.get(page)
    assert "只在对方 1" in text(seen)
    assert "等级：一级 → 二级" in text(seen)
    assert f'href="/household/{world.here}"' in seen.content.decode()
    assert an_id("19770707", 31) not in seen.content.decode()
    only = text(clerk.get(f"{page}?kind=there"))
    assert "陌生人" in only
    assert "韦大山" not in only
    row = the(Difference, kind="there")
    without = clerk.post(page, {"do": "settle", "rows": str(row.id), "state": "done", "why": " "})
    assert without.status_code == 422
    assert "请说明情况" in text(without)
    nothing = clerk.post(page, {"do": "settle", "state": "done", "why": "x"})
    assert nothing.status_code == 422
    done = clerk.post(f"{page}?kind=there", {"do": "settle", "rows": str(row.id), "state": "done", "why": "已入户登记"})
    assert (done.status_code, done["Location"]) == (303, f"{page}?kind=there")
    assert "都办结了" in text(clerk.get(f"{page}?kind=there"))
    assert "已入户登记" in text(clerk.get(f"{page}?state=all"))


def test_a_list_with_other_headers(clerk: Client, tmp_path: Path) -> None:
    page = compared(clerk, tmp_path, [["持证人", "公民身份号码", "等级"], ["韦大山", IDS["韦大山"], "一级"]])
    assert "表头名称不同" in text(clerk.get(page))
    twice = clerk.post(page, {"do": "headers", "h0": "姓名", "h1": "姓名", "h2": ""})
    assert twice.status_code == 422
    assert clerk.post(page, {"do": "headers", "h0": "姓名", "h1": "身份证号", "h2": ""}).status_code == 303
    work()
    assert "没有这样的差异" in text(clerk.get(page))


def test_the_same_list_twice_and_settled_work_stays(clerk: Client, tmp_path: Path) -> None:
    page = compared(clerk, tmp_path, strangers(1))
    row = the(Difference, kind="there")
    clerk.post(page, {"do": "settle", "rows": str(row.id), "state": "dismissed", "why": "外县"})
    assert compared(clerk, tmp_path, strangers(1)) == page
    assert count(Comparison) == 1
    assert the(Difference, pk=row.id).state == "dismissed"


def test_stopped_and_begun_again_or_given_up(clerk: Client, tmp_path: Path) -> None:
    data = write(tmp_path / "名单.xlsx", {"名单": strangers(1)}).read_bytes()
    form = {"body": "县残联", "ledger": "残疾人", "key": "id", "on": "2024-07-01"}
    page = send(clerk, data, "名单.xlsx", "/imports/comparisons/new", **form)["Location"]
    clerk.post(page, {"do": "cancel"})
    assert "重新比对" in text(clerk.get(page))
    clerk.post(page, {"do": "again"})
    work()
    assert "只在对方 1" in text(clerk.get(page))
    assert clerk.post(page, {"do": "drop"}).status_code == 422
    bad = compared(clerk, tmp_path, [["a", "b"], ["1", "2"]])
    assert clerk.post(bad, {"do": "drop"})["Location"] == "/imports/comparisons"
    assert clerk.get(bad).status_code == 404


def test_differences_are_taken_away_as_a_workbook(clerk: Client, tmp_path: Path) -> None:
    page = compared(clerk, tmp_path, strangers(3))
    answer = clerk.post(page, {"do": "export", "once": "abc"})
    work()
    sheet = openpyxl.load_workbook(io.BytesIO(clerk.get(f"{answer['Location']}/file").content)).worksheets[0]
    rows = list(sheet.iter_rows(min_row=4, values_only=True))
    assert [r[0] for r in rows].count("只在对方名单") == 3
    assert [r[0] for r in rows].count("只在我方台账") == 1
    assert an_id("19770707", 1) not in repr(rows)


def test_hundreds_of_differences_make_no_more_questions(clerk: Client, tmp_path: Path) -> None:
    page = compared(clerk, tmp_path, strangers(150))
    assert "下一页" in text(clerk.get(page))
    for path in (page, f"{page}?kind=there&after=20", "/imports/comparisons", "/exports", "/exports/new?what=people"):
        with CaptureQueriesContext(connection) as asked:
            assert clerk.get(path).status_code == 200
        assert len(asked) <= 25, (path, len(asked))


def asked_for(client: Client, **fields: object) -> str:
    form = {
        "what": "people",
        "area": TOWN,
        "on": "2024-07-01",
        "columns": ["name", "id", "place"],
        "once": "1",
    } | fields
    answer = client.post("/exports/new", form)
    assert answer.status_code == 303, text(answer)
    work()
    return str(answer["Location"])


def fetched(client: Client, page: str) -> list[tuple[object, ...]]:
    answer = client.get(f"{page}/file")
    assert answer.status_code == 200, text(answer)
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    return list(book.worksheets[0].iter_rows(min_row=3, values_only=True))


def test_a_list_is_taken_away_masked_with_the_columns_chosen(clerk: Client) -> None:
    page = asked_for(clerk)
    assert "下载工作簿" in text(clerk.get(page))
    header, row = fetched(clerk, page)
    assert header == ("姓名", "身份证号", "地区")
    assert row[0] == "韦大山"
    assert row[1] == IDS["韦大山"][:3] + "*" * 11 + IDS["韦大山"][-4:]
    assert Entry.objects.filter(verb="exchange.fetch").count() == 1


def test_whole_numbers_for_who_may_and_says_why(world: World, clerk: Client) -> None:
    form = {"what": "people", "area": TOWN, "on": "2024-07-01", "columns": ["id"], "unmasked": "on", "why": "送银行"}
    assert clerk.post("/exports/new", form).status_code == 403
    assert "不遮盖" not in text(clerk.get("/exports/new?what=people"))
    confirming = client_of(world.who["CONFIRMING"])
    without = confirming.post("/exports/new", form | {"why": ""})
    assert without.status_code == 422
    assert "须说明理由" in text(without)
    page = asked_for(confirming, columns=["id"], unmasked="on", why="送银行")
    assert fetched(confirming, page)[1] == (IDS["韦大山"],)
    (entry,) = Entry.objects.filter(verb="exchange.export")
    assert (entry.why, entry.count) == ("送银行", 1)
    # What is kept of it cannot be read in the database.
    kept = bytes(Kept.objects.get().cipher)
    assert b"PK\x03\x04" not in kept
    assert IDS["韦大山"].encode() not in kept


def test_nobody_fetches_what_another_asked_for(world: World, clerk: Client) -> None:
    page = asked_for(clerk)
    for who in ("REVIEWER", "CONFIRMING", "OTHER_TOWN"):
        other = client_of(world.who[who])
        assert other.get(page).status_code == 404
        assert other.get(f"{page}/file").status_code == 404
        assert "人员名册" not in text(other.get("/exports"))


def test_a_form_sent_twice_is_one_export(clerk: Client) -> None:
    assert asked_for(clerk) == asked_for(clerk)
    assert count(Export) == 1
    assert asked_for(clerk, once="2") != ""
    assert count(Export) == 2


def test_what_is_past_its_days_is_gone_and_said(clerk: Client) -> None:
    page = asked_for(clerk)
    assert purge(now()) == 0
    assert purge(now() + timedelta(days=8)) == 1
    assert "保存期已过" in text(clerk.get(page))
    gone = clerk.get(f"{page}/file")
    assert gone.status_code == 422
    assert "已删除" in text(gone)


def test_cancelled_and_forms_that_ask_for_too_much(world: World, clerk: Client) -> None:
    form = {"what": "people", "area": TOWN, "on": "2024-07-01", "columns": ["name"]}
    page = clerk.post("/exports/new", form)["Location"]
    job = Job.objects.order_by("-id")[0].id
    assert clerk.post(f"/jobs/{job}", {"do": "cancel", "next": page})["Location"] == page
    assert "已取消" in text(clerk.get(page))
    assert clerk.get(f"{page}/file").status_code == 422
    for wrong, status in (
        ({"columns": []}, 422), ({"columns": ["salary"]}, 422), ({"area": "451228"}, 403), ({"on": "gestern"}, 422), ({"what": "ledger"}, 422),
    ):  # fmt: skip
        answer = clerk.post("/exports/new", form | wrong)
        assert answer.status_code == status, wrong


def test_a_ledger_with_its_own_columns(clerk: Client) -> None:
    header, row = fetched(clerk, asked_for(clerk, what="ledger", ledger="残疾人", columns=["name", "since", "details"]))
    assert (header, row) == (("姓名", "列入日期", "等级"), ("韦大山", "2024-07-01", "一级"))


def test_an_area_of_nobody_is_an_empty_list(clerk: Client) -> None:
    rows = fetched(clerk, asked_for(clerk, area="451229103202"))
    assert rows[1][0] == "（无）"


def test_jobs_tell_what_became_of_them(world: World, clerk: Client, tmp_path: Path) -> None:
    page = compared(clerk, tmp_path, strangers(1))
    seen = clerk.get("/jobs")
    assert "比对名单" in text(seen)
    assert f'href="{page}"' in seen.content.decode()
    job = Job.objects.get(kind="compare")
    one = clerk.get(f"/jobs/{job.id}")
    assert f'href="{page}"' in one.content.decode()
    assert "看比对结果" in text(one)
    Job.objects.filter(pk=job.id).update(state="failed", zh="磁盘已满。", en="The disk is full.")
    assert "磁盘已满" in text(clerk.get("/jobs?state=failed"))
    assert "磁盘已满" in text(clerk.get(f"/jobs/{job.id}"))
    assert client_of(world.who["OTHER_TOWN"]).get(f"/jobs/{job.id}").status_code == 404
    # A colleague sees it and cannot cancel it; the bar asks the page to load anew once it has ended.
    reviewer: Actor = world.who["REVIEWER"]
    Job.objects.filter(pk=job.id).update(state="running", total=10, done=3)
    colleague = client_of(reviewer)
    assert "3 / 10" in text(colleague.get(f"/jobs/{job.id}"))
    assert "取消这项任务" not in text(colleague.get(f"/jobs/{job.id}"))
    assert colleague.post(f"/jobs/{job.id}", {"do": "cancel"}).status_code == 403
    assert "HX-Refresh" not in colleague.get(f"/jobs/{job.id}/bar")
    Job.objects.filter(pk=job.id).update(state="done")
    assert colleague.get(f"/jobs/{job.id}/bar")["HX-Refresh"] == "true"
    assert VILLAGE_CODE not in colleague.get("/jobs").content.decode()


def listed(client: Client, path: str) -> tuple[str, dict[str, str]]:
    """The way of the list's export: a link, or the form that begins it in the background, with what it sends."""
    page = client.get(path).content.decode()
    link = re.search(r'href="(/ledgers/export/[^"]*)"', page)
    form = re.search(r'<form[^>]*action="/exports/roll">(.*?)</form>', page, re.S)
    assert (link is None) != (form is None)
    sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[1] if form else ""))
    sent.pop("csrfmiddlewaretoken", None)
    return link[1] if link else "", sent


def test_a_list_too_long_to_wait_for_is_exported_as_it_is_filtered(
    world: World, clerk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(3):
        said = NewStatement("导入", {"健在": True, "性别": "男", "出生日期": f"198{n}-05-01"})
        member = NewMember(f"蒙{'甲乙丙'[n]}", "户主", head=True, statements=(said,))
        register_household(by=world.who["CLERK"], area=VILLAGE_CODE, members=[member], on=ON)
    path = f"/ledgers/people?area={VILLAGE_CODE}&sex=男&sort=-age&age_from=20"
    monkeypatch.setattr("doudi.server.web.ledgers.roll.MOST", 3)
    assert listed(clerk, path)[0].startswith("/ledgers/export/person?")
    monkeypatch.setattr("doudi.server.web.ledgers.roll.MOST", 2)
    _, form = listed(clerk, path)
    answer = clerk.post("/exports/roll", form)
    assert answer.status_code == 303
    assert clerk.post("/exports/roll", form)["Location"] == answer["Location"], "sent twice it is one"
    assert "正在" in text(clerk.get("/exports"))
    work()
    page = str(answer["Location"])
    shown = clerk.get(page)
    assert "人员名册" in text(shown)
    assert "下载工作簿" in text(shown)
    header, *rows = fetched(clerk, page)
    assert header[:4] == ("姓名", "性别", "出生日期", "身份证号")
    assert [r[0] for r in rows] == re.findall(r">(蒙.)</a>", clerk.get(path).content.decode())
    assert len(rows) == 3
    with acting(SYSTEM):
        assert Export.objects.get().filter == {k: v for k, v in form.items() if k != "once"}
    back = re.search(r'href="(/ledgers/people\?[^"]*)"', shown.content.decode())
    assert back is not None
    assert "蒙乙" in clerk.get(back[1].replace("&amp;", "&")).content.decode()
    assert clerk.get("/ledgers/people?sex=x").content.decode().count("/exports/roll") == 0, "nothing is listed"


def test_who_may_not_export_begins_nothing_in_the_background(world: World, clerk: Client) -> None:
    form = {"of": "household", "area": VILLAGE_CODE}
    assert client_of(world.who["OBSERVER"]).post("/exports/roll", form).status_code == 403
    for wrong, status in (
        ({"of": "x"}, 422), ({"area": FAR_VILLAGE}, 403), ({"q": "韦"}, 422), ({"sort": "x"}, 422), ({"set": "99"}, 404)
    ):  # fmt: skip
        assert clerk.post("/exports/roll", form | wrong).status_code == status, wrong
    assert count(Export) == 0
