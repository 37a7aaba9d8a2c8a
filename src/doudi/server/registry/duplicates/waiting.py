"""How many suspected doubles wait for a decision that is the reader's to take, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.scope import Scope
from doudi.server.registry.models import Pair
from doudi.server.registry.selectors.record import READ


@dataclass(frozen=True)
class WaitingPairs:
    """``since`` is when the oldest was found; None where none waits."""

    pairs: int
    since: datetime | None


def waiting_pairs(reader: Actor, *, area: str = "") -> WaitingPairs:
    """Open pairs of which both are managed in the reader's areas (inside ``area``): an office over both decides."""
    reader.require(READ)
    scope: Scope = reader.scope.narrowed(area)
    with acting(reader):
        rows = Pair.objects.filter(scope.q("area_a"), state="open").filter(scope.q("area_b"))
        found = rows.aggregate(pairs=Count("id"), since=Min("found_at"))
        return WaitingPairs(found["pairs"], found["since"])
