"""What the registry holds already of households and people that somebody is about to enter, by number and by blind index."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import Q

from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.registry.models import Enrolment, Household, Identifier, Membership, PersonName, Residence, Statement
from doudi.server.registry.selectors.moment import held
from doudi.server.registry.selectors.record import READ

CHUNK = 500


@dataclass(frozen=True)
class KnownPerson:
    """``name`` is that of today, ``names`` every one that the person ever had on record, also one that was found to be written wrongly; not one
    whose act was undone. ``household`` is that of the day asked for, None for somebody without one."""

    id: int
    name: str
    names: frozenset[str]
    household: int | None


@dataclass(frozen=True)
class KnownHousehold:
    """``area`` is that of today. Of the day asked for are ``head``, the person, ``place``, the division where it lived (empty: not known), and
    ``moves_later``: whether another residence follows."""

    id: int
    number: str
    version: int
    area: str
    other_area: str
    head: int | None
    place: str
    moves_later: bool


@dataclass(frozen=True)
class LastSaid:
    """The latest statement of one source on one household or person that is still known."""

    id: int
    since: date
    values: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, Any] = field(default_factory=dict)


def households_by_number(reader: Actor, numbers: Collection[str], *, on: date) -> dict[str, KnownHousehold]:
    """Open households of the reader's areas by their numbers."""
    return {h.number: h for h in _households(reader, "number", numbers, on)}


def households_by_id(reader: Actor, ids: Collection[int], *, on: date) -> dict[int, KnownHousehold]:
    """Open households of the reader's areas."""
    return {h.id: h for h in _households(reader, "id", ids, on)}


def _households(reader: Actor, column: str, values: Collection[Any], on: date) -> list[KnownHousehold]:
    reader.require(READ)
    found: list[KnownHousehold] = []
    with acting(reader):
        for part in parts(values):
            here = reader.scope.q("area", "other_area")
            rows = list(Household.objects.filter(here, **{f"{column}__in": part}, closed=False))
            ids = [h.id for h in rows]
            heads = Membership.objects.filter(held(on, None), household__in=ids, head=True)
            head = dict(heads.values_list("household_id", "person_id"))
            rest = Residence.objects.filter(held(on, None), household__in=ids)
            places = {h: (area, until) for h, area, until in rest.values_list("household_id", "area", "until")}
            for h in rows:
                place, until = places.get(h.id, ("", None))
                found.append(
                    KnownHousehold(
                        h.id, h.number, h.version, h.area, h.other_area, head.get(h.id), place, until is not None
                    )
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
            everybody = {p for _, p, _ in people}
            homes = dict(
                Membership.objects.filter(held(on, None), person__in=everybody).values_list("person_id", "household_id")
            )
            names = _named(everybody)
            found |= {
                blind: KnownPerson(person, name, frozenset((name, *names.get(person, ()))), homes.get(person))
                for blind, person, name in people
            }
    return found


def _named(people: Collection[int]) -> dict[int, set[str]]:
    """Person -> the names known of them, and those that were corrected."""
    found: dict[int, set[str]] = {}
    rows = PersonName.objects.filter(Q(withdrawn=None) | Q(withdrawn__kind="correct-name"), person__in=people)
    for person, name in rows.values_list("person_id", "name"):
        found.setdefault(person, set()).add(name)
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


def on_ledger(reader: Actor, ledger: str, ids: Collection[int], *, of_people: bool, on: date) -> dict[int, date]:
    """Who of these people (else: households) of the reader's areas stands on ``ledger`` on the day ``on`` or from a later day, wherever they live ->
    since when."""
    reader.require(READ)
    column = "person" if of_people else "household"
    found: dict[int, date] = {}
    with acting(reader):
        for part in parts(ids):
            rows = Enrolment.objects.filter(
                reader.scope.q(f"{column}__area", f"{column}__other_area"), **{f"{column}__in": part}, ledger=ledger, withdrawn=None
            ).exclude(until__lte=on)  # fmt: skip
            for who, since in rows.order_by("-since").values_list(f"{column}_id", "since"):
                found[who] = since
    return found


def parts(items: Collection[Any]) -> Iterator[list[Any]]:
    """``items`` some at a time: a database takes only so many in one question."""
    rest = iter(items)
    while part := list(islice(rest, CHUNK)):
        yield part


__all__ = [
    "KnownHousehold", "KnownPerson", "LastSaid", "households_by_id", "households_by_number", "last_said", "on_ledger", "people_by_blind",
    "taken_numbers",
]  # fmt: skip
