"""What may be asked of comparisons, narrowed to the reader's areas. Who is shown differences is on record."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from doudi.server.audit.actions import record
from doudi.server.exchange import verbs
from doudi.server.exchange.models import Comparison, Difference
from doudi.server.exchange.receiving import PERMISSION
from doudi.server.exchange.views import ComparisonView, DifferenceView
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotFound
from doudi.server.registry.selectors.homes import homes_of


def comparisons(reader: Actor, *, limit: int = 50, before: int | None = None) -> list[ComparisonView]:
    """The latest first; ``before``: the id of the last one of the page before."""
    reader.require(PERMISSION)
    with acting(reader):
        rows = _seen(reader).order_by("-id")
        rows = rows.filter(id__lt=before) if before is not None else rows
        return [comparison_view(c, c.waiting) for c in rows.annotate(waiting=_OPEN)[:limit]]


def comparison(reader: Actor, comparison_id: int) -> ComparisonView:
    """Raises NotFound, also for one of another's area."""
    reader.require(PERMISSION)
    with acting(reader):
        return comparison_view(find_comparison(reader, comparison_id))


@dataclass(frozen=True)
class Sheet:
    """A comparison with a page of its differences. ``counts``: (kind, state) -> how many there are in all; ``after``: the id to go on after."""

    comparison: ComparisonView
    counts: dict[tuple[str, str], int]
    rows: list[DifferenceView]
    after: int | None


def sheet(
    reader: Actor, comparison_id: int, *, kind: str = "", state: str = "open", text: str = "", after: int | None = None, limit: int = 50
) -> Sheet:  # fmt: skip
    """A comparison of the reader's areas; ``text`` is part of a name. The rows are recorded as shown. Raises NotFound."""
    reader.require(PERMISSION)
    with acting(reader):
        of = find_comparison(reader, comparison_id)
        # Where ``acting`` has opened a transaction already, that one is enough.
        with transaction.atomic(savepoint=False):
            return _sheet(reader, of, kind, state, text, after, limit)


def _sheet(reader: Actor, of: Comparison, kind: str, state: str, text: str, after: int | None, limit: int) -> Sheet:
    every = Difference.objects.filter(comparison=of)
    counted = every.order_by().values_list("kind", "state").annotate(Count("id"))
    counts = {(k, s): n for k, s, n in counted}
    waiting = sum(n for (_, s), n in counts.items() if s == "open")
    rows = every.defer("cipher").order_by("id")
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(name__contains=text.strip()) if text.strip() else rows
    rows = rows.filter(id__gt=after) if after is not None else rows
    part = list(rows[: limit + 1])
    more, part = len(part) > limit, part[:limit]
    homes = homes_of(reader, [d.person for d in part if d.person is not None], on=of.on)
    found = [row_view(d, homes.get(d.person or 0)) for d in part]
    if found:
        record(reader, verbs.DIFFERENCES_SEEN, area=of.area, count=len(found), id=of.id)
    return Sheet(comparison_view(of, waiting), counts, found, found[-1].id if more else None)


def differences(
    reader: Actor, comparison: int, *, kind: str = "", state: str = "open", after: int | None = None, limit: int = 50
) -> list[DifferenceView]:
    """Its rows alone."""
    return sheet(reader, comparison, kind=kind, state=state, after=after, limit=limit).rows


def find_comparison(by: Actor, comparison: int, *, lock: bool = False) -> Comparison:
    """The row, without its file; for actions. Raises NotFound."""
    rows = _seen(by).filter(pk=comparison)
    found = (rows.select_for_update() if lock else rows).first()
    if found is None:
        raise NotFound(
            "comparison-unknown",
            f"您的辖区内没有 {comparison} 号比对。",
            f"There is no comparison {comparison} in your areas.",
        )
    return found


def comparison_view(c: Comparison, waiting: int | None = None) -> ComparisonView:
    if waiting is None:
        waiting = Difference.objects.filter(comparison=c, state="open").count()
    return ComparisonView(
        c.id, c.name, c.body, c.ledger, c.key, c.area, c.on, c.state, c.zh, c.en, tuple(c.strangers), c.counts, waiting, c.job, c.official,
        c.by_name, c.made_at,
    )  # fmt: skip


def row_view(d: Difference, household: int | None = None) -> DifferenceView:
    return DifferenceView(
        d.id, d.kind, d.person, d.area, d.name, d.shown, d.row, {k: (v[0], v[1]) for k, v in d.fields.items()}, d.state, d.why, household
    )  # fmt: skip


_OPEN = Count("rows", filter=Q(rows__state="open"))


def _seen(reader: Actor) -> QuerySet[Comparison]:
    return Comparison.objects.filter(reader.scope.q("area")).defer("cipher")
