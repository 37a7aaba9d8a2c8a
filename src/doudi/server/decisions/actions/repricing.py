"""Months decided again: by another policy, or by what is known now of the past. What was decided stays; what differs becomes a ledger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, Sum

from doudi.server.audit.actions import record
from doudi.server.decisions import places
from doudi.server.decisions.actions.runs import run_snapshot
from doudi.server.decisions.actions.snapshots import RUN_MAY, moment_of, take_snapshot
from doudi.server.decisions.models import LOOKED, WHOLE, WRITING, Repricing, RepricingLine
from doudi.server.decisions.owing import settled
from doudi.server.decisions.running.differences import compared
from doudi.server.decisions.selectors.differences import side
from doudi.server.decisions.selectors.repricing import repricing_view, seen_repricing
from doudi.server.decisions.selectors.runs import seen_run
from doudi.server.decisions.verbs import REPRICED
from doudi.server.decisions.views import RepricingView
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import now
from doudi.server.lib.refusals import Refused
from doudi.server.lib.scope import Scope
from doudi.server.policybook.policy import Policy
from doudi.server.policybook.selectors import policy_of
from doudi.server.policybook.shapes import MOST_MONTHS

_CHUNK = 2_000


def reprice(
    by: Actor,
    *,
    area: str,
    since: date,
    until: date,
    before: str,
    after: str,
    knowing_before: datetime | None = None,
    knowing_after: datetime | None = None,
    why: str = "",
) -> RepricingView:
    """Decide every month from that of ``since`` to that of ``until`` twice and keep what differs; waits until it is done.

    ``before`` and ``after`` are digests of policies, ``knowing_*`` what was known (None: what is known now). Raises NotAllowed, NotFound; Refused
    for a span that is empty or longer than ``MOST_MONTHS``.
    """
    made = begin_repricing(
        by, area=area, since=since, until=until, before=before, after=after, knowing_before=knowing_before,
        knowing_after=knowing_after, why=why,
    )  # fmt: skip
    for _ in reprice_steps(by, made):
        pass
    return end_repricing(by, made)


def begin_repricing(
    by: Actor,
    *,
    area: str,
    since: date,
    until: date,
    before: str,
    after: str,
    knowing_before: datetime | None = None,
    knowing_after: datetime | None = None,
    why: str = "",
    preview: bool = False,
) -> int:
    """The repricing announced; gives its id. ``preview``: it is looked at only, in no list and on no record.

    What is known now includes what a clock since set back has recorded later than now.
    """
    by.require(RUN_MAY)
    places.within(by, area)
    days = days_of(since, until)
    if not days or len(days) > MOST_MONTHS:
        raise Refused(
            "bad-span",
            f"重算的月份要从 {since} 起、不超过 {MOST_MONTHS} 个月；现在是到 {until}。",
            f"Months from {since} to {until} cannot be decided again: at least one and at most {MOST_MONTHS}.",
            field="until",
        )
    for digest in (before, after):
        policy_of(digest)
    with acting(by), transaction.atomic():
        known = moment_of(since, None).knowing
        return Repricing.objects.create(
            area=area, since=since, until=until, policy_before=before, policy_after=after, knowing_before=knowing_before or known,
            knowing_after=knowing_after or known, why=why, made_at=now(), official=by.official, state=LOOKED if preview else WRITING,
        ).id  # fmt: skip


def days_of(since: date, until: date) -> list[date]:
    """The day on which each month is decided: the first, or ``since`` itself where that is later."""
    out: list[date] = []
    at = since
    while at <= until:
        out.append(at)
        at = date(at.year + at.month // 12, at.month % 12 + 1, 1)
    return out


def reprice_steps(by: Actor, repricing: int, *, threads: int = 2) -> Iterator[tuple[int, int]]:
    """Month after month; gives (done, of all). Taken up again it goes on after the months that are in the ledger."""
    with acting(by):
        one = seen_repricing(by, repricing)
        if one.state == WHOLE:
            return
        texts = policy_of(one.policy_before), policy_of(one.policy_after)
    days = days_of(one.since, one.until)
    for done, day in enumerate(days, 1):
        if f"{day:%Y-%m}" not in one.months:
            runs = _decided_twice(by, one, day, texts, threads)
            _ledger(by, one, day, runs, texts)
        yield done, len(days)


def _decided_twice(by: Actor, one: Repricing, day: date, texts: tuple[Policy, Policy], threads: int) -> tuple[int, int]:
    knowing = one.knowing_before, one.knowing_after
    snapshots = [take_snapshot(by, as_of=day, area=one.area, knowing=knowing[0], under=texts[0]).id]
    # One and the same snapshot serves both policies, unless they declare facts or weigh sources differently, or what was known differs.
    same = knowing[0] == knowing[1] and (texts[0].schema.digest, texts[0].sources) == (
        texts[1].schema.digest,
        texts[1].sources,
    )
    if not same:
        snapshots.append(take_snapshot(by, as_of=day, area=one.area, knowing=knowing[1], under=texts[1]).id)
    first = run_snapshot(by, snapshots[0], under=texts[0], threads=threads, why=one.why, figures=False).id
    if same and texts[0].digest == texts[1].digest:
        return first, first
    return first, run_snapshot(by, snapshots[-1], under=texts[1], threads=threads, why=one.why, figures=False).id


def _ledger(by: Actor, one: Repricing, day: date, runs: tuple[int, int], texts: tuple[Policy, Policy]) -> None:
    """The month's lines, and that it is done, in one transaction."""
    monthly = {p.name for text in texts for p in text.ruleset(day, day).programmes if p.amount and p.period == "月"}
    month = day.replace(day=1)
    with acting(by):
        sides = [side(seen_run(by, run)) for run in runs]
    with compared(sides[0], sides[1], Scope.everything()) as db, acting(by), transaction.atomic():
        RepricingLine.objects.filter(repricing=one, month=month).delete()
        found = db.execute(
            "SELECT programme, household, person, area, other_area, kind, granted_before, paid_before, granted_after, paid_after "
            "FROM differences WHERE programme <> ''"
        )
        items = 0
        while rows := found.fetchmany(_CHUNK):
            lines = [_line(one, month, *row) for row in rows if row[0] in monthly]
            RepricingLine.objects.bulk_create(lines)
            items += len(lines)
        settled(RepricingLine.objects.filter(repricing=one, month=month), day)
        one.months = {**one.months, f"{day:%Y-%m}": {"before": runs[0], "after": runs[1], "items": items}}
        Repricing.objects.filter(id=one.id).update(months=one.months)


def _line(
    one: Repricing,
    month: date,
    programme: str,
    household: int,
    person: int,
    area: str,
    other: str,
    kind: str,
    *sums: Any,
) -> RepricingLine:
    before, after = _due(*sums[:2]), _due(*sums[2:])
    return RepricingLine(
        repricing=one, month=month, programme=programme, household=household, person=person, area=area or "", other_area=other or "",
        kind=kind, before=before, after=after, difference=None if before is None or after is None else after - before,
    )  # fmt: skip


def _due(granted: int, paid: int | None) -> int | None:
    """What is due: nought where nothing is granted, None where that or the sum is not known."""
    if granted == 1:
        return paid
    return None if granted == 2 else 0


def end_repricing(by: Actor, repricing: int) -> RepricingView:
    """Sums up; safe to repeat. Of one that is only looked at nothing is kept."""
    by.require(RUN_MAY)
    with acting(by), transaction.atomic():
        one = seen_repricing(by, repricing)
        lines = RepricingLine.objects.filter(repricing=one)
        if one.state != WHOLE:
            sums = lines.aggregate(
                back=Sum("difference", filter=Q(difference__gt=0)), over=Sum("difference", filter=Q(difference__lt=0))
            )
            one.back_pay, one.recovery = sums["back"] or 0, -(sums["over"] or 0)
        if one.state == WRITING:
            # Who moved while their month was being written down did not see its lines yet.
            settled(lines, one.since)
            one.state = WHOLE
            Repricing.objects.filter(id=repricing).update(
                state=WHOLE, back_pay=one.back_pay, recovery=one.recovery, ended_at=now()
            )
            record(
                by, REPRICED, area=one.area, count=lines.count(), why=one.why, repricing=repricing, since=one.since.isoformat(),
                until=one.until.isoformat(), back_pay=one.back_pay, recovery=one.recovery,
            )  # fmt: skip
        return repricing_view(one, by.scope)


def drop_repricing(by: Actor, repricing: int) -> None:
    """One that was cancelled or failed, or was only looked at, leaves no ledger."""
    with acting(by), transaction.atomic():
        Repricing.objects.filter(by.scope.q("area"), id=repricing).delete()
