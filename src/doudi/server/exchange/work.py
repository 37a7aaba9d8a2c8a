"""The background work on what was handed in: looking at it, and importing it, some households at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction

from doudi.screening.workbook.findings import BadWorkbook, Finding
from doudi.screening.workbook.ledger import Ledger
from doudi.screening.workbook.parse import mask_code
from doudi.screening.workbook.reading import read_ledger
from doudi.server.exchange import comparisons, exporting, list_work
from doudi.server.exchange.ending import NOTHING, finished, looked, refused
from doudi.server.exchange.headers import aliases, strangers_in, strangers_of
from doudi.server.exchange.imports import opened
from doudi.server.exchange.ledger_in import HouseholdIn, households
from doudi.server.exchange.lists import sound
from doudi.server.exchange.models import Import
from doudi.server.exchange.planning import HELD, Plan, plan
from doudi.server.exchange.receiving import PERMISSION
from doudi.server.exchange.telling import Told
from doudi.server.jobs.kinds import Result, kind
from doudi.server.jobs.running import Running
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import day_of, now
from doudi.server.lib.refusals import Refused
from doudi.server.policybook.selectors import policy
from doudi.server.registry.actions.absorb import absorb
from doudi.server.registry.actions.load import load
from doudi.server.registry.batch import Batch, NewHousehold, NewMembership, NewPerson, NewStatement

STEP = 250
"""Households planned and written at a time."""


@kind("import-preview", zh="预览导入", en="Looking at a workbook", permission=PERMISSION, single=True)
def preview(job: Running) -> Result:
    """Reads the whole workbook and says what it would change; changes nothing but the import's own rows."""
    kept = _kept(job)
    if kept.state != "reading":
        return {"import": kept.id, "state": kept.state}
    if kept.what == "list":
        return list_work.preview(job, kept)
    told = Told(kept)
    try:
        with opened(kept) as path:
            sound(path)
        ledger = _ledger(job.actor, kept)
    except BadWorkbook as bad:
        return refused(job, kept, bad.findings, _strangers(job.actor, kept))
    good = list(households(ledger))
    counts = NOTHING | {"held": len(ledger.held)}
    held: list[Finding] = []
    sheet = ledger.households.raw.title
    job.progress(0, total=len(good))
    for at in range(0, len(good), STEP):
        made = _plan(job.actor, kept, ledger, good[at : at + STEP])
        for name, n in made.counts().items():
            counts[name] += n
        held += made.held
        told.plan(made, sheet)
        job.progress(min(at + STEP, len(good)))
    return looked(job, kept, told, counts, [*ledger.log, *held], strangers_of(ledger))


@kind("import", zh="导入", en="Importing", permission=PERMISSION, single=True)
def importing(job: Running) -> Result:
    """Household by household whole, ``STEP`` in one transaction with the cursor that says so: killed anywhere it goes on after the last whole step,
    and so does a job that is begun after one that was cancelled."""
    kept = _kept(job)
    if kept.state != "importing":
        return {"import": kept.id, "state": kept.state}
    if kept.what == "list":
        return list_work.importing(job, kept)
    ledger = _ledger(job.actor, kept)
    good = list(households(ledger))
    begun: dict[str, Any] = kept.cursor or {"at": 0, "counts": NOTHING | {"held": len(ledger.held)}, "held": []}
    at, counts = int(begun["at"]), dict(begun["counts"])
    held = [(int(row), code, [tuple(w) for w in words]) for row, code, words in begun["held"]]
    by_row = {h.row: h for h in good}
    job.progress(at, total=len(good))
    while at < len(good):
        step = good[at : at + STEP]
        with acting(job.actor), transaction.atomic():
            for made in _written(job.actor, kept, ledger, step):
                for name, n in made.counts().items():
                    counts[name] += n
                held += [(f.row, f.code, list(f.args)) for f in made.held]
            at += len(step)
            kept.cursor = {"at": at, "counts": counts, "held": held}
            kept.save(update_fields=["cursor"])
            job.progress(at, total=len(good))
    findings = [*ledger.log, *(_again(by_row[row], code, words, ledger) for row, code, words in held)]
    return finished(job, kept, counts, findings)


def _kept(job: Running) -> Import:
    with acting(job.actor):
        return Import.objects.get(pk=job.params["import"])


def _strangers(by: Actor, kept: Import) -> list[tuple[str, str]]:
    """Headers that may stand for what is missing. None where the file is no workbook at all."""
    try:
        with acting(by), opened(kept) as path:
            return strangers_in(path, kept)
    except BadWorkbook:
        return []


def _written(by: Actor, kept: Import, ledger: Ledger, step: Sequence[HouseholdIn]) -> list[Plan]:
    """Writes the step, in one go where it goes; else household by household, and who does not go is held back with the reason."""
    try:
        with transaction.atomic():
            return [_write(by, kept, _plan(by, kept, ledger, step))]
    except Refused:
        if len(step) == 1:
            raise
    out = []
    for h in step:
        try:
            with transaction.atomic():
                out.append(_write(by, kept, _plan(by, kept, ledger, [h])))
        except Refused as refused:
            words = (("zh", refused.zh), ("en", refused.en))
            out.append(
                Plan(
                    held=[
                        Finding("refused", ledger.households.raw.title, h.row, "", words, h.code, own=HELD["refused"])
                    ]
                )
            )
    return out


def _write(by: Actor, kept: Import, made: Plan) -> Plan:
    if made.fresh:
        load(by=by, batch=_batch(kept, made), on=kept.since, permission=PERMISSION)
    if made.updates:
        absorb(by=by, updates=[u for _, u in made.updates], on=kept.since, permission=PERMISSION)
    return made


def _batch(kept: Import, made: Plan) -> Batch:
    people: list[NewPerson] = []
    homes: list[NewHousehold] = []
    memberships: list[NewMembership] = []
    statements: list[NewStatement] = []
    evidence = _evidence(kept)
    for h, where, number in made.fresh:
        homes.append(NewHousehold(number, where, h.other_area, number=number))
        if h.values or h.tables:
            statements.append(
                NewStatement(kept.source, household=number, values=h.values, tables=h.tables, evidence=evidence)
            )
        for p in h.people:
            known = made.joining.get(p.number)
            who: str | int = p.number if known is None else known
            if known is None:
                people.append(NewPerson(p.number, p.name, {"id": p.number}))
            memberships.append(NewMembership(number, who, p.relation, p.head))
            statements.append(
                NewStatement(kept.source, person=who, values=p.values, tables=p.tables, evidence=evidence)
            )
    return Batch(people, homes, memberships, statements)


def _plan(by: Actor, kept: Import, ledger: Ledger, step: Sequence[HouseholdIn]) -> Plan:
    return plan(
        by, step, area=kept.area, since=kept.since, today=_today(), source=kept.source, evidence=_evidence(kept),
        sheet=ledger.households.raw.title,
    )  # fmt: skip


def _evidence(kept: Import) -> str:
    return f"台账 {kept.id}"


def _ledger(by: Actor, kept: Import) -> Ledger:
    with acting(by):
        known = aliases(kept.area)
    with opened(kept) as path:
        return read_ledger(path, policy(kept.since).pack.book, _today(), known)


def _today() -> date:
    return day_of(now())


def _again(h: HouseholdIn, code: str, words: Sequence[tuple[str, str]], ledger: Ledger) -> Finding:
    return Finding(
        code, ledger.households.raw.title, h.row, "", tuple((a, b) for a, b in words), mask_code(h.code), own=HELD[code]
    )


KINDS = (preview, importing, comparisons.comparing, exporting.export)
"""All kinds of this app: those of other modules are registered by being imported here."""
