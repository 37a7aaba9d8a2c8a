"""What a division of now was on a day gone by: by its code of then, by several before a merger, by nothing before a split."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from doudi.server.areas import actions
from doudi.server.areas.actions import changing
from doudi.server.areas.selectors.then import codes_on, former, scope_on
from doudi.server.areas.shapes import NewDivision
from tests.server.cast import (
    ADMINISTRATOR,
    COUNTY,
    NAMES,
    NEXT_VILLAGE,
    OTHER_TOWN_CODE,
    OTHER_VILLAGE,
    PREFECTURE,
    SYSTEM,
    TOWN,
    VILLAGE_CODE,
    actor,
)

CHANGE, EVE = date(2024, 6, 1), date(2024, 5, 31)
NEW_TOWN, NEW_COUNTY = "451229105", "451281"


@pytest.fixture(autouse=True)
def divided(db: str) -> None:
    actions.ensure(SYSTEM, [NewDivision(code, name) for code, name in NAMES.items()], date(2000, 1, 1))


def on(code: str, day: date) -> tuple[str, ...]:
    return codes_on(code, [day])[day]


def test_a_new_code_was_the_old_one_until_its_day() -> None:
    actions.recode(by=ADMINISTRATOR, code=TOWN, new_code=NEW_TOWN, on=CHANGE)
    assert (on(NEW_TOWN, EVE), on(NEW_TOWN, CHANGE)) == ((TOWN,), (NEW_TOWN,))
    assert on(NEW_TOWN + "201", EVE) == (VILLAGE_CODE,)
    assert on(TOWN, EVE) == (TOWN,), "by its last code it is still found"
    assert on(TOWN, CHANGE) == ()
    assert scope_on(NEW_TOWN, EVE).prefixes == (TOWN,)
    assert scope_on(NEW_TOWN, CHANGE).prefixes == (NEW_TOWN,)
    assert scope_on(TOWN, CHANGE).prefixes == (NEW_TOWN,), "what has gone goes on as what it became"
    assert former(NEW_TOWN) == (TOWN,)


def test_several_steps_are_followed_each_to_its_day() -> None:
    both = actor("administrator", PREFECTURE, official=501)
    actions.recode(by=ADMINISTRATOR, code=TOWN, new_code=NEW_TOWN, on=CHANGE)
    later = CHANGE + timedelta(days=30)
    actions.recode(by=both, code=COUNTY, new_code=NEW_COUNTY, on=later)
    assert on(NEW_COUNTY + "105", EVE) == (TOWN,)
    assert on(NEW_COUNTY + "105", CHANGE) == (NEW_TOWN,)
    assert on(NEW_COUNTY, EVE) == (COUNTY,)
    assert on(COUNTY, later) == ()
    assert scope_on(NEW_COUNTY, EVE).prefixes == (COUNTY,)


def test_before_a_merger_it_was_several_or_itself() -> None:
    actions.merge(by=ADMINISTRATOR, codes=[TOWN, OTHER_TOWN_CODE], into=NEW_TOWN, name="新镇", on=CHANGE)
    assert on(NEW_TOWN, EVE) == (OTHER_TOWN_CODE, TOWN)
    assert on(NEW_TOWN, CHANGE) == (NEW_TOWN,)
    assert scope_on(NEW_TOWN, EVE).prefixes == (OTHER_TOWN_CODE, TOWN)


def test_one_that_took_in_another_is_told_as_it_was_and_all_its_people_are_found() -> None:
    actions.merge(by=ADMINISTRATOR, codes=[OTHER_TOWN_CODE], into=TOWN, on=CHANGE)
    assert on(TOWN, EVE) == on(TOWN, CHANGE) == (TOWN,)
    assert scope_on(TOWN, EVE).prefixes == (OTHER_TOWN_CODE, TOWN)
    assert scope_on(TOWN, CHANGE).prefixes == (TOWN,)


def test_of_a_part_nothing_is_known_before_the_split_but_its_villages_are_found() -> None:
    actions.split(
        by=ADMINISTRATOR, code=TOWN, into=[NewDivision(NEW_TOWN, "新镇")], assign={NEXT_VILLAGE: NEW_TOWN}, on=CHANGE
    )
    assert on(NEW_TOWN, EVE) == ()
    assert on(NEW_TOWN, CHANGE) == (NEW_TOWN,)
    assert on(TOWN, EVE) == (TOWN,)
    assert scope_on(NEW_TOWN, EVE).prefixes == (NEXT_VILLAGE,)


def test_a_code_used_again_means_what_has_it_now(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it could be once."""
    monkeypatch.setattr(changing, "_not_of_another", lambda *_: None)
    actions.recode(by=ADMINISTRATOR, code=TOWN, new_code=NEW_TOWN, on=CHANGE)
    again = CHANGE + timedelta(days=30)
    actions.recode(by=ADMINISTRATOR, code=OTHER_TOWN_CODE, new_code=TOWN, on=again)
    assert on(TOWN, EVE) == on(TOWN, CHANGE) == (OTHER_TOWN_CODE,)
    assert on(TOWN, again) == (TOWN,)
    assert on(NEW_TOWN, EVE) == (TOWN,)
    assert scope_on(TOWN, EVE).prefixes == (OTHER_TOWN_CODE,)
    assert on(OTHER_VILLAGE, EVE) == (OTHER_VILLAGE,)


def test_what_was_never_known_and_everything_are_given_back() -> None:
    assert on("990101", EVE) == ("990101",)
    assert scope_on("990101", EVE).prefixes == ("990101",)
    assert scope_on("", EVE).prefixes == ("",)
    assert on("", EVE) == ("",)
    assert on(TOWN, date(1999, 12, 31)) == ()
    assert scope_on(TOWN, date(1999, 12, 31)).prefixes == ()
