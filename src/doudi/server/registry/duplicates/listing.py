"""Suspected doubles put in order and narrowed, a page forward or back; the next one to look at; and what a merge would leave.

The order by strength and the filters by what speaks for a pair are for pairs of which the reader sees both: of others even the place in such an order
would tell what is kept back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import Refused
from doudi.server.registry.duplicates.actions import decide
from doudi.server.registry.duplicates.core.evidence import CERTAIN, THRESHOLD
from doudi.server.registry.duplicates.selectors import STATES, PairView, _told, within
from doudi.server.registry.duplicates.verbs import LISTED
from doudi.server.registry.models import Pair
from doudi.server.registry.selectors import person
from doudi.server.registry.selectors.record import READ, showing
from doudi.server.registry.selectors.record import within as scoped
from doudi.server.registry.selectors.views import PersonView

KINDS: dict[str, tuple[str, ...]] = {
    "number": ("id-same",),
    "number-alike": ("id-check", "id-digit", "id-swap"),
    "name": ("name-same",),
    "name-alike": ("name-sound", "name-near", "name-shape", "name-mixed", "name-order", "name-part", "name-one"),
    "contact": ("contact-same",),
}
"""What speaks for a pair, by which a list is narrowed."""
STRONG = (THRESHOLD + CERTAIN) // 2
STRENGTHS = {"certain": (CERTAIN, None), "strong": (STRONG, CERTAIN), "likely": (None, STRONG)}
"""Points from, and up to but without."""
_MOST = 200


@dataclass(frozen=True)
class WantedPairs:
    """``shared``: pairs of which one side is managed elsewhere, which another office decides; by when they were found. Else those of which both
    are the reader's, for which most speaks first; only these are narrowed by ``kind`` and ``strength``."""

    state: str = "open"
    area: str = ""
    kind: str = ""
    strength: str = ""
    shared: bool = False


@dataclass(frozen=True)
class PairPage:
    """``before`` and ``after`` are what to ask with for the pages beside this one."""

    rows: tuple[PairView, ...]
    before: int | None
    after: int | None
    count: int


def pair_page(
    reader: Actor, wanted: WantedPairs, *, after: int | None = None, before: int | None = None, limit: int = 50
) -> PairPage:
    """A page of pairs. Recorded as shown."""
    limit = max(1, min(limit, _MOST))
    with showing(reader, LISTED, area=wanted.area) as shown:
        rows = _wanted(reader, wanted)
        total = rows.count()
        at = _place(rows, after if before is None else before)
        back = before is not None and at is not None
        part = rows if at is None else rows.filter(_beyond(at, back=back, shared=wanted.shared))
        found = list(part.order_by(*_order(back=back, shared=wanted.shared))[: limit + 1])
        more, found = len(found) > limit, found[:limit]
        if back:
            found.reverse()
        shown.count, shown.keep = len(found), bool(found)
        has_before, has_after = (more, True) if back else (at is not None, more)
        return PairPage(
            tuple(_told(reader, found)), found[0].id if found and has_before else None, found[-1].id if found and has_after else None, total
        )  # fmt: skip


def next_pair(reader: Actor, wanted: WantedPairs, after: int | None) -> int | None:
    """The pair that follows ``after`` in the list, also where that one has left it; the first where nothing follows; None where there is none."""
    reader.require(READ)
    with scoped(reader):
        rows = _wanted(reader, wanted)
        at = _place(Pair.objects.filter(within(reader.scope)), after)
        order = _order(back=False, shared=wanted.shared)
        following = rows if after is None else rows.exclude(id=after)
        if at is not None:
            found = following.filter(_beyond(at, back=False, shared=wanted.shared)).order_by(*order).first()
            if found is not None:
                return found.id
        first = following.order_by(*order).first()
        return first.id if first else None


def merged_view(
    *, by: Actor, pair_id: int, keep: int, on: date, new_heads: Mapping[int, int] | None = None
) -> PersonView:
    """What would be known of ``keep`` if the two were found to be one: it is done, looked at, and taken back before anything is kept.

    Raises what ``decide`` raises.
    """
    seen: list[PersonView] = []

    class _Back(Exception):
        """Takes everything back."""

    try:
        with transaction.atomic():
            decide(by=by, pair_id=pair_id, same=True, why="预览", on=on, keep=keep, new_heads=new_heads)
            seen.append(person(by, keep, as_of=on))
            raise _Back
    except _Back:
        return seen[0]


def checked(wanted: WantedPairs) -> WantedPairs:
    """Raises Refused for a state, kind or strength that there is not."""
    for said, known, name in (
        (wanted.state, STATES, "state"), (wanted.kind, ("", *KINDS), "kind"), (wanted.strength, ("", *STRENGTHS), "strength"),
    ):  # fmt: skip
        if said not in known:
            raise Refused("bad-filter", "没有这种筛选条件。", "There is no such condition.", field=name)
    return wanted


def _wanted(reader: Actor, wanted: WantedPairs) -> QuerySet[Pair]:
    scope = reader.scope.narrowed(wanted.area)
    both = scope.q("area_a") & scope.q("area_b")
    rows = Pair.objects.filter(state=wanted.state)
    if wanted.shared:
        return rows.filter(within(scope)).exclude(reader.scope.q("area_a") & reader.scope.q("area_b"))
    rows = rows.filter(both)
    low, high = STRENGTHS.get(wanted.strength, (None, None))
    if low is not None:
        rows = rows.filter(score__gte=low)
    if high is not None:
        rows = rows.filter(score__lt=high)
    if wanted.kind:
        said = Q()
        for code in KINDS[wanted.kind]:
            said |= Q(said__contains=f'"{code}"')
        rows = rows.annotate(said=Cast("evidence", TextField())).filter(said)
    return rows


def _place(rows: QuerySet[Pair], pair_id: int | None) -> tuple[int, int] | None:
    if pair_id is None:
        return None
    return rows.filter(id=pair_id).values_list("score", "id").first()


def _beyond(at: tuple[int, int], *, back: bool, shared: bool) -> Q:
    score, row = at
    if shared:
        return Q(id__lt=row) if back else Q(id__gt=row)
    if back:
        return Q(score__gt=score) | Q(score=score, id__lt=row)
    return Q(score__lt=score) | Q(score=score, id__gt=row)


def _order(*, back: bool, shared: bool) -> tuple[str, ...]:
    if shared:
        return ("-id",) if back else ("id",)
    return ("score", "-id") if back else ("-score", "id")
