"""Where a household stands after an act, and whether somebody belongs to it: for who changes it, and names nobody."""

from __future__ import annotations

from datetime import date

from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.registry.models import ActOn, Household, Membership
from doudi.server.registry.selectors.moment import held
from doudi.server.registry.selectors.record import READ


def version_after(reader: Actor, household: int, act: int) -> int | None:
    """The version that ``act`` gave the household; None where the household is not, or no longer, in the reader's areas."""
    with acting(reader):
        seen = Household.objects.filter(reader.scope.q("area", "other_area"), id=household).exists()
        touched = ActOn.objects.filter(household=household, act=act) if seen else ActOn.objects.none()
        return touched.values_list("version", flat=True).first()


def belongs_to(reader: Actor, household: int, person: int, *, on: date) -> bool:
    """Whether the person belongs to the household on that day, as known now; False for a household outside the reader's areas."""
    reader.require(READ)
    with acting(reader):
        seen = Household.objects.filter(reader.scope.q("area", "other_area"), id=household)
        return seen.exists() and Membership.objects.filter(held(on, None), household=household, person=person).exists()
