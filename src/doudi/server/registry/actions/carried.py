"""Rows of other apps that lie where their household or person lies, and are carried along when it moves: an office that a household left must not
go on reading what was found of it, and the office that it came to must.

Lists are paged by areas of their own, for no list of a county can ask the registry about each of its rows. So the areas on those rows are kept
true by whatever changes those of households and people, in the same transaction. The registry knows of those tables only what is said here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from django.db.models import Case, CharField, Exists, F, Model, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from doudi.server.lib.scope import Scope
from doudi.server.registry.models import Household, Membership, Person

Rows = QuerySet[Any]
Parts = Callable[[Rows], Iterable[tuple[Rows, Scope]]]
"""Rows in parts, each with the areas that it does not leave."""
Renamed = Callable[[str], str]
"""The code that a code became; itself where it did not change."""
_AREAS = ("area", "other_area")
_CARRIED: dict[type[Model], Parts | None] = {}


def carry(model: type[Model], within: Parts | None = None) -> None:
    """From now on rows of ``model`` follow. It has ``household``, ``area`` and ``other_area``, and perhaps ``person``: nought where the household
    itself is meant. ``within``: some rows belong to an area, and what goes out of that is no longer followed: such a row stays with the office
    that it had within, under whatever code that has. Said once, when the app is set up."""
    _CARRIED[model] = within


def follow(*, households: Collection[int] = (), people: Collection[int] = ()) -> None:
    """Rows of these households and people lie where those now are; in the caller's transaction and under a scope of everything."""
    # What was found of people stands under a household to which they belonged, and is looked up by that.
    lived = Membership.objects.filter(person__in=people).values_list("household", flat=True) if people else ()
    homes = set(lived)
    for model in _CARRIED:
        if households:
            _bring(model, model._default_manager.filter(household__in=households), people=False)
        if homes and _of_people(model):
            _bring(model, model._default_manager.filter(household__in=homes, person__in=people), homes=False)


def follow_codes(codes: Iterable[str]) -> None:
    """The same of all that lies under one of the division codes ``codes``, once households and people have left them."""
    some = list(codes)
    for model in _CARRIED:
        _bring(model, model._default_manager.filter(Q(area__in=some) | Q(other_area__in=some)))


def follow_divisions(before: Iterable[str], renamed: Renamed) -> None:
    """Divisions ``before``, and those below them, have other codes: what stayed there when its household or person went elsewhere has these too.
    After ``follow_codes``, which brings all that lies with them."""
    inside = Scope.of(before).q(*_AREAS)
    for model, within in _CARRIED.items():
        if within is not None:
            _rename(model, model._default_manager.filter(inside), renamed)


def settle(rows: Rows, renamed: Renamed) -> None:
    """New rows, written down for a day gone by, lie where those that are carried would lie by now."""
    _bring(rows.model, rows)
    _rename(rows.model, rows, renamed)


def _bring(model: type[Model], rows: Rows, *, homes: bool = True, people: bool = True) -> None:
    for some, home, _ in _parts(model, rows, homes=homes, people=people):
        # What names nobody on record stays where it is. (Said so, and not as a condition: that would make a database go through everybody.)
        some.update(**{name: Coalesce(Subquery(home.values(name)[:1]), F(name)) for name in _AREAS})


def _rename(model: type[Model], rows: Rows, renamed: Renamed) -> None:
    """Rows that follow nobody any more, for whom they are of has gone out of their area."""
    for some, home, area in _parts(model, rows):
        left = some.filter(~Exists(home))
        new: dict[str, dict[str, str]] = {name: {} for name in _AREAS}
        for name in _AREAS:
            for code in left.values_list(name, flat=True).distinct():
                after = renamed(code) if code else code
                if after != code and (name != "area" or area.covers(after)):
                    new[name][code] = after
        # All at once: codes may change places.
        changed = {name: _case(name, codes) for name, codes in new.items() if codes}
        if changed:
            left.update(**changed)


def _case(name: str, codes: dict[str, str]) -> Case:
    cases = [When(**{name: before}, then=Value(after)) for before, after in codes.items()]
    return Case(*cases, default=F(name), output_field=CharField())


def _parts(
    model: type[Model], rows: Rows, *, homes: bool = True, people: bool = True
) -> Iterator[tuple[Rows, Rows, Scope]]:
    """Rows of households, and of people; each part with the query for the household or person of a row, if that is where the row follows it, and
    with the areas of that."""
    within, of_people = _CARRIED[model], _of_people(model)
    if homes:
        yield from _kept(rows.filter(person=0) if of_people else rows, Household, "household", within)
    if people and of_people:
        yield from _kept(rows.exclude(person=0), Person, "person", within)


def _of_people(model: type[Model]) -> bool:
    return any(f.name == "person" for f in model._meta.concrete_fields)


def _kept(rows: Rows, home: type[Model], column: str, within: Parts | None) -> Iterator[tuple[Rows, Rows, Scope]]:
    who = home._default_manager.filter(pk=OuterRef(column))
    if within is None:
        yield rows, who, Scope.everything()
        return
    for some, area in within(rows):
        yield some, who.filter(area.q("area")), area
