"""Screening lists at work: counted by place, each with its reason, settled one by one or together; screenings begun and compared."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from doudi.server.decisions.actions import refresh_work
from doudi.server.decisions.models import Run, WorkItem
from doudi.server.decisions.selectors import work_item
from doudi.server.jobs.selectors import jobs
from doudi.server.lib.acting import acting
from tests.server.cast import COUNTY, FAR_VILLAGE, OTHER_TOWN_CODE, OTHER_VILLAGE, SYSTEM, TOWN, VILLAGE_CODE, settled
from tests.server.decisions.conftest import County, county, on_record  # noqa: F401
from tests.server.decisions.test_runs import enrich
from tests.server.decisions.test_work import screened
from tests.server.web.entries.lists import seed
from tests.server.web.test_matrix import MOST_QUERIES, questions
from tests.server.web.world import FAST, World, client_of, made

MISSED = quote("应保未保")


@pytest.fixture
def world(db: str) -> World:
    with FAST:
        found = made()
    seed(found)
    with acting(SYSTEM):
        run = Run.objects.get()
        WorkItem.objects.bulk_create(
            WorkItem(
                code="应保未保" if i % 3 else "无法判定", programme="低保" if i % 2 else "特困", household=10_000 + i, zh=f"第{i}条理由", en=f"Reason {i}",
                area=(VILLAGE_CODE, OTHER_VILLAGE, FAR_VILLAGE)[i % 3 if i < 6 else 0], certain=bool(i % 3), missing=[] if i % 3 else ["fact|人.健在"],
                first_run=run, last_run=run,
            )
            for i in range(130)
        )  # fmt: skip
    return found


def reasons(page: str) -> list[int]:
    return [int(n) for n in re.findall(r"第(\d+)条理由", page)]


def test_counts_open_the_lists_that_they_count(world: World) -> None:
    clerk = client_of(world.who["CLERK"])
    page = clerk.get("/lists").content.decode()
    found = re.findall(r"<dt>([^<]+)</dt><dd><a href=\"([^\"]+)\">(\d+)</a>", page)
    assert {name for name, _, _ in found} == {"应保未保", "无法判定"}
    for _, href, n in found:
        assert f"<b>{n}</b>" in clerk.get(href.replace("&amp;", "&")).content.decode()
    whole = client_of(world.who["CONFIRMING"]).get("/lists").content.decode()
    places = re.findall(r'<a href="/lists\?area=(\d+)">', whole)
    assert places == ["451229101", "451229103"]
    assert "安阳镇" not in whole


def test_no_list_before_a_screening_is_not_an_empty_list(world: World) -> None:
    clerk = client_of(world.who["CLERK"])
    with acting(SYSTEM):
        WorkItem.objects.update(state="done")
        Run.objects.update(state="purged")
    assert "名单上没有待办的" in clerk.get("/lists").content.decode()
    with acting(SYSTEM):
        Run.objects.update(state="writing")
    page = clerk.get("/lists").content.decode()
    assert "还没有筛查过" in page
    assert "名单上没有待办的" not in page


def test_a_list_is_turned_forward_and_back_the_oldest_first(world: World) -> None:
    clerk = client_of(world.who["CLERK"])
    path, page = f"/lists?list={MISSED}", ""
    pages: list[list[int]] = []
    while path:
        page = clerk.get(path).content.decode()
        pages.append(reasons(page))
        found = re.search(r'rel="next" href="([^"]+)"', page)
        path = "/lists" + found[1].replace("&amp;", "&") if found else ""
    lines = [n for p in pages for n in p]
    assert lines == sorted(set(lines))
    assert len(lines) == len([i for i in range(130) if i % 3 and (i >= 6 or i % 3 == 0)])
    back = re.search(r'rel="prev" href="([^"]+)"', page)
    assert back is not None
    assert reasons(clerk.get("/lists" + back[1].replace("&amp;", "&")).content.decode()) == pages[-2]


def test_each_filter(world: World) -> None:
    clerk = client_of(world.who["CLERK"])
    for query, holds in (
        (f"list={quote('无法判定')}", lambda i: i % 3 == 0), (f"list={MISSED}&programme={quote('特困')}", lambda i: i % 3 and i % 2 == 0),
        ("list=&state=all&certain=no", lambda i: i % 3 == 0), ("state=done", lambda _: False),
    ):  # fmt: skip
        shown = reasons(clerk.get(f"/lists?{query}").content.decode())
        assert shown == [i for i in range(130) if (i >= 6 or i % 3 == 0) and holds(i)][:50], query
    assert clerk.get(f"/lists?list={MISSED}&area={FAR_VILLAGE}").status_code == 404


def test_an_item_is_settled_with_a_reason_and_back(world: World) -> None:
    clerk, item = client_of(world.who["CLERK"]), world.ids["item"]
    page = clerk.get(f"/lists/item/{item}").content.decode()
    assert "收入低于标准" in page
    assert f"/household/{world.here}" in page
    short = clerk.post(f"/lists/item/{item}", {"state": "done", "why": ""})
    assert short.status_code == 422
    assert '<option value="done" selected>' in short.content.decode()
    where = f"/lists?list={MISSED}"
    answer = clerk.post(f"/lists/item/{item}", {"state": "done", "why": "已受理申请", "next": where})
    assert (answer.status_code, answer["Location"]) == (303, where)
    assert (work_item(SYSTEM, item).state, work_item(SYSTEM, item).why) == ("done", "已受理申请")
    for evil in ("https://evil.example/", "//evil.example", "/lists/../\\evil"):
        assert clerk.post(f"/lists/item/{item}", {"state": "open", "why": "撤回", "next": evil})["Location"] == "/lists"
    assert clerk.get(f"/lists/item/{world.ids['item there']}").status_code == 404
    assert clerk.post(f"/lists/item/{world.ids['item there']}", {"state": "done", "why": "x"}).status_code == 404


def test_items_are_settled_together_and_once(world: World) -> None:
    clerk = client_of(world.who["CLERK"])
    ids = re.findall(r'name="ids" value="(\d+)"', clerk.get(f"/lists?list={MISSED}").content.decode())[:4]
    foreign = str(world.ids["item there"])
    where = clerk.post(
        "/lists/choose", {"ids": [*ids, foreign], "which": "chosen", "state": "dismissed", "why": "已核实"}
    )["Location"]
    assert "确认办理 4" in clerk.get(where).content.decode()
    for _ in range(2):
        clerk.post(f"{where}/confirm")
    assert {work_item(SYSTEM, int(i)).state for i in ids} == {"dismissed"}
    assert work_item(SYSTEM, int(foreign)).state == "open"
    form = {"which": "all", "list": "应保未保", "programme": "低保", "state": "done", "why": "已受理"}
    where = clerk.post("/lists/choose", form)["Location"]
    assert clerk.post(f"{where}/confirm").status_code == 303
    assert "正在后台办理" in clerk.get(where).content.decode()


def test_a_screening_is_begun_once_for_an_area_and_a_month(world: World) -> None:
    confirming = client_of(world.who["CONFIRMING"])
    for _ in range(2):
        answer = confirming.post("/lists/runs", {"month": "2024-07", "area": COUNTY})
        assert (answer.status_code, answer["Location"]) == (303, "/lists/runs")
    found = jobs(world.who["CONFIRMING"], kind="screening")
    assert [(j.params, j.area) for j in found] == [({"as_of": "2024-07-01"}, COUNTY)]
    assert f"/jobs/{found[0].id}/bar" in confirming.get("/lists/runs").content.decode()
    for month in ("2999-01", "x", "", "2024-13"):
        assert confirming.post("/lists/runs", {"month": month}).status_code == 422
    assert confirming.post("/lists/runs", {"month": "2024-07", "area": "451228"}).status_code in (403, 404)
    assert client_of(world.who["CLERK"]).post("/lists/runs", {"month": "2024-07"}).status_code == 403


def test_pages_ask_little_whatever_there_is(world: World) -> None:
    clerk = client_of(world.who["CLERK"])
    for path in (
        "/lists",
        f"/lists?list={MISSED}",
        f"/lists/item/{world.ids['item']}",
        "/lists/runs",
        "/lists/compare",
    ):
        with CaptureQueriesContext(connection) as asked:
            assert clerk.get(path).status_code == 200
        assert len(asked) <= MOST_QUERIES, f"{path}: {len(asked)}"


def test_odd_questions_do_no_harm(world: World) -> None:
    clerk = client_of(world.who["CLERK"])
    for path in (
        "/lists?after=x&list=x", "/lists?before=99999999999999999999&state=%00", "/lists?area=4a", "/lists/runs?before=x", "/lists/compare?before=x",
        f"/lists/compare?before={world.ids['run']}&after={world.ids['run']}", "/lists/compare?before=999&after=1", "/lists/runs/999",
    ):  # fmt: skip
        assert clerk.get(path).status_code in (200, 404, 422), path
    for form in ({}, {"ids": "x", "state": "x", "why": "x"}, {"which": "all", "state": "closed", "why": "x"}):
        assert clerk.post("/lists/choose", form).status_code == 422, form


def test_two_screenings_side_by_side(on_record: County) -> None:  # noqa: F811
    with FAST:
        who = settled()
    first = screened()
    enrich(on_record, people=10_000)
    second = screened(as_of=date(2024, 8, 1))
    refresh_work(SYSTEM, second.id)
    confirming = client_of(who["CONFIRMING"])
    page = confirming.get("/lists/runs").content.decode()
    assert f"/lists/compare?before={first.id}&amp;after={second.id}" in page
    page = confirming.get(f"/lists/compare?before={first.id}&after={second.id}").content.decode()
    assert "逐条" in page
    n = re.search(r"<b>([\d,]+)</b> 处不同", page)
    assert n is not None
    assert int(n[1].replace(",", "")) > 0
    same = confirming.get(f"/lists/compare?before={first.id}&after={first.id}").content.decode()
    assert "完全相同" in same
    assert (
        client_of(who["OTHER_COUNTY"])
        .get(f"/lists/compare?before={first.id}&after={second.id}")
        .content.decode()
        .count("/household/")
        == 0
    )
    assert confirming.get(f"/lists/runs/{second.id}").status_code == 200


@pytest.fixture
def unpaid(db: str) -> World:
    """The lists come of a screening of a month whose receipts are not on record."""
    with FAST:
        found = made()
    seed(found)
    with acting(SYSTEM):
        for run in Run.objects.all():
            Run.objects.filter(id=run.id).update(unpaid=[run.area])
    return found


def test_lists_without_receipts_say_so_and_hide_nobody(unpaid: World) -> None:
    item = f"/lists/item/{unpaid.ids['item']}"
    for who, imports, screens in (("CONFIRMING", True, True), ("CLERK", True, False), ("OBSERVER", False, False)):
        for language, said in (
            ("zh-hans", "2024-07</time>的筛查没有领取记录"),
            ("en", "2024-07</time> was screened without receipts"),
        ):
            client = client_of(unpaid.who[who], language)
            for path in ("/", "/lists", f"/lists?list={MISSED}", f"/lists?list={quote('应退未退')}", item):
                page = client.get(path).content.decode()
                assert said in page, (who, language, path)
                notice = page[page.index('<div class="notice open"') :].split("</div>")[0]
                assert ('href="/imports/new"' in notice) == imports, (who, path)
                assert ('href="/lists/runs"' in notice) == screens, (who, path)
            assert item in client.get(f"/lists?list={MISSED}").content.decode()


def test_townships_without_receipts_are_named_where_others_have_them(unpaid: World) -> None:
    with acting(SYSTEM):
        Run.objects.update(unpaid=[TOWN])
    for language, said in (
        ("zh-hans", '2024-07</time>（<span lang="zh-CN">岩滩镇</span>）的筛查没有领取记录'),
        ("en", '2024-07</time> (<span lang="zh-CN">岩滩镇</span>) was screened without receipts'),
    ):
        for path in ("/", "/lists", f"/lists?list={MISSED}"):
            assert said in client_of(unpaid.who["CONFIRMING"], language).get(path).content.decode(), (language, path)
        # To the township's own clerk it is all there is.
        own = client_of(unpaid.who["CLERK"], language).get("/lists").content.decode()
        assert "岩滩镇</span>）" not in own
        assert said.split("</time>")[0] in own


def test_another_township_without_receipts_puts_this_ones_lists_in_no_doubt(unpaid: World) -> None:
    with acting(SYSTEM):
        Run.objects.update(unpaid=[OTHER_TOWN_CODE])
    for path in ("/", "/lists", f"/lists/item/{unpaid.ids['item']}"):
        assert "没有领取记录" not in client_of(unpaid.who["CONFIRMING"]).get(path).content.decode(), path


def test_lists_with_receipts_say_nothing_of_them(world: World) -> None:
    client = client_of(world.who["CONFIRMING"])
    for path in ("/", "/lists", f"/lists?list={MISSED}", f"/lists/item/{world.ids['item']}"):
        assert "没有领取记录" not in client.get(path).content.decode(), path


def test_an_item_closed_since_says_nothing_of_receipts(unpaid: World) -> None:
    with acting(SYSTEM):
        WorkItem.objects.update(state="closed")
    client = client_of(unpaid.who["CONFIRMING"])
    for path in ("/", "/lists", f"/lists/item/{unpaid.ids['item']}"):
        assert "没有领取记录" not in client.get(path).content.decode(), path


def test_pages_without_receipts_ask_little(unpaid: World) -> None:
    client = client_of(unpaid.who["CONFIRMING"])
    for path in ("/", "/lists", f"/lists?list={MISSED}", f"/lists/item/{unpaid.ids['item']}"):
        assert len(questions(client, path)) <= MOST_QUERIES, path


def ticked(page: str) -> list[str]:
    return re.findall(r'name="ids" value="(\d+)" checked', page)


def test_settling_together_refused_comes_back_as_it_was(world: World) -> None:
    """On the second page of a list: its lines, the ticks and the words stay; nothing is chosen."""
    clerk = client_of(world.who["CLERK"])
    first = clerk.get(f"/lists?list={MISSED}&state=all").content.decode()
    onward = re.search(r'rel="next" href="([^"]+)"', first)
    assert onward is not None
    path = "/lists" + onward[1].replace("&amp;", "&")
    page = clerk.get(path).content.decode()
    form = page[page.index('id="bulk"') :].split("</form>")[0]
    sent: dict[str, object] = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    sent.pop("csrfmiddlewaretoken", None)
    ids = re.findall(r'name="ids" value="(\d+)"', form)
    chosen = [ids[1], ids[4]]
    answer = clerk.post("/lists/choose", sent | {"ids": chosen, "which": "chosen", "state": "dismissed", "why": "　"})
    back = answer.content.decode()
    assert answer.status_code == 422
    assert "请写明理由" in back
    assert reasons(back) == reasons(page)
    assert ticked(back) == chosen
    assert '<option value="dismissed" selected>' in back[back.index('id="bulk"') :]
    assert '<details class="bulk no-print" open>' in back
    again = back[back.index('id="bulk"') :].split("</form>")[0]
    resent: dict[str, object] = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', again))
    done = clerk.post(
        "/lists/choose", resent | {"ids": ticked(back), "which": "chosen", "state": "dismissed", "why": "已核实"}
    )
    assert done.status_code == 303
    clerk.post(f"{done['Location']}/confirm")
    assert {work_item(SYSTEM, int(i)).state for i in chosen} == {"dismissed"}


def test_settling_all_refused_keeps_all_and_the_reason(world: World) -> None:
    clerk = client_of(world.who["CLERK"], "en")
    form = {
        "which": "all",
        "list": "应保未保",
        "programme": "低保",
        "of_state": "done",
        "state": "done",
        "why": "<b>已受理</b>",
    }
    answer = clerk.post("/lists/choose", form)
    back = answer.content.decode()
    assert answer.status_code == 422
    assert "No item fits" in back
    answer = clerk.post("/lists/choose", form | {"of_state": "open", "state": "x"})
    back = answer.content.decode()
    assert answer.status_code == 422
    assert 'name="which" value="all" checked' in back
    assert "&lt;b&gt;已受理&lt;/b&gt;" in back
    assert ticked(back) == []
    assert clerk.post("/lists/choose", form | {"area": FAR_VILLAGE}).status_code == 404
