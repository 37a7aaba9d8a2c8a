"""Screenings of a month whose receipts are not on record, in all of an area or in some townships: everybody due there stands on the lists as missed,
and none of them need have been."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models.functions import Left

from doudi.screening.lists import MISSED
from doudi.server.decisions.models import OPEN, PURGED, WHOLE, Run, WorkItem
from doudi.server.decisions.selectors.runs import READ, overlaps
from doudi.server.decisions.selectors.waiting import screening_stamp
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor, system
from doudi.server.lib.remembered import remembered
from doudi.server.lib.scope import Scope

_MOST = 5_000
_TOWNSHIP = 9
"""Digits of its code."""


@dataclass(frozen=True)
class Unpaid:
    """``month`` was screened without receipts in the divisions ``areas``, sorted; empty: in all that was asked about."""

    month: date
    areas: tuple[str, ...] = ()


def months_without_receipts(reader: Actor, area: str = "") -> tuple[Unpaid, ...]:
    """Of the last screenings of the reader's areas inside ``area``: the months of those that open items came of as missed though nobody's receipts
    were on record where they are, the newest first. A month names nobody and is not recorded. Raises NotAllowed."""
    reader.require(READ)
    key = ("months without receipts", connection.settings_dict["NAME"], reader.scope.prefixes, area)
    return remembered(key, screening_stamp(), lambda: _looked_up(reader, area))


def month_without_receipts(run: int, area: str) -> date | None:
    """The month of the screening ``run`` where it had no receipts of ``area``, whoever's it was. What it found goes along with a household that
    moves: of a run without any receipts it is told wherever the household is now."""
    with acting(system("receipts of a screening")):
        found = Run.objects.filter(id=run).values_list("area", "month", "unpaid").first()
    if found is None:
        return None
    of, month, unpaid = found
    return month if of in unpaid or Scope.of(unpaid).covers(area) else None


def _looked_up(reader: Actor, area: str) -> tuple[Unpaid, ...]:
    scope = reader.scope.narrowed(area)
    with acting(reader):
        rows = Run.objects.filter(overlaps(scope), state__in=(WHOLE, PURGED), again=None).order_by("-as_of", "-id")
        seen: set[str] = set()
        found: dict[int, tuple[date, str, Scope]] = {}
        for run, of, month, unpaid in rows.values_list("id", "area", "month", "unpaid")[:_MOST]:
            # What a later screening of the area, or of one that holds it, looked at again comes of that one.
            if any(of[:n] in seen for n in range(len(of) + 1)):
                continue
            seen.add(of)
            if unpaid:
                found[run] = month, of, Scope.of(unpaid)
        if not found:
            return ()
        items = WorkItem.objects.filter(
            scope.q("area", "other_area"), state=OPEN, code=MISSED, last_run__in=list(found)
        )
        by_town = items.annotate(town=Left("area", _TOWNSHIP), other=Left("other_area", _TOWNSHIP))
        there = set(by_town.values_list("last_run_id", "town", "other").distinct())
    where: dict[date, set[str]] = {}
    for run, *places in there:
        month, of, without = found[run]
        # What a run without any receipts found is told of wherever the household is now.
        where.setdefault(month, set()).update(u for u in without.prefixes if u == of or Scope((u,)).covers(*places))
    return tuple(Unpaid(m, _named(scope, where[m])) for m in sorted(where, reverse=True) if where[m])


def _named(scope: Scope, codes: Iterable[str]) -> tuple[str, ...]:
    """Of ``codes``, what lies in the scope; empty where that is all of it."""
    without = Scope.of(codes)
    inside = Scope.of(
        [*(u for u in without.prefixes if scope.covers(u)), *(p for p in scope.prefixes if without.covers(p))]
    )
    return () if scope.within(inside) else inside.prefixes
