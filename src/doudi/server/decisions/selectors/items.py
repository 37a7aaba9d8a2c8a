"""Several items of the screening lists at once, and a page of a list put in the order in which its items came, forward and back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from doudi.server.decisions.models import OPEN, WorkItem
from doudi.server.decisions.selectors.runs import READ
from doudi.server.decisions.selectors.work import work_view
from doudi.server.decisions.verbs import WORK_SEEN
from doudi.server.decisions.views import WorkView
from doudi.server.lib.actor import Actor
from doudi.server.lib.scope import Scope
from doudi.server.registry.selectors.record import showing, within

COUNTED = 10_000
_AT_ONCE = 500


@dataclass(frozen=True)
class Wanted:
    """``state`` empty: of any state. ``certain`` False: those for which something unknown would have to be known first."""

    code: str = ""
    programme: str = ""
    state: str = OPEN
    area: str = ""
    certain: bool | None = None


@dataclass(frozen=True)
class ItemPage:
    """``before`` and ``after`` are what to ask with for the pages beside this one; ``count`` how many there are, ``more``: and more than that."""

    rows: tuple[WorkView, ...]
    before: int | None
    after: int | None
    count: int
    more: bool


@dataclass(frozen=True)
class ListCount:
    """How many items of a list, and of a programme on it, stand in a state."""

    code: str
    programme: str
    state: str
    items: int


def items(
    reader: Actor, wanted: Wanted, *, after: int | None = None, before: int | None = None, limit: int = 50
) -> ItemPage:
    """The oldest first. Recorded as shown. Raises NotAllowed."""
    reader.require(READ)
    limit = max(1, min(limit, _AT_ONCE))
    with showing(reader, WORK_SEEN, area=wanted.area, code=wanted.code or "全部") as shown:
        rows = _wanted(reader, wanted)
        n = rows.order_by()[: COUNTED + 1].count()
        if before is not None:
            found = list(rows.filter(id__lt=before).order_by("-id")[: limit + 1])
            more, found = len(found) > limit, found[:limit][::-1]
            back, on = more, True
        else:
            found = list((rows.filter(id__gt=after) if after is not None else rows).order_by("id")[: limit + 1])
            on, found = len(found) > limit, found[:limit]
            back = after is not None
        shown.count, shown.keep = len(found), bool(found)
    return ItemPage(
        tuple(map(work_view, found)), found[0].id if found and back else None, found[-1].id if found and on else None, min(n, COUNTED),
        n > COUNTED,
    )  # fmt: skip


def item_ids(reader: Actor, wanted: Wanted, *, most: int) -> tuple[list[int], bool]:
    """The keys of all that are wanted, at most ``most``, and whether there are more."""
    reader.require(READ)
    with within(reader):
        found = list(_wanted(reader, wanted).order_by("id").values_list("id", flat=True)[: most + 1])
    return found[:most], len(found) > most


def items_by_id(reader: Actor, ids: Collection[int]) -> dict[int, WorkView]:
    """Those of ``ids`` that are in the reader's areas. Recorded as shown."""
    reader.require(READ)
    found: dict[int, WorkView] = {}
    wanted = sorted(set(ids))
    with showing(reader, WORK_SEEN, code="选中的") as shown:
        for at in range(0, len(wanted), _AT_ONCE):
            rows = WorkItem.objects.filter(reader.scope.q("area", "other_area"), id__in=wanted[at : at + _AT_ONCE])
            found |= {w.id: work_view(w) for w in rows}
        shown.count, shown.keep = len(found), bool(found)
    return found


def list_counts(reader: Actor, *, area: str = "", code: str = "") -> tuple[ListCount, ...]:
    """Items of each list by programme and state, in the reader's areas inside ``area``. A number names nobody and is not recorded."""
    reader.require(READ)
    with within(reader):
        rows = _seen(reader.scope.narrowed(area))
        rows = rows.filter(code=code) if code else rows
        found = (
            rows.values("code", "programme", "state").annotate(items=Count("id")).order_by("code", "programme", "state")
        )
        return tuple(ListCount(r["code"], r["programme"], r["state"], r["items"]) for r in found)


def _wanted(reader: Actor, wanted: Wanted) -> QuerySet[WorkItem]:
    asked = {"code": wanted.code, "programme": wanted.programme, "state": wanted.state}
    chosen = Q(**{k: v for k, v in asked.items() if v})
    if wanted.certain is not None:
        chosen &= Q(certain=wanted.certain)
    return _seen(reader.scope.narrowed(wanted.area)).filter(chosen)


def _seen(scope: Scope) -> QuerySet[WorkItem]:
    return WorkItem.objects.filter(scope.q("area", "other_area"))
