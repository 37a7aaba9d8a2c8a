"""One measured process at a time: wall, processor time and peak memory of a child and of nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = {**os.environ, "ARROW_DEFAULT_MEMORY_POOL": "system"}
"""As the command line sets it, for everybody measured."""
# ru_maxrss counts KiB, on macOS bytes.
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Run:
    """What one process took: seconds of wall and of processor time (user and system, all threads), peak resident bytes. ``said`` is the
    JSON object on its last line, or empty."""

    wall: float
    cpu: float
    peak: int
    said: dict[str, Any]


class ChildFailed(Exception):
    """A measured process did not end well."""


def child(module: str, *words: object) -> Run:
    """Runs ``python -m module words…`` to its end. Interpreter start and imports are part of it.

    A new process's peak counts what its parent held when it was started, so this process has to stay small: nothing that
    loads NumPy is imported here or by ``bench.run``.

    Raises ChildFailed with the end of what it wrote.
    """
    command = [sys.executable, "-m", module, *map(str, words)]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begun = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=ENVIRONMENT, stdout=out, stderr=err)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        lines = out.read().decode().splitlines()
        if process.returncode:
            raise ChildFailed(f"{module} ended with {process.returncode}:\n{err.read().decode()[-3000:]}")
    said = json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {}
    return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * _RSS_UNIT, said)


def repeated(times: int, *jobs: Sequence[object]) -> list[list[Run]]:
    """Each job ``times`` times, taking turns, so that a slow minute of the machine falls on all of them alike."""
    runs: list[list[Run]] = [[] for _ in jobs]
    for _ in range(times):
        for i, (module, *words) in enumerate(jobs):
            runs[i].append(child(str(module), *words))
    return runs


def wall(runs: Sequence[Run]) -> float:
    return median(r.wall for r in runs)


def cpu(runs: Sequence[Run]) -> float:
    return median(r.cpu for r in runs)


def peak(runs: Sequence[Run]) -> int:
    return int(median(r.peak for r in runs))


def said(runs: Sequence[Run], name: str) -> float:
    """The median of a number that the child measured itself."""
    return median(float(r.said[name]) for r in runs)
