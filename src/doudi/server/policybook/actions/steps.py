"""A standard's life, step by step: drafted by one, approved by another, published, withdrawn. Each step is one act on the record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from doudi.server.areas.selectors import became
from doudi.server.audit.actions import record
from doudi.server.audit.verbs import Verb
from doudi.server.jobs import actions as jobs
from doudi.server.jobs.views import JobView
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import day_of, now
from doudi.server.lib.refusals import Changed, NotAllowed, Refused, Told
from doudi.server.lib.scope import Scope
from doudi.server.policybook import checking, verbs
from doudi.server.policybook.actions import packs
from doudi.server.policybook.checking import Draft
from doudi.server.policybook.models import Proposal, ProposalLine
from doudi.server.policybook.selectors import policies
from doudi.server.policybook.selectors.proposals import missing, seen, view
from doudi.server.policybook.shapes import NewLine, ProposalView

REPRICE = "reprice"
"""The kind of job that decides everybody in an area again under two texts and keeps what differs. Its parameters: ``proposal``, ``areas``
(codes, none within another; [""] is everywhere), ``since`` (ISO; the first day on which the texts may differ), ``until`` (the last one, or None),
``before`` and ``after`` (digests, for ``policy_of``), and ``preview``: nothing is owed to anybody by it."""


@dataclass(frozen=True)
class Done:
    """The proposal after a step, and the job that re-prices everybody, where there is one."""

    proposal: ProposalView
    job: JobView | None


def draft(by: Actor, what: Draft, *, token: str = "") -> ProposalView:
    """A policy officer enters standards of the own area. The same ``token`` again gives the proposal made first.

    Raises NotAllowed, also for a division that is not the officer's; Refused with ``field`` for what cannot be.
    """
    by.require("standards.draft")
    official = _person(by)
    before = Proposal.objects.filter(token=token, drafted_by=official).first() if token else None
    if before is not None:
        return view(before)
    checking.check(by, what)
    with transaction.atomic():
        row = Proposal(
            token=token or None, drafted_by=official, drafted_name=by.name, drafted_at=now(), **_columns(by, what)
        )
        row.save(force_insert=True)
        _write_lines(row, what)
        _record(by, verbs.DRAFTED, row, what)
        return view(row)


def redraft(by: Actor, proposal_id: int, what: Draft, *, version: int) -> ProposalView:
    """Changes a proposal that nobody has approved yet. Raises Changed where it is no longer what ``version`` was."""
    by.require("standards.draft")
    checking.check(by, what)
    with transaction.atomic():
        row = _locked(by, proposal_id, version)
        _in(row, "drafted")
        _change(row, drafted_by=_person(by), drafted_name=by.name, drafted_at=now(), **_columns(by, what, row.id))
        row.lines.all().delete()
        _write_lines(row, what)
        _record(by, verbs.REDRAFTED, row, what)
        return view(row)


def approve(by: Actor, proposal_id: int, *, version: int, approval: str, approved_on: date) -> ProposalView:
    """Another officer records that the government at that level approved it: ``approval`` is its document or meeting, ``approved_on`` its day.

    Raises NotAllowed for whoever drafted it; Refused where another approved proposal is for the same standard, division and day.
    """
    by.require("standards.approve")
    official = _person(by)
    packs.ensure(by)
    with transaction.atomic():
        packs.lock()
        row = _locked(by, proposal_id)
        if row.state == "approved" and (row.approved_by, row.approval, row.approved_on) == (
            official,
            approval.strip(),
            approved_on,
        ):
            return view(row)
        _at(row, version)
        _in(row, "drafted")
        if row.drafted_by == official:
            raise NotAllowed(
                "two-people",
                "起草人不能自己登记批准；请由另一位有权限的人办理。",
                "Whoever drafted a standard cannot approve it too: another officer has to.",
            )
        if not approval.strip():
            raise Refused(
                "empty",
                "请填写批准的文件或会议。",
                "Say by which document or meeting it was approved.",
                field="approval",
            )
        _covers(by, row)
        checking.check(by, _draft_of(row))
        _no_rival(row, ("approved", "published"))
        _change(
            row, state="approved", approval=approval.strip()[:200], approved_on=approved_on, approved_by=official,
            approved_name=by.name, approved_at=now(),
        )  # fmt: skip
        record(by, verbs.APPROVED, area=row.area, proposal=row.id, approval=row.approval, on=approved_on.isoformat())
        return view(row)


def publish(by: Actor, proposal_id: int, *, version: int, number: str, issuer: str, published_on: date) -> Done:
    """The document is out: its standards hold from their day, and everybody they touch is priced again by one job. Publishing twice is once;
    where that job failed or was cancelled it is begun anew.

    ``number`` is the document's (大政发〔2026〕12号), ``issuer`` who issued it, ``published_on`` its day.
    """
    by.require("standards.publish")
    official = _person(by)
    said = {"number": number.strip(), "issuer": issuer.strip()}
    packs.ensure(by)
    with transaction.atomic():
        packs.lock()
        row = _locked(by, proposal_id)
        if row.state == "published" and (row.number, row.published_on) == (said["number"], published_on):
            job = _anew(by, row, "standards.publish")
            return Done(view(row), job)
        _at(row, version)
        _in(row, "approved")
        for field, text in said.items():
            if not text:
                zh, en = ("文号", "the document's number") if field == "number" else ("发布单位", "who issued it")
                raise Refused("empty", f"请填写{zh}。", f"Say {en}.", field=field)
        if row.approved_on is not None and published_on < row.approved_on:
            raise Refused(
                "before-approval",
                f"公布日 {published_on} 早于批准日 {row.approved_on}；请核对。",
                f"It cannot be published on {published_on}, before it was approved on {row.approved_on}.",
                field="published_on",
            )
        _covers(by, row)
        checking.check(by, _draft_of(row))
        _no_rival(row, ("published",))
        before = policies.policy(row.since).digest
        _change(
            row, state="published", number=said["number"][:80], issuer=said["issuer"][:120], published_on=published_on,
            published_by=official, published_name=by.name, published_at=now(),
        )  # fmt: skip
        record(
            by, verbs.PUBLISHED, area=row.area, proposal=row.id, number=row.number, on=published_on.isoformat(),
            since=row.since.isoformat(),
        )  # fmt: skip
        job = _settle(by, row, before)
        return Done(view(row), job)


def withdraw(by: Actor, proposal_id: int, *, version: int, why: str) -> Done:
    """Takes a proposal back, and says why. What is published only another than who published it takes back, and everybody is priced again.
    Again it is once, as ``publish`` is."""
    if not why.strip():
        raise Refused("empty", "请写明撤回的理由。", "Say why it is withdrawn.", field="why")
    official = _person(by)
    with transaction.atomic():
        packs.lock()
        row = _locked(by, proposal_id)
        if row.state == "withdrawn":
            job = _anew(by, row, "standards.approve")
            return Done(view(row), job)
        by.require("standards.draft" if row.state == "drafted" else "standards.approve")
        _at(row, version)
        _covers(by, row)
        published = row.state == "published"
        if published and row.published_by == official:
            raise NotAllowed(
                "two-people",
                "公布人不能自己撤回已公布的标准；请由另一位有权限的人办理。",
                "Whoever published a standard cannot withdraw it: another officer has to.",
            )
        before = policies.policy(row.since).digest
        _change(
            row, state="withdrawn", withdrawn_by=official, withdrawn_name=by.name, withdrawn_at=now(),
            withdrawn_why=why.strip(),
        )  # fmt: skip
        record(by, verbs.WITHDRAWN, area=row.area, why=why, proposal=row.id)
        job = _settle(by, row, before) if published else None
        return Done(view(row), job)


def preview(by: Actor, proposal_id: int) -> JobView:
    """What publishing would do to everybody, worked out in the background; nothing is owed to anybody by it."""
    by.require("standards.draft")
    packs.ensure(by)
    with transaction.atomic():
        row = _locked(by, proposal_id)
        if row.state not in ("drafted", "approved"):
            _in(row, "drafted")
        after = policies.policy_with(by, row.since, [row.id])
        packs.keep(by, after)
        packs.keep(by, policies.policy(row.since))
        return _reprice(by, row, policies.policy(row.since).digest, after.digest, preview=True)


def _settle(by: Actor, row: Proposal, before: str) -> JobView:
    packs.keep_current(by)
    return _begun(by, row, before, policies.policy(row.since).digest)


def _anew(by: Actor, row: Proposal, may: str) -> JobView | None:
    """The job that prices everybody again; where it came to nothing, another like it."""
    job = _job(by, row)
    if job is None or job.state not in ("failed", "cancelled"):
        return job
    by.require(may)
    _covers(by, row)
    return _begun(by, row, job.params["before"], job.params["after"])


def _begun(by: Actor, row: Proposal, before: str, after: str) -> JobView:
    job = _reprice(by, row, before, after, preview=False)
    Proposal.objects.filter(id=row.id).update(job=job.id)
    row.job = job.id
    return job


def _reprice(by: Actor, row: Proposal, before: str, after: str, *, preview: bool) -> JobView:
    # What is replaced ends as a whole, for good, wherever it was.
    until = row.until if row.replaces_id is None else None
    # Only an old one that is withdrawn reaches further back than months are decided again.
    since = max(row.since, checking.first_month(day_of(now())))
    params: dict[str, Any] = {
        "proposal": row.id, "areas": _touched(row), "since": since.isoformat(), "until": until.isoformat() if until else None,
        "before": before, "after": after, "preview": preview,
    }  # fmt: skip
    return jobs.start(by, REPRICE, params=params, area=row.area if by.scope.covers(row.area) else "")


def _touched(row: Proposal) -> list[str]:
    """The divisions, by their codes of today, where a value begins by it, or ends because it is replaced."""
    today = max(day_of(now()), row.since)
    codes = ProposalLine.objects.filter(proposal__in=[row.id, row.replaces_id or row.id]).values_list("area", flat=True)
    return list(Scope.of(c for code in set(codes) for c in (became(code, row.since, today) or (code,))).prefixes)


def _job(by: Actor, row: Proposal) -> JobView | None:
    from doudi.server.jobs import selectors
    from doudi.server.lib.refusals import NotFound

    try:
        return selectors.job(by, row.job) if row.job is not None else None
    except NotFound:
        return None


def _person(by: Actor) -> int:
    """Two people never are one: so they have to be people."""
    if by.official is None:
        raise NotAllowed(
            "nobody",
            "标准的每一步都要由具体的人办理。",
            "Every step of a standard is done by a person, not by the system.",
        )
    return by.official


def _columns(by: Actor, what: Draft, own: int = 0) -> dict[str, Any]:
    if what.replaces is not None:
        before = Proposal.objects.filter(seen(by), id=what.replaces, state="published").exclude(id=own).first()
        if before is None or not by.scope.covers(before.area):
            raise Refused(
                "nothing-to-replace",
                f"要替换的 {what.replaces} 号不是已公布的标准，或不归您管。",
                f"Proposal {what.replaces}, which is to be replaced, is not a published one of yours.",
                field="replaces",
            )
    return {
        "title": what.title.strip(), "area": checking.area_of(what.lines), "since": what.since, "until": what.until,
        "basis": what.basis.strip(), "measured_by": what.measured_by.strip(),
        "proposed_by": [who.strip() for who in what.proposed_by], "replaces_id": what.replaces,
    }  # fmt: skip


def _write_lines(row: Proposal, what: Draft) -> None:
    ProposalLine.objects.bulk_create(
        [
            ProposalLine(proposal=row, standard=x.standard, area=x.area, key=x.key, value=checking.plain(i, x))
            for i, x in enumerate(what.lines)
        ]
    )


def _draft_of(row: Proposal) -> Draft:
    lines = tuple(NewLine(x.standard, x.area, x.key, x.value) for x in row.lines.order_by("id"))
    return Draft(
        row.title, lines, row.since, row.basis, row.measured_by, tuple(row.proposed_by), row.until, row.replaces_id
    )


def _locked(by: Actor, proposal_id: int, version: int | None = None) -> Proposal:
    row = Proposal.objects.select_for_update().filter(seen(by), id=proposal_id).first()
    if row is None:
        raise missing(proposal_id)
    if version is not None:
        _at(row, version)
    return row


def _at(row: Proposal, version: int) -> None:
    if row.version == version:
        return
    steps = (
        (row.drafted_name, "修改", "changed it"),
        (row.approved_name, "登记批准", "recorded that it was approved"),
        (row.published_name, "公布", "published it"),
        (row.withdrawn_name, "撤回", "withdrew it"),
    )
    raise Changed(
        "changed",
        f"{row.id} 号标准在您打开以后有变动，请看过再办。",
        f"Proposal {row.id} was changed after you opened it: look at it again.",
        since=tuple(Told(f"{name}{zh}", f"{name} {en}") for name, zh, en in steps if name),
    )


def _in(row: Proposal, state: str) -> None:
    if row.state == state:
        return
    said = {"drafted": "草案", "approved": "已批准", "published": "已公布", "withdrawn": "已撤回"}
    raise Refused(
        "wrong-state",
        f"{row.id} 号标准现在是“{said[row.state]}”，只有“{said[state]}”的才能这样办。",
        f"Proposal {row.id} is {row.state}; this can be done only to one that is {state}.",
    )


def _covers(by: Actor, row: Proposal) -> None:
    """Every division of it is the officer's: seeing a published one is not enough."""
    if not all(by.scope.covers(x.area) for x in row.lines.all()):
        raise NotAllowed(
            "outside",
            f"{row.id} 号标准不全在“{by.post or by.name}”的管辖范围内。",
            f"Not all of proposal {row.id} lies in the areas of the post “{by.post or by.name}”.",
        )


def _no_rival(row: Proposal, states: tuple[str, ...]) -> None:
    """No other, unless this one says that it replaces it, has a value for the same standard, division, key and day."""
    replaced = Proposal.objects.filter(state="published", replaces__isnull=False).values("replaces")
    others = Proposal.objects.filter(state__in=states, since=row.since).exclude(id__in=replaced)
    others = others.exclude(id__in=[row.id, row.replaces_id or 0])
    theirs = ProposalLine.objects.filter(proposal__in=others).values_list("standard", "area", "key", "proposal")
    cells = {(standard, area, key): number for standard, area, key, number in theirs}
    for x in row.lines.order_by("id"):
        other = cells.get((x.standard, x.area, x.key))
        if other is not None:
            raise Refused(
                "rival",
                f"“{x.standard}”自 {row.since} 起的数已在 {other} 号标准里定了；要改它，请另行起草并写明替换 {other} 号，或先撤回那一份。",
                f"“{x.standard}” from {row.since} on is settled by proposal {other} already; draft one that replaces it, or withdraw that one.",
            )


def _change(row: Proposal, **columns: Any) -> None:
    for name, value in columns.items():
        setattr(row, name, value)
    row.version += 1
    row.save()


def _record(by: Actor, verb: Verb, row: Proposal, what: Draft) -> None:
    standards = "、".join(sorted({x.standard for x in what.lines}))
    values = [[x.standard, x.area, x.key, x.value] for x in what.lines]
    record(
        by, verb, area=row.area, count=len(what.lines), proposal=row.id, standards=standards, since=row.since.isoformat(),
        values=values,
    )  # fmt: skip
