"""Jobs: one's own, and those of others whose kind and area one may see."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from doudi.server.jobs.kinds import find, kinds
from doudi.server.jobs.models import Job
from doudi.server.jobs.views import JobView, view
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotFound


def job(reader: Actor, job_id: int, *, own: bool = True) -> JobView:
    """Raises NotFound, also for a job that the reader may not see. ``own`` False: the reader's own are seen by kind and area like any other."""
    found = Job.objects.filter(seen(reader, own=own), id=job_id).first()
    if found is None or not _may(reader, found, own=own):
        raise missing(job_id)
    return view(found)


def jobs(
    reader: Actor, *, kind: str = "", state: str = "", limit: int = 50, before: int | None = None, own: bool = True
) -> list[JobView]:
    """The newest first; ``before`` is the id of the last one of the page before. ``own``: as for ``job``."""
    rows = Job.objects.filter(seen(reader, own=own)).order_by("-id")
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(id__lt=before) if before is not None else rows
    out: list[JobView] = []
    for row in rows.iterator(chunk_size=200):
        if _may(reader, row, own=own):
            out.append(view(row))
            if len(out) == limit:
                break
    return out


def running_or_failed(reader: Actor, *, since: datetime, limit: int = 20) -> tuple[list[JobView], list[JobView]]:
    """The reader's own jobs that wait or run, and those that failed since ``since``, the newest first. For the home page: one question."""
    if reader.official is None:
        return [], []
    rows = Job.objects.filter(
        Q(state__in=("waiting", "running")) | Q(state="failed", ended_at__gte=since), official=reader.official
    )
    found = [view(row) for row in rows.order_by("-id")[:limit]]
    return [j for j in found if j.state != "failed"], [j for j in found if j.state == "failed"]


def states(ids: Collection[int]) -> dict[int, str]:
    """Job -> its state, for whoever keeps jobs of its own; a job that is not there is not in it."""
    return dict(Job.objects.filter(id__in=ids).values_list("id", "state"))


def waiting_since() -> datetime | None:
    """Since when the job that is next has waited; None where none does. Long, and no worker may be running."""
    first = Job.objects.filter(state="waiting").order_by("made_at").values_list("made_at", "moved_at").first()
    return (first[1] or first[0]) if first else None


def seen(reader: Actor, *, own: bool = True) -> Q:
    """Rows that are the reader's own, in the reader's areas, or of a search through the whole that the reader may begin."""
    whole = [k.name for k in kinds() if k.whole and reader.allows(k.permission)]
    others = reader.scope.q("area") | Q(kind__in=whole)
    if not own:
        return others
    mine = Q(official=reader.official) if reader.official is not None else Q(official=None) & Q(pk__in=[])
    return mine | others


def _may(reader: Actor, row: Job, *, own: bool = True) -> bool:
    if own and reader.official is not None and row.official == reader.official:
        return True
    kind = find(row.kind)
    may = bool(kind and kind.permission and reader.allows(kind.permission))
    if not reader.scope.covers(row.area):
        return may and bool(kind and kind.whole)
    return may or reader.allows("jobs.manage")


def missing(job_id: int) -> NotFound:
    return NotFound(
        "no-job", f"没有任务 {job_id}，或不在您可见的范围内。", f"There is no job {job_id}, or it is not yours to see."
    )
