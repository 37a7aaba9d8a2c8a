"""Filtered lists of households and people, a page forward or back at a time: always the reader's areas, and nothing but them.

A page is asked for by the key of the row that it follows, or comes before: nothing of the row itself stands in an address. Where that row has
gone from the reader's areas the list begins anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Generic, TypeVar

from django.db.models import DateField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from doudi.server.lib.actor import Actor
from doudi.server.lib.scope import Scope
from doudi.server.registry.models import Enrolment, Household, Membership, Person
from doudi.server.registry.selectors import views
from doudi.server.registry.selectors.lists import person_row
from doudi.server.registry.selectors.matching import parts as chunked
from doudi.server.registry.selectors.moment import held
from doudi.server.registry.selectors.numbers import masked_numbers
from doudi.server.registry.selectors.record import READ, showing, within
from doudi.server.registry.selectors.sieve import (
    HOUSEHOLD_ORDERS,
    PERSON_ORDERS,
    Sieve,
    parts,
    sieved_households,
    sieved_people,
)
from doudi.server.registry.selectors.sought import are_many, matching
from doudi.server.registry.selectors.verbs import LISTED

MOST = 1_000
COUNTED = 10_000
"""Counted up to here: a reader who sees more than ten thousand lines narrows the list, and does not count them."""
SOUGHT = 1_000
"""Of those that a text may mean no more are counted: who seeks somebody goes on typing."""
_OF_ONE = 2
STRIDE = 3_000
"""Lines that are asked one by one whether they are meant, before the set of those meant is taken after all."""
_LAST_DAY = date(9999, 12, 31)
M = TypeVar("M", Household, Person)
R = TypeVar("R")


@dataclass(frozen=True)
class RollPage(Generic[R]):
    """``before`` and ``after`` are what to ask with for the page before and the next one; None: there is none."""

    rows: tuple[R, ...]
    before: int | None
    after: int | None


@dataclass(frozen=True)
class HouseholdLine:
    """``ledgers`` are those on which the household itself stands; ``since``: from when it stands on the ledger asked for, where it does itself."""

    household: views.HouseholdRow
    ledgers: tuple[str, ...]
    since: date | None
    enrolment: int | None


@dataclass(frozen=True)
class PersonLine:
    """``household`` is that of today, None where there is none in the reader's areas."""

    person: views.PersonRow
    number: str
    household: int | None
    household_number: str
    relation: str
    ledgers: tuple[str, ...]
    since: date | None
    enrolment: int | None


@dataclass(frozen=True)
class RollCount:
    """``more``: there are more than ``n``, not counted further."""

    n: int
    more: bool


def household_roll(
    reader: Actor, by: Sieve, *, on: date, after: int | None = None, before: int | None = None, limit: int = 50
) -> RollPage[HouseholdLine]:
    """The households that ``by`` lets through, after or before one of them. Recorded as shown."""
    with showing(reader, LISTED, area=by.area, what="households") as shown:
        scope = by.scope(reader)
        rows = sieved_households(scope, by, on)
        found, back, on_ = _page(
            reader, rows, scope, by, HOUSEHOLD_ORDERS, after, before, limit, _walk(sieved_households, scope, by, on)
        )
        shown.count, shown.keep = len(found), bool(found)
        stands = _ledgers("household", [h.id for h in found], on)
        lines = [
            HouseholdLine(row, *_standing(stands[row.id], by.ledger))
            for row in _rows(reader, found, on)
        ]  # fmt: skip
        return RollPage(tuple(lines), back, on_)


def person_roll(
    reader: Actor, by: Sieve, *, on: date, after: int | None = None, before: int | None = None, limit: int = 50
) -> RollPage[PersonLine]:
    """The people whom ``by`` lets through, after or before one of them. Recorded as shown."""
    with showing(reader, LISTED, area=by.area, what="people") as shown:
        scope = by.scope(reader)
        rows = sieved_people(scope, by, on)
        found, back, on_ = _page(
            reader, rows, scope, by, PERSON_ORDERS, after, before, limit, _walk(sieved_people, scope, by, on)
        )
        shown.count, shown.keep = len(found), bool(found)
        ids = [p.id for p in found]
        stands, numbers = _ledgers("person", ids, on), masked_numbers(reader, ids)
        belong = Membership.objects.filter(held(on, None), person__in=ids).select_related("household").order_by("id")
        homes = {m.person_id: m for m in belong if reader.scope.covers(m.household.area, m.household.other_area)}
        lines = []
        for p in found:
            m = homes.get(p.id)
            ledgers, since, row = _standing(stands[p.id], by.ledger)
            lines.append(
                PersonLine(
                    person_row(p),
                    numbers.get(p.id, ""),
                    m.household_id if m else None,
                    m.household.number if m else "",
                    m.relation if m else "",
                    ledgers,
                    since,
                    row,
                )
            )
        return RollPage(tuple(lines), back, on_)


def count_roll(reader: Actor, by: Sieve, *, of: str, on: date, most: int = COUNTED) -> RollCount:
    """How many households (``of`` household) or people (person) are let through, up to ``most``, of a text to ``SOUGHT`` at most. A number names
    nobody and is not recorded."""
    reader.require(READ)
    with within(reader):
        scope = by.scope(reader)
        if by.text.strip():
            most = min(most, SOUGHT)
            # Several are of one household, and some have died: still the first of them mostly tell that there are more than are counted.
            first = most * _OF_ONE
            if matching(scope, by.text)[first : first + 1].exists() and _counted(by, scope, of, on, most, first) > most:
                return RollCount(most, more=True)
        n = _counted(by, scope, of, on, most)
        return RollCount(min(n, most), n > most)


def _counted(by: Sieve, scope: Scope, of: str, on: date, most: int, among: int | None = None) -> int:
    rows = _asked(by, scope, of, on, among)
    first, *others = (rows.filter(part).order_by().values("id") for part in parts(scope))
    return (first.union(*others, all=True) if others else first)[: most + 1].count()


def roll_ids(reader: Actor, by: Sieve, *, of: str, on: date, most: int) -> tuple[list[int], bool]:
    """The keys of all that are let through, in ascending order, at most ``most``, and whether there are more."""
    reader.require(READ)
    with within(reader):
        scope = by.scope(reader)
        rows = _asked(by, scope, of, on)
        found: list[int] = []
        for part in parts(scope):
            found += rows.filter(part).order_by("id").values_list("id", flat=True)[: most + 1 - len(found)]
            if len(found) > most:
                return sorted(found[:most]), True
        return sorted(found), False


def standing_on(reader: Actor, ledger: str, *, of: str, ids: Sequence[int], on: date) -> dict[int, int]:
    """Those of ``ids`` (households or people, as ``of`` says) that stand on the ledger themselves on the day ``on``, with their enrolments."""
    reader.require(READ)
    found: dict[int, int] = {}
    with within(reader):
        for some in chunked(ids):
            rows = Enrolment.objects.filter(held(on, None), ledger=ledger, **{f"{of}__in": some})
            found |= dict(rows.values_list(f"{of}_id", "id"))
    return found


def households_by_id(reader: Actor, ids: Sequence[int], *, on: date) -> dict[int, views.HouseholdRow]:
    """Those of ``ids`` that are in the reader's areas, as lines of a list. Recorded as shown."""
    with showing(reader, LISTED, what="households") as shown:
        found = [
            h
            for some in chunked(ids)
            for h in Household.objects.filter(reader.scope.q("area", "other_area"), id__in=some)
        ]
        shown.count, shown.keep = len(found), bool(found)
        return {row.id: row for row in _rows(reader, found, on)}


def people_by_id(reader: Actor, ids: Sequence[int]) -> dict[int, views.PersonRow]:
    """Those of ``ids`` that are in the reader's areas, as lines of a list. Recorded as shown."""
    with showing(reader, LISTED, what="people") as shown:
        found = [
            p for some in chunked(ids) for p in Person.objects.filter(reader.scope.q("area", "other_area"), id__in=some)
        ]
        shown.count, shown.keep = len(found), bool(found)
        return {p.id: person_row(p) for p in found}


def _rows(reader: Actor, found: Sequence[Household], on: date) -> list[views.HouseholdRow]:
    """Lines as ``household_rows`` gives them, by what stands on the rows of today."""
    seen = reader.scope.q("person__area", "person__other_area")
    heads = Membership.objects.filter(held(on, None), seen, household__in=[h.id for h in found], head=True)
    names = dict(heads.values_list("household_id", "person__name"))
    return [
        views.HouseholdRow(h.id, h.number, h.area, h.other_area, h.closed, names.get(h.id, ""), h.people) for h in found
    ]


@dataclass(frozen=True)
class _Walk(Generic[M]):
    """``lines``: all that would be there without the text; ``meant``: those of them that it means, each asked by itself."""

    lines: QuerySet[M]
    meant: QuerySet[M]

    def beyond(self, at: tuple[Any, int], *, falling: bool) -> _Walk[M]:
        there = _beyond("area", at, falling=falling)
        return _Walk(self.lines.filter(there), self.meant.filter(there))

    def taken(self, part: Q, order: Sequence[Any], n: int, *, falling: bool) -> list[M] | None:
        """The first ``n`` of a part; None where they do not stand in the places of its first ``STRIDE`` lines: those of one surname live together."""
        lines, meant = self.lines.filter(part), self.meant.filter(part)
        end: str | None = lines.order_by(*order).values_list("area", flat=True)[STRIDE : STRIDE + 1].first()
        if end is not None:
            # To the end of that place: with the key of a line as its end a database would not read this in order.
            meant = meant.filter(**{"area__gte" if falling else "area__lte": end})
        found = list(meant.order_by(*order)[:n])
        return found if end is None or len(found) == n else None


def _walk(sieved: Callable[..., QuerySet[M]], scope: Scope, by: Sieve, on: date) -> _Walk[M] | None:
    """None where the set of those meant is small, or other things narrow the list besides."""
    if not by.by_text_alone or not are_many(scope, by.text):
        return None
    return _Walk(sieved(scope, replace(by, text=""), on), sieved(scope, by, on, one_by_one=True))


def _asked(by: Sieve, scope: Scope, of: str, on: date, among: int | None = None) -> QuerySet[Any]:
    sieved: Any = sieved_households if of == "household" else sieved_people
    rows: QuerySet[Any] = sieved(scope, by, on, among=among)
    return rows


def _page(
    reader: Actor, rows: QuerySet[M], scope: Scope, by: Sieve, orders: Any, after: int | None, before: int | None, limit: int,
    walk: _Walk[M] | None,
) -> tuple[list[M], int | None, int | None]:  # fmt: skip
    limit = max(1, min(limit, MOST))
    column = orders.get(by.order, "area")
    if column == "born":
        # Who has no birth date on record comes last, and is not left out.
        rows = rows.annotate(place=Coalesce("born", Value(_LAST_DAY), output_field=DateField()))
        column = "place"
    at = _key(reader, rows.model, column, after if before is None else before)
    back = before is not None and at is not None
    falling = by.falling != back
    if at is not None:
        rows = rows.filter(_beyond(column, at, falling=falling))
        walk = walk and walk.beyond(at, falling=falling)
    order = [F(c).desc() if falling else F(c).asc() for c in (column, "id")]
    # Texts that are no codes are put in order by the database alone, whose order is not Python's.
    conditions = [scope.q("area", "other_area")] if column == "number" else parts(scope)
    taken: list[M] = []
    for part in conditions:
        met = walk.taken(part, order, limit + 1, falling=falling) if walk else None
        taken += rows.filter(part).order_by(*order)[: limit + 1] if met is None else met
    key: Callable[[M], Any] = lambda r: (getattr(r, column), r.id)  # noqa: E731
    found = sorted(taken, key=key, reverse=falling) if len(conditions) > 1 else taken
    more, found = len(found) > limit, found[:limit]
    if back:
        found.reverse()
    if not found:
        return [], None, None
    has_before, has_after = (more, True) if back else (at is not None, more)
    return found, found[0].id if has_before else None, found[-1].id if has_after else None


def _key(reader: Actor, model: type[Any], column: str, row: int | None) -> tuple[Any, int] | None:
    """Where the row stands in the order, if it is one of the reader's."""
    if row is None:
        return None
    rows = model.objects.filter(reader.scope.q("area", "other_area"), id=row)
    if column == "place":
        rows = rows.annotate(place=Coalesce("born", Value(_LAST_DAY), output_field=DateField()))
    found: tuple[Any, int] | None = rows.values_list(column, "id").first()
    return found


def _beyond(column: str, at: tuple[Any, int], *, falling: bool) -> Q:
    value, row = at
    op = "lt" if falling else "gt"
    # The first part is implied by the second, and tells an index where to begin.
    return Q(**{f"{column}__{op}e": value}) & (Q(**{f"{column}__{op}": value}) | Q(**{column: value, f"id__{op}": row}))


def _ledgers(of: str, ids: Sequence[int], on: date) -> dict[int, list[tuple[str, date, int]]]:
    """(ledger, since, enrolment) of each of ``ids``."""
    found: dict[int, list[tuple[str, date, int]]] = defaultdict(list)
    rows = Enrolment.objects.filter(held(on, None), **{f"{of}__in": list(ids)}).order_by("ledger", "since")
    for one, ledger, since, row in rows.values_list(f"{of}_id", "ledger", "since", "id"):
        found[one].append((ledger, since, row))
    return found


def _standing(stands: list[tuple[str, date, int]], ledger: str) -> tuple[tuple[str, ...], date | None, int | None]:
    mine = next(((since, row) for name, since, row in stands if name == ledger), (None, None))
    return tuple(name for name, _, _ in stands), *mine
