"""How looking at a workbook, or importing it, ends: counts, lines and returned workbooks change together with the state, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.db import transaction

from doudi.screening.workbook.findings import BadWorkbook, Finding
from doudi.server.audit.actions import record
from doudi.server.exchange import verbs
from doudi.server.exchange.imports import opened
from doudi.server.exchange.kept import alone, drop, keep
from doudi.server.exchange.marking import mark, write_faults
from doudi.server.exchange.models import Import
from doudi.server.exchange.telling import Told, kinds_of
from doudi.server.jobs.kinds import Result
from doudi.server.jobs.running import Running
from doudi.server.lib.acting import acting
from doudi.server.lib.moments import day_of, now

NOTHING = {"fresh": 0, "people": 0, "changed": 0, "same": 0, "held": 0}
DAYS = 30
"""How long what is wrong with a workbook can be fetched."""


def looked(
    job: Running, kept: Import, told: Told, counts: dict[str, int], findings: Sequence[Finding], strangers: Sequence[tuple[str, str]] = ()
) -> Result:  # fmt: skip
    """It was looked at and can be imported. ``told`` has the lines of what is new and what changes."""
    told.faults(findings)
    files = _returned(kept, findings)
    with acting(job.actor), transaction.atomic():
        _said(kept, counts, "previewed", findings, strangers, files)
        told.keep()
        job.progress(job.total or job.done)
    return {"import": kept.id, **counts}


def refused(
    job: Running, kept: Import, findings: Sequence[Finding], strangers: Sequence[tuple[str, str]] = ()
) -> Result:
    """The file as a whole cannot be used. It is kept until it is given up: its headers may only have other names."""
    told = Told(kept)
    told.faults(findings)
    files = _returned(kept, findings)
    with acting(job.actor), transaction.atomic():
        _said(kept, NOTHING, "refused", findings, strangers, files)
        told.keep()
        job.progress(job.done)
    return {"import": kept.id, "state": "refused"}


def finished(job: Running, kept: Import, counts: dict[str, int], findings: Sequence[Finding]) -> Result:
    """It is imported: the file goes, what is wrong with it stays to be fetched for a while."""
    told = Told(kept)
    told.faults(findings)
    files = _returned(kept, findings)
    with acting(job.actor), transaction.atomic():
        kept.cipher, kept.done_at, kept.cursor = b"", now(), {}
        kept.save(update_fields=["cipher", "done_at", "cursor"])
        _said(kept, counts, "done", findings, (), files)
        told.keep()
        job.progress(job.total or job.done)
        done = counts["fresh"] + counts["changed"]
        if kept.what == "households":
            record(
                job.actor, verbs.IMPORTED, area=kept.area, count=done, digest=kept.digest, id=kept.id, fresh=counts["fresh"],
                changed=counts["changed"], same=counts["same"], held=counts["held"],
            )  # fmt: skip
        else:
            record(
                job.actor, verbs.ENROLLED, area=kept.area, count=done, digest=kept.digest, ledger=kept.ledger, held=counts["held"]
            )  # fmt: skip
    return {"import": kept.id, **counts}


def _said(
    kept: Import, counts: dict[str, int], state: str, findings: Sequence[Finding], strangers: Sequence[tuple[str, str]],
    files: tuple[int | None, int | None],
) -> None:  # fmt: skip
    drop(kept.report, kept.marked)
    kept.counts, kept.state, kept.strangers = dict(counts), state, [list(s) for s in strangers]
    kept.kinds, (kept.report, kept.marked) = kinds_of(findings), files
    kept.save(update_fields=["counts", "state", "strangers", "kinds", "report", "marked"])


def _returned(kept: Import, findings: Sequence[Finding]) -> tuple[int | None, int | None]:
    """Ids of the list of faults and of the workbook with the faults marked; none where there is nothing to mend."""
    if not any(f.severity != "note" for f in findings):
        return None, None
    stem, made = Path(kept.name).stem[:150], day_of(kept.made_at)
    with alone() as path:
        write_faults(path, kept.name, findings, made)
        report = keep(path, f"{stem}-问题清单.xlsx", DAYS)
    try:
        with opened(kept) as path, alone() as target:
            whole = mark(path, target, kept.name, findings, made, only_first=kept.what == "list")
            return report, keep(target, f"{stem}-已标注.xlsx", DAYS) if whole else None
    except BadWorkbook:
        return report, None
