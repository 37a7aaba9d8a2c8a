"""Starting, watching and cancelling long work."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction

from doudi.server.audit.actions import record
from doudi.server.jobs import queue, running, selectors, verbs
from doudi.server.jobs.kinds import Kind, kind_of
from doudi.server.jobs.models import Job
from doudi.server.jobs.views import JobView, view
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import now
from doudi.server.lib.refusals import NotAllowed

_PERSONAL = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)|(?<!\d)1[3-9]\d{9}(?!\d)")
"""An id number or a mobile phone: neither belongs into what is kept of a job."""
_DIGEST = re.compile(r'"[0-9a-f]{64}"')
"""Of a policy, say: one in some hundreds has by chance digits in it that look like a phone."""


def start(
    by: Actor, kind: str, *, params: dict[str, Any] | None = None, area: str = "", total: int | None = None
) -> JobView:
    """Begins a job of ``kind`` as ``by``, in the background; where one like it waits or runs and the kind allows one only, gives that.

    ``area`` is the division that the job is about: others who may see such jobs there can watch it. Raises NotAllowed; LookupError for a
    kind that nobody registered; ValueError for parameters that are not JSON or hold what looks like a person's number.
    """
    found = kind_of(kind)
    if found.permission:
        by.require(found.permission)
    if area and not by.scope.covers(area):
        raise NotAllowed(
            "outside",
            f"“{area}”不在您的管辖范围内，不能在那里发起任务。",
            f"{area} lies outside your areas; no job can be started there.",
        )
    given = dict(params or {})
    written = json.dumps(given, sort_keys=True, ensure_ascii=False)
    if _PERSONAL.search(_DIGEST.sub("", written)):
        raise ValueError("the parameters of a job hold no id numbers and no phones")
    single = _single(found, written, area, by) if found.single else None
    with transaction.atomic():
        before = Job.objects.filter(single=single).first() if single is not None else None
        if before is not None:
            return view(before)
        fresh = Job(
            kind=kind, params=given, single=single, total=total, official=by.official, actor=running.kept(by),
            area=area, made_at=now(),
        )  # fmt: skip
        try:
            with transaction.atomic():
                fresh.save(force_insert=True)
        except IntegrityError:
            # Another began the same between our look and our write: the unique column decides, and who came second gets the first's.
            return view(Job.objects.get(single=single))
        queue.put(fresh.id)
        record(by, verbs.STARTED, area=area, job=fresh.id, kind=kind)
        return view(fresh)


def _single(kind: Kind, written: str, area: str, by: Actor) -> str:
    """The areas count too: a job sees only what who started it sees, unless it goes over the whole."""
    seen = "" if kind.whole else ",".join(by.scope.prefixes)
    return sha256("\n".join((kind.name, written, area, seen)).encode()).hexdigest()


def progress(job_id: int, done: int, *, total: int | None = None, cursor: dict[str, Any] | None = None) -> None:
    """``Running.progress`` of a job that runs in this process, for code that was handed its number only. Raises LookupError."""
    running.CURRENT[job_id].progress(done, total=total, cursor=cursor)


def cancel(by: Actor, job_id: int) -> JobView:
    """Asks a job to end: at once where it waits, at its next step where it runs. What its steps committed stays. Raises NotFound, NotAllowed."""
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(selectors.seen(by), id=job_id).first()
        if job is None:
            raise selectors.missing(job_id)
        if job.official != by.official or by.official is None:
            by.require("jobs.manage")
        if job.cancel_asked or job.state not in ("waiting", "running"):
            return view(job)
        # Whoever begins the same again gets a new one, not this one on its way out.
        Job.objects.filter(id=job_id, state="running").update(cancel_asked=True, single=None)
        Job.objects.filter(id=job_id, state="waiting").update(
            cancel_asked=True, state="cancelled", ended_at=now(), single=None
        )
        job.refresh_from_db()
        if job.state == "cancelled":
            queue.settle(job_id)
        record(by, verbs.CANCELLED, area=job.area, job=job_id, kind=job.kind)
        return view(job)


def run_here(job_id: int) -> JobView:
    """Runs a waiting job in this process, to its end: for commands that wait for it, and for tests."""
    running.run(job_id)
    queue.settle(job_id)
    return view(Job.objects.get(id=job_id))
