"""Runs one job in this process: takes it up, hands it to the work of its kind, and writes down how it ended."""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass, field
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F

from doudi.server.accounts.selectors import must_still_act
from doudi.server.audit.actions import record
from doudi.server.jobs import faults, verbs
from doudi.server.jobs.kinds import Kind, find
from doudi.server.jobs.models import Job
from doudi.server.lib.actor import Actor, system
from doudi.server.lib.moments import day_of, now
from doudi.server.lib.refusals import NotAllowed, Refused
from doudi.server.lib.scope import Scope

MOST_TRIES = 8
"""A job that was taken up so often without getting on has failed: it ends its workers, or its database is away."""

log = logging.getLogger("doudi.jobs")


class Cancelled(Exception):
    """Somebody asked that the job end. Raised by ``progress``: what the current transaction did is rolled back."""


class Stopped(Exception):
    """The worker is to stop. Raised by ``progress``; the job goes on later from its cursor."""


class Lost(Exception):
    """Another worker has taken the job up, or it has ended: whatever this one does must not be kept."""


@dataclass
class Stop:
    """Whether the worker is to stop."""

    asked: bool = False

    def ask(self) -> None:
        self.asked = True


@dataclass
class Running:
    """The job as its work sees it. ``actor`` is who started it, with the areas and permissions of that moment."""

    id: int
    kind: Kind
    params: dict[str, Any]
    area: str
    actor: Actor
    cursor: dict[str, Any]
    done: int
    total: int | None
    token: str = field(repr=False)
    stop: Stop = field(default_factory=Stop, repr=False)

    def progress(self, done: int, *, total: int | None = None, cursor: dict[str, Any] | None = None) -> None:
        """So much is done. Call it last in the transaction that did it. Raises Cancelled, Stopped or Lost."""
        at = now()
        changes: dict[str, Any] = {"done": done, "moved_at": at, "beat_at": at, "tries": 0}
        if total is not None:
            changes["total"] = total
        if cursor is not None:
            changes["cursor"] = cursor
        with transaction.atomic():
            mine = Job.objects.filter(id=self.id, token=self.token, state="running")
            if not mine.update(**changes):
                raise Lost(f"job {self.id}")
            if mine.filter(cancel_asked=True).exists():
                raise Cancelled(f"job {self.id}")
            if self.stop.asked:
                raise Stopped(f"job {self.id}")
        self.done, self.total = done, self.total if total is None else total
        self.cursor = self.cursor if cursor is None else cursor


CURRENT: dict[int, Running] = {}
"""What runs in this process, by the job's id."""


def run(job_id: int, token: str = "", stop: Stop | None = None) -> str:
    """Runs the job to its end where nobody else does; gives its state afterwards. Errors of its work end the job, not the caller.

    ``token`` is what whoever watches over it knows it by.
    """
    token = token or secrets.token_hex(16)
    job = _take_up(job_id, token)
    if job is None:
        return ""
    kind = find(job.kind)
    if kind is None:
        zh = f"这个版本没有“{job.kind}”这种任务，无法继续；请用原来的版本，或重新发起。"
        en = f"This release knows no job of the kind “{job.kind}”; use the release that began it, or begin again."
        return _end(job_id, token, "failed", zh=zh, en=en)
    running = Running(
        job.id, kind, job.params, job.area, actor_of(job), job.cursor, job.done, job.total, token, stop or Stop()
    )
    if job.cancel_asked:
        return _end(job_id, token, "cancelled")
    try:
        _may_go_on(running.actor)
    except NotAllowed as error:
        return _called_off(running, error)
    CURRENT[job_id] = running
    try:
        result = kind.work(running)
    except Lost:
        log.info("job %s goes on elsewhere", job_id)
        return ""
    except Cancelled:
        return _end(job_id, token, "cancelled")
    except Stopped:
        return release(job_id, token, stopped=True)
    except (OperationalError, InterfaceError) as error:
        log.warning("job %s: the database did not answer: %s", job_id, faults.trace(error))
        return release(job_id, token)
    except Refused as error:
        return _end(job_id, token, "failed", zh=error.zh, en=error.en)
    except Exception as error:  # noqa: BLE001 - whatever the work raises is told to who started it, and logged
        log.error("job %s (%s) failed: %s", job_id, job.kind, faults.trace(error))
        zh, en = faults.plain(error, job_id)
        return _end(job_id, token, "failed", zh=zh, en=en)
    finally:
        CURRENT.pop(job_id, None)
    return _end(job_id, token, "done", result=dict(result or {}))


def _may_go_on(by: Actor) -> None:
    """Work waits, and is taken up again after a stop: its official may have gone in between, and with them the powers that they gave it. What the
    system began goes on. Raises NotAllowed."""
    if by.official is not None:
        must_still_act(by.official, by.role, by.scope, on=day_of(now()))


def _called_off(job: Running, why: NotAllowed) -> str:
    with transaction.atomic():
        ended = _end(job.id, job.token, "cancelled", zh=why.zh, en=why.en)
        if ended:
            record(system("jobs"), verbs.CANCELLED, area=job.area, why=why.zh, job=job.id, kind=job.kind.name)
    return ended


def _take_up(job_id: int, token: str) -> Job | None:
    at = now()
    with transaction.atomic():
        taken = Job.objects.filter(id=job_id, state="waiting").update(
            state="running", token=token, taken_at=at, taken_done=F("done"), moved_at=at, beat_at=at,
            tries=F("tries") + 1,
        )  # fmt: skip
        if not taken:
            return None
        Job.objects.filter(id=job_id, started_at=None).update(started_at=at)
        return Job.objects.get(id=job_id)


def _end(
    job_id: int, token: str, state: str, *, result: dict[str, Any] | None = None, zh: str = "", en: str = ""
) -> str:
    """Writes down how the job ended, unless it is no longer ours."""
    at = now()
    changes: dict[str, Any] = {
        "state": state,
        "ended_at": at,
        "beat_at": at,
        "zh": zh,
        "en": en,
        "token": "",
        "single": None,
    }
    if result is not None:
        changes["result"] = result
    ended = Job.objects.filter(id=job_id, token=token, state="running").update(**changes)
    return state if ended else ""


def release(job_id: int, token: str, *, stopped: bool = False) -> str:
    """Gives a job back unfinished: it waits to be taken up again, or has failed where that was done too often without its being ``stopped``."""
    with transaction.atomic():
        mine = Job.objects.filter(id=job_id, token=token, state="running")
        job = mine.first()
        if job is None:
            return ""
        if job.cancel_asked:
            return _end(job_id, token, "cancelled")
        if job.tries >= MOST_TRIES and not stopped:
            zh = f"已经重试 {job.tries} 次都没有进展，不再继续；内存不足或数据库不可用时会这样，请管理员看日志（任务 {job_id}）。"
            en = (
                f"It was taken up {job.tries} times and did not get on: the machine may lack memory, or the database is away; "
                f"ask the administrator to look into the log for job {job_id}."
            )
            return _end(job_id, token, "failed", zh=zh, en=en)
        mine.update(state="waiting", token="", tries=0 if stopped else job.tries)
    return "waiting"


def actor_of(job: Job) -> Actor:
    """Who started the job, as they were then."""
    a = job.actor
    return Actor(
        job.official, a["name"], a["post"], Scope.of(a["scope"]), frozenset(a["may"]), a["address"], a["role"], a.get("office", "")
    )  # fmt: skip


def kept(actor: Actor) -> dict[str, Any]:
    """What ``actor_of`` makes an actor of."""
    return {
        "name": actor.name, "post": actor.post, "scope": list(actor.scope.prefixes), "may": sorted(actor.may),
        "address": actor.address, "role": actor.role, "office": actor.office,
    }  # fmt: skip
