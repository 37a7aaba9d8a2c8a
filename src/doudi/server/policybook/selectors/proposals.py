"""Standards and their way into force, for those who may read policy: what is published by everybody, drafts by those whose area it is."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q

from doudi.packs.read_standards import key_values
from doudi.packs.say import say
from doudi.rules.declared import StandardDecl
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotFound
from doudi.server.policybook.models import Edition, InForce, Proposal
from doudi.server.policybook.policy import Policy
from doudi.server.policybook.selectors.policies import policy
from doudi.server.policybook.shapes import EditionView, InForceView, NewLine, ProposalView, Signed, StandardView


def proposal(reader: Actor, proposal_id: int) -> ProposalView:
    """Raises NotAllowed, NotFound."""
    reader.require("policy.read")
    found = Proposal.objects.filter(seen(reader), id=proposal_id).first()
    if found is None:
        raise missing(proposal_id)
    return view(found)


def proposals(
    reader: Actor, *, state: str = "", standard: str = "", area: str = "", limit: int = 50, before: int | None = None
) -> list[ProposalView]:
    """The newest first; ``before`` is the id of the last one of the page before; ``area``: with a value for a division within it."""
    reader.require("policy.read")
    rows = Proposal.objects.filter(seen(reader)).prefetch_related("lines", "replaced_by").order_by("-id")
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(lines__standard=standard).distinct() if standard else rows
    rows = rows.filter(lines__area__startswith=area).distinct() if area else rows
    rows = rows.filter(id__lt=before) if before is not None else rows
    return [view(row) for row in rows[:limit]]


def standards(reader: Actor, as_of: date) -> list[StandardView]:
    """Every standard that an office may set, as the pack in force declares it."""
    reader.require("policy.read")
    now = policy(as_of)
    up = now.rising
    return [_standard(now, decl, rises=decl.name in up) for decl in now.pack.book.standards if decl.kind == "standard"]


def rivals(reader: Actor, proposal_id: int) -> list[ProposalView]:
    """Other proposals, not withdrawn, with a value for the same standard, division, key and day: of all of these one can be approved."""
    own = proposal(reader, proposal_id)
    cells = {(x.standard, x.area, x.key) for x in own.lines}
    rows = Proposal.objects.filter(seen(reader), since=own.since).exclude(state="withdrawn").exclude(id=own.id)
    found = [view(row) for row in rows.order_by("id")]
    return [other for other in found if any((x.standard, x.area, x.key) in cells for x in other.lines)]


def editions(reader: Actor) -> list[EditionView]:
    """Every text that was kept, the newest first."""
    reader.require("policy.read")
    return [edition_view(e) for e in Edition.objects.order_by("-id")]


def in_force(reader: Actor) -> list[InForceView]:
    """Which pack is, was and will be in force from which day, the latest day first."""
    reader.require("policy.read")
    rows = InForce.objects.select_related("edition")
    ordered = sorted(rows, key=lambda r: (r.since or date.min, r.id), reverse=True)
    return [InForceView(edition_view(r.edition), r.since, r.why, r.made_at, r.by_name) for r in ordered]


def seen(reader: Actor) -> Q:
    return Q(state="published") | reader.scope.q("area")


def missing(proposal_id: int) -> NotFound:
    return NotFound(
        "no-proposal",
        f"没有编号 {proposal_id} 的标准草案，或不在您的管辖范围内。",
        f"There is no proposal {proposal_id}, or it is outside your areas.",
    )


def view(p: Proposal) -> ProposalView:
    # Sorted here, so that what was fetched for many at once is used.
    lines = tuple(NewLine(x.standard, x.area, x.key, x.value) for x in sorted(p.lines.all(), key=lambda x: x.id))
    after = max((x.id for x in p.replaced_by.all() if x.state == "published"), default=None)
    return ProposalView(
        p.id, p.title, p.area, p.since, p.until, p.basis, p.measured_by, tuple(p.proposed_by), p.replaces_id, after, p.state,
        p.version, lines, Signed(p.drafted_by, p.drafted_name, p.drafted_at),
        _signed(p.approved_by, p.approved_name, p.approved_at), p.approval, p.approved_on,
        _signed(p.published_by, p.published_name, p.published_at), p.number, p.issuer, p.published_on,
        _signed(p.withdrawn_by, p.withdrawn_name, p.withdrawn_at), p.withdrawn_why, p.job,
    )  # fmt: skip


def _signed(official: int | None, name: str, at: datetime | None) -> Signed | None:
    return Signed(official, name, at) if official is not None and at is not None else None


def edition_view(e: Edition) -> EditionView:
    return EditionView(e.digest, e.base, e.name, e.zh, e.en, e.origin, len(e.manifest), e.made_at, e.by_name)


def _standard(now: Policy, decl: StandardDecl, *, rises: bool) -> StandardView:
    state = now.pack.state
    keys = tuple(key_values(state, decl) or ())
    least, most = (say(x, decl.type, state.words) for x in (decl.lo, decl.hi))
    return StandardView(decl.name, decl.en, str(decl.type), decl.form, keys, least, most, rises, decl.area is not None)
