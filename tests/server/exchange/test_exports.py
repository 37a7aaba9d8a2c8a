"""Lists taken away: everybody of the areas once, numbers masked unless a reason is given, formulas defused."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from doudi.server.audit.models import Entry
from doudi.server.exchange.exporting import export_list
from doudi.server.lib.refusals import NotAllowed, Refused
from doudi.server.registry.actions.inputs import NewMember
from doudi.server.registry.actions.ledgers import enrol
from doudi.server.registry.actions.register import register_household
from tests.server.cast import CLERK, CONFIRMING, OTHER_TOWN, OTHER_VILLAGE, VILLAGE_CODE, actor
from tests.server.exchange.ledgers import IDS

ON = date(2024, 7, 1)
TAKER = actor("confirming", "451229", official=120)


def cells(path: Path) -> list[list[Any]]:
    return [list(row) for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(values_only=True)]


@pytest.fixture
def people(db: str) -> dict[str, int]:
    """Two in the clerk's township, one in another."""
    made = {}
    for by, area, name, evil in (
        (CLERK, VILLAGE_CODE, "韦大山", "=1+1"),
        (CLERK, VILLAGE_CODE, "黄老汉", ""),
        (OTHER_TOWN, OTHER_VILLAGE, "覃小花", ""),
    ):
        member = NewMember(evil or name, "户主", head=True, identifiers={"id": IDS[name]})
        made[name] = register_household(by=by, area=area, members=[member], on=ON, address=evil).people[0]
    return made


def test_everybody_of_the_areas_once_and_masked(
    people: dict[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doudi.server.exchange.exports.STEP", 1)
    done = export_list(by=CLERK, what="people", path=tmp_path / "p.xlsx", on=ON)
    assert done.rows == 2
    text = repr(cells(done.path))
    assert "黄老汉" in text
    assert "覃小花" not in text
    assert not any(number in text for number in IDS.values())
    assert text.count("***********") == 2
    assert export_list(by=CONFIRMING, what="households", path=tmp_path / "h.xlsx", on=ON).rows == 3


def test_a_name_that_is_a_formula_stays_text(people: dict[str, int], tmp_path: Path) -> None:
    done = export_list(by=CLERK, what="households", path=tmp_path / "h.xlsx", on=ON)
    found = [
        c
        for row in openpyxl.load_workbook(done.path).worksheets[0].iter_rows()
        for c in row
        if c.value and "1+1" in str(c.value)
    ]
    assert [(c.value, c.data_type) for c in found] == [("'=1+1", "s")]


def test_whole_numbers_only_with_permission_and_reason(people: dict[str, int], tmp_path: Path) -> None:
    path = tmp_path / "whole.xlsx"
    with pytest.raises(NotAllowed):
        export_list(by=CLERK, what="people", path=path, on=ON, unmasked=True, why="核对")
    with pytest.raises(Refused):
        export_list(by=TAKER, what="people", path=path, on=ON, unmasked=True, why=" ")
    assert not path.exists()
    done = export_list(by=TAKER, what="people", path=path, on=ON, unmasked=True, why="送银行开卡")
    assert IDS["黄老汉"] in repr(cells(done.path))
    (taken,) = Entry.objects.filter(verb="registry.take-numbers")
    assert (taken.count, taken.why) == (3, "送银行开卡")
    assert IDS["黄老汉"] not in taken.zh


def test_a_ledger_with_its_columns(people: dict[str, int], tmp_path: Path) -> None:
    enrol(by=CLERK, ledger="留守老人", person=people["黄老汉"], on=ON, details={"风险": "中"})
    done = export_list(by=CLERK, what="ledger", ledger="留守老人", path=tmp_path / "l.xlsx", on=ON)
    text = repr(cells(done.path))
    assert done.rows == 1
    assert "风险" in text
    assert "黄老汉" in text
    with pytest.raises(Refused):
        export_list(by=CLERK, what="ledger", path=tmp_path / "l2.xlsx", on=ON)
