"""Divisions change, and everybody who lives there with them; what was before still reads as it was."""

from __future__ import annotations

from datetime import date

import pytest

from doudi.server.areas.actions.ensuring import ensure
from doudi.server.areas.selectors import name_of
from doudi.server.areas.shapes import NewDivision
from doudi.server.lib.refusals import NotFound, Refused
from doudi.server.operations.divisions import merge
from doudi.server.registry.actions.inputs import NewMember
from doudi.server.registry.actions.register import register_household
from doudi.server.registry.selectors import find, household
from tests.server.cast import ADMINISTRATOR, CLERK, NAMES, OTHER_TOWN, OTHER_TOWN_CODE, SYSTEM, TOWN, VILLAGE_CODE

BEFORE, ON, AFTER = date(2024, 5, 31), date(2024, 6, 1), date(2024, 7, 1)


@pytest.fixture
def home(db: str) -> int:
    """A household of 岩滩镇."""
    ensure(SYSTEM, [NewDivision(code, name) for code, name in NAMES.items()])
    member = NewMember("韦大山", "户主", head=True)
    done = register_household(by=CLERK, area=VILLAGE_CODE, members=[member], on=date(2024, 1, 1))
    assert done.household is not None
    return done.household


def test_a_township_is_merged_with_all_who_live_there(home: int) -> None:
    merge(by=ADMINISTRATOR, codes=[TOWN, OTHER_TOWN_CODE], into=OTHER_TOWN_CODE, on=ON, why="撤镇并镇")
    now = household(OTHER_TOWN, home, as_of=AFTER)
    assert now.area.startswith(OTHER_TOWN_CODE)
    then = household(OTHER_TOWN, home, as_of=BEFORE)
    assert then.area == VILLAGE_CODE
    assert name_of(TOWN, BEFORE) == "岩滩镇"
    assert name_of(VILLAGE_CODE, BEFORE) == "第1村"
    assert [f.household for f in find(OTHER_TOWN, "韦大山", on=AFTER)] == [home]
    with pytest.raises(NotFound):
        household(CLERK, home, as_of=AFTER)


def test_a_merger_that_is_refused_moves_nobody(home: int) -> None:
    with pytest.raises(Refused):
        merge(by=ADMINISTRATOR, codes=[TOWN, "451229999"], into=OTHER_TOWN_CODE, on=ON)
    assert household(CLERK, home, as_of=AFTER).area == VILLAGE_CODE
