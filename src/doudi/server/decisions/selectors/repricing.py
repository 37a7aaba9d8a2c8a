"""Ledgers of what is owed and what was overpaid, narrowed to the reader's areas."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Q, Sum
from django.db.models.functions import Substr

from doudi.server.audit.actions import record
from doudi.server.decisions.models import LOOKED, Repricing, RepricingLine
from doudi.server.decisions.selectors.household import decide
from doudi.server.decisions.selectors.runs import READ, overlaps
from doudi.server.decisions.verbs import WORK_SEEN
from doudi.server.decisions.views import RepricingLineView, RepricingPlace, RepricingView
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotFound
from doudi.server.lib.scope import Scope


def repricings(reader: Actor, *, limit: int = 50) -> list[RepricingView]:
    """The newest first."""
    reader.require(READ)
    with acting(reader):
        return [
            repricing_view(r, reader.scope)
            for r in Repricing.objects.filter(overlaps(reader.scope)).exclude(state=LOOKED).order_by("-id")[:limit]
        ]


def repricing_ledger(
    reader: Actor, repricing: int, *, area: str = "", after: int | None = None, limit: int = 50
) -> tuple[RepricingView, tuple[RepricingPlace, ...], tuple[RepricingLineView, ...], int | None]:
    """A repricing, its sums by township, a page of its lines and what to ask the next with: what a page shows, in one go.

    Raises NotAllowed, NotFound.
    """
    reader.require(READ)
    with acting(reader), transaction.atomic():
        one = seen_repricing(reader, repricing)
        places = _places(reader, one, 9)
        page, more = _lines(reader, one, area, after, limit)
        return repricing_view(one, reader.scope), places, page, more


def repricing_places(reader: Actor, repricing: int, *, level: int = 9) -> tuple[RepricingPlace, ...]:
    """Its lines in the reader's areas summed by division of ``level`` digits (9: townships). Raises NotAllowed, NotFound."""
    reader.require(READ)
    with acting(reader):
        return _places(reader, seen_repricing(reader, repricing), level)


def _places(reader: Actor, one: Repricing, level: int) -> tuple[RepricingPlace, ...]:
    rows = (
        RepricingLine.objects.filter(reader.scope.q("area", "other_area"), repricing=one)
        .annotate(place=Substr("area", 1, level))
        .values("place")
        .annotate(
            items=Count("id"), households=Count("household", distinct=True), open=Count("id", filter=Q(difference=None)),
            back=Sum("difference", filter=Q(difference__gt=0)), over=Sum("difference", filter=Q(difference__lt=0)),
        )
        .order_by("place")
    )  # fmt: skip
    return tuple(
        RepricingPlace(r["place"], r["items"], r["households"], r["back"] or 0, -(r["over"] or 0), r["open"])
        for r in rows
    )


def repricing_lines(
    reader: Actor, repricing: int, *, area: str = "", after: int | None = None, limit: int = 50
) -> tuple[tuple[RepricingLineView, ...], int | None]:
    """A page of lines in the order of their ids, and what to ask the next one with. Raises NotAllowed, NotFound."""
    reader.require(READ)
    with acting(reader), transaction.atomic():
        return _lines(reader, seen_repricing(reader, repricing), area, after, limit)


def _lines(
    reader: Actor, one: Repricing, area: str, after: int | None, limit: int
) -> tuple[tuple[RepricingLineView, ...], int | None]:
    scope = reader.scope.narrowed(area) if area else reader.scope
    limit = max(1, min(limit, 500))
    rows = RepricingLine.objects.filter(scope.q("area", "other_area"), repricing=one).order_by("id")
    rows = rows.filter(id__gt=after) if after is not None else rows
    found = list(rows[: limit + 1])
    if found:
        record(reader, WORK_SEEN, area=area, count=len(found[:limit]), code=f"重算{one.id}")
    page = tuple(
        RepricingLineView(
            r.id, r.month, r.programme, r.household, r.person or None, r.area, r.kind, r.before, r.after, r.difference
        )
        for r in found[:limit]
    )
    return page, page[-1].id if len(found) > limit else None


def owed(
    reader: Actor, household: int, *, days: list[date], knowing: datetime, now_knowing: datetime | None = None
) -> list[RepricingLineView]:
    """What a correction of one household's past means, month by month: decided by what was known at ``knowing`` and by what is known now (or at
    ``now_knowing``), under the policy in force on each of ``days``. Programmes paid monthly whose sum differs or became unknown."""
    out: list[RepricingLineView] = []
    for day in days:
        first = decide(reader, household, as_of=day, knowing=knowing)
        second = decide(reader, household, as_of=day, knowing=now_knowing)
        monthly = {p.name for p in second.decision.ruleset.programmes if p.amount and p.period == "月"}
        was, is_ = (
            {(o.programme, o.path): o.paid for o in d.outcomes if o.programme in monthly} for d in (first, second)
        )
        for key in sorted(was.keys() | is_.keys(), key=str):
            a, b = (_known(side.get(key, (0, 0))) for side in (was, is_))
            if a != b:
                person = int(key[1][0]) if key[1] else None
                changed = None if a is None or b is None else b - a
                month, area = day.replace(day=1), second.facts.area
                out.append(RepricingLineView(0, month, key[0], household, person, area, "", a, b, changed))
    return out


def _known(paid: tuple[int, int] | None) -> int | None:
    return paid[0] if paid is not None and paid[0] == paid[1] else None


def seen_repricing(reader: Actor, repricing: int) -> Repricing:
    found = Repricing.objects.filter(overlaps(reader.scope), id=repricing).first()
    if found is None:
        raise NotFound(
            "no-repricing",
            f"没有重算{repricing}，或不在您的辖区内。",
            f"There is no repricing {repricing} in your areas.",
        )
    return found


def repricing_view(r: Repricing, scope: Scope) -> RepricingView:
    """As one with the areas ``scope`` may see it: of a whole larger than these no total is told."""
    whole = scope.covers(r.area)
    months = r.months if whole else {month: {**told, "items": None} for month, told in r.months.items()}
    return RepricingView(
        r.id, r.area, r.since, r.until, r.policy_before, r.policy_after, r.knowing_before, r.knowing_after, months, r.state,
        r.back_pay if whole else None, r.recovery if whole else None, r.made_at,
    )  # fmt: skip
