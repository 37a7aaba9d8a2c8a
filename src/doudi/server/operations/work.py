"""The background work of an installation: what is done once a day, and bringing the demonstration's county on record."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import transaction

from doudi.packs.pack import load as load_pack
from doudi.screening.facts import schema_of
from doudi.screening.parts import open_facts
from doudi.server.audit.anchors import anchor_if_due
from doudi.server.audit.chain import verify
from doudi.server.decisions.actions.snapshots import purge
from doudi.server.exchange.kept import purge as throw_away
from doudi.server.jobs.actions import start
from doudi.server.jobs.kinds import Result, kind
from doudi.server.jobs.running import Running
from doudi.server.jobs.selectors import jobs
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import day_of, now
from doudi.server.operations.demo.seed import batches, bring
from doudi.server.registry.actions.daily import turn


@kind("daily", zh="每日例行", en="Daily round", permission="operations.manage", single=True)
def daily(job: Running) -> Result:
    """What was recorded ahead of its day brought up to it; everybody on record compared anew; snapshots and workbooks past their keeping removed;
    and the head of the record anchored. Where anchoring is refused the rest is done all the same, and where the rest fails the record is
    anchored: the round then fails with the reason, and is tried again. Safe to repeat."""
    day, last = date.fromisoformat(job.params["day"]), date.fromisoformat(job.params["last"])
    try:
        people = turn(by=job.actor, last=last, today=day)
        search = _search(job.actor, day)
        removed = {"snapshots": purge(by=job.actor, on=day), "workbooks": throw_away(now())}
    finally:
        line = anchor_if_due(now())
    return {"anchored": line.seq if line else 0, "people": people, "search": search, **removed}


def _search(by: Actor, day: date) -> int:
    """Begun once a day, however often the round is tried again."""
    for begun in jobs(by, kind="duplicates", limit=1):
        if begun.state not in ("failed", "cancelled") and day_of(begun.made_at) >= day:
            return begun.id
    return start(by, "duplicates").id


@kind("audit-verify", zh="校验操作记录", en="Verifying the record of acts", permission="audit.read", single=True)
def audit_verify(job: Running) -> Result:
    """Reads the record from its first entry to its last; nothing is changed. After a killed worker it begins anew."""

    def read(entries: int) -> None:
        with transaction.atomic():
            job.progress(entries)

    report = verify(progress=read)
    faults = [{"seq": f.seq, "zh": f.zh, "en": f.en} for f in report.faults[:20]]
    return {"entries": report.entries, "found": report.found, "anchors": report.anchors, "faults": faults}


@kind(
    "demo-load",
    zh="装入合成的县",
    en="Bringing the synthetic county on record",
    permission="operations.manage",
    single=True,
)
def demo_load(job: Running) -> Result:
    """Township by township, batch by batch; a batch and the cursor that says so are committed together."""
    pack = load_pack(settings.ENVIRONMENT.pack)
    facts = open_facts(Path(job.params["facts"]), schema_of(pack.book))
    townships: list[str] = job.params["townships"]
    on = date.fromisoformat(job.params["on"])
    at, skip = int(job.cursor.get("township", 0)), int(job.cursor.get("batch", 0))
    done = job.done
    for number in range(at, len(townships)):
        for n, batch in enumerate(batches(facts, pack, [townships[number]], int(job.params["seed"]))):
            if number == at and n < skip:
                continue
            with acting(job.actor), transaction.atomic():
                bring(job.actor, batch, on)
                done += len(batch.people)
                job.progress(done, cursor={"township": number, "batch": n + 1})
    return {"people": done}
