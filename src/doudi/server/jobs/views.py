"""A job as others see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from doudi.server.jobs.kinds import find
from doudi.server.jobs.models import Job


@dataclass(frozen=True)
class JobView:
    """``state`` is waiting, running, done, failed or cancelled. ``remaining`` is in seconds as of ``moved_at``, by the pace since the job was
    last taken up; None where nothing can be said. ``zh`` and ``en`` say why a job failed."""

    id: int
    kind: str
    kind_zh: str
    kind_en: str
    state: str
    params: dict[str, Any]
    done: int
    total: int | None
    remaining: int | None
    cancelling: bool
    result: dict[str, Any]
    zh: str
    en: str
    official: int | None
    name: str
    area: str
    made_at: datetime
    started_at: datetime | None
    moved_at: datetime | None
    ended_at: datetime | None

    @property
    def ended(self) -> bool:
        return self.state in ("done", "failed", "cancelled")

    @property
    def share(self) -> float | None:
        """How much is done, from 0 to 1; None where it is not known how much there is."""
        return min(self.done / self.total, 1.0) if self.total else None


def view(job: Job) -> JobView:
    kind = find(job.kind)
    return JobView(
        job.id, job.kind, kind.zh if kind else job.kind, kind.en if kind else job.kind, job.state, job.params, job.done,
        job.total, _remaining(job), job.cancel_asked and job.state == "running", job.result, job.zh, job.en, job.official,
        str(job.actor.get("name", "")), job.area, job.made_at, job.started_at, job.moved_at, job.ended_at,
    )  # fmt: skip


def _remaining(job: Job) -> int | None:
    if job.state != "running" or job.total is None or job.taken_at is None or job.moved_at is None:
        return None
    here = job.done - job.taken_done
    seconds = (job.moved_at - job.taken_at).total_seconds()
    # A clock set back in between gives no pace.
    if here <= 0 or seconds <= 0:
        return None
    return max(0, round((job.total - job.done) * seconds / here))
