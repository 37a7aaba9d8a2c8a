"""Rows of other apps that lie where their household or person lies, and are carried along when it moves: an office that a household left must not
go on reading what was found of it, and the office that it came to must.

Lists are paged by areas of their own, for no list of a county can ask the registry about each of its rows. So the areas on those rows are kept
true by whatever changes those of households and people, in the same transaction. The registry knows of those tables only what is said here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import F, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from doudi.server.registry.models import Household, Membership, Person

_AREAS = ("area", "other_area")
_CARRIED: list[type[Model]] = []


def carry(model: type[Model]) -> None:
    """From now on rows of ``model`` follow. It has ``household``, ``area`` and ``other_area``, and perhaps ``person``: nought where the household
    itself is meant. Said once, when the app is set up."""
    if model not in _CARRIED:
        _CARRIED.append(model)


def follow(*, households: Collection[int] = (), people: Collection[int] = ()) -> None:
    """Rows of these households and people lie where those now are; in the caller's transaction and under a scope of everything."""
    # What was found of people stands under a household to which they belonged, and is looked up by that.
    lived = Membership.objects.filter(person__in=people).values_list("household", flat=True) if people else ()
    homes = set(lived)
    for model in _CARRIED:
        rows = model._default_manager
        if households:
            _bring(rows.filter(_of_homes(model), household__in=households), Household, "household")
        if homes and _of_people(model):
            _bring(rows.filter(household__in=homes, person__in=people), Person, "person")


def follow_codes(codes: Iterable[str]) -> None:
    """The same of all that lies under one of the division codes ``codes``, once households and people have left them."""
    some = list(codes)
    for model in _CARRIED:
        there = Q(area__in=some) | Q(other_area__in=some)
        rows = model._default_manager.filter(there)
        _bring(rows.filter(_of_homes(model)), Household, "household")
        if _of_people(model):
            _bring(rows.exclude(person=0), Person, "person")


def _bring(rows: QuerySet[Any], home: type[Model], column: str) -> None:
    where = home._default_manager.filter(pk=OuterRef(column))
    # What names nobody on record stays where it is. (Said so, and not as a condition: that would make a database go through everybody.)
    rows.update(**{name: Coalesce(Subquery(where.values(name)[:1]), F(name)) for name in _AREAS})


def _of_people(model: type[Model]) -> bool:
    return any(f.name == "person" for f in model._meta.concrete_fields)


def _of_homes(model: type[Model]) -> Q:
    return Q(person=0) if _of_people(model) else Q()
