"""One measured process at a time: wall, processor time and peak memory of a child with what it forks, and of nothing else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = {**os.environ, "ARROW_DEFAULT_MEMORY_POOL": "system", "OPENBLAS_NUM_THREADS": "1"}
"""As the command line sets it, for everybody measured."""
# What is installed has been compiled to bytecode once, as the libraries measured beside are; nobody's sources are compiled at every start.
ENVIRONMENT.pop("PYTHONDONTWRITEBYTECODE", None)
# ru_maxrss counts KiB, on macOS bytes.
LOOK = 0.004
"""Seconds between two looks at what is held."""
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Run:
    """What one process took: seconds of wall and of processor time (user and system, all threads and all processes that it forked), peak
    resident bytes of the one that held most. ``said`` is the JSON object on its last line, or empty."""

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


def memory(module: str, *words: object) -> int:
    """The most bytes that ``python -m module words…`` and the processes that it forks hold at once, in a run of its own.

    What several of them share (libraries, what was loaded before forking) counts once: the sum of their proportional set sizes, looked at
    every few milliseconds, which slows the run down. Where the system does not tell them apart, the first process's peak.

    Raises ChildFailed.
    """
    if not Path("/proc/self/smaps_rollup").exists():
        return child(module, *words).peak
    most = 0
    process = subprocess.Popen(
        [sys.executable, "-m", module, *map(str, words)],
        cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while process.poll() is None:
        most = max(most, sum(map(_held, _family(process.pid))))
        time.sleep(LOOK)
    if process.returncode:
        raise ChildFailed(f"{module} ended with {process.returncode}")
    return most


def _family(pid: int) -> list[int]:
    """A process and those it forked."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *(p for child in children for p in _family(int(child)))]


def _held(pid: int) -> int:
    """Bytes, those shared with others in proportion; 0 for a process that is gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def repeated(times: int, *jobs: Sequence[object], fresh: Collection[object] = ()) -> list[list[Run]]:
    """Each job ``times`` times, taking turns, so that a slow minute of the machine falls on all of them alike. ``fresh``: the folders that jobs
    write to; what an earlier run left there is gone before the clock starts, so that nobody is timed for clearing up."""
    runs: list[list[Run]] = [[] for _ in jobs]
    for _ in range(times):
        for i, (module, *words) in enumerate(jobs):
            for folder in fresh:
                if folder in words:
                    shutil.rmtree(str(folder), ignore_errors=True)
            runs[i].append(child(str(module), *words))
    return runs


def wall(runs: Sequence[Run]) -> float:
    return median(r.wall for r in runs)


def cpu(runs: Sequence[Run]) -> float:
    return median(r.cpu for r in runs)


def said(runs: Sequence[Run], name: str) -> float:
    """The median of a number that the child measured itself."""
    return median(float(r.said[name]) for r in runs)
