"""Officials who act at the same moment, each in a thread with a connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from threading import Barrier
from typing import Any

from django.db import connection

from doudi.server.audit.models import Entry
from doudi.server.lib.acting import acting
from doudi.server.lib.refusals import Refused
from doudi.server.registry.actions import NewMember, add_member, identify, leave, merge_households, rename, state
from doudi.server.registry.actions.laws import obey
from doudi.server.registry.models import Act, ActOn, Household, Membership, Person
from tests.server.cast import CLERK, REVIEWER, SYSTEM
from tests.server.registry.actions.homes import IDS, family, single, version

DAY = date(2022, 3, 1)


def together(*acts: Callable[[], Any]) -> list[Any]:
    """What each of the acts gave, or how it was refused; all begin at once."""
    ready = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            ready.wait()
            return act()
        except Refused as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_a_double_click_is_one_act(committed: dict[str, str]) -> None:
    done = family()
    click = partial(
        state, by=CLERK, source="申报", household=done.household, values={"城乡": "农村"}, on=DAY, once="click"
    )
    found = together(click, click, click)
    assert len({d.act for d in found}) == 1
    assert sorted(d.repeated for d in found) == [False, True, True]
    with acting(SYSTEM):
        assert Act.objects.filter(kind="state").count() == Entry.objects.filter(verb="registry.state").count() == 1


def test_of_two_who_opened_the_same_the_second_is_told(committed: dict[str, str]) -> None:
    done = family()
    with acting(SYSTEM):
        opened = version(done.household or 0)
    found = together(
        partial(rename, by=CLERK, person=done.people[0], name="甲", on=DAY, version=opened),
        partial(rename, by=REVIEWER, person=done.people[1], name="乙", on=DAY, version=opened),
    )
    assert sum(d == "changed" for d in found) == 1


def test_one_number_entered_twice_at_once(committed: dict[str, str]) -> None:
    done = family()
    entering = [partial(identify, by=CLERK, person=p, kind="id", number=IDS[0], on=DAY) for p in done.people]
    assert together(*entering).count("id-taken") == 2


def test_nobody_gets_into_two_households(committed: dict[str, str]) -> None:
    first, second, third = family(), family(), single()
    someone = third.people[0]
    leave(by=CLERK, person=someone, on=DAY)
    joining = [
        partial(add_member, by=CLERK, household=h.household or 0, member=NewMember(person=someone), how="join", on=DAY)
        for h in (first, second)
    ]
    assert together(*joining).count("two-households") == 1
    crossing = [
        partial(merge_households, by=CLERK, into=a.household or 0, gone=b.household or 0, on=date(2023, 1, 1))
        for a, b in ((first, second), (second, first))
    ]
    found = together(*crossing)
    assert sum(isinstance(d, str) for d in found) <= 1
    with acting(SYSTEM):
        obey(Household.objects.values_list("id", flat=True), Person.objects.values_list("id", flat=True))
        assert Membership.objects.filter(person=someone, withdrawn=None, until=None).count() == 1
        moments = list(Act.objects.order_by("id").values_list("recorded_at", flat=True))
        assert len(set(moments)) == len(moments)
        for home in Household.objects.all():
            assert ActOn.objects.filter(household=home.id).count() == home.version
