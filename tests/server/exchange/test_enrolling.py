"""A group's list brought on record: known people stand on the ledger, every other row is told, the same list again changes nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from doudi.server.exchange.enrolling import Enrolled, enrol_list
from doudi.server.lib.refusals import NotAllowed, Refused
from doudi.server.registry.actions.inputs import NewMember
from doudi.server.registry.actions.register import register_household
from doudi.server.registry.selectors import ledger_list
from tests.server.cast import CLERK, OTHER_TOWN, TOWN, VILLAGE_CODE
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


def bring(folder: Path, ledger: str, rows: list[list[str]]) -> Enrolled:
    path = write(folder / "名单.xlsx", {"名单": [["姓名", "身份证号", "等级"], *rows]})
    return enrol_list(by=CLERK, path=path, ledger=ledger, area=TOWN, since=ON, report=folder / "r.xlsx")


def test_people_stand_on_the_ledger_and_other_rows_are_told(people: int, tmp_path: Path) -> None:
    rows = [
        ["韦大山", IDS["韦大山"], "一级"], ["蓝秀英", "1234", "二级"], ["覃某", an_id("19770707", 31), ""], ["蓝秀", IDS["蓝秀英"], ""],
        ["韦大山", IDS["韦大山"], "一级"],
    ]  # fmt: skip
    done = bring(tmp_path, "残疾人", rows)
    assert (done.fresh, done.same, done.held) == (1, 0, 4)
    assert done.report is not None
    told = rows_of(str(done.report))
    assert [int(r[2]) for r in told] == [3, 4, 5, 6]
    (row,) = ledger_list(CLERK, "残疾人", on=ON).rows
    assert row.person is not None
    assert (row.person.name, row.details) == ("韦大山", {"等级": "一级"})


def test_the_same_list_again_changes_nothing(people: int, tmp_path: Path) -> None:
    rows = [["韦大山", IDS["韦大山"], "一级"]]
    bring(tmp_path, "残疾人", rows)
    again = bring(tmp_path, "残疾人", rows)
    assert (again.fresh, again.same, again.held, again.report) == (0, 1, 0, None)
    assert len(ledger_list(CLERK, "残疾人", on=ON).rows) == 1


def test_a_ledger_of_households_takes_the_household_once(people: int, tmp_path: Path) -> None:
    done = bring(tmp_path, "低保", [["韦大山", IDS["韦大山"], ""], ["蓝秀英", IDS["蓝秀英"], ""]])
    assert (done.fresh, done.held) == (1, 1)
    (row,) = ledger_list(CLERK, "低保", on=ON).rows
    assert row.household is not None
    assert row.household.id == people


def test_what_cannot_be_used_does_nothing(people: int, tmp_path: Path) -> None:
    with pytest.raises(Refused):
        bring(tmp_path, "没有的", [])
    path = write(tmp_path / "a.xlsx", {"名单": [["姓名", "身份证号"], ["韦大山", IDS["韦大山"]]]})
    with pytest.raises(NotAllowed):
        enrol_list(by=OTHER_TOWN, path=path, ledger="残疾人", area=TOWN, since=ON, report=tmp_path / "r.xlsx")
    assert ledger_list(CLERK, "残疾人", on=ON).rows == ()
