"""The two of a pair as they are put side by side: what is known of both today, asked for both at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from doudi.server.lib.actor import Actor
from doudi.server.registry.models import Enrolment, Identifier, Membership, PersonName, Residence
from doudi.server.registry.selectors.moment import held
from doudi.server.registry.selectors.record import within


@dataclass(frozen=True)
class Member:
    """Somebody of the household; without a name where they live outside the reader's areas."""

    person: int
    name: str
    head: bool


@dataclass(frozen=True)
class Known:
    """``names`` the latest first, ``numbers`` as (kind, masked), ``household`` None where there is none in the reader's areas today."""

    names: tuple[str, ...] = ()
    numbers: tuple[tuple[str, str], ...] = ()
    ledgers: tuple[str, ...] = ()
    household: int | None = None
    address: str = ""
    members: tuple[Member, ...] = ()


def known_of(reader: Actor, people: Collection[int], *, on: date) -> dict[int, Known]:
    """What is known today of ``people``, whom the caller has found to be the reader's and records as shown."""
    with within(reader):
        names: dict[int, list[str]] = defaultdict(list)
        for person, name in (
            PersonName.objects.filter(person__in=people, withdrawn=None)
            .order_by("-since", "-id")
            .values_list("person_id", "name")
        ):
            names[person].append(name)
        numbers: dict[int, list[tuple[str, str]]] = defaultdict(list)
        rows = Identifier.objects.filter(held(on, None), person__in=people).order_by("kind", "id")
        for person, kind, shown in rows.values_list("person_id", "kind", "shown"):
            numbers[person].append((kind, shown))
        ledgers: dict[int, list[str]] = defaultdict(list)
        enrolled = Enrolment.objects.filter(held(on, None), person__in=people).order_by("ledger")
        for person_, ledger in enrolled.values_list("person_id", "ledger"):
            ledgers[person_ or 0].append(ledger)
        theirs = Membership.objects.filter(held(on, None), person__in=people).values("household")
        together = Membership.objects.filter(held(on, None), household__in=theirs).select_related("household", "person")
        homes: dict[int, int] = {}
        members: dict[int, list[Member]] = defaultdict(list)
        for m in together.order_by("household_id", "-head", "since", "id"):
            if not reader.scope.covers(m.household.area, m.household.other_area):
                continue
            name = m.person.name if reader.scope.covers(m.person.area, m.person.other_area) else ""
            members[m.household_id].append(Member(m.person_id, name, m.head))
            if m.person_id in people:
                homes[m.person_id] = m.household_id
        places = dict(
            Residence.objects.filter(held(on, None), household__in=set(homes.values())).values_list(
                "household_id", "address"
            )
        )
    return {
        p: Known(
            tuple(dict.fromkeys(names[p])), tuple(numbers[p]), tuple(ledgers[p]), homes.get(p), places.get(homes.get(p, 0), ""),
            tuple(members[homes[p]]) if p in homes else (),
        )
        for p in people
    }  # fmt: skip
