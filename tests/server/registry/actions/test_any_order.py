"""The same acts with the same days, told in any order: every day looks the same afterwards, or one of them is refused in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doudi.server.areas.actions.ensuring import ensure
from doudi.server.areas.shapes import NewDivision
from doudi.server.lib.refusals import Refused
from doudi.server.operations import divisions
from doudi.server.registry import actions as act
from doudi.server.registry.actions import NewMember
from doudi.server.registry.actions.laws import obey
from doudi.server.registry.models import Enrolment, Household, Identifier, Membership, Person, PersonName, Residence
from tests.server.cast import ADMINISTRATOR, NAMES, NEXT_VILLAGE, OTHER_VILLAGE, SYSTEM, TOWN, VILLAGE_CODE
from tests.server.registry.actions.homes import BEGAN, IDS, someone

A_DAY = timedelta(days=1)
Told = tuple[str, int, int, date]
"""An act, which of those that there are, a second choice, and its day."""


class World:
    """A household of four, another of one, and somebody of none; people and households by their numbers here, and not by those of the database."""

    def __init__(self) -> None:
        ensure(SYSTEM, [NewDivision(code, name) for code, name in NAMES.items()], date(2000, 1, 1))
        names = [someone(f"人{i}") for i in range(4)]
        one = act.register_household(by=SYSTEM, area=VILLAGE_CODE, members=names, on=BEGAN)
        two = act.register_household(by=SYSTEM, area=NEXT_VILLAGE, members=[someone("人4"), someone("人5")], on=BEGAN)
        self.homes = {0: one.household or 0, 1: two.household or 0}
        self.people = [*one.people, *two.people]
        act.leave(by=SYSTEM, person=self.people[5], on=BEGAN + A_DAY)

    def done(self, told: Told) -> bool:
        kind, one, two, on = told
        try:
            with transaction.atomic():
                getattr(self, kind)(one, two, on)
        except Refused:
            return False
        return True

    def move(self, one: int, two: int, on: date) -> None:
        area = (NEXT_VILLAGE, OTHER_VILLAGE, VILLAGE_CODE)[one % 3]
        other = (None, None, VILLAGE_CODE, "")[two % 4]
        act.move(by=SYSTEM, household=self.homes[0], area=area, other_area=other, on=on)

    def recode(self, one: int, two: int, on: date) -> None:
        if one % 2:
            divisions.recode(by=ADMINISTRATOR, code=TOWN, new_code="451229105", on=on)
        else:
            divisions.merge(by=ADMINISTRATOR, codes=[VILLAGE_CODE], into=NEXT_VILLAGE, on=on)

    def split(self, one: int, two: int, on: date) -> None:
        who = self.people[1 + one % 3]
        area = ("", OTHER_VILLAGE, NEXT_VILLAGE)[two % 3]
        new = act.split(by=SYSTEM, household=self.homes[0], people=[who], head=who, area=area, on=on)
        self.homes[10 + one % 3] = new.household or 0

    def merge(self, one: int, two: int, on: date) -> None:
        into, gone = (0, 1) if one % 2 else (1, 0)
        act.merge_households(by=SYSTEM, into=self.homes[into], gone=self.homes[gone], on=on)

    def head(self, one: int, two: int, on: date) -> None:
        relations = {self.people[two % 4]: "子女"} if one % 4 != two % 4 else {}
        act.change_head(by=SYSTEM, household=self.homes[0], person=self.people[one % 4], relations=relations, on=on)

    def relation(self, one: int, two: int, on: date) -> None:
        said = ("子女", "配偶")[two % 2]
        act.change_relations(by=SYSTEM, household=self.homes[0], relations={self.people[one % 4]: said}, on=on)

    def leave(self, one: int, two: int, on: date) -> None:
        act.leave(by=SYSTEM, person=self.people[one % 4], on=on, new_head=self.people[two % 4])

    def join(self, one: int, two: int, on: date) -> None:
        new = NewMember(person=self.people[5 - one % 3])
        act.add_member(by=SYSTEM, household=self.homes[two % 2], member=new, how="join", on=on)

    def death(self, one: int, two: int, on: date) -> None:
        act.death(by=SYSTEM, person=self.people[one % 6], on=on, new_head=self.people[two % 4])

    def enrol(self, one: int, two: int, on: date) -> None:
        until = on + (two - 3) * 30 * A_DAY if two > 3 else None
        if one % 2:
            act.enrol(by=SYSTEM, ledger="低保", household=self.homes[one // 2 % 2], until=until, on=on)
        else:
            act.enrol(by=SYSTEM, ledger="残疾人", person=self.people[one % 6], until=until, on=on)

    def strike(self, one: int, two: int, on: date) -> None:
        """Off the ledger on which it stands on that day; nobody can strike what is not there."""
        whose = {"household": self.homes[one // 2 % 2]} if one % 2 else {"person": self.people[one % 6]}
        held = Enrolment.objects.filter(Q(until=None) | Q(until__gt=on), since__lte=on, withdrawn=None, **whose).first()
        if held is None:
            raise Refused("nothing", "没有。", "Nothing.")
        act.strike(by=SYSTEM, enrolment=held.id, on=on)

    def name(self, one: int, two: int, on: date) -> None:
        act.rename(by=SYSTEM, person=self.people[one % 2], name=f"名{two}", on=on)

    def number(self, one: int, two: int, on: date) -> None:
        act.identify(by=SYSTEM, person=self.people[one % 2], kind="id", number=IDS[two], on=on)

    def state(self, *, related: bool) -> tuple[Any, ...]:
        """What holds on every day, span by span, with what is the same before and after a day joined."""
        homes = {h: n for n, h in self.homes.items()}
        people = {p: n for n, p in enumerate(self.people)}
        found: dict[tuple[Any, ...], list[tuple[date, date]]] = {}

        def put(row: Any, *said: Any) -> None:
            found.setdefault(said, []).append((row.since, row.until or date.max))

        for r in Residence.objects.filter(withdrawn=None):
            put(r, "lives", homes[r.household_id], r.area, r.other_area, r.address)
        for m in Membership.objects.filter(withdrawn=None):
            put(m, "belongs", homes[m.household_id], people[m.person_id], m.relation if related else "", m.head)
        for e in Enrolment.objects.filter(withdrawn=None):
            put(e, "on", e.ledger, homes.get(e.household_id or 0), people.get(e.person_id or 0))
        for n in PersonName.objects.filter(withdrawn=None):
            put(n, "called", people[n.person_id], n.name)
        for i in Identifier.objects.filter(withdrawn=None):
            put(i, "known by", people[i.person_id], i.kind, bytes(i.blind))
        rows = [(said, since, until) for said, spans in found.items() for since, until in joined(spans)]
        now = [(homes[h.id], h.area, h.other_area, h.closed, h.people) for h in Household.objects.all()]
        who = [(people[p.id], p.name, p.died, p.area) for p in Person.objects.all()]
        return (*sorted(rows, key=repr), *sorted(now), *sorted(who))


def joined(spans: Sequence[tuple[date, date]]) -> list[tuple[date, date]]:
    out: list[tuple[date, date]] = []
    for since, until in sorted(spans):
        if out and out[-1][1] == since:
            out[-1] = (out[-1][0], until)
        else:
            out.append((since, until))
    return out


def after(acts: Sequence[Told]) -> tuple[Any, ...] | None:
    """How everything is after these were told in this order; None where one of them was refused."""
    with transaction.atomic():
        world, found = World(), None
        if all(world.done(told) for told in acts):
            obey(list(Household.objects.values_list("id", flat=True)), world.people)
            # How one is related is said of the head then on record: where another turns out to have been the head it is not known any more.
            found = world.state(related={"head", "relation"} - {kind for kind, *_ in acts} != set())
        transaction.set_rollback(True)
    return found


KINDS = (
    "move", "move", "recode", "split", "merge", "head", "relation", "leave", "join", "death", "enrol", "enrol", "strike", "name", "number",
)  # fmt: skip
days = st.integers(1, 6).map(lambda n: BEGAN + n * 30 * A_DAY)
told = st.tuples(st.sampled_from(KINDS), st.integers(0, 5), st.integers(0, 5), days)
several = st.lists(told, min_size=2, max_size=3, unique_by=lambda x: x[3])
few = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), database=None)
many = settings(few, max_examples=60)


def check(acts: Sequence[Told]) -> None:
    found = {order: after(order) for order in permutations(acts)}
    reached = {state for state in found.values() if state is not None}
    assert len(reached) <= 1, [[x[0] for x in order] for order, state in found.items() if state is not None]


@few
@given(several)
def test_any_order_gives_the_same(db: str, acts: list[Told]) -> None:
    check(acts)


@pytest.mark.slow
@many
@given(several)
def test_any_order_gives_the_same_at_length(db: str, acts: list[Told]) -> None:
    check(acts)
