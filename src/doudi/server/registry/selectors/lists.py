"""Lists and counts by area, ledger and a few plain columns, a page at a time: always the reader's areas, and nothing but them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Substr

from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.scope import Scope
from doudi.server.registry.models import Enrolment, Household, Membership, Person, PersonName
from doudi.server.registry.selectors import views
from doudi.server.registry.selectors.moment import held
from doudi.server.registry.selectors.record import READ, showing, within
from doudi.server.registry.selectors.verbs import LISTED

MOST = 1_000
_BOTH = ("area", "other_area")
M = TypeVar("M", Household, Person, Enrolment)


def households(
    reader: Actor,
    *,
    on: date,
    area: str = "",
    ledger: str = "",
    closed: bool | None = False,
    after: int | None = None,
    limit: int = 50,
) -> views.Page[views.HouseholdRow]:
    """Households inside ``area`` that stand on ``ledger`` on the day ``on`` (themselves, or a member); ``closed`` None: both. Recorded as shown."""
    with showing(reader, LISTED, area=area, what="households") as shown:
        rows = _households(reader, area, ledger, closed, on)
        part, more = _part(rows, after, limit)
        shown.count, shown.keep = len(part), bool(part)
        return views.Page(tuple(household_rows(reader, part, on)), part[-1].id if more else None)


def people(
    reader: Actor, *, on: date, area: str = "", ledger: str = "", sex: str = "", born_from: date | None = None, born_to: date | None = None,
    living: bool | None = True, after: int | None = None, limit: int = 50,
) -> views.Page[views.PersonRow]:  # fmt: skip
    """People inside ``area`` on ``ledger`` on the day ``on`` (themselves, or with their household), born from one day to another, both
    included. Recorded as shown."""
    with showing(reader, LISTED, area=area, what="people") as shown:
        rows = _people(reader, area, ledger, sex, born_from, born_to, living, on)
        part, more = _part(rows, after, limit)
        shown.count, shown.keep = len(part), bool(part)
        return views.Page(tuple(person_row(p) for p in part), part[-1].id if more else None)


def ledger_list(
    reader: Actor, ledger: str, *, on: date, area: str = "", after: int | None = None, limit: int = 50
) -> views.Page[views.EnrolmentRow]:
    """Who stands on a ledger on the day ``on``, with the ledger's own columns. Recorded as shown."""
    with showing(reader, LISTED, area=area, what=ledger) as shown:
        rows = _enrolled(reader, area, on).filter(ledger=ledger).select_related("household", "person")
        part, more = _part(rows, after, limit)
        shown.count, shown.keep = len(part), bool(part)
        homes = {r.id: r for r in household_rows(reader, [e.household for e in part if e.household is not None], on)}
        lines = (
            views.EnrolmentRow(
                e.id,
                e.ledger,
                e.since,
                e.until,
                e.details,
                homes.get(e.household_id or 0),
                person_row(e.person) if e.person else None,
            )
            for e in part
        )
        return views.Page(tuple(lines), part[-1].id if more else None)


def count_households(reader: Actor, *, on: date, area: str = "", ledger: str = "", closed: bool | None = False) -> int:
    """How many ``households`` would list. A number names nobody and is not recorded."""
    reader.require(READ)
    with within(reader):
        return _households(reader, area, ledger, closed, on).count()


def count_people(
    reader: Actor, *, on: date, area: str = "", ledger: str = "", sex: str = "", born_from: date | None = None, born_to: date | None = None,
    living: bool | None = True,
) -> int:  # fmt: skip
    """How many ``people`` would list."""
    reader.require(READ)
    with within(reader):
        return _people(reader, area, ledger, sex, born_from, born_to, living, on).count()


def counts_by_area(reader: Actor, *, digits: int, area: str = "") -> dict[str, tuple[int, int]]:
    """Division code cut to ``digits`` -> (open households, people alive), by the managing area. Under "" those of whom only the other area is the
    reader's, and those managed by an office above that level: all together they are what ``households`` and ``people`` would list."""
    reader.require(READ)
    scope = reader.scope.narrowed(area)
    with within(reader):
        homes = Household.objects.filter(scope.q(*_BOTH), closed=False)
        living = Person.objects.filter(scope.q(*_BOTH), died=None, merged_into=None).exclude(name="")
        h, p = _by_code(homes, digits, scope), _by_code(living, digits, scope)
        return {code: (h[code], p[code]) for code in sorted({*h, *p})}


def counts_by_ledger(reader: Actor, *, on: date, area: str = "") -> dict[str, int]:
    """Ledger -> how many stand on it on the day ``on``."""
    reader.require(READ)
    scope = reader.scope.narrowed(area)
    # The areas are asked for here, once a row: were the database to ask again of each row's owner, a prefecture's ledgers would take seconds.
    with acting(replace(reader, scope=Scope.everything())):
        here = scope.q("household__area", "household__other_area", "person__area", "person__other_area")
        rows = (
            Enrolment.objects.filter(held(on, None)).filter(here).order_by().values_list("ledger").annotate(Count("id"))
        )
        return dict(sorted(rows))


def household_rows(reader: Actor, found: Sequence[Household], on: date) -> list[views.HouseholdRow]:
    """Lines of a list, with who is head and how many belong to it on ``on``; a head who lives outside the reader's areas today is not named, as
    on the household's page. For selectors."""
    ids = [h.id for h in found]
    belong = list(
        Membership.objects.filter(held(on, None), household__in=ids).values_list("household_id", "person_id", "head")
    )
    size = Counter(household for household, _, _ in belong)
    heads = {household: person for household, person, head in belong if head}
    seen = Person.objects.filter(reader.scope.q(*_BOTH), id__in=heads.values())
    names = dict(seen.values_list("id", "name"))
    named = dict(PersonName.objects.filter(held(on, None), person__in=list(names)).values_list("person_id", "name"))
    return [
        views.HouseholdRow(
            h.id,
            h.number,
            h.area,
            h.other_area,
            h.closed,
            named.get(heads.get(h.id, 0), names.get(heads.get(h.id, 0), "")),
            size[h.id],
        )
        for h in found
    ]


def person_row(p: Person) -> views.PersonRow:
    return views.PersonRow(p.id, p.name, p.sex, p.born, p.died, p.area, p.other_area)


def _part(rows: QuerySet[M], after: int | None, limit: int) -> tuple[list[M], bool]:
    limit = max(1, min(limit, MOST))
    if after is not None:
        rows = rows.filter(id__gt=after)
    part = list(rows.order_by("id")[: limit + 1])
    return part[:limit], len(part) > limit


def _households(reader: Actor, area: str, ledger: str, closed: bool | None, on: date) -> QuerySet[Household]:
    rows = Household.objects.filter(reader.scope.narrowed(area).q(*_BOTH))
    if closed is not None:
        rows = rows.filter(closed=closed)
    if ledger:
        on_it = Enrolment.objects.filter(held(on, None), ledger=ledger)
        members = Membership.objects.filter(held(on, None), person__in=on_it.filter(household=None).values("person"))
        rows = rows.filter(
            Q(id__in=on_it.filter(person=None).values("household")) | Q(id__in=members.values("household"))
        )
    return rows


def _people(
    reader: Actor,
    area: str,
    ledger: str,
    sex: str,
    born_from: date | None,
    born_to: date | None,
    living: bool | None,
    on: date,
) -> QuerySet[Person]:
    rows = Person.objects.filter(reader.scope.narrowed(area).q(*_BOTH), merged_into=None).exclude(name="")
    if living is not None:
        rows = rows.filter(died__isnull=living)
    if sex:
        rows = rows.filter(sex=sex)
    if born_from is not None:
        rows = rows.filter(born__gte=born_from)
    if born_to is not None:
        rows = rows.filter(born__lte=born_to)
    if ledger:
        on_it = Enrolment.objects.filter(held(on, None), ledger=ledger)
        members = Membership.objects.filter(held(on, None), household__in=on_it.filter(person=None).values("household"))
        rows = rows.filter(Q(id__in=on_it.filter(household=None).values("person")) | Q(id__in=members.values("person")))
    return rows


def _enrolled(reader: Actor, area: str, on: date) -> QuerySet[Enrolment]:
    scope = reader.scope.narrowed(area)
    here = Q()
    if "" not in scope.prefixes:
        homes = Household.objects.filter(scope.q(*_BOTH)).values("id")
        here = Q(household__in=homes) | Q(person__in=Person.objects.filter(scope.q(*_BOTH)).values("id"))
    return Enrolment.objects.filter(here, held(on, None))


def _by_code(rows: QuerySet[Household] | QuerySet[Person], digits: int, scope: Scope) -> Counter[str]:
    cut = rows.order_by().annotate(code=Substr("area", 1, digits)).values_list("code").annotate(Count("id"))
    found: Counter[str] = Counter()
    for code, n in cut:
        found[code if len(code) == digits and scope.covers(code) else ""] += n
    return found
