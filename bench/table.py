"""Rows of the result and how they are printed."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One bar. ``passed`` None: there is no bar, the figure is there to read the others by."""

    what: str
    bar: str
    measured: str
    passed: bool | None = None

    @property
    def verdict(self) -> str:
        return "" if self.passed is None else "pass" if self.passed else "**fail**"


def markdown(rows: Sequence[Row]) -> str:
    """One table."""
    head = ["| what | bar | measured | |", "|---|---|---|---|"]
    return "\n".join(head + [f"| {r.what} | {r.bar} | {r.measured} | {r.verdict} |" for r in rows])


def machine() -> str:
    """The machine in a line that names neither it nor the day."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    system = f"{platform.system()} {platform.machine()}"
    return f"{os.cpu_count()} cores, {memory:.0f} GiB of memory, {system}, Python {platform.python_version()}"


def seconds(x: float) -> str:
    return f"{x * 1000:.2f} ms" if x < 0.1 else f"{x:.2f} s"


def mib(x: float) -> str:
    return f"{x / 2**20:.0f} MiB"
