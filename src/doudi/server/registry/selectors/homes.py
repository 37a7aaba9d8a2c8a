"""In which household people live on a day, and whether anybody lives in a division."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from django.db.models import Exists, OuterRef, Q

from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.scope import Scope
from doudi.server.registry.models import Membership, Residence
from doudi.server.registry.selectors.matching import parts
from doudi.server.registry.selectors.moment import held
from doudi.server.registry.selectors.record import READ


def homes_of(reader: Actor, people: Collection[int], *, on: date) -> dict[int, int]:
    """Person -> household on the day ``on``, of the reader's areas; a link and no data, so it is not recorded. Inside the caller's ``acting``."""
    reader.require(READ)
    found: dict[int, int] = {}
    for some in parts(people):
        rows = Membership.objects.filter(
            held(on, None), reader.scope.q("household__area", "household__other_area"), person__in=some
        )
        found |= dict(rows.order_by("id").values_list("person_id", "household_id"))
    return found


def living_in(by: Actor, code: str, *, on: date) -> int:
    """How many households are in the division, or in one below it, or keep land there, on ``on`` or later; those to which nobody belongs any more
    are left out. A count for who may end divisions: raises NotAllowed for others. The division must be theirs."""
    by.require("areas.change")
    still = Q(until=None) | Q(until__gt=on)
    # Also of a household that moves in later, and whose office of today is another.
    with acting(replace(by, scope=Scope.everything())):
        peopled = Exists(Membership.objects.filter(still, household=OuterRef("household"), withdrawn=None))
        place = Scope.of([code]).q("area", "other_area")
        return Residence.objects.filter(still, place, peopled, withdrawn=None).values("household").distinct().count()
