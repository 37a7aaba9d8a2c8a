"""Households move, split and are merged; divisions change under them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils.timezone import localtime

from doudi.server.areas import actions as areas
from doudi.server.areas import selectors as areas_now
from doudi.server.areas.actions import ensure
from doudi.server.areas.shapes import NewDivision
from doudi.server.audit.models import Entry
from doudi.server.lib.refusals import NotAllowed, NotFound, Refused
from doudi.server.registry.actions import (
    correct_residence,
    enrol,
    leave,
    merge_households,
    move,
    recode,
    rename,
    split,
    state,
    undo,
)
from doudi.server.registry.actions.daily import turn
from doudi.server.registry.models import Enrolment, Household, Person, Residence, Statement, Term
from doudi.server.registry.selectors import count_households
from doudi.server.registry.selectors.counted import counted
from tests.server.cast import (
    ADMINISTRATOR,
    CLERK,
    CONFIRMING,
    COUNTY,
    FAR_VILLAGE,
    NAMES,
    NEXT_VILLAGE,
    OTHER_COUNTY,
    OTHER_TOWN,
    OTHER_TOWN_CODE,
    OTHER_VILLAGE,
    REVIEWER,
    SYSTEM,
    TOWN,
    VILLAGE_CODE,
)
from tests.server.registry.actions.homes import BEGAN, family, members, single

DAY = date(2022, 3, 1)


def places(household: int) -> list[tuple[date, date | None, str, str]]:
    rows = Residence.objects.filter(household=household, withdrawn=None).order_by("since")
    return list(rows.values_list("since", "until", "area", "other_area"))


def test_a_relocated_household_lives_under_two_offices(db: str) -> None:
    done = family()
    home = done.household or 0
    move(by=CLERK, household=home, area=OTHER_VILLAGE, other_area=VILLAGE_CODE, address="安置点 2 栋", on=DAY)
    assert places(home) == [(BEGAN, DAY, VILLAGE_CODE, ""), (DAY, None, OTHER_VILLAGE, VILLAGE_CODE)]
    assert set(Person.objects.values_list("area", "other_area")) == {(OTHER_VILLAGE, VILLAGE_CODE)}
    assert set(Term.objects.values_list("area", flat=True)) == {OTHER_VILLAGE, VILLAGE_CODE}
    for by in (CLERK, OTHER_TOWN):
        rename(by=by, person=done.people[0], name=f"韦{by.official}", on=DAY)


def test_who_moves_away_is_seen_no_more(db: str) -> None:
    done = family()
    move(by=CLERK, household=done.household or 0, area=FAR_VILLAGE, on=DAY)
    with pytest.raises(NotFound):
        rename(by=CLERK, person=done.people[0], name="韦某", on=DAY)
    with pytest.raises(NotFound):
        undo(by=CLERK, act=done.act, on=DAY)


def test_a_move_recorded_late_leaves_the_later_one(db: str) -> None:
    home = family().household or 0
    move(by=CLERK, household=home, area=NEXT_VILLAGE, on=date(2023, 1, 1))
    move(by=CLERK, household=home, area=TOWN, on=DAY)
    assert [p[2] for p in places(home)] == [VILLAGE_CODE, TOWN, NEXT_VILLAGE]
    assert Household.objects.get(pk=home).area == NEXT_VILLAGE
    for on in (date(2019, 1, 1), DAY):
        with pytest.raises(Refused):
            move(by=CLERK, household=home, area=TOWN, on=on)


def test_divisions_that_are_not(db: str) -> None:
    """Where a county is on file, what is not in it is a slip."""
    home = family().household or 0
    ensure(SYSTEM, [NewDivision(code, name) for code, name in NAMES.items()], BEGAN)
    for area, other in (("451229103299", ""), (TOWN, "451229199")):
        with pytest.raises(Refused) as refused:
            move(by=CLERK, household=home, area=area, other_area=other, on=DAY)
        assert refused.value.code == "area-unknown"
    with pytest.raises(Refused):
        single(area="451229103299")
    move(by=CLERK, household=home, area=NEXT_VILLAGE, on=DAY)


def test_a_move_ahead_of_its_day(db: str) -> None:
    done = family()
    home, ahead = done.household or 0, localtime().date() + timedelta(days=30)
    move(by=CLERK, household=home, area=OTHER_VILLAGE, on=ahead)
    leave(by=CLERK, person=done.people[1], on=ahead)
    assert Household.objects.get(pk=home).area == VILLAGE_CODE
    with pytest.raises(NotAllowed):
        turn(by=CLERK, last=ahead - timedelta(days=2), today=ahead)
    assert turn(by=SYSTEM, last=ahead - timedelta(days=2), today=ahead - timedelta(days=1)) == 0
    assert turn(by=SYSTEM, last=ahead - timedelta(days=1), today=ahead) == 3
    assert Household.objects.get(pk=home).area == OTHER_VILLAGE == Person.objects.get(pk=done.people[0]).area
    assert {t.area for t in Term.objects.filter(term="韦大")} == {OTHER_VILLAGE}


def test_counts_follow_a_day_that_turns(db: str) -> None:
    home, ahead = family().household or 0, localtime().date() + timedelta(days=1)
    move(by=CLERK, household=home, area=FAR_VILLAGE, on=ahead)
    for day, last, households in (
        (ahead - timedelta(days=1), ahead - timedelta(days=2), 1),
        (ahead, ahead - timedelta(days=1), 0),
    ):
        turn(by=SYSTEM, last=last, today=day)
        assert counted(CLERK).households == count_households(CLERK, on=ahead) == households
    assert counted(OTHER_COUNTY).people == 3


def test_a_residence_of_the_past_is_corrected(db: str) -> None:
    home = family().household or 0
    with pytest.raises(Refused):
        correct_residence(by=CLERK, household=home, since=DAY, until=None, area=TOWN, why=" ")
    correct_residence(by=CLERK, household=home, since=date(2019, 1, 1), until=DAY, area=TOWN, why="迁入时写错")
    assert places(home) == [(date(2019, 1, 1), DAY, TOWN, ""), (DAY, None, VILLAGE_CODE, "")]


def test_a_household_splits(db: str) -> None:
    done = family()
    home, (a, b, c) = done.household or 0, done.people
    new = split(by=CLERK, household=home, people=[c], head=c, on=DAY).household or 0
    assert members(new, DAY) == {c: ("户主", True)}
    assert members(home, DAY).keys() == {a, b}
    assert places(new) == [(DAY, None, VILLAGE_CODE, "")]
    for wrong in (
        {"people": [a, b], "head": a},
        {"people": [c], "head": c},
        {"people": [a], "head": b},
        {"people": [a], "head": a},
    ):
        with pytest.raises(Refused):
            split(by=CLERK, household=home, on=DAY, **wrong)  # type: ignore[arg-type]
    other = split(by=CLERK, household=home, people=[a], head=a, old_head=b, on=DAY, area=NEXT_VILLAGE).household or 0
    assert members(home, DAY) == {b: ("户主", True)}
    assert Person.objects.get(pk=a).area == NEXT_VILLAGE == places(other)[0][2]


def test_households_merge(db: str) -> None:
    first, second = family(), single()
    into, gone = first.household or 0, second.household or 0
    state(by=CLERK, source="申报", household=gone, values={"城乡": "农村"}, on=BEGAN)
    enrol(by=CLERK, ledger="低保", household=gone, on=BEGAN)
    merge_households(by=CLERK, into=into, gone=gone, on=DAY, relations={second.people[0]: "父母"})
    assert members(into, DAY)[second.people[0]] == ("父母", False)
    assert not members(gone, DAY)
    assert Household.objects.get(pk=gone).closed
    ends = [m.objects.get(household=gone, withdrawn=None).until for m in (Statement, Enrolment, Residence)]
    assert ends == [DAY] * 3
    for to in (gone, into):
        with pytest.raises(Refused):
            merge_households(by=CLERK, on=DAY, into=to, gone=gone)


def test_divisions_change(db: str) -> None:
    far = family(by=SYSTEM, area=FAR_VILLAGE).household or 0
    done = family(other_area=NEXT_VILLAGE)
    home = done.household or 0
    later = single("晚到", on=date(2023, 1, 1)).household or 0
    moves = [(VILLAGE_CODE, "451229104201"), (TOWN, "451229104")]
    with pytest.raises(NotAllowed):
        recode(by=CLERK, moves=moves, on=DAY)
    with pytest.raises(NotAllowed):
        recode(by=ADMINISTRATOR, moves=[(FAR_VILLAGE, TOWN)], on=DAY)
    with pytest.raises(Refused):
        recode(by=ADMINISTRATOR, moves=[*moves, (TOWN, "451229105")], on=DAY)
    act = recode(by=ADMINISTRATOR, moves=moves, on=DAY)
    assert places(home) == [(BEGAN, DAY, VILLAGE_CODE, NEXT_VILLAGE), (DAY, None, "451229104201", "451229104202")]
    assert places(later) == [(date(2023, 1, 1), None, "451229104201", "")]
    assert places(far)[0][2] == FAR_VILLAGE
    assert set(Person.objects.exclude(area=FAR_VILLAGE).values_list("area", flat=True)) == {"451229104201"}
    assert set(Term.objects.filter(person=done.people[0]).values_list("area", flat=True)) == {
        "451229104201",
        "451229104202",
    }
    assert Household.objects.get(pk=home).other_area == "451229104202"
    with pytest.raises(Refused) as refused:
        undo(by=SYSTEM, act=act.act, on=DAY)
    assert refused.value.code == "not-undoable"
    before = places(home)
    recode(by=ADMINISTRATOR, moves=moves, on=DAY)
    assert places(home) == before


def test_townships_merge_on_the_map_and_on_record(db: str) -> None:
    ensure(SYSTEM, [NewDivision(code, name) for code, name in NAMES.items()], BEGAN)
    home = family(area=OTHER_VILLAGE, by=SYSTEM).household or 0
    moves = areas.merge(by=ADMINISTRATOR, codes=[OTHER_TOWN_CODE], into=TOWN, on=DAY)
    recode(by=ADMINISTRATOR, moves=moves, on=DAY)
    area = Household.objects.get(pk=home).area
    assert area.startswith(TOWN)
    assert areas_now.name_of(area, DAY) == NAMES[OTHER_VILLAGE]
    assert Entry.objects.order_by("-seq")[0].area == COUNTY


def test_codes_that_change_places(db: str) -> None:
    """Two villages swap their codes: nobody is moved twice."""
    a, b = family().household or 0, single().household or 0
    move(by=CLERK, household=b, area=NEXT_VILLAGE, on=DAY)
    for _ in range(2):
        recode(
            by=ADMINISTRATOR, moves=[(VILLAGE_CODE, NEXT_VILLAGE), (NEXT_VILLAGE, VILLAGE_CODE)], on=date(2024, 1, 1)
        )
    assert [Household.objects.get(pk=h).area for h in (a, b)] == [NEXT_VILLAGE, VILLAGE_CODE]
    assert {t.area for t in Term.objects.filter(term="韦大")} == {NEXT_VILLAGE}


def test_no_household_before_its_residence(db: str) -> None:
    first, second = family(on=DAY), single(on=BEGAN)
    with pytest.raises(Refused) as broken:
        merge_households(by=REVIEWER, into=first.household or 0, gone=second.household or 0, on=date(2021, 1, 1))
    assert broken.value.code == "no-place"
    assert CONFIRMING.scope.covers(VILLAGE_CODE)
