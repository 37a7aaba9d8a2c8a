"""The background work on ledgers: looking at one, and importing it, some households at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import transaction

from doudi.screening.workbook.findings import BadWorkbook, Finding
from doudi.screening.workbook.ledger import Ledger
from doudi.screening.workbook.reading import read_ledger
from doudi.screening.workbook.report import Source, write_report
from doudi.server.audit.actions import record
from doudi.server.exchange import verbs
from doudi.server.exchange.imports import PERMISSION, aliases, opened
from doudi.server.exchange.ledger_in import HouseholdIn, households
from doudi.server.exchange.models import Import
from doudi.server.exchange.planning import HELD, Plan, plan
from doudi.server.jobs.kinds import Result, kind
from doudi.server.jobs.running import Running
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import now
from doudi.server.lib.refusals import Refused
from doudi.server.policybook.selectors import policy
from doudi.server.registry.actions.absorb import absorb
from doudi.server.registry.actions.load import load
from doudi.server.registry.batch import Batch, NewHousehold, NewMembership, NewPerson, NewStatement

STEP = 250
"""Households planned and written at a time."""
FOLDER = "imports"


@kind("import-preview", zh="预览台账", en="Looking at a ledger", permission=PERMISSION, single=True)
def preview(job: Running) -> Result:
    """Reads the whole ledger and says what it would change; changes nothing but the import's own row."""
    kept = Import.objects.get(pk=job.params["import"])
    try:
        ledger = _ledger(kept)
    except BadWorkbook as bad:
        _refuse(kept, bad.findings)
        return {"state": "refused"}
    good = list(households(ledger))
    counts = dict.fromkeys(("fresh", "people", "changed", "same", "held"), 0) | {"held": len(ledger.held)}
    held: list[Finding] = []
    for at in range(0, len(good), STEP):
        made = _plan(job.actor, kept, ledger, good[at : at + STEP])
        for name, n in made.counts().items():
            counts[name] += n
        held += made.held
        job.progress(at, total=len(good))
    kept.counts, kept.state, kept.strangers = counts, "previewed", _strangers(ledger)
    kept.report = _report(kept, [*ledger.log, *held], counts)
    kept.save(update_fields=["counts", "state", "strangers", "report"])
    return dict(counts)


@kind("import", zh="导入台账", en="Importing a ledger", permission=PERMISSION, single=True)
def importing(job: Running) -> Result:
    """Household by household whole, ``STEP`` in one transaction with the cursor that says so: killed anywhere it goes on after the last whole step."""
    kept = Import.objects.get(pk=job.params["import"])
    if kept.state == "done":
        return dict(kept.counts)
    ledger = _ledger(kept)
    good = list(households(ledger))
    at = int(job.cursor.get("at", 0))
    counts = dict(
        job.cursor.get("counts") or {"fresh": 0, "people": 0, "changed": 0, "same": 0, "held": len(ledger.held)}
    )
    held = [(int(row), code, [tuple(w) for w in words]) for row, code, words in job.cursor.get("held", [])]
    by_row = {h.row: h for h in good}
    while at < len(good):
        step = good[at : at + STEP]
        with acting(job.actor), transaction.atomic():
            for made in _written(job.actor, kept, ledger, step):
                for name, n in made.counts().items():
                    counts[name] += n
                held += [(f.row, f.code, list(f.args)) for f in made.held]
            at += len(step)
            job.progress(at, total=len(good), cursor={"at": at, "counts": counts, "held": held})
    findings = [_again(by_row[row], code, words, ledger) for row, code, words in held]
    kept.report = _report(kept, [*ledger.log, *findings], counts)
    with transaction.atomic():
        kept.counts, kept.state, kept.cipher, kept.done_at = counts, "done", b"", now()
        kept.save(update_fields=["counts", "state", "cipher", "done_at", "report"])
        record(
            job.actor, verbs.IMPORTED, area=kept.area, count=counts["fresh"] + counts["changed"], digest=kept.digest, id=kept.id,
            **{k: counts[k] for k in ("fresh", "changed", "same", "held")},
        )  # fmt: skip
    return dict(counts)


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
        by, step, area=kept.area, since=kept.since, source=kept.source, evidence=_evidence(kept), sheet=ledger.households.raw.title
    )  # fmt: skip


def _evidence(kept: Import) -> str:
    return f"台账 {kept.id}"


def _ledger(kept: Import) -> Ledger:
    with opened(kept) as path:
        return read_ledger(path, policy(kept.since).pack.book, _today(), aliases(kept.area))


def _today() -> date:
    return now().astimezone().date()


def _again(h: HouseholdIn, code: str, words: Sequence[tuple[str, str]], ledger: Ledger) -> Finding:
    return Finding(
        code, ledger.households.raw.title, h.row, "", tuple((a, b) for a, b in words), h.code, own=HELD[code]
    )


def _strangers(ledger: Ledger) -> list[tuple[str, str]]:
    titles = {parsed.raw.title: entity for entity, parsed in ledger.sheets.items()}
    ignored = [f for f in ledger.log if f.code == "column-ignored" and f.sheet in titles]
    return list(dict.fromkeys((titles[f.sheet], f.column) for f in islice(ignored, 200)))


def _refuse(kept: Import, findings: Sequence[Finding]) -> None:
    kept.counts, kept.state = {"fresh": 0, "people": 0, "changed": 0, "same": 0, "held": 0}, "refused"
    kept.strangers = []
    kept.report = _report(kept, findings, kept.counts)
    kept.save(update_fields=["counts", "state", "report", "strangers"])


def _report(kept: Import, findings: Sequence[Finding], counts: dict[str, int]) -> str:
    """The workbook of faults; none where there is nothing to mend. It shows no whole number."""
    if not any(f.severity != "note" for f in findings):
        return ""
    folder: Path = settings.ENVIRONMENT.home / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{kept.id}-问题清单.xlsx"
    good = counts["fresh"] + counts["changed"] + counts["same"]
    write_report(
        folder / name, Source(kept.name, kept.digest[:12]), list(findings), counts["held"], good, kept.made_at.date()
    )
    return name
