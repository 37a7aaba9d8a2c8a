"""What is told late ends where, on record, something later in the world has ended it; what nobody could tell then is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from doudi.server.areas.actions.ensuring import ensure
from doudi.server.areas.shapes import NewDivision
from doudi.server.lib.refusals import Refused
from doudi.server.operations import divisions
from doudi.server.registry.actions import (
    NewMember,
    add_member,
    change_head,
    change_relations,
    death,
    enrol,
    identify,
    leave,
    merge_households,
    move,
    split,
    undo,
)
from doudi.server.registry.actions.absorb import Update, absorb
from doudi.server.registry.models import Enrolment, Household, Identifier, Residence
from tests.server.cast import (
    ADMINISTRATOR,
    CLERK,
    CONFIRMING,
    NAMES,
    NEXT_VILLAGE,
    OTHER_VILLAGE,
    SYSTEM,
    TOWN,
    VILLAGE_CODE,
)
from tests.server.registry.actions.homes import IDS, columns, family, members, single, snapshot, someone, version

DAY, LATER, NOW = date(2022, 1, 1), date(2022, 6, 1), date(2024, 1, 1)
A_DAY = timedelta(days=1)


@pytest.fixture
def divided(db: str) -> str:
    ensure(SYSTEM, [NewDivision(code, name) for code, name in NAMES.items()], date(2000, 1, 1))
    return db


def lived(home: int) -> list[tuple[date | None, str, str]]:
    rows = Residence.objects.filter(household=home, withdrawn=None).order_by("since")
    return [(r.until, r.area, r.other_area) for r in rows]


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    assert refused.value.en
    return refused.value.code


@pytest.mark.parametrize("how", ["move", "absorb"])
@pytest.mark.parametrize("change", ["recode", "merge"])
def test_who_had_moved_before_a_division_changed_is_not_brought_back(divided: str, change: str, how: str) -> None:
    home = family().household or 0
    if change == "recode":
        divisions.recode(by=ADMINISTRATOR, code=TOWN, new_code="451229105", on=LATER)
    else:
        divisions.merge(by=ADMINISTRATOR, codes=[VILLAGE_CODE], into=NEXT_VILLAGE, on=LATER)
    before = snapshot(), columns()
    if how == "move":
        act = move(by=CONFIRMING, household=home, area=OTHER_VILLAGE, on=DAY).act
    else:
        act = absorb(by=CONFIRMING, updates=[Update(home, version(home), area=OTHER_VILLAGE)], on=DAY).act
    assert lived(home) == [(DAY, VILLAGE_CODE, ""), (None, OTHER_VILLAGE, "")]
    assert Household.objects.get(pk=home).area == OTHER_VILLAGE
    undo(by=CONFIRMING, act=act, on=NOW)
    assert (snapshot(), columns()) == before


def test_a_move_told_late_takes_the_codes_of_its_own_place_until_the_next_move(divided: str) -> None:
    home = family().household or 0
    divisions.merge(by=ADMINISTRATOR, codes=[VILLAGE_CODE], into=NEXT_VILLAGE, on=LATER)
    divisions.recode(by=ADMINISTRATOR, code=OTHER_VILLAGE, new_code=OTHER_VILLAGE[:9] + "209", on=LATER + A_DAY)
    move(by=CONFIRMING, household=home, area="451229101", on=NOW)
    move(by=CONFIRMING, household=home, area=OTHER_VILLAGE, on=DAY)
    assert lived(home) == [
        (DAY, VILLAGE_CODE, ""),
        (LATER + A_DAY, OTHER_VILLAGE, ""),
        (NOW, OTHER_VILLAGE[:9] + "209", ""),
        (None, "451229101", ""),
    ]


def test_households_merged_before_a_division_changed(divided: str) -> None:
    into, gone = family().household or 0, single().household or 0
    divisions.recode(by=ADMINISTRATOR, code=TOWN, new_code="451229105", on=LATER)
    merge_households(by=CONFIRMING, into=into, gone=gone, on=DAY)
    assert lived(gone) == [(DAY, VILLAGE_CODE, "")]


def test_an_old_village_kept_by_a_later_move_is_not_guessed(divided: str) -> None:
    home = family().household or 0
    later = move(by=CONFIRMING, household=home, area=NEXT_VILLAGE, on=LATER)
    late: Callable[[], object] = lambda: move(  # noqa: E731
        by=CONFIRMING, household=home, area=OTHER_VILLAGE, other_area=VILLAGE_CODE, on=DAY
    )
    assert refusal(late) == "moved-since"
    undo(by=CONFIRMING, act=later.act, on=NOW)
    late()
    move(by=CONFIRMING, household=home, area=NEXT_VILLAGE, on=LATER)
    assert lived(home)[-1] == (None, NEXT_VILLAGE, VILLAGE_CODE)


@pytest.mark.parametrize(("area", "code"), [("", "split-since"), (OTHER_VILLAGE, "")])
def test_who_split_off_where_the_household_was(divided: str, area: str, code: str) -> None:
    made = family()
    home, child = made.household or 0, made.people[2]
    split(by=CONFIRMING, household=home, people=[child], head=child, area=area, on=LATER)
    late: Callable[[], object] = lambda: move(by=CONFIRMING, household=home, area=NEXT_VILLAGE, on=DAY)  # noqa: E731
    if code:
        assert refusal(late) == code
    else:
        late()
    assert move(by=CONFIRMING, household=home, area=OTHER_VILLAGE[:9], on=LATER).household == home, (
        "from then on it may"
    )


def test_an_id_number_told_late_lasts_until_the_next(db: str) -> None:
    person = family().people[0]
    identify(by=CLERK, person=person, kind="id", number=IDS[0], on=LATER)
    identify(by=CLERK, person=person, kind="id", number=IDS[1], on=DAY)
    rows = Identifier.objects.filter(person=person, withdrawn=None).order_by("since")
    assert [(r.since, r.until, r.shown[-4:]) for r in rows] == [
        (DAY, LATER, IDS[1][-4:]),
        (LATER, None, IDS[0][-4:]),
    ]


@pytest.mark.parametrize(("day", "until"), [(DAY, LATER + A_DAY), (LATER, LATER + A_DAY), (LATER + A_DAY, None)])
def test_the_dead_stand_on_no_ledger_and_join_nobody(db: str, day: date, until: date | None) -> None:
    home, other = family(), single()
    who = home.people[2]
    leave(by=CLERK, person=who, on=DAY - A_DAY)
    death(by=CLERK, person=who, on=LATER)
    enter: Callable[[], object] = lambda: enrol(by=CLERK, ledger="残疾人", person=who, on=day)  # noqa: E731
    join: Callable[[], object] = lambda: add_member(  # noqa: E731
        by=CLERK, household=other.household or 0, member=NewMember(person=who), how="join", on=day
    )
    if until is None:
        assert refusal(enter) == refusal(join) == "after-death"
        return
    enter()
    join()
    assert Enrolment.objects.get(person=who, withdrawn=None).until == until
    assert who in members(other.household or 0, LATER)
    assert who not in members(other.household or 0, LATER + A_DAY)


@pytest.mark.parametrize(("day", "until"), [(DAY, LATER), (LATER - A_DAY, LATER), (LATER, None)])
def test_a_household_merged_since_is_on_its_ledgers_till_then(db: str, day: date, until: date | None) -> None:
    into, gone = family().household or 0, single().household or 0
    merge_households(by=CLERK, into=into, gone=gone, on=LATER)
    enter: Callable[[], object] = lambda: enrol(by=CLERK, ledger="低保", household=gone, on=day)  # noqa: E731
    if until is None:
        assert refusal(enter) == "household-ended"
        return
    enter()
    assert Enrolment.objects.get(household=gone, withdrawn=None).until == until


def test_who_had_left_before_the_households_were_merged(db: str) -> None:
    """They would be gone from the one and in the other all the same."""
    made, other = family(), single()
    home, (a, b, c) = made.household or 0, made.people
    merge = merge_households(by=CLERK, into=other.household or 0, gone=home, on=LATER).act
    acts: tuple[Callable[[], object], ...] = (
        lambda: leave(by=CLERK, person=c, on=DAY),
        lambda: split(by=CLERK, household=home, people=[c], head=c, on=DAY),
    )
    for act in acts:
        assert refusal(act) == "merged-since"
    undo(by=CLERK, act=merge, on=NOW)
    acts[0]()
    merge_households(by=CLERK, into=other.household or 0, gone=home, on=LATER)
    assert members(other.household or 0, NOW).keys() == {a, b, *other.people}


def test_a_relation_told_late_lasts_until_another_is_the_head(db: str) -> None:
    made = family()
    home, b = made.household or 0, made.people[1]
    came = add_member(by=CLERK, household=home, member=someone("来"), how="join", on=DAY - A_DAY).people[0]
    change_head(by=CLERK, household=home, person=b, on=LATER)
    change_relations(by=CLERK, household=home, relations={came: "孙子女"}, on=DAY)
    days = DAY - A_DAY, DAY, LATER - A_DAY, LATER
    assert [members(home, day)[came][0] for day in days] == ["", "孙子女", "孙子女", ""]
    change_relations(by=CLERK, household=home, relations={came: "子女"}, on=LATER)
    assert members(home, NOW)[came][0] == "子女"


def test_the_head_is_related_to_no_other_head(db: str) -> None:
    made = family()
    home, (a, b, _) = made.household or 0, made.people
    change_head(by=CLERK, household=home, person=b, on=LATER)
    assert refusal(lambda: change_relations(by=CLERK, household=home, relations={b: "子女"}, on=LATER)) == "is-head"
    change_relations(by=CLERK, household=home, relations={b: "子女"}, on=LATER - A_DAY)
    assert [members(home, day)[b] for day in (LATER - A_DAY, LATER)] == [("子女", False), ("户主", True)]
    assert members(home, NOW)[a] == ("", False)
