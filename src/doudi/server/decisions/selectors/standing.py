"""How households stood at the last screening: for lines of lists, and to filter lists by."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet

from doudi.server.decisions.models import OPEN, Standing, WorkItem
from doudi.server.decisions.selectors.runs import READ, days_of
from doudi.server.lib.actor import Actor
from doudi.server.registry.selectors.record import within

_AT_ONCE = 500


@dataclass(frozen=True)
class StandingView:
    """``kind`` is the class (empty: it could not be told), ``due`` in fen a month, ``open`` answers wait for something unknown; as of ``as_of``."""

    kind: str
    due: int | None
    open: int
    as_of: date
    run: int


def standing_households(reader: Actor, *, kind: str | None = None, waiting: bool | None = None) -> QuerySet[Any]:
    """A query of the keys of households of the reader's areas, to be put into another list's question: of the class ``kind`` (empty: it could not
    be told), with answers that wait for something unknown (``waiting``), or without any. Raises NotAllowed."""
    reader.require(READ)
    rows = Standing.objects.filter(reader.scope.q("area", "other_area"))
    if kind is not None:
        rows = rows.filter(kind=kind)
    if waiting is not None:
        rows = rows.filter(open__gt=0) if waiting else rows.filter(open=0)
    return rows.values("household")


def listed_households(reader: Actor, code: str) -> QuerySet[Any]:
    """The same of households with an open item on the screening list ``code``, their own or a member's."""
    reader.require(READ)
    rows = WorkItem.objects.filter(reader.scope.q("area", "other_area"), code=code, state=OPEN)
    return rows.values("household")


def standings_of(reader: Actor, households: Collection[int]) -> dict[int, StandingView]:
    """Of those of ``households`` that were screened, how they stood. For lists whose showing is recorded already; empty without the permission
    to read screenings."""
    if not reader.allows(READ):
        return {}
    found: list[Standing] = []
    ids = sorted(set(households))
    with within(reader):
        for at in range(0, len(ids), _AT_ONCE):
            found += Standing.objects.filter(
                reader.scope.q("area", "other_area"), household__in=ids[at : at + _AT_ONCE]
            )
        days = days_of(s.run_id for s in found)
    return {s.household: StandingView(s.kind, s.due, s.open, days[s.run_id], s.run_id) for s in found}


def standing_counts(reader: Actor, *, area: str = "") -> dict[str, int]:
    """Class -> how many households of the reader's areas (inside ``area``) stood in it. A number names nobody and is not recorded."""
    reader.require(READ)
    with within(reader):
        rows = Standing.objects.filter(reader.scope.narrowed(area).q("area", "other_area"))
        return dict(rows.order_by().values_list("kind").annotate(Count("id")))
