"""A run's figures, counted and written down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from itertools import islice

from doudi.server.decisions import places
from doudi.server.decisions.models import Run, RunFigure
from doudi.server.decisions.running.claims import MISSED, RECEIVING
from doudi.server.decisions.running.tally import Tally, tallied
from doudi.server.policybook.policy import Policy

_CHUNK = 2_000
_TOWNSHIP = 9
"""Digits of its code."""


def counted(run: Run, under: Policy) -> AbstractContextManager[Iterator[Tally]]:
    """The figures of a run whose files are whole, counted when this is entered."""
    return tallied(places.at(run.folder), places.at(run.snapshot.folder), under, run.month, run.as_of, run.area)


def keep_figures(run: Run, rows: Iterable[Tally]) -> int:
    """Writes ``rows`` in place of what was kept of the run, and gives how many. Inside a transaction of one who may see all of the run's area."""
    RunFigure.objects.filter(run=run).delete()
    given = iter(rows)
    n, where = 0, _Receipts()
    while chunk := [RunFigure(run=run, **row._asdict()) for row in islice(given, _CHUNK)]:
        RunFigure.objects.bulk_create(chunk)
        n += len(chunk)
        where.look(chunk)
    Run.objects.filter(id=run.id).update(figured=True, unpaid=where.unpaid(run.area))
    return n


class _Receipts:
    """Where anybody receives anything, and where anybody does not who should. Townships bring their workbooks in one by one; in a village there may
    truly be nobody who receives."""

    def __init__(self) -> None:
        self.paid: set[str] = set()
        self.missed: set[str] = set()

    def look(self, rows: Iterable[RunFigure]) -> None:
        for x in rows:
            if x.items and x.measure in (RECEIVING, MISSED):
                (self.paid if x.measure == RECEIVING else self.missed).add(x.area[:_TOWNSHIP])

    def unpaid(self, area: str) -> list[str]:
        """As ``Run.unpaid`` keeps it."""
        if not self.paid:
            return [area]
        return sorted(code for code in self.missed - self.paid if len(code) == _TOWNSHIP)
