"""In which household people live on a day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from doudi.server.lib.actor import Actor
from doudi.server.registry.models import Membership
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
