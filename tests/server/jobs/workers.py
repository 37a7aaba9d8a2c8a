"""Workers as processes of their own, forked from the test: they begin in milliseconds."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

from django.db import connections

from doudi.server.jobs.models import Job
from doudi.server.jobs.worker import Worker


def worker(**more: float | bool) -> Worker:
    """One whose every time is short."""
    times: dict[str, float | bool] = {"lease": 0.6, "beat": 0.1, "poll": 0.02, "pause": 0.0, "patience": 5.0}
    return Worker(**{**times, **more})  # type: ignore[arg-type]


def fork(made: Worker) -> int:
    """A worker in a process group of its own."""
    pid = child()
    if pid:
        return pid
    try:
        os.setsid()
        logging.disable()
        made.run()
    finally:
        os._exit(0)


def child() -> int:
    """``os.fork`` without the parent's connections. (Later Pythons warn of any thread, those of Arrow and OpenBLAS too.)"""
    connections.close_all()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def end(pid: int, number: int = signal.SIGTERM, within: float = 20.0) -> int:
    """Sends a signal and waits; gives the wait status."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
    until = time.monotonic() + within
    while time.monotonic() < until:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return status
        time.sleep(0.01)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    raise AssertionError("the worker did not end")


def children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


@contextlib.contextmanager
def running(*made: Worker) -> Iterator[list[int]]:
    pids = [fork(m) for m in made]
    try:
        yield pids
    finally:
        for pid in pids:
            with contextlib.suppress(ChildProcessError):
                end(pid, signal.SIGKILL)


def until(*jobs: int, state: str = "", done: int = 0, within: float = 30.0) -> list[str]:
    """Waits until every job is in ``state`` (empty: has ended) and so far on; gives their states."""
    deadline = time.monotonic() + within
    while True:
        rows = list(Job.objects.filter(id__in=jobs).order_by("id").values_list("state", "done"))
        states = [s for s, _ in rows]
        if all((s == state if state else s in ("done", "failed", "cancelled")) and n >= done for s, n in rows):
            return states
        if time.monotonic() > deadline:
            raise AssertionError(f"still {rows}")
        time.sleep(0.02)
