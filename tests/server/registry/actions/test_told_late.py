"""What is recorded after something that comes later in the world: who leaves is gone for good, whatever had been told before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import permutations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doudi.server.lib.refusals import Refused
from doudi.server.registry.actions import (
    NewMember,
    add_member,
    change_head,
    change_relations,
    death,
    leave,
    register_household,
    split,
    undo,
)
from doudi.server.registry.models import Household
from tests.server.cast import CLERK, VILLAGE_CODE
from tests.server.registry.actions.homes import BEGAN, columns, family, members, single, snapshot, someone

DAY, LATER, NOW = date(2022, 1, 1), date(2022, 6, 1), date(2024, 1, 1)
A_DAY = timedelta(days=1)


def test_who_leaves_is_gone_whoever_became_the_head_later(db: str) -> None:
    done = family()
    home, (a, b, c) = done.household or 0, done.people
    change_head(by=CLERK, household=home, person=b, on=LATER, relations={c: "子女"})
    before = snapshot(), columns()
    act = leave(by=CLERK, person=c, on=DAY).act
    assert c in members(home, DAY - A_DAY)
    for day in (DAY, LATER - A_DAY, LATER, NOW):
        assert members(home, day).keys() == {a, b}
    assert members(home, NOW)[b] == ("户主", True)
    assert Household.objects.get(pk=home).people == 2
    undo(by=CLERK, act=act, on=NOW)
    assert (snapshot(), columns()) == before


@pytest.mark.parametrize("late", [-1, 0, 1])
def test_a_relation_that_changed_about_the_day_of_leaving(db: str, late: int) -> None:
    done = family()
    home, (a, b, c) = done.household or 0, done.people
    change_relations(by=CLERK, household=home, relations={c: "孙子女"}, on=DAY + late * A_DAY)
    leave(by=CLERK, person=c, on=DAY)
    assert c in members(home, DAY - A_DAY)
    assert members(home, DAY).keys() == members(home, NOW).keys() == {a, b}
    with pytest.raises(Refused) as refused:
        leave(by=CLERK, person=c, on=DAY)
    assert refused.value.code == "left-already"
    with pytest.raises(Refused) as refused:
        leave(by=CLERK, person=c, on=DAY + A_DAY)
    assert refused.value.code == "no-household"


def test_who_would_have_become_the_head_leaves_first(db: str) -> None:
    """The days on which they would have been the head need another; the days before are as they were."""
    done = family()
    home, (a, b, c) = done.household or 0, done.people
    change_head(by=CLERK, household=home, person=b, on=LATER)
    with pytest.raises(Refused) as refused:
        leave(by=CLERK, person=b, on=DAY)
    assert refused.value.code == "head-needed"
    assert str(LATER) in refused.value.zh
    leave(by=CLERK, person=b, on=DAY, new_head=c)
    assert members(home, LATER - A_DAY) == {a: ("户主", True), c: ("子女", False)}
    assert members(home, LATER) == {a: ("", False), c: ("户主", True)}


def test_the_head_leaves_before_another_takes_over(db: str) -> None:
    done = family()
    home, (a, b, c) = done.household or 0, done.people
    change_head(by=CLERK, household=home, person=b, on=LATER)
    leave(by=CLERK, person=a, on=DAY, new_head=c)
    assert members(home, DAY) == {b: ("", False), c: ("户主", True)}
    assert members(home, LATER)[b] == ("户主", True)


def heads_on(home: int, *days: date) -> list[int]:
    return [next(p for p, (_, head) in members(home, day).items() if head) for day in days]


def test_a_head_told_late_lasts_until_the_next_on_record(db: str) -> None:
    done = family()
    home, (a, b, c) = done.household or 0, done.people
    change_head(by=CLERK, household=home, person=c, on=LATER, relations={a: "父母"})
    before = snapshot(), columns()
    act = change_head(by=CLERK, household=home, person=b, on=DAY, relations={a: "配偶"}).act
    days = DAY - A_DAY, DAY, LATER - A_DAY, LATER, NOW
    assert heads_on(home, *days) == [a, b, b, c, c]
    assert [members(home, day)[a][0] for day in days] == ["户主", "配偶", "配偶", "父母", "父母"]
    undo(by=CLERK, act=act, on=NOW)
    assert (snapshot(), columns()) == before


def test_who_is_the_head_later_was_so_earlier(db: str) -> None:
    done = family()
    home, (a, b, _) = done.household or 0, done.people
    change_head(by=CLERK, household=home, person=b, on=LATER)
    change_head(by=CLERK, household=home, person=b, on=DAY)
    assert heads_on(home, DAY - A_DAY, DAY, LATER - A_DAY, LATER, NOW) == [a, b, b, b, b]


def test_the_last_leaves_before_somebody_comes(db: str) -> None:
    alone = single()
    home, head = alone.household or 0, alone.people[0]
    came = add_member(by=CLERK, household=home, member=someone("来"), how="join", on=LATER).people[0]
    leave(by=CLERK, person=head, on=DAY, new_head=came)
    assert members(home, DAY) == {}
    assert members(home, LATER) == {came: ("户主", True)}


def test_who_comes_back_after_a_gap_stays(db: str) -> None:
    done = family()
    home, c = done.household or 0, done.people[2]
    leave(by=CLERK, person=c, on=LATER)
    add_member(by=CLERK, household=home, member=NewMember(person=c), how="join", on=NOW)
    leave(by=CLERK, person=c, on=DAY)
    assert c not in members(home, DAY)
    assert c in members(home, NOW)


def test_a_split_told_late_takes_all_days_along(db: str) -> None:
    done = family()
    home, (a, b, c) = done.household or 0, done.people
    change_head(by=CLERK, household=home, person=b, on=LATER)
    new = split(by=CLERK, household=home, people=[c], head=c, on=DAY).household or 0
    for day in (DAY, LATER, NOW):
        assert members(home, day).keys() == {a, b}
        assert members(new, day) == {c: ("户主", True)}
    assert [Household.objects.get(pk=h).people for h in (home, new)] == [2, 1]


def test_who_would_have_become_the_head_splits_off(db: str) -> None:
    done = family()
    home, (a, b, c) = done.household or 0, done.people
    change_head(by=CLERK, household=home, person=b, on=LATER)
    with pytest.raises(Refused) as refused:
        split(by=CLERK, household=home, people=[b], head=b, on=DAY)
    assert (refused.value.code, refused.value.field) == ("head-needed", "old_head")
    split(by=CLERK, household=home, people=[b], head=b, on=DAY, old_head=a, old_relations={c: "子女"})
    assert members(home, DAY) == members(home, NOW) == {a: ("户主", True), c: ("子女", False)}


@pytest.mark.parametrize("late", [-1, 0, 1, 2])
def test_a_death_told_after_a_relation_changed(db: str, late: int) -> None:
    done = family()
    home, (a, b, c) = done.household or 0, done.people
    change_relations(by=CLERK, household=home, relations={c: "孙子女"}, on=DAY + late * A_DAY)
    death(by=CLERK, person=c, on=DAY)
    assert members(home, DAY).keys() == {a, b, c}, "through the day itself"
    assert members(home, DAY + A_DAY).keys() == members(home, NOW).keys() == {a, b}


def test_a_death_before_the_person_came_again_or_went_elsewhere(db: str) -> None:
    """Somebody who joined after dying did not: one of the two days is wrong."""
    done, other = family(), single()
    home, (_, b, c) = done.household or 0, done.people
    leave(by=CLERK, person=b, on=LATER)
    add_member(by=CLERK, household=home, member=NewMember(person=b), how="join", on=NOW)
    leave(by=CLERK, person=c, on=LATER)
    add_member(by=CLERK, household=other.household or 0, member=NewMember(person=c), how="join", on=LATER)
    for person, joined in ((b, NOW), (c, LATER)):
        with pytest.raises(Refused) as refused:
            death(by=CLERK, person=person, on=DAY)
        assert refused.value.code == "after-death"
        assert str(joined) in refused.value.zh
    with pytest.raises(Refused):
        death(by=CLERK, person=c, on=LATER - A_DAY)
    death(by=CLERK, person=c, on=LATER)


days = st.integers(1, 6).map(lambda n: BEGAN + n * 30 * A_DAY)
heads = st.tuples(st.just("head"), st.integers(1, 2), days)
leavings = st.tuples(st.just("leave"), st.integers(3, 4), days)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(st.lists(heads, max_size=2), st.lists(leavings, min_size=1, max_size=2, unique_by=lambda x: x[1]))
def test_who_belongs_does_not_depend_on_the_order_of_recording(
    db: str, changes: list[tuple[str, int, date]], gone: list[tuple[str, int, date]]
) -> None:
    told = [x for i, x in enumerate(changes + gone) if (x[0], x[1]) not in [(y[0], y[1]) for y in (changes + gone)[:i]]]
    found = {lived(order) for order in permutations(told)}
    assert len(found) == 1
    last = dict(found.pop())
    for _, who, day in gone:
        assert who not in last[day]
        assert who in last[day - A_DAY]
        assert who not in last[NOW]


def lived(acts: tuple[tuple[str, int, date], ...]) -> tuple[tuple[date, frozenset[int]], ...]:
    """Day -> who belongs, by their number in the household, after these were recorded in this order."""
    with transaction.atomic():
        names = [someone(f"人{i}") for i in range(5)]
        done = register_household(by=CLERK, area=VILLAGE_CODE, members=names, on=BEGAN)
        home, people = done.household or 0, done.people
        do: dict[str, Callable[[int, date], object]] = {
            "head": lambda who, on: change_head(by=CLERK, household=home, person=people[who], on=on),
            "leave": lambda who, on: leave(by=CLERK, person=people[who], on=on),
        }
        for kind, who, on in acts:
            do[kind](who, on)
        edges = sorted({d for _, _, day in acts for d in (day - A_DAY, day)} | {BEGAN, NOW})
        found = tuple((d, frozenset(people.index(p) for p in members(home, d))) for d in edges)
        transaction.set_rollback(True)
    return found
