"""A run's figures, counted and written down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from itertools import islice

from doudi.server.decisions import places
from doudi.server.decisions.models import Run, RunFigure
from doudi.server.decisions.running.claims import RECEIVING
from doudi.server.decisions.running.tally import Tally, tallied
from doudi.server.policybook.policy import Policy

_CHUNK = 2_000


def counted(run: Run, under: Policy) -> AbstractContextManager[Iterator[Tally]]:
    """The figures of a run whose files are whole, counted when this is entered."""
    return tallied(places.at(run.folder), places.at(run.snapshot.folder), under, run.month, run.as_of, run.area)


def keep_figures(run: Run, rows: Iterable[Tally]) -> int:
    """Writes ``rows`` in place of what was kept of the run, and gives how many. Inside a transaction of one who may see all of the run's area."""
    RunFigure.objects.filter(run=run).delete()
    given = iter(rows)
    n, receipts = 0, False
    while chunk := [RunFigure(run=run, **row._asdict()) for row in islice(given, _CHUNK)]:
        RunFigure.objects.bulk_create(chunk)
        n += len(chunk)
        receipts = receipts or any(x.measure == RECEIVING and x.items for x in chunk)
    Run.objects.filter(id=run.id).update(figured=True, receipts=receipts)
    return n
