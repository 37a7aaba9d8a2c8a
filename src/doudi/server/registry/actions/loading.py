"""A batch becomes rows: everything checked, keys given, numbers sealed, what is known today worked out. No row is written here."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import cache
from itertools import pairwise, zip_longest
from typing import Any, TypeVar

from doudi.server.lib.blind import blind, mask, normal
from doudi.server.lib.idnumber import read
from doudi.server.lib.refusals import Refused
from doudi.server.lib.sealed import seal
from doudi.server.policybook.policy import Policy
from doudi.server.policybook.selectors import policy
from doudi.server.registry.actions import inputs
from doudi.server.registry.actions.places import Places
from doudi.server.registry.batch import (
    Batch,
    Fault,
    NewEnrolment,
    NewHousehold,
    NewMembership,
    NewPerson,
    NewStatement,
    Ref,
)
from doudi.server.registry.bulk import take_ids
from doudi.server.registry.checks import ALIVE, BORN, DIED, HOUSEHOLD, PERSON, SEX, FactsRefused, checked
from doudi.server.registry.facts import Said, plain_of
from doudi.server.registry.models import Household, Person
from doudi.server.registry.terms import areas_of, terms_of

MOST_FAULTS = 1_000
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_NEVER = datetime.min.replace(tzinfo=UTC)
Row = tuple[Any, ...]
Span = tuple[date, date | None]
T = TypeVar("T")


class Assembler:
    """One batch under way. After ``everything`` either ``faults`` says what is wrong, or the rows are there, a list for each table."""

    def __init__(self, batch: Batch, *, act: int, on: date, today: date) -> None:
        self.batch, self.act, self.on, self.today = batch, act, on, today
        self.faults: list[Fault] = []
        self.households = dict(
            zip([h.key for h in batch.households], take_ids(Household, len(batch.households)), strict=True)
        )
        self.people = dict(zip([p.key for p in batch.people], take_ids(Person, len(batch.people)), strict=True))
        self.places = Places({code for h in batch.households for code in (h.area, h.other_area)})
        self.homes: dict[int, tuple[str, str]] = {}
        """Areas of the new households, and of those on record once ``know`` has told them."""
        self.belong: dict[int, list[tuple[date, date | None, int]]] = defaultdict(list)
        self.lived: dict[int, list[tuple[date, date | None, bool]]] = defaultdict(list)
        self.spoken: dict[int, list[Said]] = defaultdict(list)
        self.blinds: dict[int, list[bytes]] = defaultdict(list)
        self.ids: dict[bytes, str] = {}
        self.named: dict[int, str] = {}
        self.rows: dict[str, list[Row]] = defaultdict(list)
        self._policy: Callable[[date], Policy] = cache(policy)
        self._relation: Callable[[str, date], str] = cache(inputs.the_relation)
        self._head_relation: Callable[[date], str] = cache(inputs.head_relation)
        self._source: Callable[[str, date], str] = cache(inputs.the_source)

    def outside(self) -> tuple[set[int], set[int]]:
        """Households and people on record that the batch names."""
        b = self.batch
        named: list[tuple[Ref | None, Ref | None]] = [(m.household, m.person) for m in b.memberships]
        named += [(s.household, s.person) for s in b.statements] + [(e.household, e.person) for e in b.enrolments]
        return {h for h, _ in named if isinstance(h, int)}, {p for _, p in named if isinstance(p, int)}

    def know(self, homes: dict[int, tuple[str, str]]) -> None:
        """The areas of the households on record that the batch names."""
        self.homes |= homes

    def everything(self) -> None:
        self._twice()
        self._each(self.batch.households, self._household)
        self._each(self.batch.people, self._person)
        self._each(self.batch.memberships, self._membership)
        self._each(self.batch.statements, self._statement)
        self._each(self.batch.enrolments, self._enrolment)
        if not self.faults:
            self._laws()
        if not self.faults:
            self._known_today()

    def _each(self, entries: Sequence[T], one: Callable[[T], None]) -> None:
        for new in entries:
            try:
                one(new)
            except FactsRefused as refused:
                self.faults += [Fault(_key(new), f.code, f.zh, f.en, f.field) for f in refused.faults]
            except Refused as refused:
                self.faults.append(Fault(_key(new), refused.code, refused.zh, refused.en, refused.field))

    # -- one of each --------------------------------------------------------------------------------------------------------

    def _household(self, new: NewHousehold) -> None:
        number = self.households[new.key]
        since, address = new.since or self.on, inputs.the_text(new.address, 200, "address")
        area = self.places.at(new.area, since)
        other = new.other_area and self.places.at(new.other_area, since, "other_area")
        parts = self.places.parts(area, other, since, None)
        for (begun, *codes), after in zip_longest(parts, parts[1:]):
            self.rows["residence"].append((begun, after and after[0], self.act, number, *codes, address))
        today = max((p for p in parts if p[0] <= self.today), default=parts[0])
        self.homes[number] = (today[1], today[2])
        self.named[number] = inputs.the_text(new.number, 30, "number") or f"D{number:09d}"

    def _person(self, new: NewPerson) -> None:
        person, since = self.people[new.key], new.since or self.on
        name = inputs.the_name(new.name)
        self.rows["personname"].append((since, None, self.act, person, name))
        for kind, text in new.numbers.items():
            if kind not in inputs.KINDS:
                raise Refused(
                    "identifier-kind", f"没有“{kind}”这类号码。", f"There is no kind of number “{kind}”.", field="kind"
                )
            number = normal(kind, text)
            if kind == "id":
                number = read(number, on=self.today).text
            if not 3 <= len(number) <= 40:
                raise Refused(
                    "identifier-wrong",
                    f"{inputs.KINDS[kind]}不对，请核对。",
                    "This number cannot be right; check it.",
                    field=kind,
                )
            index = blind(kind, number)
            if kind == "id":
                if index in self.ids:
                    other = self.ids[index]
                    raise Refused(
                        "id-twice",
                        f"身份证号与“{other}”相同。",
                        f"The id number is the same as that of “{other}”.",
                        field="id",
                    )
                self.ids[index] = new.key
            self.blinds[person].append(index)
            sealed = seal(number, table=inputs.TABLE, field=inputs.FIELD)
            self.rows["identifier"].append((since, None, self.act, person, kind, sealed, index, mask(kind, number)))

    def _membership(self, new: NewMembership) -> None:
        since = new.since or self.on
        inputs.the_span(since, new.until)
        household, person = self._ref(new.household, self.households), self._ref(new.person, self.people)
        relation = self._relation(new.relation, since) or (self._head_relation(since) if new.head else "")
        self.belong[person].append((since, new.until, household))
        self.lived[household].append((since, new.until, new.head))
        self.rows["membership"].append((since, new.until, self.act, household, person, relation, new.head))

    def _statement(self, new: NewStatement) -> None:
        since = new.since or self.on
        inputs.the_span(since, new.until)
        household, person = self._one(new.household, new.person)
        text = self._policy(since)
        values, tables = checked(
            text.schema, HOUSEHOLD if person is None else PERSON, new.values, new.tables, today=self.today
        )
        source = self._source(new.source, since)
        self.rows["statement"].append(
            (
                since,
                new.until,
                self.act,
                household,
                person,
                source,
                inputs.the_text(new.evidence, 200, "evidence"),
                _json(values),
                _json(tables),
            )
        )
        if person is not None:
            self.spoken[person].append(Said(0, source, since, new.until, self.act, _NEVER, values=values))

    def _enrolment(self, new: NewEnrolment) -> None:
        since = new.since or self.on
        inputs.the_span(since, new.until)
        household, person = self._one(new.household, new.person)
        ledger = next((x for x in self._policy(since).ledgers if x.code == new.ledger), None)
        if ledger is None or (ledger.of == PERSON) != (person is not None):
            raise Refused(
                "ledger-unknown", f"没有“{new.ledger}”这本台账，或它登记的不是这一类。", f"There is no ledger “{new.ledger}”, or it is not of these.",
                field="ledger",
            )  # fmt: skip
        self.rows["enrolment"].append(
            (
                since,
                new.until,
                self.act,
                new.ledger,
                household,
                person,
                _json(dict(new.details)),
                inputs.the_text(new.evidence, 200, "evidence"),
            )
        )

    def _one(self, household: Ref | None, person: Ref | None) -> tuple[int | None, int | None]:
        if (household is None) == (person is None):
            raise Refused("of-one", "应写明是哪一户或哪一人。", "Say of which household or of which person.")
        if person is None:
            assert household is not None
            return self._ref(household, self.households), None
        return None, self._ref(person, self.people)

    def _ref(self, ref: Ref, new: dict[str, int]) -> int:
        if isinstance(ref, int):
            return ref
        if ref not in new:
            raise Refused("key-unknown", f"这一批里没有“{ref}”。", f"There is no “{ref}” in the batch.")
        return new[ref]

    # -- all together -------------------------------------------------------------------------------------------------------

    def _twice(self) -> None:
        for keys in ([h.key for h in self.batch.households], [p.key for p in self.batch.people]):
            seen: set[str] = set()
            for key in keys:
                if key in seen:
                    self.faults.append(Fault(key, "key-twice", f"“{key}”出现了两次。", f"“{key}” stands there twice."))
                seen.add(key)

    def _laws(self) -> None:
        """What must hold of new people and households; those on record are looked at when the rows are written."""
        for key, person in self.people.items():
            spans = sorted((since, until or date.max) for since, until, _ in self.belong[person])
            if not spans:
                self.faults.append(
                    Fault(key, "no-household", f"“{key}”不属于任何一户。", f"“{key}” belongs to no household.")
                )
            if any(a[1] > b[0] for a, b in pairwise(spans)):
                self.faults.append(
                    Fault(
                        key, "two-households", f"“{key}”同时属于两户。", f"“{key}” belongs to two households at once."
                    )
                )
        for key, household in self.households.items():
            if not self.lived[household]:
                self.faults.append(Fault(key, "no-members", f"“{key}”没有成员。", f"“{key}” has no members."))
            elif not _one_head(self.lived[household]):
                self.faults.append(
                    Fault(
                        key,
                        "not-one-head",
                        f"“{key}”不是始终恰有一名户主。",
                        f"“{key}” has not exactly one head at all times.",
                    )
                )
        del self.faults[MOST_FAULTS:]

    def _known_today(self) -> None:
        ranks = {s.code: s.rank for s in self._policy(self.today).sources}
        for new in self.batch.households:
            household = self.households[new.key]
            ahead = [since for since, until, _ in self.lived[household] if until is None or until > self.today]
            people = sum(since <= self.today for since in ahead)
            self.rows["household"].append(
                (household, self.named[household], *self.homes[household], not ahead, people, 1)
            )
        terms = self.rows["term"]
        for row in self.rows["personname"]:
            person, name = row[3], row[4]
            values, _ = plain_of(self.spoken[person], ranks, as_of=self.today, knowing=None)
            area, other = self.homes[_home(self.belong[person], self.today)]
            sex = values.get(SEX, "")
            died = None if values.get(ALIVE) is True else values.get(DIED)
            self.rows["person"].append(
                (person, name, sex if isinstance(sex, str) else "", _day(values.get(BORN)), _day(died), area, other)
            )
            found = terms_of([name], self.blinds.get(person, ()))
            terms.extend((person, kind, term, at) for at in areas_of(area, other) for kind, term in found)


def _key(new: object) -> str:
    for name in ("key", "person", "household"):
        ref = getattr(new, name, None)
        if ref is not None:
            return str(ref)
    return ""


def _home(belong: list[tuple[date, date | None, int]], today: date) -> int:
    """The household of today; else the last before, else the first to come."""
    begun = [b for b in belong if b[0] <= today]
    return max(begun, key=lambda b: b[0])[2] if begun else min(belong, key=lambda b: b[0])[2]


def _one_head(lived: list[tuple[date, date | None, bool]]) -> bool:
    """Whether on every day on which anybody is a member exactly one is the head."""
    if len({(since, until) for since, until, _ in lived}) == 1:
        return sum(head for _, _, head in lived) == 1
    edges = sorted({since for since, _, _ in lived} | {until for _, until, _ in lived if until is not None})
    for day in edges:
        here = [head for since, until, head in lived if since <= day and (until is None or until > day)]
        if here and sum(here) != 1:
            return False
    return True


def _day(value: object) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else None
