"""A group's list brought on record: known people stand on the ledger, every other row is told, the same list again changes nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from doudi.server.exchange import list_work
from doudi.server.exchange.headers import LIST
from doudi.server.exchange.imports import confirm, give_up, map_headers, receive
from doudi.server.exchange.selectors import import_of
from doudi.server.exchange.views import ImportView
from doudi.server.jobs.running import run
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotAllowed, Refused
from doudi.server.registry.actions.inputs import NewMember
from doudi.server.registry.actions.ledgers import enrol
from doudi.server.registry.actions.load import load
from doudi.server.registry.actions.register import register_household
from doudi.server.registry.models import Enrolment, Person
from doudi.server.registry.selectors import ledger_list
from tests.server.cast import CLERK, CONFIRMING, OTHER_TOWN, OTHER_VILLAGE, SYSTEM, TOWN, VILLAGE_CODE
from tests.server.exchange.ledgers import IDS, an_id, write
from tests.server.exchange.test_imports import rows_of

ON = date(2024, 7, 1)


@pytest.fixture
def people(db: str) -> int:
    """韦大山 and 蓝秀英 in one household."""
    members = [
        NewMember("韦大山", "户主", head=True, identifiers={"id": IDS["韦大山"]}),
        NewMember("蓝秀英", "配偶", identifiers={"id": IDS["蓝秀英"]}),
    ]
    done = register_household(by=CLERK, area=VILLAGE_CODE, members=members, on=date(2024, 1, 1))
    assert done.household is not None
    return done.household


def hand_in(
    folder: Path, ledger: str, rows: list[list[str]], headers: tuple[str, ...] = ("姓名", "身份证号", "等级"), by: Actor = CLERK
) -> ImportView:  # fmt: skip
    path = write(folder / "名单.xlsx", {"名单": [list(headers), *rows]})
    kept = receive(by=by, path=path, name=path.name, area=TOWN, since=ON, what="list", ledger=ledger)
    assert kept.job is not None
    run(kept.job)
    return import_of(by, kept.id)


def bring(folder: Path, ledger: str, rows: list[list[str]], by: Actor = CLERK) -> ImportView:
    looked_at = hand_in(folder, ledger, rows, by=by)
    assert looked_at.state == "previewed", looked_at
    begun = confirm(by=by, import_id=looked_at.id)
    assert begun.job is not None
    assert run(begun.job) == "done"
    return import_of(by, looked_at.id)


def the_one(name: str) -> int:
    with acting(SYSTEM):
        return Person.objects.get(name=name).id


def counts(done: ImportView) -> tuple[int, int, int]:
    return done.counts["fresh"], done.counts["same"], done.counts["held"]


def test_people_stand_on_the_ledger_and_other_rows_are_told(people: int, tmp_path: Path) -> None:
    rows = [
        ["韦大山", IDS["韦大山"], "一级"], ["蓝秀英", "1234", "二级"], ["覃某", an_id("19770707", 31), ""], ["蓝秀", IDS["蓝秀英"], ""],
        ["韦大山", IDS["韦大山"], "一级"],
    ]  # fmt: skip
    done = bring(tmp_path, "残疾人", rows)
    assert counts(done) == (1, 0, 4)
    told = rows_of(done)
    assert [int(r[2]) for r in told] == [3, 4, 5, 6]
    (row,) = ledger_list(CLERK, "残疾人", on=ON).rows
    assert row.person is not None
    assert (row.person.name, row.details) == ("韦大山", {"等级": "一级"})


def test_the_same_list_again_changes_nothing(people: int, tmp_path: Path) -> None:
    rows = [["韦大山", IDS["韦大山"], "一级"]]
    bring(tmp_path, "残疾人", rows)
    again = bring(tmp_path, "残疾人", rows)
    assert (counts(again), again.report) == ((0, 1, 0), False)
    assert len(ledger_list(CLERK, "残疾人", on=ON).rows) == 1


def test_a_ledger_of_households_takes_the_household_once(people: int, tmp_path: Path) -> None:
    done = bring(tmp_path, "低保", [["韦大山", IDS["韦大山"], ""], ["蓝秀英", IDS["蓝秀英"], ""]])
    assert counts(done) == (1, 0, 1)
    (row,) = ledger_list(CLERK, "低保", on=ON).rows
    assert row.household is not None
    assert row.household.id == people


def test_looking_enters_nobody(people: int, tmp_path: Path) -> None:
    looked_at = hand_in(tmp_path, "残疾人", [["韦大山", IDS["韦大山"], "一级"]])
    assert (looked_at.state, counts(looked_at)) == ("previewed", (1, 0, 0))
    assert ledger_list(CLERK, "残疾人", on=ON).rows == ()


def test_other_headers_are_mapped_and_remembered(people: int, tmp_path: Path) -> None:
    rows = [["韦大山", IDS["韦大山"], "一级"]]
    refused = hand_in(tmp_path, "残疾人", rows, ("持证人", "公民身份号码", "等级"))
    assert (refused.state, refused.strangers) == ("refused", ((LIST, "持证人"), (LIST, "公民身份号码"), (LIST, "等级")))
    again = map_headers(
        by=CLERK, import_id=refused.id, meant={(LIST, "持证人"): "姓名", (LIST, "公民身份号码"): "身份证号"}
    )
    assert again.job is not None
    run(again.job)
    assert counts(import_of(CLERK, refused.id)) == (1, 0, 0)
    give_up(by=CLERK, import_id=refused.id)
    assert counts(hand_in(tmp_path, "残疾人", rows, ("持证人", "公民身份号码", "等级"))) == (1, 0, 0)


def test_killed_between_two_steps_nobody_is_entered_twice(
    people: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doudi.server.exchange.list_work.STEP", 1)
    rows = [["韦大山", IDS["韦大山"], ""], ["蓝秀英", IDS["蓝秀英"], ""], ["蓝秀", IDS["蓝秀英"], ""]]
    looked_at = hand_in(tmp_path, "残疾人", rows)
    begun = confirm(by=CLERK, import_id=looked_at.id)
    assert begun.job is not None
    real, steps = load, []

    def once(**asked: Any) -> object:
        steps.append(1)
        if len(steps) == 2:
            raise MemoryError
        return real(**asked)

    monkeypatch.setattr("doudi.server.exchange.list_work.load", once)
    assert run(begun.job) == "failed"
    assert len(ledger_list(CLERK, "残疾人", on=ON).rows) == 1
    # It failed; it is gone on with, and the counts are those of both.
    again = confirm(by=CLERK, import_id=looked_at.id)
    assert again.job not in (None, begun.job)
    assert run(again.job or 0) == "done"
    assert counts(import_of(CLERK, looked_at.id)) == (2, 0, 1)
    assert len(ledger_list(CLERK, "残疾人", on=ON).rows) == 2


def test_what_cannot_be_used_does_nothing(people: int, tmp_path: Path) -> None:
    with pytest.raises(Refused):
        bring(tmp_path, "没有的", [])
    assert hand_in(tmp_path, "残疾人", []).state == "refused"
    path = write(tmp_path / "a.xlsx", {"名单": [["姓名", "身份证号"], ["韦大山", IDS["韦大山"]]]})
    with pytest.raises(NotAllowed):
        receive(by=OTHER_TOWN, path=path, name="a", ledger="残疾人", area=TOWN, since=ON, what="list")
    assert ledger_list(CLERK, "残疾人", on=ON).rows == ()


def test_who_stands_on_the_ledger_elsewhere_is_found_there(people: int, tmp_path: Path) -> None:
    far = NewMember("覃小花", "户主", head=True, identifiers={"id": IDS["覃小花"]})
    person = register_household(by=OTHER_TOWN, area=OTHER_VILLAGE, members=[far], on=date(2024, 1, 1)).people[0]
    enrol(by=OTHER_TOWN, ledger="残疾人", person=person, on=date(2024, 2, 1))
    rows = [["韦大山", IDS["韦大山"], "一级"], ["覃小花", IDS["覃小花"], "二级"]]
    assert counts(hand_in(tmp_path, "残疾人", rows, by=CONFIRMING)) == (1, 1, 0)
    assert counts(bring(tmp_path, "残疾人", rows, by=CONFIRMING)) == (1, 1, 0)
    with acting(SYSTEM):
        assert Enrolment.objects.filter(person=person, withdrawn=None).count() == 1


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (date(2024, 6, 30), None, (1, 1, 0)),
        (ON, None, (1, 1, 0)),
        (date(2024, 7, 2), None, (1, 0, 1)),
        (date(2024, 7, 2), date(2024, 7, 3), (1, 0, 1)),
        (date(2024, 1, 2), date(2024, 7, 2), (1, 1, 0)),
        # The last day was the day before the list's.
        (date(2024, 1, 2), ON, (2, 0, 0)),
    ],
)
def test_who_stands_on_the_ledger_from_another_day(
    people: int, tmp_path: Path, since: date, until: date | None, expected: tuple[int, int, int]
) -> None:
    person = the_one("蓝秀英")
    enrol(by=CLERK, ledger="残疾人", person=person, on=since, until=until)
    rows = [["韦大山", IDS["韦大山"], "一级"], ["蓝秀英", IDS["蓝秀英"], "二级"]]
    done = bring(tmp_path, "残疾人", rows)
    assert counts(done) == expected
    if expected[2]:
        assert since.isoformat() in str(rows_of(done))


def test_a_row_that_is_refused_while_entering_holds_back_no_other(
    people: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [["韦大山", IDS["韦大山"], ""], ["蓝秀英", IDS["蓝秀英"], ""]]
    looked_at = hand_in(tmp_path, "残疾人", rows)
    person, real = the_one("蓝秀英"), list_work._sorted

    def overtaken(*asked: Any) -> object:
        """Between sorting the list out and entering it somebody else enters the second row."""
        found = real(*asked)
        enrol(by=CLERK, ledger="残疾人", person=person, on=date(2024, 9, 1))
        return found

    monkeypatch.setattr(list_work, "_sorted", overtaken)
    begun = confirm(by=CLERK, import_id=looked_at.id)
    assert run(begun.job or 0) == "done"
    done = import_of(CLERK, looked_at.id)
    assert counts(done) == (1, 0, 1)
    (told,) = rows_of(done)
    assert told[2] == 3
    assert "两次" in str(told)
    assert [r.person and r.person.name for r in ledger_list(CLERK, "残疾人", on=ON).rows] == ["韦大山"]


def test_a_row_refused_before_is_not_tried_again(people: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first row is refused; the second fails for want of memory; gone on with, each row is counted once."""
    monkeypatch.setattr(list_work, "STEP", 1)
    rows = [["蓝秀英", IDS["蓝秀英"], ""], ["韦大山", IDS["韦大山"], ""]]
    looked_at = hand_in(tmp_path, "残疾人", rows)
    real = load

    def one_refused_one_failed(**asked: Any) -> object:
        if asked["batch"].enrolments[0].person == the_one("蓝秀英"):
            raise Refused("busy", "正忙。", "Busy.")
        raise MemoryError

    monkeypatch.setattr(list_work, "load", one_refused_one_failed)
    assert run(confirm(by=CLERK, import_id=looked_at.id).job or 0) == "failed"
    monkeypatch.setattr(list_work, "load", real)
    assert run(confirm(by=CLERK, import_id=looked_at.id).job or 0) == "done"
    assert counts(import_of(CLERK, looked_at.id)) == (1, 0, 1)
