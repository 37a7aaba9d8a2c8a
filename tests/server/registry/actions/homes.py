"""Households to act on, and what the registry looks like: as rows, now and as it was known at any moment.

A family is three people; the first is the head::

    韦大 (户主)  韦二 (配偶)  韦三 (子女)      in VILLAGE_CODE, from 2020-01-01
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Q

from doudi.server.lib.actor import Actor
from doudi.server.lib.idnumber import check_character
from doudi.server.registry.actions import Done, NewMember, NewStatement, register_household
from doudi.server.registry.actions.undo import KNOWN
from doudi.server.registry.models import Act, Household, Membership, Person
from tests.server.cast import CLERK, VILLAGE_CODE

BEGAN = date(2020, 1, 1)
IDS = tuple(f + check_character(f) for f in (f"99010119800101{n:03d}" for n in range(1, 30)))
"""Numbers of nobody, each with the right last character."""


def someone(name: str, relation: str = "", born: str = "", **more: Any) -> NewMember:
    said = (NewStatement("申报", {"出生日期": born, "性别": "男"}),) if born else ()
    return NewMember(name, relation, statements=said, **more)


def family(by: Actor = CLERK, on: date = BEGAN, area: str = VILLAGE_CODE, **more: Any) -> Done:
    members = [someone("韦大", born="1980-01-01"), someone("韦二", "配偶"), someone("韦三", "子女", "2010-05-06")]
    return register_household(by=by, area=area, members=members, on=on, **more)


def single(name: str = "蒙一", by: Actor = CLERK, on: date = BEGAN, area: str = VILLAGE_CODE) -> Done:
    return register_household(by=by, area=area, members=[someone(name)], on=on)


def version(household: int) -> int:
    return Household.objects.get(pk=household).version


def members(household: int, day: date) -> dict[int, tuple[str, bool]]:
    """Person -> (relation, head) on ``day``, as known now."""
    rows = Membership.objects.filter(
        Q(until=None) | Q(until__gt=day), household=household, since__lte=day, withdrawn=None
    )
    return {m.person_id: (m.relation, m.head) for m in rows.order_by("person_id")}


def name_of(person: int) -> str:
    return Person.objects.get(pk=person).name


def snapshot(knowing: datetime | None = None) -> list[tuple[Any, ...]]:
    """Everything that was known at ``knowing`` (empty: that is known now), as plain rows in an order of their own."""
    known = (
        Q(withdrawn=None)
        if knowing is None
        else Q(act__recorded_at__lte=knowing) & (Q(withdrawn=None) | Q(withdrawn__recorded_at__gt=knowing))
    )
    found: list[tuple[Any, ...]] = []
    for model in KNOWN:
        columns = sorted(
            {f.attname for f in model._meta.concrete_fields} - {"id", "act_id", "withdrawn_id", "again_id"}
        )
        rows = model._default_manager.filter(known).values_list(*columns)
        found += [(model.__name__, *(bytes(v).hex() if isinstance(v, memoryview) else v for v in row)) for row in rows]
    return sorted(found, key=repr)


def columns() -> list[tuple[Any, ...]]:
    """What is known today, on people and households; those whose registration was undone are left out."""
    people = Person.objects.exclude(name="", merged_into=None).values_list(
        "id", "name", "sex", "born", "died", "area", "other_area", "merged_into"
    )
    homes = Household.objects.filter(residences__withdrawn=None, residences__isnull=False).distinct()
    return sorted([*people, *homes.values_list("id", "number", "area", "other_area", "closed", "people")], key=repr)


def latest() -> Act:
    return Act.objects.order_by("-recorded_at")[0]
