"""Where each household of an area stood at its last screening, brought up to a run."""

from __future__ import annotations

from itertools import islice

from doudi.server.decisions import places
from doudi.server.decisions.models import Run, Standing
from doudi.server.decisions.running.standing import standings
from doudi.server.lib.actor import Actor
from doudi.server.lib.scope import Scope
from doudi.server.policybook.policy import Policy
from doudi.server.registry.actions.current import chunks
from doudi.server.registry.selectors.lying import households_lying, open_among

_CHUNK = 2_000
_TOLD = ("area", "other_area", "kind", "due", "open", "run")


def bring_standings(by: Actor, run: Run, chosen: Policy) -> int:
    """In the caller's transaction and under its scope: every household of the run stands as the run found it, where it lies today, but for those
    that another office manages since; and those of the area that it did not find stand nowhere any more, but for those that came since and
    stand as they did elsewhere. Gives how many the run found. Safe to repeat."""
    count = 0
    rows = standings(places.at(run.folder), places.at(run.snapshot.folder), chosen.plan)
    while chunk := list(islice(rows, _CHUNK)):
        lying = households_lying(by, run.area, [s.household for s in chunk])
        found = [
            Standing(household=s.household, area=at[0], other_area=at[1], kind=s.kind, due=s.due, open=s.open, run=run)
            for s in chunk
            if (at := lying.get(s.household)) is not None
        ]
        Standing.objects.bulk_create(
            found, update_conflicts=True, unique_fields=["household"], update_fields=list(_TOLD)
        )
        count += len(found)
    left = Standing.objects.filter(Scope.of([run.area]).q("area")).exclude(run=run)
    gone = set(left.values_list("household", flat=True))
    gone -= open_among(by, gone)
    for ids in chunks(sorted(gone), _CHUNK):
        Standing.objects.filter(household__in=ids).delete()
    return count
