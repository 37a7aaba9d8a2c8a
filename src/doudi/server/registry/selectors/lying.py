"""Where households and people lie today, and which of them there still are: for rows of other apps that lie where these do. Nobody is shown."""

from __future__ import annotations

from collections.abc import Collection

from doudi.server.lib.actor import Actor
from doudi.server.registry.actions.current import chunks
from doudi.server.registry.models import Household, Membership, Person
from doudi.server.registry.selectors.record import within

Place = tuple[str, str]
"""The area that manages, and the other one (empty: none)."""


def households_lying(reader: Actor, area: str, ids: Collection[int]) -> dict[int, Place]:
    """Those of the households that the offices of ``area`` manage today, inside the reader's areas."""
    return _lying(reader, area, Household, ids)


def people_lying(reader: Actor, area: str, ids: Collection[int]) -> dict[int, Place]:
    """The same of people."""
    return _lying(reader, area, Person, ids)


def _lying(reader: Actor, area: str, model: type[Household] | type[Person], ids: Collection[int]) -> dict[int, Place]:
    there = reader.scope.narrowed(area).q("area")
    found: dict[int, Place] = {}
    with within(reader):
        for part in chunks(sorted(ids)):
            rows = model._default_manager.filter(there, id__in=part).values_list("id", "area", "other_area")
            found |= {i: (own, other) for i, own, other in rows}
    return found


def open_among(reader: Actor, ids: Collection[int]) -> set[int]:
    """Those of the households, in the reader's areas, to which anybody still belongs."""
    found: set[int] = set()
    with within(reader):
        for part in chunks(sorted(ids)):
            rows = Household.objects.filter(reader.scope.q("area", "other_area"), id__in=part, closed=False)
            found |= set(rows.values_list("id", flat=True))
    return found


def homes_among(reader: Actor, ids: Collection[int]) -> dict[int, int]:
    """Person -> the household that each belongs to, or belonged to last; of those in the reader's areas."""
    here = reader.scope.q("person__area", "person__other_area")
    found: dict[int, int] = {}
    with within(reader):
        for part in chunks(sorted(ids)):
            rows = Membership.objects.filter(here, person__in=part, withdrawn=None).order_by("since", "id")
            found |= dict(rows.values_list("person_id", "household_id"))
    return found
