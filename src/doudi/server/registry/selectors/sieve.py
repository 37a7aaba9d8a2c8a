"""What a list lets through: the conditions of a filtered list of households or people, as queries that indexes serve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from doudi.server.lib.actor import Actor
from doudi.server.lib.scope import Scope, after
from doudi.server.registry.models import Enrolment, Household, Membership, Person
from doudi.server.registry.selectors.moment import held
from doudi.server.registry.selectors.sought import matching, meant, typed

BOTH = ("area", "other_area")
HOUSEHOLD_ORDERS: Mapping[str, str] = {"area": "area", "number": "number", "people": "people"}
PERSON_ORDERS: Mapping[str, str] = {"area": "area", "age": "born"}
_FEW_PREFIXES = 3


@dataclass(frozen=True)
class Sieve:
    """``ledger``: who stands on it, by themselves, by a member, or with the household. ``text``: a name or part of it, pinyin, initials, a number
    of a person, or the number of a household. ``people_*`` count the members of the household, ``born_*`` are days, both included. ``among`` are
    queries of household keys, made by apps above, all of which must hold. ``order`` is one of the orders above, ``falling`` turns it round.
    ``keys``: of these rows only. ``places``: what of the reader's areas lies in a set of divisions across the tree (None: no set is asked for)."""

    area: str = ""
    places: Scope | None = None
    ledger: str = ""
    text: str = ""
    people_from: int | None = None
    people_to: int | None = None
    born_from: date | None = None
    born_to: date | None = None
    sex: str = ""
    among: tuple[QuerySet[Any], ...] = field(default=(), compare=False)
    order: str = "area"
    falling: bool = False
    keys: tuple[int, ...] | None = None

    @property
    def by_text_alone(self) -> bool:
        """Whether, areas aside, only a text narrows the list, and an index by area puts it in order."""
        return (
            bool(self.text.strip())
            and self == Sieve(self.area, self.places, text=self.text, falling=self.falling)
            and not self.among
        )

    def scope(self, reader: Actor) -> Scope:
        """The reader's areas so far as they are asked for."""
        asked = reader.scope.narrowed(self.area)
        if self.places is None:
            return asked
        return Scope.of(p for prefix in self.places.prefixes for p in asked.narrowed(prefix).prefixes)


def sieved_households(
    scope: Scope, by: Sieve, on: date, *, one_by_one: bool = False, among: int | None = None
) -> QuerySet[Household]:
    """Open households, of whatever area: the areas are for ``parts``. ``one_by_one``: each is asked whether the text means somebody of it, for a page
    that is read in the order of an index. ``among``: only the first so many whom the text may mean."""
    rows = Household.objects.filter(closed=False)
    if by.keys is not None:
        rows = rows.filter(id__in=by.keys)
    if by.ledger:
        on_it = Enrolment.objects.filter(held(on, None), ledger=by.ledger)
        members = Membership.objects.filter(held(on, None), person__in=on_it.filter(household=None).values("person"))
        rows = rows.filter(
            Q(id__in=on_it.filter(person=None).values("household")) | Q(id__in=members.values("household"))
        )
    if by.people_from is not None:
        rows = rows.filter(people__gte=by.people_from)
    if by.people_to is not None:
        rows = rows.filter(people__lte=by.people_to)
    if by.text.strip() and one_by_one:
        # As an expression, not as a condition: a database makes a set of that again.
        named = Membership.objects.filter(
            held(on, None), Exists(meant(scope, by.text, "person")), household=OuterRef("pk")
        )
        rows = rows.alias(named=Subquery(named.values("id")[:1])).filter(
            Q(named__isnull=False) | Q(number=typed(by.text))
        )
    elif by.text.strip():
        named = Membership.objects.filter(held(on, None), person__in=matching(scope, by.text)[:among])
        rows = rows.filter(Q(id__in=named.values("household")) | Q(number=typed(by.text)))
    for query in by.among:
        rows = rows.filter(id__in=query)
    return rows


def sieved_people(
    scope: Scope, by: Sieve, on: date, *, one_by_one: bool = False, among: int | None = None
) -> QuerySet[Person]:
    """The living, of whatever area: the areas are for ``parts``. ``one_by_one`` as for households."""
    rows = Person.objects.filter(merged_into=None, died=None).exclude(name="")
    if by.keys is not None:
        rows = rows.filter(id__in=by.keys)
    if by.ledger:
        on_it = Enrolment.objects.filter(held(on, None), ledger=by.ledger)
        with_home = Membership.objects.filter(
            held(on, None), household__in=on_it.filter(person=None).values("household")
        )
        rows = rows.filter(
            Q(id__in=on_it.filter(household=None).values("person")) | Q(id__in=with_home.values("person"))
        )
    if by.sex:
        rows = rows.filter(sex=by.sex)
    if by.born_from is not None:
        rows = rows.filter(born__gte=by.born_from)
    if by.born_to is not None:
        rows = rows.filter(born__lte=by.born_to)
    if by.people_from is not None or by.people_to is not None:
        homes = Household.objects.filter(
            people__gte=by.people_from or 0, people__lte=1_000 if by.people_to is None else by.people_to
        )
        rows = rows.filter(id__in=Membership.objects.filter(held(on, None), household__in=homes).values("person"))
    if by.text.strip() and one_by_one:
        rows = rows.alias(named=Subquery(meant(scope, by.text, "pk"))).filter(named__isnull=False)
    elif by.text.strip():
        rows = rows.filter(id__in=matching(scope, by.text)[:among])
    for query in by.among:
        rows = rows.filter(id__in=Membership.objects.filter(held(on, None), household__in=query).values("person"))
    return rows


def parts(scope: Scope) -> list[Q]:
    """Conditions, no row under two of them, that together say "in the scope": each of the form that an index by area answers in order.

    Asked as one (this area or that), a database either sorts all there is or walks through what lies before the scope.
    """
    if "" in scope.prefixes:
        return [Q()]
    inside = scope.q("area")
    ranges = [_range("area", p) for p in scope.prefixes] if len(scope.prefixes) <= _FEW_PREFIXES else [inside]
    moved = Q(pk__in=[])
    for prefix in scope.prefixes:
        moved |= _range("other_area", prefix)
    return [*ranges, ~Q(other_area="") & moved & ~inside]


def _range(column: str, prefix: str) -> Q:
    end = after(prefix)
    here = Q(**{f"{column}__gte": prefix})
    return here & Q(**{f"{column}__lt": end}) if end else here
