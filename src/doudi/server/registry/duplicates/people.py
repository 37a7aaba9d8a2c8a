"""People of the registry made ready to be compared. Identity numbers are opened here, in memory; nothing below writes them anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.sealed import unseal
from doudi.server.registry.duplicates.core.columns import Builder
from doudi.server.registry.duplicates.core.compare import One
from doudi.server.registry.duplicates.core.names import name
from doudi.server.registry.models import Identifier, Membership, Person

TABLE, FIELD = "registry_identifier", "cipher"
CONTACTS = ("phone", "card")
_AT_ONCE = 20_000
M = TypeVar("M", bound=Model)


def digits(born: date | None) -> int:
    """YYYYMMDD, or 0."""
    return born.year * 10_000 + born.month * 100 + born.day if born else 0


def everybody(on: date, every: Actor, tell: Callable[[int], None] = lambda _: None) -> tuple[Builder, int]:
    """Everybody who is somebody of their own, in columns, and how many numbers were opened. ``every`` is an actor whose scope is everything;
    ``tell`` is called with the rows read so far, now and then, outside of any transaction of ours."""
    builder = Builder()
    read = opened = 0
    people = Person.objects.filter(merged_into=None).exclude(name="")
    for rows in _pages(people, every, "name", "sex", "born", "area", "other_area"):
        for person, written, sex, born, area, other in rows:
            builder.add(person, written, sex, digits(born), area, other)
        tell(read := read + len(rows))
    numbers = Identifier.objects.filter(withdrawn=None, kind__in=("id", *CONTACTS))
    for rows in _pages(numbers, every, "person_id", "kind", "blind", "cipher"):
        for _, person, kind, blind, cipher in rows:
            row = builder.row(person)
            if row is not None and kind == "id":
                builder.number(row, unseal(bytes(cipher), table=TABLE, field=FIELD))
                opened += 1
            elif row is not None:
                builder.reached_by(row, bytes(blind))
        tell(read := read + len(rows))
    lived = Membership.objects.filter(withdrawn=None, since__lte=on).exclude(until__lte=on)
    for rows in _pages(lived, every, "person_id", "household_id"):
        for _, person, household in rows:
            row = builder.row(person)
            if row is not None:
                builder.live_in(row, household)
        tell(read := read + len(rows))
    return builder, opened


def _pages(found: QuerySet[M], every: Actor, *columns: str) -> Iterator[list[tuple[Any, ...]]]:
    """Rows with their id in front, in the order of ids, each page read in a transaction of its own: none is held open for minutes."""
    after = 0
    while True:
        with acting(every):
            rows = list(found.filter(id__gt=after).order_by("id").values_list("id", *columns)[:_AT_ONCE])
        if not rows:
            return
        yield rows
        after = rows[-1][0]


def some(people: Iterable[int], on: date) -> dict[int, One]:
    """A few people by their ids; who was merged into another, or is nobody, is left out. Read inside a scope of everything."""
    wanted = set(people)
    rows = Person.objects.filter(id__in=wanted, merged_into=None).exclude(name="")
    known = {row[0]: row for row in rows.values_list("id", "name", "sex", "born", "area", "other_area")}
    numbers: dict[int, str] = {}
    contacts: dict[int, set[bytes]] = {}
    held = Identifier.objects.filter(withdrawn=None, person__in=known, kind__in=("id", *CONTACTS)).order_by("id")
    for person, kind, blind, cipher in held.values_list("person_id", "kind", "blind", "cipher"):
        if kind == "id":
            numbers.setdefault(person, unseal(bytes(cipher), table=TABLE, field=FIELD))
        else:
            contacts.setdefault(person, set()).add(bytes(blind)[:8])
    lived = Membership.objects.filter(withdrawn=None, person__in=known, since__lte=on).exclude(until__lte=on)
    homes = dict(lived.values_list("person_id", "household_id"))
    return {
        i: One(
            name(written), sex, digits(born), numbers.get(i, ""), tuple(a for a in (area, other) if a), homes.get(i, 0),
            frozenset(contacts.get(i, ())),
        )
        for i, (_, written, sex, born, area, other) in known.items()
    }  # fmt: skip
