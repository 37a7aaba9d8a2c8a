"""Where each household of an area stood at its last screening, brought up to a run."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from doudi.server.decisions import places
from doudi.server.decisions.models import Run, Standing
from doudi.server.decisions.running.standing import standings
from doudi.server.lib.scope import Scope
from doudi.server.policybook.policy import Policy

_CHUNK = 2_000
_TOLD = ("area", "other_area", "kind", "due", "open", "run")


def bring_standings(run: Run, chosen: Policy) -> int:
    """In the caller's transaction and under its scope: every household of the run stands as the run found it, and those of the area that it did
    not find stand nowhere any more; gives how many there are. Safe to repeat."""
    here = Scope.of([run.area]).q("area")
    count = 0
    rows = _rows(run, chosen)
    while chunk := list(islice(rows, _CHUNK)):
        Standing.objects.bulk_create(
            chunk, update_conflicts=True, unique_fields=["household"], update_fields=list(_TOLD)
        )
        count += len(chunk)
    Standing.objects.filter(here).exclude(run=run).delete()
    return count


def _rows(run: Run, chosen: Policy) -> Iterator[Standing]:
    for s in standings(places.at(run.folder), places.at(run.snapshot.folder), chosen.plan):
        yield Standing(
            household=s.household, area=s.area, other_area=s.other_area, kind=s.kind, due=s.due, open=s.open, run=run
        )
