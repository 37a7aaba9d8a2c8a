"""Households and people by their keys, as a list names them: for lists that another app has found."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.registry.models import Household, Person
from doudi.server.registry.selectors import views
from doudi.server.registry.selectors.lists import household_rows, person_row
from doudi.server.registry.selectors.record import READ

_BOTH = ("area", "other_area")


def named_households(reader: Actor, households: Collection[int], *, on: date) -> dict[int, views.HouseholdRow]:
    """Those in the reader's areas, with who is head on ``on``; others are left out. Raises NotAllowed."""
    reader.require(READ)
    with acting(reader):
        found = list(Household.objects.filter(reader.scope.q(*_BOTH), id__in=set(households)))
        return {row.id: row for row in household_rows(reader, found, on)}


def named_people(reader: Actor, people: Collection[int]) -> dict[int, views.PersonRow]:
    """Those in the reader's areas; others are left out. Raises NotAllowed."""
    reader.require(READ)
    with acting(reader):
        return {p.id: person_row(p) for p in Person.objects.filter(reader.scope.q(*_BOTH), id__in=set(people))}
