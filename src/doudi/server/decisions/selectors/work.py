"""Work lists, a page at a time, and how much there is where."""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Substr

from doudi.server.audit.actions import record
from doudi.server.decisions.models import OPEN, WorkItem
from doudi.server.decisions.selectors.runs import READ
from doudi.server.decisions.selectors.waiting import screening_stamp
from doudi.server.decisions.verbs import WORK_SEEN
from doudi.server.decisions.views import WorkCount, WorkPage, WorkView
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotFound
from doudi.server.lib.remembered import remembered

MOST = 500


def work(
    reader: Actor,
    *,
    code: str = "",
    programme: str = "",
    state: str = OPEN,
    area: str = "",
    household: int | None = None,
    after: int | None = None,
    limit: int = 50,
) -> WorkPage:
    """Items in the order in which they came; ``state`` empty: of any state. ``after``: the page's before."""
    reader.require(READ)
    limit = max(1, min(limit, MOST))
    with acting(reader), transaction.atomic():
        rows = _seen(reader, area).filter(_as_asked(code, programme, state, household))
        rows = rows.filter(id__gt=after) if after is not None else rows
        found = list(rows.order_by("id")[: limit + 1])
        page = WorkPage(tuple(map(work_view, found[:limit])), found[limit - 1].id if len(found) > limit else None)
        if page.rows:
            record(reader, WORK_SEEN, household=household, area=area, count=len(page.rows), code=code or "全部")
    return page


def work_item(reader: Actor, item: int) -> WorkView:
    """Raises NotAllowed, NotFound."""
    reader.require(READ)
    with acting(reader), transaction.atomic():
        found = _seen(reader, "").filter(id=item).first()
        if found is None:
            raise NotFound(
                "no-item", f"没有清单事项{item}，或不在您的辖区内。", f"There is no item {item} in your areas."
            )
        record(reader, WORK_SEEN, household=found.household, area=found.area, code=found.code)
        return work_view(found)


def work_counts(
    reader: Actor, *, area: str = "", level: int = 9, code: str = "", state: str = OPEN
) -> tuple[WorkCount, ...]:
    """Items by list, programme, division of ``level`` digits (9: townships) and state; ``due`` in fen a month, so far as known.

    An item counts under the office that manages the household, also for a reader who sees it by its other area.
    """
    reader.require(READ)
    key = ("work counts", connection.settings_dict["NAME"], reader.scope.prefixes, area, level, code, state)
    return remembered(key, screening_stamp(), lambda: _counted(reader, area, level, code, state))


def _counted(reader: Actor, area: str, level: int, code: str, state: str) -> tuple[WorkCount, ...]:
    with acting(reader):
        rows = (
            _seen(reader, area)
            .filter(_as_asked(code, "", state, None))
            .annotate(place=Substr("area", 1, level))
            .values("code", "programme", "place", "state")
            .annotate(items=Count("id"), sum=Sum("due"))
            .order_by("code", "programme", "place", "state")
        )
        return tuple(
            WorkCount(r["code"], r["programme"], r["place"], r["state"], r["items"], r["sum"] or 0) for r in rows
        )


def _seen(reader: Actor, area: str) -> QuerySet[WorkItem]:
    rows = WorkItem.objects.filter(reader.scope.q("area", "other_area"))
    return rows.filter(Q(area__startswith=area) | Q(other_area__startswith=area)) if area else rows


def _as_asked(code: str, programme: str, state: str, household: int | None) -> Q:
    asked = {"code": code, "programme": programme, "state": state}
    chosen = Q(**{k: v for k, v in asked.items() if v})
    return chosen & Q(household=household) if household is not None else chosen


def work_view(w: WorkItem) -> WorkView:
    return WorkView(
        w.id, w.code, w.programme, w.household, w.person or None, w.area, w.other_area, w.zh, w.en, w.certain, w.due, w.received,
        tuple(w.missing), w.state, w.why, w.decided_name, w.decided_at, w.last_run_id,
    )  # fmt: skip
