"""Counting a run again."""

from __future__ import annotations

from django.db import transaction

from doudi.server.audit.actions import record
from doudi.server.decisions import places
from doudi.server.decisions.actions.counting import counted, keep_figures
from doudi.server.decisions.actions.snapshots import RUN_MAY
from doudi.server.decisions.selectors.runs import seen_run, whole
from doudi.server.decisions.verbs import FIGURES_REBUILT
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.policybook.selectors import policy_of


def rebuild_figures(by: Actor, run: int) -> int:
    """Counts a finished run from its files once more, also one from before figures were kept; gives how many figures there are. The figures are
    those of its month from then on. Raises NotAllowed, NotFound; Refused for a run that is not whole or was purged."""
    by.require(RUN_MAY)
    with acting(by):
        one = whole(seen_run(by, run))
        places.within(by, one.area)
    with counted(one, policy_of(one.policy)) as rows, acting(by), transaction.atomic():
        n = keep_figures(one, rows)
        record(by, FIGURES_REBUILT, area=one.area, count=n, run=run)
    return n
