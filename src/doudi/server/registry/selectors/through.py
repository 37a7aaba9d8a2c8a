"""All that is known of a household through time, read once: its facts on any day follow without asking the database again, also as they would be.

through(reader, household) ──read──> Through ──.on(day)──> HouseholdFacts
                                        └──.suppose(...)──> Through, as it would be
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from django.db.models import Q

from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import now
from doudi.server.lib.refusals import NotFound
from doudi.server.policybook.selectors.policies import base_on
from doudi.server.registry.checks import HOUSEHOLD, PERSON, checked
from doudi.server.registry.facts import Resolved, Said, resolve
from doudi.server.registry.models import Membership, Person, Residence, Statement
from doudi.server.registry.selectors import views
from doudi.server.registry.selectors.moment import known
from doudi.server.registry.selectors.record import showing
from doudi.server.registry.selectors.single import seen_household, seen_person
from doudi.server.registry.selectors.verbs import FACTS_SEEN, PERSON_SEEN

SUPPOSED = 0
"""The statement and the act of what is only supposed."""
_LAST = 2**62


@dataclass(frozen=True)
class Belonging:
    """``person`` is below nought for somebody supposed, who is not on record."""

    person: int
    relation: str
    head: bool
    since: date
    until: date | None

    def holds(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True)
class Home:
    area: str
    other_area: str
    since: date
    until: date | None


@dataclass(frozen=True)
class One:
    """A person of whom the reader may know."""

    born: date | None
    sex: str


@dataclass(frozen=True)
class Supposing:
    """A statement that is not on record: of the household where ``person`` is None."""

    source: str
    since: date
    person: int | None = None
    until: date | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    tables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Through:
    """``said``: person, or None for the household itself -> every statement known of them, on whatever days it holds."""

    household: int
    knowing: datetime | None
    homes: tuple[Home, ...]
    belonging: tuple[Belonging, ...]
    people: Mapping[int, One]
    said: Mapping[int | None, tuple[Said, ...]]
    area: str
    other_area: str

    def on(self, as_of: date, ranks: Mapping[str, int]) -> views.HouseholdFacts:
        """As ``facts_of`` gives them; ``ranks``: source -> rank, 1 the weightiest."""
        home = next((h for h in self.homes if h.since <= as_of and (h.until is None or as_of < h.until)), None)
        members = []
        for b in self.belonging:
            if not b.holds(as_of):
                continue
            one = self.people.get(b.person)
            if one is None:
                members.append(views.MemberFacts(b.person, b.relation, b.head, None, "", elsewhere=True))
            else:
                found = self._resolved(b.person, as_of, ranks)
                members.append(views.MemberFacts(b.person, b.relation, b.head, one.born, one.sex, found))
        return views.HouseholdFacts(
            self.household, home.area if home else self.area, home.other_area if home else self.other_area,
            self._resolved(None, as_of, ranks), tuple(members), as_of, self.knowing,
        )  # fmt: skip

    def _resolved(self, whose: int | None, as_of: date, ranks: Mapping[str, int]) -> Resolved:
        return resolve(self.said.get(whose, ()), ranks, as_of=as_of, knowing=self.knowing)

    def turns(self, after: date) -> tuple[tuple[date, int | None, Said], ...]:
        """Statements that end after a day, the soonest first: (day, whose, statement)."""
        ends = [(s.until, whose, s) for whose, said in self.said.items() for s in said if s.until and s.until > after]
        return tuple(sorted(ends, key=lambda e: (e[0], e[1] or 0, e[2].id)))

    def suppose(
        self,
        *,
        stated: Sequence[Supposing] = (),
        withdrawn: Collection[int] = (),
        ended: Mapping[int, date] = MappingProxyType({}),
        left: Mapping[int, date] = MappingProxyType({}),
        joined: Sequence[Belonging] = (),
        today: date,
    ) -> Through:
        """As it would be known with these statements made, those withdrawn or ended, these people gone from a day on, and these come.

        Raises FactsRefused for what the pack in force does not allow to be stated.
        """
        said = {
            whose: tuple(
                replace(s, until=min(filter(None, (s.until, ended.get(s.id)))) if s.id in ended else s.until)
                for s in some
                if s.id not in withdrawn
            )
            for whose, some in self.said.items()
        }
        people = dict(self.people) | {b.person: One(None, "") for b in joined if b.person < 0}
        for s in stated:
            said[s.person] = (*said.get(s.person, ()), _supposed(s, today))
        stay = [
            replace(b, until=left[b.person]) if b.person in left and b.holds(left[b.person]) else b
            for b in self.belonging
        ]
        belonging = sorted((*stay, *joined), key=lambda b: (not b.head, b.since))
        return replace(self, belonging=tuple(belonging), people=people, said=said)


def _supposed(s: Supposing, today: date) -> Said:
    entity = HOUSEHOLD if s.person is None else PERSON
    values, tables = checked(base_on(s.since).schema, entity, s.values, s.tables, today=today)
    return Said(SUPPOSED, s.source, s.since, s.until, _LAST, now(), None, "", values, tables)


def through(reader: Actor, household: int, *, knowing: datetime | None = None) -> Through:
    """Everything known at ``knowing`` (知悉时点; None: now) of the household and of whoever belongs or belonged to it. Recorded as shown.

    Raises NotFound outside the reader's areas.
    """
    with showing(reader, FACTS_SEEN, household=household) as shown:
        found = seen_household(reader, household, shown)
        homes = Residence.objects.filter(known(knowing), household=household).order_by("since", "id")
        rows = Membership.objects.filter(known(knowing), household=household).order_by("-head", "since", "id")
        belonging = tuple(Belonging(m.person_id, m.relation, m.head, m.since, m.until) for m in rows)
        ids = {b.person for b in belonging}
        people = Person.objects.filter(reader.scope.q("area", "other_area"), id__in=ids)
        ones = {p.id: One(p.born, p.sex) for p in people}
        return Through(
            household, knowing, tuple(Home(h.area, h.other_area, h.since, h.until) for h in homes), belonging, ones,
            _said(Q(household=household) | Q(person__in=list(ones)), knowing), found.area, found.other_area,
        )  # fmt: skip


def said_of_person(reader: Actor, person: int, *, knowing: datetime | None = None) -> tuple[Said, ...]:
    """Every statement known of a person, on whatever days it holds. Recorded as shown. Raises NotFound outside the reader's areas."""
    with showing(reader, PERSON_SEEN, person=person) as shown:
        seen_person(reader, person, shown)
        return _said(Q(person=person), knowing).get(person, ())


def said_in(reader: Actor, statement: int) -> tuple[int | None, int | None, Said]:
    """A statement still known: of which household, or which person, and what it says. Recorded as shown. Raises NotFound."""
    with showing(reader, FACTS_SEEN) as shown:
        row = Statement.objects.filter(pk=statement, withdrawn=None).select_related("act", "withdrawn").first()
        if row is None:
            raise NotFound("statement-unknown", "您的辖区内没有这条说明。", "There is no such statement in your areas.")
        shown.household, shown.person = row.household_id, row.person_id
        if row.household_id is not None:
            seen_household(reader, row.household_id, shown)
        elif row.person_id is not None:
            seen_person(reader, row.person_id, shown)
        return row.household_id, row.person_id, _one(row)


def _said(which: Q, knowing: datetime | None) -> dict[int | None, tuple[Said, ...]]:
    rows = Statement.objects.filter(which, known(knowing)).select_related("act", "withdrawn").order_by("since", "id")
    found: dict[int | None, list[Said]] = defaultdict(list)
    for s in rows:
        found[s.person_id].append(_one(s))
    return {whose: tuple(some) for whose, some in found.items()}


def _one(s: Statement) -> Said:
    return Said(
        s.id, s.source, s.since, s.until, s.act_id, s.act.recorded_at, s.withdrawn.recorded_at if s.withdrawn else None, s.evidence, s.values,
        s.tables,
    )  # fmt: skip
