"""The search over all people, as a job: taken up again at the kind of block where it stopped.

What a stage has written is committed with the job's cursor. The columns are read anew when the job goes on: they hold opened numbers, which
are never written.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db import transaction

from doudi.server.audit.actions import record
from doudi.server.jobs.kinds import Result, kind
from doudi.server.jobs.running import Running
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import system
from doudi.server.lib.moments import day_of, now
from doudi.server.registry.duplicates import people
from doudi.server.registry.duplicates.core.blocks import KINDS
from doudi.server.registry.duplicates.core.columns import Columns
from doudi.server.registry.duplicates.core.find import Found, Sweep
from doudi.server.registry.duplicates.raising import Decided, Raised, close, keep
from doudi.server.registry.duplicates.verbs import SWEPT
from doudi.server.registry.models import Pair

_AT_ONCE = 1_000
_STEPS = len(KINDS) + 3
"""Reading, the kinds of block, closing, recording."""


@kind(
    "duplicates",
    zh="查找重复档案",
    en="Search for double records",
    permission="duplicates.decide",
    single=True,
    whole=True,
)
def search(job: Running) -> Result:
    """Goes over everybody on record, whatever the areas of who started it: who looks at the pairs afterwards sees those of the own areas.

    The result says what was compared and what was not: a search that compared nobody says so.
    """
    cursor: dict[str, Any] = {"stages": {}, "raised": 0, "reopened": 0, "closed": 0, "after": 0, **job.cursor}
    every = system(f"job {job.id}")
    on = day_of(now())
    builder, opened = people.everybody(on, every, lambda _: job.progress(job.done, total=_STEPS))
    with acting(every):
        decided = Decided()
    columns = builder.columns()
    del builder
    sweep = Sweep(columns)
    for step, name in enumerate(KINDS, start=1):
        if name in cursor["stages"]:
            continue
        stage, pairs = sweep.stage(name)
        batch: list[Found] = []
        for found in pairs:
            batch.append(found)
            if len(batch) >= _AT_ONCE:
                cursor = _kept(job, batch, decided, cursor, step)
                batch = []
        _kept(job, batch, decided, {**cursor, "stages": {**cursor["stages"], name: None}}, step, stage.said)
        cursor = dict(job.cursor)
    cursor = _closed(job, sweep, cursor)
    said = _said(columns, opened, cursor)
    with acting(every), transaction.atomic():
        if not cursor.get("recorded"):
            figures = {k: said[k] for k in ("opened", "raised", "reopened", "closed", "left_out")}
            record(every, SWEPT, count=len(columns), **figures)
            job.progress(_STEPS, total=_STEPS, cursor={**cursor, "recorded": True})
    return said


def _kept(
    job: Running, batch: list[Found], decided: Decided, cursor: dict[str, Any], step: int, said: Any = None
) -> dict[str, Any]:
    """Writes a batch together with the cursor that says so; ``said`` gives the figures of a stage that is done."""
    with acting(system(f"job {job.id}")), transaction.atomic():
        counted = keep(batch, decided, seen=job.id, at=now()) if batch else Raised()
        stages = {name: said() if figures is None else figures for name, figures in cursor["stages"].items()}
        after = {**cursor, "stages": stages, **{k: cursor[k] + n for k, n in asdict(counted).items()}}
        job.progress(step, total=_STEPS, cursor=after)
    return after


def _closed(job: Running, sweep: Sweep, cursor: dict[str, Any]) -> dict[str, Any]:
    """Looks again at the open pairs that this search did not find: closes those for which too little speaks now, or whose record is gone. One
    that was not found because its block was cut stays."""
    rows = {int(p): k for k, p in enumerate(sweep.columns.ids)}
    while True:
        with acting(system(f"job {job.id}")), transaction.atomic():
            left = Pair.objects.filter(state="open", id__gt=cursor["after"]).exclude(seen=job.id).order_by("id")
            some = list(left.values_list("id", "a_id", "b_id")[:_AT_ONCE])
            if not some:
                return cursor
            gone = [
                pair
                for pair, a, b in some
                if a not in rows or b not in rows or sweep.compare(rows[a], rows[b]).compared.score < sweep.threshold
            ]
            closed = close(gone, at=now())
            cursor = {**cursor, "after": some[-1][0], "closed": cursor["closed"] + closed}
            job.progress(len(KINDS) + 2, total=_STEPS, cursor=cursor)


def _said(columns: Columns, opened: int, cursor: dict[str, Any]) -> dict[str, Any]:
    stages = cursor["stages"]
    return {
        "people": len(columns), "opened": opened, "stages": stages,
        "compared": sum(s["compared"] for s in stages.values()), "looked_at": sum(s["pairs"] for s in stages.values()),
        "left_out": sum(s["left_out"] for s in stages.values()), "cut_blocks": sum(s["cut_blocks"] for s in stages.values()),
        "without_birth": int((columns.born == 0).sum()), "without_number": int((columns.check < 0).sum()) - len(columns.odd),
        "raised": cursor["raised"], "reopened": cursor["reopened"], "closed": cursor["closed"],
    }  # fmt: skip
