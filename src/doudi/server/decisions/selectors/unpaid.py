"""Screenings of a month whose receipts are not on record: everybody due stands on their lists as missed, and none of them need have been."""

from __future__ import annotations

from datetime import date

from django.db import connection
from django.db.models import Exists, OuterRef

from doudi.screening.lists import MISSED
from doudi.server.decisions.models import OPEN, PURGED, WHOLE, Run, WorkItem
from doudi.server.decisions.selectors.runs import READ, overlaps
from doudi.server.decisions.selectors.waiting import screening_stamp
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor, system
from doudi.server.lib.remembered import remembered

_MOST = 5_000


def months_without_receipts(reader: Actor, area: str = "") -> tuple[date, ...]:
    """Of the last screenings of the reader's areas inside ``area``: the months of those that open items came of as missed though nobody's receipts
    were on record, the newest first. A month names nobody and is not recorded. Raises NotAllowed."""
    reader.require(READ)
    key = ("months without receipts", connection.settings_dict["NAME"], reader.scope.prefixes, area)
    return remembered(key, screening_stamp(), lambda: _looked_up(reader, area))


def month_without_receipts(run: int) -> date | None:
    """The month of the screening ``run`` where it had no receipts, whoever's it was: what it found goes along with a household that moves."""
    with acting(system("receipts of a screening")):
        return Run.objects.filter(id=run, receipts=False).values_list("month", flat=True).first()


def _looked_up(reader: Actor, area: str) -> tuple[date, ...]:
    scope = reader.scope.narrowed(area)
    with acting(reader):
        rows = Run.objects.filter(overlaps(scope), state__in=(WHOLE, PURGED), again=None).order_by("-as_of", "-id")
        seen: set[str] = set()
        found: list[int] = []
        for run, of, receipts in rows.values_list("id", "area", "receipts")[:_MOST]:
            # What a later screening of the area, or of one that holds it, looked at again comes of that one.
            if any(of[:n] in seen for n in range(len(of) + 1)):
                continue
            seen.add(of)
            if not receipts:
                found.append(run)
        if not found:
            return ()
        items = WorkItem.objects.filter(scope.q("area", "other_area"), state=OPEN, code=MISSED, last_run=OuterRef("id"))
        there = set(Run.objects.filter(Exists(items), id__in=found).values_list("month", flat=True))
    return tuple(sorted(there, reverse=True))
