"""Kinds of work for tests: they count in a table that any app has, here django's sessions."""

from __future__ import annotations

import os
import signal
import time
from datetime import UTC, datetime

from django.contrib.sessions.models import Session
from django.db import transaction

from doudi.server.jobs.kinds import Result, kind
from doudi.server.jobs.running import Running
from doudi.server.lib.refusals import Refused

_FAR = datetime(2100, 1, 1, tzinfo=UTC)


def write(key: str, said: str) -> None:
    """A row that may stand only once: a step done twice would fail."""
    Session.objects.create(session_key=key, session_data=said, expire_date=_FAR)


def written(prefix: str) -> list[str]:
    return sorted(Session.objects.filter(session_key__startswith=prefix).values_list("session_key", flat=True))


@kind("test-count", zh="数数", en="Count", permission="screening.run")
def count(job: Running) -> Result:
    """A row a step, ``steps`` of them, from the cursor on."""
    for n in range(int(job.cursor.get("next", 0)), int(job.params["steps"])):
        with transaction.atomic():
            write(f"{job.id}:{n:06d}", job.actor.name)
            job.progress(n + 1, total=int(job.params["steps"]), cursor={"next": n + 1})
    return {"steps": job.params["steps"]}


@kind("test-single", zh="独一份", en="One only", permission="screening.run", single=True)
def single(job: Running) -> Result:
    return {"scope": list(job.actor.scope.prefixes), "may": sorted(job.actor.may), "post": job.actor.post}


@kind("test-fail", zh="出错", en="Fail")
def fail(job: Running) -> Result:
    with transaction.atomic():
        write(f"{job.id}:a", "kept")
        job.progress(1)
    with transaction.atomic():
        write(f"{job.id}:b", "rolled back")
        match job.params["how"]:
            case "refused":
                raise Refused("no", "不行。", "It will not do.")
            case "memory":
                raise MemoryError
            case _:
                raise RuntimeError("张三 451229199001011234")


@kind("test-slow", zh="慢慢数", en="Count slowly")
def slow(job: Running) -> Result:
    """As ``count``, a few milliseconds a step: half of them before it writes, half between the write and the commit."""
    for n in range(int(job.cursor.get("next", 0)), int(job.params["steps"])):
        time.sleep(job.params["ms"] / 2000)
        with transaction.atomic():
            write(f"{job.id}:{n:06d}", job.actor.name)
            time.sleep(job.params["ms"] / 2000)
            job.progress(n + 1, total=int(job.params["steps"]), cursor={"next": n + 1})
    return {"steps": job.params["steps"]}


@kind("test-stuck", zh="卡住", en="Stuck")
def stuck(job: Running) -> Result:
    job.progress(1)
    time.sleep(600)
    return None


@kind("test-deadly", zh="要命", en="Deadly")
def deadly(job: Running) -> Result:
    """As a machine without memory does to it."""
    os.kill(os.getpid(), signal.SIGKILL)
    return None
