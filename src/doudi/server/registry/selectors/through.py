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

from django.db.models import OuterRef, Q, Subquery

from doudi.server.areas.selectors import UNMOVED, Lineage, moves_of
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import now
from doudi.server.policybook.selectors.policies import base_on
from doudi.server.registry.checks import HOUSEHOLD, PERSON, checked
from doudi.server.registry.facts import Resolved, Said, places_in, resolve
from doudi.server.registry.models import (
    ActOn,
    Identifier,
    Membership,
    Person,
    PersonName,
    Residence,
    Statement,
)
from doudi.server.registry.selectors import views
from doudi.server.registry.selectors.around import OnLedger, enrolled
from doudi.server.registry.selectors.moment import held, known
from doudi.server.registry.selectors.record import Shown, showing
from doudi.server.registry.selectors.single import (
    happened,
    member_views,
    no_household,
    seen_person,
)
from doudi.server.registry.selectors.verbs import FACTS_SEEN, HOUSEHOLD_SEEN, PERSON_SEEN

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
    """``said``: person, or None for the household itself -> every statement known of them, on whatever days it holds. ``ledgers``: every enrolment
    of the household and its people, where they were asked for. ``moves``: what became of the divisions that the statements name."""

    household: int
    knowing: datetime | None
    homes: tuple[Home, ...]
    belonging: tuple[Belonging, ...]
    people: Mapping[int, One]
    said: Mapping[int | None, tuple[Said, ...]]
    area: str
    other_area: str
    ledgers: tuple[OnLedger, ...] = ()
    moves: Lineage = UNMOVED

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
            self._resolved(None, as_of, ranks), tuple(members), as_of, self.knowing, self.moves,
        )  # fmt: skip

    def _resolved(self, whose: int | None, as_of: date, ranks: Mapping[str, int]) -> Resolved:
        return resolve(self.said.get(whose, ()), ranks, as_of=as_of, knowing=self.knowing)

    def statement(self, key: int) -> tuple[int | None, Said] | None:
        """Of whom (None: the household) and what a statement said; None where it is none of this household's."""
        return next(((whose, s) for whose, some in self.said.items() for s in some if s.id == key), None)

    def turns(self, after: date) -> tuple[tuple[date, int | None, Said], ...]:
        """Statements that end after a day, the soonest first: (day, whose, statement)."""
        ends = [(s.until, whose, s) for whose, said in self.said.items() for s in said if s.until and s.until > after]
        return tuple(sorted(ends, key=lambda e: (e[0], e[1] or 0, e[2].id)))

    def merged(self, other: Through, on: date) -> Through:
        """With everybody of ``other`` in this household from a day on; who is in both is in it once."""
        here = {b.person for b in self.belonging if b.holds(on)}
        came = [
            replace(b, since=max(b.since, on), head=b.head and not here, relation="" if here else b.relation)
            for b in other.belonging
            if b.person not in here and (b.until is None or on < b.until)
        ]
        said = dict(self.said)
        said |= {whose: some for whose, some in other.said.items() if whose is not None and whose not in said}
        return replace(
            self, belonging=(*self.belonging, *came), people={**other.people, **self.people}, said=said, moves=self.moves | other.moves
        )  # fmt: skip

    def knowing_of(self, person: int, one: One, said: tuple[Said, ...]) -> Through:
        """With what is known of somebody who may come to belong to it."""
        moves = self.moves | moves_of(places_in(said))
        return replace(self, people={**self.people, person: one}, said={**self.said, person: said}, moves=moves)

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

    Raises NotFound outside the reader's areas, and for a household of which nothing was known then.
    """
    with showing(reader, FACTS_SEEN, household=household) as shown:
        return _read(reader, household, None, knowing, shown).through


def whole(
    reader: Actor, household: int, *, as_of: date, knowing: datetime | None = None, numbers: bool = True
) -> tuple[views.HouseholdView, Through]:
    """What ``household`` and ``through`` give, asked for at once; ``numbers`` False: without what people are known by. Recorded as shown.

    Raises NotFound outside the reader's areas, and for a household of which nothing was known then.
    """
    with showing(reader, HOUSEHOLD_SEEN, household=household) as shown:
        read = _read(reader, household, as_of, knowing, shown)
        found = read.homes[0].household
        home = next((h for h in reversed(read.homes) if h.since <= as_of), read.homes[0])
        belong = [m for m in read.belonging if m.since <= as_of and (m.until is None or as_of < m.until)]
        held_by = Identifier.objects.filter(held(as_of, knowing), person__in=read.people)
        known_by = list(held_by.order_by("kind", "since", "id")) if numbers else []
        names = {p.id: getattr(p, "named", None) or p.name for p in read.people.values()}
        ledgers = enrolled(reader, household, list(read.people), knowing=knowing)
        own = tuple(
            views.EnrolmentView(e.id, e.ledger, e.household, e.person, e.since, e.until, e.details, e.evidence)
            for e in ledgers
            if e.person is None and e.since <= as_of and (e.until is None or as_of < e.until)
        )
        view = views.HouseholdView(
            found.id, found.number, home.area, home.other_area, home.address, found.closed, found.version,
            member_views(belong, read.people, names, known_by).get(household, ()), own, as_of, knowing,
        )  # fmt: skip
        return view, replace(read.through, ledgers=ledgers)


def acts_on(known: Through, *, before: int | None = None, limit: int = 100) -> tuple[views.Happened, ...]:
    """As ``timeline``, of a household that was read by ``whole`` or ``through``, inside what records that it is shown."""
    return happened(ActOn.objects.filter(household=known.household), before, limit)


@dataclass(frozen=True)
class _Read:
    homes: list[Residence]
    belonging: list[Membership]
    people: dict[int, Person]
    through: Through


def _read(reader: Actor, household: int, as_of: date | None, knowing: datetime | None, shown: Shown) -> _Read:
    mine = reader.scope.q("household__area", "household__other_area")
    rows = Residence.objects.filter(mine, known(knowing), household=household).select_related("household")
    homes = list(rows.order_by("since", "id"))
    if not homes:
        raise no_household(household)
    found = homes[0].household
    shown.area = found.area
    belonging = list(Membership.objects.filter(known(knowing), household=found.id).order_by("-head", "since", "id"))
    ids = {m.person_id for m in belonging}
    visible = Person.objects.filter(reader.scope.q("area", "other_area"), id__in=ids)
    if as_of is not None:
        named = PersonName.objects.filter(held(as_of, knowing), person=OuterRef("pk"))
        visible = visible.annotate(named=Subquery(named.values("name")[:1]))
    people = {p.id: p for p in visible}
    said = statements(Q(household=found.id) | Q(person__in=list(people)), knowing)
    made = Through(
        found.id, knowing, tuple(Home(h.area, h.other_area, h.since, h.until) for h in homes),
        tuple(Belonging(m.person_id, m.relation, m.head, m.since, m.until) for m in belonging),
        {p.id: One(p.born, p.sex) for p in people.values()}, said, found.area, found.other_area,
        moves=moves_of(places_in(s for some in said.values() for s in some)),
    )  # fmt: skip
    return _Read(homes, belonging, people, made)


def said_of_person(reader: Actor, person: int, *, knowing: datetime | None = None) -> tuple[One, tuple[Said, ...]]:
    """Every statement known of a person, on whatever days it holds. Recorded as shown. Raises NotFound outside the reader's areas."""
    with showing(reader, PERSON_SEEN, person=person) as shown:
        found = seen_person(reader, person, shown)
        return One(found.born, found.sex), statements(Q(person=person), knowing).get(person, ())


def statements(which: Q, knowing: datetime | None) -> dict[int | None, tuple[Said, ...]]:
    """Whose (None: a household's) -> every statement known of them. For selectors, which have found them to be the reader's."""
    rows = Statement.objects.filter(which, known(knowing)).select_related("act", "withdrawn").order_by("since", "id")
    found: dict[int | None, list[Said]] = defaultdict(list)
    for s in rows:
        found[s.person_id].append(_one(s))
    return {whose: tuple(some) for whose, some in found.items()}


def _one(s: Statement) -> Said:
    return Said(
        s.id, s.source, s.since, s.until, s.act_id, s.act.recorded_at, s.withdrawn.recorded_at if s.withdrawn else None, s.evidence, s.values,
        s.tables, s.act.official,
    )  # fmt: skip
