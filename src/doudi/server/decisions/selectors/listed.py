"""The lists of screenings that one household and its people stood on, first and last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from doudi.server.decisions.models import WorkItem
from doudi.server.decisions.selectors.runs import READ
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
        found = list(rows.select_related("first_run", "last_run").order_by("-last_run__as_of", "id")[:200])
        shown.count, shown.keep = len(found), bool(found)
        return tuple(Listed(work_view(w), w.first_run.as_of, w.last_run.as_of) for w in found)
