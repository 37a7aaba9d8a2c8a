"""Looking at a list of those on one ledger, and entering them, some at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from doudi.screening.workbook.findings import Finding
from doudi.screening.workbook.messages import Message
from doudi.server.exchange.ending import NOTHING, finished, looked, refused
from doudi.server.exchange.enrolling import STEP, Taken, not_taken, sort_out
from doudi.server.exchange.headers import LIST, aliases
from doudi.server.exchange.imports import opened
from doudi.server.exchange.lists import NoHeader, Row, read_list
from doudi.server.exchange.models import Import
from doudi.server.exchange.receiving import PERMISSION
from doudi.server.exchange.telling import Told
from doudi.server.jobs.kinds import Result
from doudi.server.jobs.running import Running
from doudi.server.lib.acting import acting
from doudi.server.lib.moments import day_of, now
from doudi.server.lib.refusals import Refused
from doudi.server.registry.actions.load import load
from doudi.server.registry.batch import Batch, NewEnrolment

_REFUSED = Message("file", "{zh}", "改正后重新上传", "{en}", "mend it and hand it in again")


def preview(job: Running, kept: Import) -> Result:
    """What the list would change; changes nothing but the import's own rows."""
    try:
        rows = _rows(job, kept)
        job.progress(0, total=len(rows))
        found = _sorted(job, kept, rows)
    except Refused as error:
        strangers = [(LIST, h) for h in error.headers] if isinstance(error, NoHeader) else []
        words = (("zh", error.zh.rstrip("。")), ("en", error.en.rstrip(".")))
        return refused(job, kept, [Finding(error.code, args=words, own=_REFUSED)], strangers)
    told = Told(kept)
    told.enrolled(found.who)
    job.progress(len(rows))
    return looked(job, kept, told, _counts(found), found.held)


def importing(job: Running, kept: Import) -> Result:
    """``STEP`` people or households in one transaction with how far it is; what was entered before is found to stand there already, and what was
    not taken before is not tried again."""
    rows = _rows(job, kept)
    found = _sorted(job, kept, rows)
    begun: dict[str, Any] = kept.cursor or {
        "counts": _counts(found) | {"fresh": 0, "people": 0},
        "held": [(f.row, f.code, list(f.args)) for f in found.held],
    }
    # What is held and what stood there already is as it was when it began; only who was entered, or refused meanwhile, is counted on.
    counts: dict[str, int] = dict(begun["counts"])
    held = [not_taken(code, row, ((a, b) for a, b in words)) for row, code, words in begun["held"]]
    out = {f.row for f in held}
    fresh = [(new, row) for new, (row, _, _) in zip(found.fresh, found.who, strict=True) if row not in out]
    done = counts["fresh"]
    job.progress(done, total=done + len(fresh))
    for at in range(0, len(fresh), STEP):
        part = fresh[at : at + STEP]
        with acting(job.actor), transaction.atomic():
            refused = _written(job, kept, part)
            held += refused
            counts["fresh"] += len(part) - len(refused)
            counts["people"], counts["held"] = counts["fresh"], len(held)
            kept.cursor = {"counts": counts, "held": [(f.row, f.code, list(f.args)) for f in held]}
            kept.save(update_fields=["cursor"])
            job.progress(done + at + len(part))
    return finished(job, kept, counts, held)


def _written(job: Running, kept: Import, part: Sequence[tuple[NewEnrolment, int]]) -> list[Finding]:
    """Enters the part in one go where it goes; else row by row, and gives those that do not go, with the reason."""
    try:
        _enter(job, kept, [new for new, _ in part])
    except Refused:
        pass
    else:
        return []
    held = []
    for new, row in part:
        try:
            _enter(job, kept, [new])
        except Refused as error:
            held.append(not_taken("refused", row, (("zh", error.zh.rstrip("。")), ("en", error.en.rstrip(".")))))
    return held


def _enter(job: Running, kept: Import, new: Sequence[NewEnrolment]) -> None:
    with transaction.atomic():
        load(by=job.actor, batch=Batch(enrolments=new), on=kept.since, permission=PERMISSION)


def _rows(job: Running, kept: Import) -> list[Row]:
    today = day_of(now())
    with acting(job.actor):
        known = aliases(kept.area).get(LIST)
    with opened(kept) as path:
        return read_list(path, max(today, kept.since), known)


def _sorted(job: Running, kept: Import, rows: list[Row]) -> Taken:
    with acting(job.actor), transaction.atomic():
        return sort_out(job.actor, rows, ledger=kept.ledger, since=kept.since)


def _counts(found: Taken) -> dict[str, int]:
    n = len(found.fresh)
    return NOTHING | {"fresh": n, "people": n, "same": found.same, "held": len(found.held)}
