"""What the registry holds already of households and people that somebody is about to enter, by number and by blind index."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.registry.models import Household, Identifier, Membership, Statement
from doudi.server.registry.selectors.record import READ

CHUNK = 500


@dataclass(frozen=True)
class KnownPerson:
    """``household`` is that of the day asked for, None for somebody without one."""

    id: int
    name: str
    household: int | None


@dataclass(frozen=True)
class KnownHousehold:
    """``members`` are the people of the day asked for."""

    id: int
    number: str
    version: int
    area: str
    other_area: str
    members: frozenset[int]


@dataclass(frozen=True)
class LastSaid:
    """The latest statement of one source on one household or person that is still known."""

    id: int
    since: date
    values: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, Any] = field(default_factory=dict)


def households_by_number(reader: Actor, numbers: Collection[str], *, on: date) -> dict[str, KnownHousehold]:
    """Open households of the reader's areas by their numbers."""
    reader.require(READ)
    found: dict[str, KnownHousehold] = {}
    with acting(reader):
        for part in parts(numbers):
            rows = list(Household.objects.filter(reader.scope.q("area", "other_area"), number__in=part, closed=False))
            members: dict[int, set[int]] = {h.id: set() for h in rows}
            held = Membership.objects.filter(household__in=members, withdrawn=None, since__lte=on).exclude(
                until__lte=on
            )
            for household, person in held.values_list("household_id", "person_id"):
                members[household].add(person)
            for h in rows:
                found[h.number] = KnownHousehold(
                    h.id, h.number, h.version, h.area, h.other_area, frozenset(members[h.id])
                )
    return found


def taken_numbers(reader: Actor, numbers: Collection[str]) -> set[str]:
    """Those of ``numbers`` that a household of the reader's areas has, open or closed."""
    reader.require(READ)
    with acting(reader):
        rows = [
            Household.objects.filter(reader.scope.q("area", "other_area"), number__in=part) for part in parts(numbers)
        ]
        return {n for r in rows for n in r.values_list("number", flat=True)}


def people_by_blind(reader: Actor, blinds: Collection[bytes], *, on: date) -> dict[bytes, KnownPerson]:
    """People of the reader's areas by the blind index of an identity number that is theirs today."""
    reader.require(READ)
    found: dict[bytes, KnownPerson] = {}
    with acting(reader):
        for part in parts(blinds):
            numbers = Identifier.objects.filter(
                reader.scope.q("person__area", "person__other_area"), kind="id", blind__in=part, withdrawn=None, person__merged_into=None
            ).values_list("blind", "person_id", "person__name")  # fmt: skip
            people = [(bytes(blind), person, name) for blind, person, name in numbers]
            held = Membership.objects.filter(
                person__in={p for _, p, _ in people}, withdrawn=None, since__lte=on
            ).exclude(until__lte=on)
            homes = dict(held.values_list("person_id", "household_id"))
            found |= {blind: KnownPerson(person, name, homes.get(person)) for blind, person, name in people}
    return found


def last_said(
    reader: Actor, source: str, *, households: Collection[int] = (), people: Collection[int] = ()
) -> dict[tuple[str, int], LastSaid]:
    """What ``source`` said last of each, by ("household", id) or ("person", id)."""
    reader.require(READ)
    found: dict[tuple[str, int], LastSaid] = {}
    with acting(reader):
        for name, ids in (("household", households), ("person", people)):
            for part in parts(ids):
                rows = Statement.objects.filter(**{f"{name}__in": part}, source=source, withdrawn=None, until=None)
                for s in rows.order_by("since", "id"):
                    subject = s.household_id if name == "household" else s.person_id
                    assert subject is not None
                    found[name, subject] = LastSaid(s.id, s.since, s.values, s.tables)
    return found


def parts(items: Collection[Any]) -> Iterator[list[Any]]:
    """``items`` some at a time: a database takes only so many in one question."""
    rest = iter(items)
    while part := list(islice(rest, CHUNK)):
        yield part


__all__ = [
    "KnownHousehold", "KnownPerson", "LastSaid", "households_by_number", "last_said", "people_by_blind", "taken_numbers",
]  # fmt: skip
