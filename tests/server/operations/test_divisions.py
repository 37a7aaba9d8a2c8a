"""Divisions change, and everybody who lives there with them; what was before still reads as it was."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from doudi.server.areas.actions.ensuring import ensure
from doudi.server.areas.selectors import division, name_of
from doudi.server.areas.shapes import NewDivision
from doudi.server.lib.acting import acting
from doudi.server.lib.refusals import NotAllowed, NotFound, Refused
from doudi.server.operations.divisions import end, load_workbook, merge, recode
from doudi.server.registry import batch
from doudi.server.registry.actions import BuiltOn, NewMember, correct_residence, death, move, register_household, undo
from doudi.server.registry.actions.load import BatchRefused, load
from doudi.server.registry.actions.places import Places
from doudi.server.registry.models import Act, Household, Residence
from doudi.server.registry.selectors import find, household
from tests.server.cast import (
    ADMINISTRATOR,
    CLERK,
    CONFIRMING,
    NAMES,
    NEXT_VILLAGE,
    OTHER_TOWN,
    OTHER_TOWN_CODE,
    OTHER_VILLAGE,
    SYSTEM,
    TOWN,
    VILLAGE_CODE,
)

NEW_TOWN, NEW_VILLAGE = "451229105", "451229105201"
A_DAY = timedelta(days=1)
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


def places(household: int) -> list[tuple[date, date | None, str]]:
    with acting(SYSTEM):
        rows = Residence.objects.filter(household=household, withdrawn=None).order_by("since")
        return list(rows.values_list("since", "until", "area"))


def registered(area: str, on: date) -> int:
    return register_household(by=CONFIRMING, area=area, members=[NewMember("覃二")], on=on).household or 0


def test_nobody_is_registered_in_a_division_that_has_ended(home: int) -> None:
    recode(by=ADMINISTRATOR, code=TOWN, new_code=NEW_TOWN, on=ON)
    for on in (ON, AFTER):
        with pytest.raises(Refused) as refused:
            registered(VILLAGE_CODE, on)
        assert refused.value.code == "area-not-there"
        assert NEW_VILLAGE in refused.value.zh
    with pytest.raises(Refused):
        move(by=CONFIRMING, household=home, area=NEXT_VILLAGE, on=ON)
    assert places(registered(NEW_VILLAGE, ON)) == [(ON, None, NEW_VILLAGE)]


@pytest.mark.parametrize("said", [VILLAGE_CODE, NEW_VILLAGE])
def test_who_is_registered_from_a_day_before_has_the_codes_of_then_and_now(home: int, said: str) -> None:
    recode(by=ADMINISTRATOR, code=TOWN, new_code=NEW_TOWN, on=ON)
    one = registered(said, ON - A_DAY)
    many = load(
        by=CONFIRMING, on=ON - A_DAY,
        batch=batch.Batch([batch.NewPerson("p", "蓝三")], [batch.NewHousehold("h", said)], [batch.NewMembership("h", "p", head=True)]),
    ).households["h"]  # fmt: skip
    for found in (one, many):
        assert places(found) == [(ON - A_DAY, ON, VILLAGE_CODE), (ON, None, NEW_VILLAGE)]
        with acting(SYSTEM):
            assert Household.objects.get(pk=found).area == NEW_VILLAGE
    correct_residence(by=CONFIRMING, household=one, since=date(2024, 2, 1), until=None, area=NEXT_VILLAGE, why="写错")
    assert places(one) == [(date(2024, 2, 1), ON, NEXT_VILLAGE), (ON, None, "451229105202")]


def test_a_division_that_began_of_nothing_has_no_days_before(home: int) -> None:
    ensure(SYSTEM, [NewDivision("451229103203", "新村")], ON)
    with pytest.raises(Refused) as refused:
        registered("451229103203", ON - A_DAY)
    assert refused.value.code == "area-not-there"
    assert str(ON) in refused.value.zh
    assert places(registered("451229103203", ON)) == [(ON, None, "451229103203")]


def test_a_batch_in_divisions_that_are_not_there(home: int) -> None:
    recode(by=ADMINISTRATOR, code=TOWN, new_code=NEW_TOWN, on=ON)
    areas = ["451229105999", VILLAGE_CODE, NEW_VILLAGE]
    made = batch.Batch(
        [batch.NewPerson(f"p{a}", "蓝三") for a in areas], [batch.NewHousehold(a, a) for a in areas],
        [batch.NewMembership(a, f"p{a}", head=True) for a in areas],
    )  # fmt: skip
    with pytest.raises(BatchRefused) as refused:
        load(by=CONFIRMING, batch=made, on=AFTER)
    assert [(f.key, f.code) for f in refused.value.faults] == [
        (areas[0], "area-unknown"),
        (VILLAGE_CODE, "area-not-there"),
    ]


def test_a_batch_asks_once_for_each_division(home: int) -> None:
    """Not once for each household, whether it is there, came later or has ended."""
    recode(by=ADMINISTRATOR, code=TOWN, new_code=NEW_TOWN, on=ON)

    def asked(households: int) -> int:
        found = Places([VILLAGE_CODE, NEW_VILLAGE, "451229105999"])
        with CaptureQueriesContext(connection) as queries:
            for _ in range(households):
                assert found.at(NEW_VILLAGE, ON) == NEW_VILLAGE
                assert found.at(NEW_VILLAGE, ON - A_DAY) == VILLAGE_CODE
                assert len(found.parts(VILLAGE_CODE, "", ON - A_DAY, None)) == 2
                for wrong in (VILLAGE_CODE, "451229105999"):
                    with pytest.raises(Refused):
                        found.at(wrong, ON)
        return len(queries)

    assert asked(100) == asked(1) < 12


def test_a_division_with_people_does_not_end(home: int) -> None:
    with pytest.raises(Refused) as refused:
        end(by=ADMINISTRATOR, code=VILLAGE_CODE, on=ON)
    assert (refused.value.code, "1 户" in refused.value.zh) == ("people-there", True)
    assert division(VILLAGE_CODE, AFTER).until is None
    with pytest.raises(NotAllowed):
        end(by=CLERK, code=VILLAGE_CODE, on=ON)
    move(by=CLERK, household=home, area=NEXT_VILLAGE, on=ON)
    with pytest.raises(Refused):
        end(by=ADMINISTRATOR, code=VILLAGE_CODE, on=ON - A_DAY)
    with pytest.raises(Refused):
        end(by=ADMINISTRATOR, code=NEXT_VILLAGE, on=ON - A_DAY)
    end(by=ADMINISTRATOR, code=VILLAGE_CODE, on=ON)
    end(by=ADMINISTRATOR, code=VILLAGE_CODE, on=ON)
    with pytest.raises(NotFound):
        division(VILLAGE_CODE, ON)


def test_land_of_a_relocated_household_keeps_a_division(home: int) -> None:
    move(by=CLERK, household=home, area=OTHER_VILLAGE, other_area=VILLAGE_CODE, on=BEFORE)
    with pytest.raises(Refused):
        end(by=ADMINISTRATOR, code=VILLAGE_CODE, on=ON)


def test_a_household_to_which_nobody_belongs_keeps_no_division(home: int) -> None:
    person = household(CLERK, home, as_of=BEFORE).members[0].person
    death(by=CLERK, person=person, on=ON)
    with pytest.raises(Refused):
        end(by=ADMINISTRATOR, code=VILLAGE_CODE, on=ON)
    end(by=ADMINISTRATOR, code=VILLAGE_CODE, on=ON + A_DAY)


def test_a_workbook_ends_no_division_with_people(home: int, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (("代码", "名称", "止"), (NEXT_VILLAGE, "第2村", ON), (VILLAGE_CODE, "第1村", ON)):
        book.active.append(row)
    book.save(tmp_path / "区划.xlsx")
    with pytest.raises(Refused) as refused:
        load_workbook(by=ADMINISTRATOR, path=tmp_path / "区划.xlsx", on=ON)
    assert refused.value.code == "people-there"
    assert division(NEXT_VILLAGE, AFTER).until is None, "all or nothing"


def test_what_was_done_before_a_new_code_is_undone_after_it(home: int) -> None:
    """Who comes back comes back to the village as it is called now, from the day of the new code on; and forth, and back."""
    moved = move(by=CLERK, household=home, area=NEXT_VILLAGE, on=date(2024, 3, 1))
    recode(by=ADMINISTRATOR, code=TOWN, new_code=NEW_TOWN, on=ON)
    recode(by=ADMINISTRATOR, code=NEW_TOWN, new_code="451229106", on=AFTER)
    lived = [(date(2024, 3, 1), ON, NEXT_VILLAGE), (ON, AFTER, "451229105202"), (AFTER, None, "451229106202")]
    there = [(date(2024, 1, 1), date(2024, 3, 1), VILLAGE_CODE), *lived]
    here = [(date(2024, 1, 1), ON, VILLAGE_CODE), (ON, AFTER, NEW_VILLAGE), (AFTER, None, "451229106201")]
    assert places(home) == there
    for _ in range(2):
        undo(by=CONFIRMING, act=moved.act, on=AFTER)
        assert places(home) == here
        with acting(SYSTEM):
            assert Household.objects.get(pk=home).area == "451229106201"
            back = Act.objects.order_by("-recorded_at")[0].id
        undo(by=CONFIRMING, act=back, on=AFTER)
        assert places(home) == there
    undo(by=CONFIRMING, act=moved.act, on=AFTER)
    with acting(SYSTEM):
        registering = Act.objects.get(kind="register").id
    undo(by=CONFIRMING, act=registering, on=AFTER)
    assert places(home) == []


def test_what_was_built_on_after_a_new_code_is_not(home: int) -> None:
    moved = move(by=CLERK, household=home, area=NEXT_VILLAGE, on=date(2024, 3, 1))
    recode(by=ADMINISTRATOR, code=TOWN, new_code=NEW_TOWN, on=ON)
    later = move(by=CONFIRMING, household=home, area=OTHER_VILLAGE, on=AFTER)
    with pytest.raises(BuiltOn) as built:
        undo(by=CONFIRMING, act=moved.act, on=AFTER)
    assert built.value.acts == (later.act,)
    undo(by=CONFIRMING, act=later.act, on=AFTER)
    undo(by=CONFIRMING, act=moved.act, on=AFTER)
    assert places(home) == [(date(2024, 1, 1), ON, VILLAGE_CODE), (ON, None, NEW_VILLAGE)]
