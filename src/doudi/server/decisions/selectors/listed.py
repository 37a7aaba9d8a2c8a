"""The lists of screenings that one household and its people stood on, first and last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from doudi.server.decisions.models import WorkItem
from doudi.server.decisions.selectors.runs import READ, days_of
from doudi.server.decisions.selectors.work import work_view
from doudi.server.decisions.verbs import WORK_SEEN
from doudi.server.decisions.views import WorkView
from doudi.server.lib.actor import Actor
from doudi.server.registry.selectors import showing


@dataclass(frozen=True)
class Listed:
    """``first`` and ``last``: the days as of which the first and the last screening found it so."""

    item: WorkView
    first: date
    last: date


def listed(reader: Actor, household: int) -> tuple[Listed, ...]:
    """The latest first, in whatever state. Recorded as shown. Raises NotAllowed."""
    reader.require(READ)
    with showing(reader, WORK_SEEN, household=household, code="全部") as shown:
        rows = WorkItem.objects.filter(reader.scope.q("area", "other_area"), household=household)
        found = list(rows.order_by("-last_run", "id")[:200])
        shown.count, shown.keep = len(found), bool(found)
        days = days_of(run for w in found for run in (w.first_run_id, w.last_run_id))
        told = [Listed(work_view(w), days[w.first_run_id], days[w.last_run_id]) for w in found]
        return tuple(sorted(told, key=lambda w: w.last, reverse=True))
