"""Which text is in force on a day, a text by its digest, and a text as it would be with drafts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from threading import Lock

from django.conf import settings
from django.db.models import Q

from doudi.packs import load
from doudi.rules.declared import Fact
from doudi.server.areas.selectors import changes_from
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotFound
from doudi.server.lib.steady import asked
from doudi.server.policybook import overlay, texts
from doudi.server.policybook.heirs import Handed, Unsettled, handed
from doudi.server.policybook.models import Edition, InForce, Proposal, ProposalLine
from doudi.server.policybook.overlay import Line
from doudi.server.policybook.policy import Policy, text_of

_MOST = 12
"""Texts held in memory; each some tens of megabytes."""
_held: dict[str, Policy] = {}
_composed: dict[tuple[object, ...], str] = {}
_lock = Lock()


def policy(as_of: date) -> Policy:
    """The text in force on ``as_of``, with all standards that were published here. Cached by its digest."""
    return asked(("policy", as_of), lambda: _with(base_on(as_of), Q(state="published")))


def policies_on(days: Iterable[date]) -> dict[date, Policy]:
    """As ``policy`` says of each day; each text is looked up once, however many days it is in force."""
    laid: dict[str, Policy] = {}
    found = bases_on(days)
    for base in found.values():
        if base.digest not in laid:
            laid[base.digest] = _with(base, Q(state="published"))
    return {day: laid[base.digest] for day, base in found.items()}


def policy_of(digest: str) -> Policy:
    """The text of which ``digest`` is the digest, as it was kept. Raises NotFound; Refused where what was kept was altered."""
    found = _held.get(digest)
    if found is not None:
        return found
    text = texts.kept(digest)
    below = Edition.objects.filter(digest=digest).values("base")
    base = Edition.objects.filter(digest__in=below).values_list("digest", flat=True).first()
    return hold(texts.loaded_over(policy_of(base), text) if base else texts.loaded(text))


def policy_with(reader: Actor, as_of: date, drafts: Sequence[int]) -> Policy:
    """``policy(as_of)`` as it would be with the proposals ``drafts`` published too. Raises NotFound for one that the reader may not see."""
    reader.require("policy.read")
    wanted = set(drafts)
    open_ = set(
        Proposal.objects.filter(reader.scope.q("area"), id__in=wanted)
        .exclude(state="withdrawn")
        .values_list("id", flat=True)
    )
    missing = sorted(wanted - open_)
    if missing:
        raise NotFound(
            "no-proposal",
            f"没有编号 {missing[0]} 的标准草案，或已撤回，或不在您的管辖范围内。",
            f"There is no proposal {missing[0]}, or it was withdrawn, or it is outside your areas.",
        )
    return _with(base_on(as_of), Q(state="published") | Q(id__in=wanted))


def declared(as_of: date) -> dict[tuple[str, str], Fact]:
    """(entity, name) to each fact that may be stated of a household or person."""
    return policy(as_of).declared


def base_on(as_of: date) -> Policy:
    """The pack in force on ``as_of``, without standards of this installation. Where none was ever put in force: that of the settings."""
    return bases_on([as_of])[as_of]


def bases_on(days: Iterable[date]) -> dict[date, Policy]:
    """As ``base_on``, for many days at once."""
    # Few rows for ever: a pack is put in force some times a year.
    rows = InForce.objects.select_related("edition").values_list("since", "id", "edition__digest")
    ordered = sorted((since or date.min, number, digest) for since, number, digest in rows)
    if not ordered:
        return dict.fromkeys(days, of_settings(str(settings.ENVIRONMENT.pack)))
    begun = {day: [row for row in ordered if row[0] <= day] or ordered[:1] for day in days}
    return {day: policy_of(some[-1][2]) for day, some in begun.items()}


@lru_cache(maxsize=4)
def of_settings(what: str | Path) -> Policy:
    """A pack by name or folder, read once. Raises Faults."""
    pack = load(what)
    text = text_of(pack)
    return Policy(pack, text.digest, text)


def lines_of(which: Q) -> list[Line]:
    """What the proposals lay over a pack. One that others of them replace ends as a whole the day before the first of these begins."""
    chosen = Proposal.objects.filter(which)
    rows = list(ProposalLine.objects.filter(proposal__in=chosen.values("id")).select_related("proposal").order_by("id"))
    ends: dict[int, date] = {}
    for row in rows:
        replaced, last = row.proposal.replaces_id, row.proposal.since - timedelta(days=1)
        if replaced is not None:
            ends[replaced] = min(last, ends.get(replaced, last))
    lines = [line_of(row, ends.get(row.proposal_id)) for row in rows]
    return [x for x in lines if x.until is None or x.since <= x.until]


def line_of(row: ProposalLine, end: date | None) -> Line:
    p = row.proposal
    until = min((day for day in (p.until, end) if day is not None), default=None)
    document = p.number or f"拟订{p.id}"
    title = f"{p.issuer}《{p.title}》" if p.issuer else p.title
    # What is published counts before what is not, and the later document before the earlier.
    rank = (p.published_on or date.max).toordinal()
    return Line(p.id, row.standard, row.area, row.key, p.since, until, row.value, document, title, rank)


def setting_differs(on: date) -> bool:
    """Whether DOUDI_PACK now names another text than the one in force on ``on``: a new release, or a pack that was edited, decides only once
    it is put in force."""
    return of_settings(str(settings.ENVIRONMENT.pack)).digest != base_on(on).digest


def _with(base: Policy, which: Q) -> Policy:
    # The moments tell apart what has one number and one version: an act that was rolled back, and the one that came after it.
    rows = Proposal.objects.filter(which).order_by("id")
    now = tuple(rows.values_list("id", "version", "state", "drafted_at", "published_at"))
    laid = _once((base.digest, now), lambda: compose(base, lines_of(which))) if now else base
    changes = changes_from(laid.spoken)
    if not changes:
        return laid
    more = handed(laid.pack.book, changes)
    return _once((base.digest, now, changes), lambda: compose(base, lines_of(which), more))


def _once(key: tuple[object, ...], make: Callable[[], Policy]) -> Policy:
    digest = _composed.get(key)
    if digest is not None and digest in _held:
        return _held[digest]
    found = make()
    with _lock:
        while len(_composed) >= 4 * _MOST:
            del _composed[next(iter(_composed))]
        _composed[key] = found.digest
    return found


def unsettled(reader: Actor, into: str, on: date) -> tuple[Unsettled, ...]:
    """Standards, and named areas, that did not mean one thing in the divisions merged into ``into``, and that nobody has settled for it by ``on``."""
    reader.require("areas.change")
    now = policy(on)
    found = handed(now.pack.book, changes_from(now.spoken)).unsettled
    return tuple(x for x in found if x.into == into)


def compose(base: Policy, lines: Sequence[Line], more: Handed = overlay.NOTHING) -> Policy:
    """``base`` with ``lines`` over it, and with what divisions were handed. Raises Faults where the two do not fit: the pack has changed since they
    were published."""
    if not lines and not more.heirs and not more.areas:
        return base
    text = overlay.over(base, lines, more).text
    found = _held.get(text.digest)
    return found if found is not None else hold(texts.loaded_over(base, text))


def hold(policy: Policy) -> Policy:
    """Keeps it in memory under its digest; gives the one held before, where there is one."""
    with _lock:
        before = _held.get(policy.digest)
        if before is not None:
            return before
        while len(_held) >= _MOST:
            del _held[next(iter(_held))]
        _held[policy.digest] = policy
    return policy
