"""The wizard of imports, page by page, as a clerk meets it; and what goes wrong on the way: two tabs, the back button, a double click, a lost session,
a cancelled or failed job. Nothing happens twice, nothing is lost.
"""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from doudi.server.audit.models import Entry
from doudi.server.exchange.models import Import
from doudi.server.jobs.models import Job
from doudi.server.jobs.running import run
from doudi.server.lib.actor import Actor
from doudi.server.registry.models import Enrolment, Household
from tests.server.cast import settled
from tests.server.exchange.ledgers import IDS, many, office, write
from tests.server.web.exchange_pages import count, handed_in, send, text, the_import, work
from tests.server.web.world import client_of


@pytest.fixture
def cast(db: str) -> dict[str, Actor]:
    return settled()


@pytest.fixture
def clerk(cast: dict[str, Actor]) -> Client:
    return client_of(cast["CLERK"])


def test_from_the_file_to_the_record(clerk: Client, tmp_path: Path) -> None:
    assert "导入台账" in text(clerk.get("/imports"))
    assert "数据来源" in text(clerk.get("/imports/new?what=households"))
    page = handed_in(clerk, tmp_path, office())
    assert count(Household) == 0
    seen = text(clerk.get(page))
    assert "将新登记（户） 3 5 人" in seen
    assert "确认，导入 3 户" in seen
    assert page in clerk.get("/imports").content.decode()
    answer = clerk.post(page, {"do": "confirm"})
    assert (answer.status_code, answer["Location"]) == (303, page)
    assert "排队中" in text(clerk.get(page))
    work()
    assert count(Household) == 3
    assert "新登记（户） 3" in text(clerk.get(page))
    # The same file again: nothing to do, and that is said.
    again = handed_in(clerk, tmp_path, office())
    assert again != page
    assert "没有新的，也没有变化" in text(clerk.get(again))


def test_what_changes_is_told_and_opens_the_household(clerk: Client, tmp_path: Path) -> None:
    clerk.post(handed_in(clerk, tmp_path, office()), {"do": "confirm"})
    work()
    later = office()
    later["收入"][1][2] = "18000"
    page = handed_in(clerk, tmp_path, later, since="2024-08-01")
    answer = clerk.get(page)
    assert "将更新（户） 1" in text(answer)
    assert "改了收入" in text(answer)
    assert 'href="/household/' in answer.content.decode()


def test_faults_are_told_by_row_and_go_back_marked(clerk: Client, tmp_path: Path) -> None:
    wrong = office()
    wrong["收入"][1][2] = "很多"
    page = handed_in(clerk, tmp_path, wrong)
    seen = text(clerk.get(page))
    assert "有错、扣留（户） 1" in seen
    for word in ("收入 第 2 行 金额", "“很多”", "这里应是数字，却写了文字。", "只写数字", "户 H1"):
        assert word in seen
    assert IDS["蓝秀英"] not in clerk.get(page).content.decode()
    answer = clerk.get(f"{page}/marked")
    assert "attachment" in answer["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    cell = book["收入"]["C2"]
    assert (cell.value, cell.fill.fgColor.rgb) == ("很多", "FFF8DCDC")
    assert "这里应是数字" in str(book["收入"].cell(2, 5).value)
    assert Entry.objects.filter(verb="exchange.fetch-faults").count() == 1
    # Mended where it stands, with our own column and sheet left in, it is taken.
    cell.value = "12000"
    book.save(tmp_path / "mended.xlsx")
    sent = send(clerk, (tmp_path / "mended.xlsx").read_bytes())
    work()
    assert "将新登记（户） 3" in text(clerk.get(sent["Location"]))
    listed = openpyxl.load_workbook(io.BytesIO(clerk.get(f"{page}/faults").content)).worksheets[0]
    assert [c.value for c in listed[4]][1:5] == ["收入", 2, "金额", "很多"]


def test_strange_headers_are_said_once(clerk: Client, tmp_path: Path) -> None:
    strange = office()
    strange["成员"][0][2] = "公民身份号码"
    page = handed_in(clerk, tmp_path, strange)
    assert "这个文件现在不能用" in text(clerk.get(page))
    form = clerk.get(f"{page}/headers")
    assert "“公民身份号码”对应" in text(form)
    assert '<option value="身份证号" selected>' in form.content.decode()
    refused = clerk.post(f"{page}/headers", {"h0": "没有的列"})
    assert refused.status_code == 422
    assert "没有“没有的列”这一列" in text(refused)
    assert clerk.post(f"{page}/headers", {"h0": "身份证号"}).status_code == 303
    work()
    assert "将新登记（户） 3" in text(clerk.get(page))
    clerk.post(page, {"do": "give-up"})
    again = handed_in(clerk, tmp_path, strange)
    assert "将新登记（户） 3" in text(clerk.get(again))


def test_a_list_of_one_ledger(clerk: Client, tmp_path: Path) -> None:
    clerk.post(handed_in(clerk, tmp_path, office()), {"do": "confirm"})
    work()
    rows = [["姓名", "身份证号", "等级"], ["韦大山", IDS["韦大山"], "一级"], ["无号者", "12", ""]]
    page = handed_in(clerk, tmp_path, {"名单": rows}, what="list", ledger="残疾人", since="2024-08-01")
    seen = text(clerk.get(page))
    assert "将列入台账 1" in seen
    assert "没有可用的身份证号" in seen
    assert count(Enrolment) == 0
    clerk.post(page, {"do": "confirm"})
    work()
    assert count(Enrolment) == 1
    assert "列入台账 1" in text(clerk.get(page))


def test_confirmed_twice_is_imported_once(clerk: Client, tmp_path: Path) -> None:
    page = handed_in(clerk, tmp_path, office())
    jobs = count(Job)
    for _ in range(3):
        assert clerk.post(page, {"do": "confirm"}).status_code == 303
    assert count(Job) == jobs + 1
    work()
    clerk.post(page, {"do": "confirm"})
    work()
    assert count(Household) == 3


def test_the_same_file_in_two_tabs_is_one_import(clerk: Client, tmp_path: Path) -> None:
    data = write(tmp_path / "台账.xlsx", office()).read_bytes()
    assert send(clerk, data)["Location"] == send(clerk, data)["Location"]
    work()
    assert send(clerk, data)["Location"] == send(clerk, data)["Location"]
    assert count(Import) == 1


def test_given_up_in_one_tab_it_cannot_be_confirmed_in_the_other(clerk: Client, tmp_path: Path) -> None:
    page = handed_in(clerk, tmp_path, office())
    clerk.post(page, {"do": "give-up"})
    answer = clerk.post(page, {"do": "confirm"})
    assert answer.status_code == 422
    assert "已经放弃" in text(answer)
    work()
    assert count(Household) == 0
    assert bytes(the_import(page).cipher) == b""


def test_a_colleague_may_go_on_and_a_stranger_may_not(cast: dict[str, Actor], clerk: Client, tmp_path: Path) -> None:
    page = handed_in(clerk, tmp_path, office())
    stranger = client_of(cast["OTHER_TOWN"])
    for answer in (stranger.get(page), stranger.post(page, {"do": "confirm"}), stranger.get(f"{page}/marked")):
        assert answer.status_code == 404
    assert client_of(cast["VILLAGE"]).get(page).status_code == 403
    client_of(cast["REVIEWER"]).post(page, {"do": "confirm"})
    work()
    assert count(Household) == 3


def test_a_session_that_ended_comes_back_to_the_page(clerk: Client, tmp_path: Path) -> None:
    page = handed_in(clerk, tmp_path, office())
    late = Client(SERVER_NAME="localhost").post(page, {"do": "confirm"})
    assert late.status_code == 401
    assert page in late.content.decode()
    work()
    assert count(Household) == 0
    assert clerk.get(page).status_code == 200


def test_cancelled_in_the_middle_it_can_be_gone_on_with(
    clerk: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doudi.server.exchange.work.STEP", 2)
    page = handed_in(clerk, tmp_path, many(7))
    clerk.post(page, {"do": "confirm"})
    job = the_import(page).job
    assert job is not None
    from doudi.server.exchange import work as works

    real = works._written

    def cancelling(*asked: object) -> object:
        done = real(*asked)  # type: ignore[arg-type]
        if count(Household) >= 4:
            Job.objects.filter(pk=job).update(cancel_asked=True)
        return done

    monkeypatch.setattr(works, "_written", cancelling)
    assert run(job) == "cancelled"
    # The step in which it was cancelled was rolled back, the ones before stay.
    assert count(Household) == 2
    monkeypatch.setattr(works, "_written", real)
    assert "接着导入" in text(clerk.get(page))
    clerk.post(page, {"do": "confirm"})
    work()
    assert count(Household) == 7
    assert "新登记（户） 7" in text(clerk.get(page))


def test_a_failed_look_says_why_and_is_begun_again(
    clerk: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("doudi.server.exchange.work.read_ledger", full)
    page = handed_in(clerk, tmp_path, office())
    monkeypatch.undo()
    assert "磁盘已满" in text(clerk.get(page))
    clerk.post(page, {"do": "again"})
    work()
    assert "将新登记（户） 3" in text(clerk.get(page))


def test_while_it_is_imported_it_cannot_be_given_up(clerk: Client, tmp_path: Path) -> None:
    page = handed_in(clerk, tmp_path, office())
    clerk.post(page, {"do": "confirm"})
    assert clerk.post(page, {"do": "give-up"}).status_code == 422
    clerk.post(page, {"do": "cancel"})
    assert "接着导入" in text(clerk.get(page))
    clerk.post(page, {"do": "give-up"})
    work()
    assert count(Household) == 0
    assert "已放弃" in text(clerk.get(page))


def test_many_rows_make_no_more_questions(cast: dict[str, Actor], clerk: Client, tmp_path: Path) -> None:
    wrong = many(120)
    for row in wrong["成员"][1::2]:
        row[3] = "邻居"
    page = handed_in(clerk, tmp_path, wrong)
    for path in ("/imports", page, f"{page}?show=fault&after=3", f"{page}/headers", "/jobs"):
        with CaptureQueriesContext(connection) as asked:
            assert clerk.get(path).status_code == 200
        assert len(asked) <= 25, (path, len(asked))


def test_odd_addresses_do_no_harm(clerk: Client, tmp_path: Path) -> None:
    page = handed_in(clerk, tmp_path, office())
    for path in (
        f"{page}?show=x&after=zz", f"{page}?after=99999999999999999999", "/imports?before=abc", "/imports/999999", "/imports/new?what=%00",
        f"{page}/marked", "/imports/comparisons?before=-1", "/exports?before=x", "/exports/new?what=nothing", "/exports/9", "/jobs?state=x&kind=y&before=q",
    ):  # fmt: skip
        assert clerk.get(path).status_code in (200, 404, 422), path
    assert clerk.post(page, {"do": "nonsense"}).status_code == 422
    assert send(clerk, b"x", since="31.2.2024").status_code == 422
    assert send(clerk, b"x", area="451228").status_code == 403
    assert send(clerk, b"x", source="传说").status_code == 422


def test_in_english_nothing_is_left_in_chinese_but_what_was_handed_in(cast: dict[str, Actor], tmp_path: Path) -> None:
    english = client_of(cast["CLERK"], "en")
    page = handed_in(english, tmp_path, office())
    assert "Confirm: import 3 households" in text(english.get(page))
    assert "Imports to finish" in english.get("/imports").content.decode()
