"""What stands around a household: the ledgers that it and its people stood on, and the household that bears a number."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotFound
from doudi.server.registry.models import Enrolment, Household, Identifier
from doudi.server.registry.selectors.moment import known
from doudi.server.registry.selectors.record import showing
from doudi.server.registry.selectors.single import number_view
from doudi.server.registry.selectors.verbs import HOUSEHOLD_SEEN, PERSON_SEEN
from doudi.server.registry.selectors.views import NumberView

SINGLE = ("enrol", "strike")
"""Kinds of acts that tell of one household's ledger themselves."""


@dataclass(frozen=True)
class OnLedger:
    """On a ledger from a day until a day; ``told``: an act of its own says so already."""

    id: int
    ledger: str
    household: int | None
    person: int | None
    since: date
    until: date | None
    details: Mapping[str, Any]
    evidence: str
    told: bool


def enrolled(
    reader: Actor, household: int, people: Collection[int], *, knowing: datetime | None = None
) -> tuple[OnLedger, ...]:
    """Every enrolment known of a household and of ``people``, in whatever days. For selectors, which have found the household to be the reader's."""
    theirs = Q(person__in=people) & reader.scope.q("person__area", "person__other_area")
    rows = Enrolment.objects.filter(known(knowing)).filter(Q(household=household) | theirs).select_related("act")
    return tuple(
        OnLedger(
            e.id, e.ledger, e.household_id, e.person_id, e.since, e.until, e.details, e.evidence, e.act.kind in SINGLE
        )
        for e in rows.order_by("since", "id")
    )


def household_numbered(reader: Actor, number: str) -> tuple[int, int] | None:
    """Id and version of the household with a number, in the reader's areas; None where there is none. Recorded as shown."""
    with showing(reader, HOUSEHOLD_SEEN) as shown:
        found = Household.objects.filter(reader.scope.q("area", "other_area"), number=number.strip()[:30]).first()
        shown.keep = found is not None
        if found is None:
            return None
        shown.household, shown.area = found.id, found.area
        return found.id, found.version


def masked(reader: Actor, identifier: int) -> NumberView:
    """One number of somebody in the reader's areas, as lists may show it. Recorded as shown. Raises NotFound."""
    with showing(reader, PERSON_SEEN) as shown:
        rows = Identifier.objects.filter(reader.scope.q("person__area", "person__other_area"), pk=identifier)
        found = rows.select_related("person").first()
        if found is None:
            raise NotFound(
                "identifier-unknown", "您的辖区内没有这条号码记录。", "There is no such number in your areas."
            )
        shown.person, shown.area = found.person_id, found.person.area
        return number_view(found)
