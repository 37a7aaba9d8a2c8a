"""``doudi worker``: takes jobs from the queue one after the other, each in a process forked for it.

The process that forks only watches: it says that the job lives (``beat``), so that work which is busy for minutes need not; it sees at once
when the work was killed; and memory goes back to the machine with every job. It has no second thread, so that the work may fork in turn.

A worker that is killed takes the process of its job with it, and says nothing: when the last beat is older than ``lease``, any other worker
takes the job up from its cursor. Should the first one live after all, the job's token is no longer its own, and it can write nothing.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import logging
import os
import secrets
import signal
import socket
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from types import FrameType

from django.db import DatabaseError, InterfaceError, connections

from doudi.server.jobs import faults, queue, running
from doudi.server.jobs.kinds import discover
from doudi.server.jobs.models import Job
from doudi.server.lib.moments import now

log = logging.getLogger("doudi.worker")
_AWAY = (DatabaseError, InterfaceError)
_HOUR = 3600.0
_DIE_WITH_PARENT = 1
"""PR_SET_PDEATHSIG of Linux."""


@dataclass
class Worker:
    """Times are in seconds. ``poll``: between looks at an empty queue; ``patience``: how long work that is to stop, and ``grace``: how long
    work that was cancelled, may go on before it is killed (which is safe: what it has not committed is rolled back). ``hourly`` is called at the
    start and about once an hour, to begin what is due."""

    lease: float = 30.0
    beat: float = 5.0
    poll: float = 1.0
    patience: float = 20.0
    grace: float = 60.0
    pause: float = 2.0
    once: bool = False
    name: str = field(default_factory=lambda: f"{socket.gethostname()[:40]}-{os.getpid()}")
    stopping: bool = False
    hourly: Callable[[], object] | None = None
    _swept: float = float("-inf")
    _hour: float = float("-inf")

    def run(self) -> None:
        """Until told to stop (SIGTERM, SIGINT); with ``once``, until the queue is empty."""
        discover()
        with self._told():
            log.info("worker %s began", self.name)
            while not self.stopping:
                try:
                    found = self._turn()
                except _AWAY as error:
                    log.warning("the database does not answer: %s", faults.trace(error))
                    connections.close_all()
                    found = None
                if found is None:
                    if self.once:
                        break
                    time.sleep(self.poll)
            connections.close_all()
            log.info("worker %s ended", self.name)

    def sweep(self) -> None:
        """Takes back jobs whose worker has not been heard of for longer than ``lease``."""
        at, lease = now(), timedelta(seconds=self.lease)
        for job in Job.objects.filter(state="running"):
            # A beat from well ahead of now was made before the clock was set back.
            if job.beat_at is not None and at - lease <= job.beat_at <= at + lease:
                continue
            token = secrets.token_hex(16)
            mine = Job.objects.filter(id=job.id, state="running", token=job.token, beat_at=job.beat_at)
            if mine.update(token=token, beat_at=at):
                log.warning("job %s: its worker was not heard of any more", job.id)
                running.release(job.id, token)
                queue.settle(job.id)
        for job_id in queue.stranded(at - lease):
            queue.settle(job_id)

    def _turn(self) -> int | None:
        """One job, if there is one."""
        if time.monotonic() - self._swept >= self.beat:
            self._swept = time.monotonic()
            self.sweep()
        if self.hourly is not None and time.monotonic() - self._hour >= _HOUR:
            self._hour = time.monotonic()
            self.hourly()
        job_id = queue.take(self.name)
        if job_id is None:
            return None
        token = secrets.token_hex(16)
        pid = self._fork(job_id, token)
        killed = self._watch(pid, job_id, token)
        if killed:
            log.warning("job %s: its process ended by signal %s", job_id, killed)
        self._after(job_id, token)
        return job_id

    def _fork(self, job_id: int, token: str) -> int:
        connections.close_all()
        gc.freeze()
        parent = os.getpid()
        with warnings.catch_warnings():
            # Later Pythons warn of any thread, those of Arrow and OpenBLAS too; there is none of Python's own.
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if pid:
            gc.unfreeze()
            return pid
        try:
            _work(job_id, token, parent)
        finally:
            # Never back into the worker's own loop, whatever happened; its buffers are the worker's to write.
            os._exit(0)

    def _watch(self, pid: int, job_id: int, token: str) -> int:
        """Until the process has ended; gives the signal that ended it, or 0."""
        beaten = time.monotonic()
        nap, asked, told = 0.005, 0.0, 0.0
        while True:
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
            at = time.monotonic()
            if self.stopping and not told:
                told = at
                os.kill(pid, signal.SIGTERM)
            if (told and at - told > self.patience) or (asked and at - asked > self.grace):
                os.kill(pid, signal.SIGKILL)
            if at - beaten >= self.beat:
                beaten = at
                mine, cancelling = self._beat(job_id, token)
                if not mine:
                    os.kill(pid, signal.SIGKILL)
                if cancelling and not asked:
                    asked = at
            time.sleep(nap)
            nap = min(nap * 1.5, 0.2)

    def _beat(self, job_id: int, token: str) -> tuple[bool, bool]:
        """Says that the job lives. Gives whether it is still ours, and whether it is to end."""
        try:
            Job.objects.filter(id=job_id, token=token, state="running").update(beat_at=now())
            job = Job.objects.filter(id=job_id).values("token", "state", "cancel_asked").first()
        except _AWAY as error:
            log.warning("job %s: the database does not answer: %s", job_id, faults.trace(error))
            connections.close_all()
            return True, False
        if job is None:
            return False, False
        return job["token"] == token or job["state"] != "running", bool(job["cancel_asked"])

    def _after(self, job_id: int, token: str) -> None:
        """The process has ended, however it did. A job it left running goes back, later each time it does not get on."""
        running.release(job_id, token)
        tries = Job.objects.filter(id=job_id).values_list("tries", flat=True).first() or 0
        queue.settle(job_id, timedelta(seconds=self.pause * 2**tries if tries else 0))

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """SIGTERM and SIGINT set ``stopping``."""

        def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
            self.stopping = True

        before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _work(job_id: int, token: str, parent: int) -> None:
    """In the process of the job."""
    stop = running.Stop()
    signal.signal(signal.SIGTERM, lambda *_: stop.ask())
    # Ctrl-C reaches all of a terminal's processes; the worker passes on what is meant.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        if os.getppid() == parent:
            running.run(job_id, token, stop)
    except BaseException as error:  # noqa: BLE001 - the process ends with it; the job is given back by whoever watches
        log.error("job %s: %s", job_id, faults.trace(error))
    finally:
        connections.close_all()
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
