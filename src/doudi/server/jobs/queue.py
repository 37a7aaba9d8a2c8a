"""The queue behind the jobs: a row of django-tasks-db for each that waits or runs."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django_tasks_db.compat import TaskResultStatus
from django_tasks_db.models import DBTaskResult, DBTaskResultQuerySet

from doudi.server.jobs import tasks
from doudi.server.jobs.models import Job
from doudi.server.lib.moments import now


def put(job_id: int) -> None:
    """The job waits its turn."""
    Job.objects.filter(id=job_id).update(queued=tasks.run.enqueue(job_id).id)


def take(worker: str) -> int | None:
    """The job whose turn it is, claimed for ``worker``; None where nothing waits."""
    # Asked without a lock first: on SQLite every transaction that may write keeps all other writers out.
    if not _ready().exists():
        return None
    with transaction.atomic():
        row = _ready().get_locked()
        if row is None:
            return None
        row.claim(worker)
        return int(row.args_kwargs["args"][0])


def settle(job_id: int, pause: timedelta = timedelta()) -> str:
    """After a turn: a job that waits again is put back, not before ``pause``; one that has ended leaves the queue. Gives its state."""
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(id=job_id).first()
        if job is None:
            return ""
        row = DBTaskResult.objects.filter(id=job.queued) if job.queued else DBTaskResult.objects.none()
        if job.state == "waiting":
            if not row.update(status=TaskResultStatus.READY, run_after=now() + pause):
                put(job_id)
        elif job.state != "running":
            row.delete()
            Job.objects.filter(id=job_id).update(queued=None)
        return job.state


def stranded(before: datetime) -> list[int]:
    """Jobs that wait without being in the queue, or have ended and are still in it, since before ``before``: their worker died in between."""
    waiting = Job.objects.filter(state="waiting", made_at__lt=before)
    live = DBTaskResult.objects.filter(status=TaskResultStatus.READY) | DBTaskResult.objects.filter(
        status=TaskResultStatus.RUNNING, started_at__gte=before
    )
    lost = waiting.exclude(queued__in=live.values("id")) | waiting.filter(queued=None)
    left = Job.objects.filter(state__in=("done", "failed", "cancelled"), ended_at__lt=before, queued__isnull=False)
    return [*lost.values_list("id", flat=True), *left.values_list("id", flat=True)]


def _ready() -> DBTaskResultQuerySet:
    return DBTaskResult.objects.ready().filter(task_path=tasks.run.module_path)
