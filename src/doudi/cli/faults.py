"""Saying the faults of a pack on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from doudi.rules import Fault

FAULTS = 2
"""Exit status where a pack has faults."""


def faults_exit(faults: Iterable[Fault], lang: str) -> NoReturn:
    """Write faults to standard error and end with status 2."""
    listed = list(faults)
    for line in fault_lines(listed, lang):
        click.echo(line, err=True)
    n = sum(f.severity == "error" for f in listed)
    click.echo(f"{n} 处错误，规则包没有载入" if lang == "zh" else f"{n} faults; the pack was not loaded", err=True)
    sys.exit(FAULTS)


def fault_lines(faults: Iterable[Fault], lang: str) -> list[str]:
    """Each fault with its place; in Chinese the English sentence follows on a line of its own."""
    out = []
    for f in faults:
        mark = {"error": ("错误", "error"), "warning": ("提醒", "warning")}[f.severity][0 if lang == "zh" else 1]
        out.append(f"{f.where}: {mark} [{f.code}] {f.zh if lang == 'zh' else f.en}")
        if lang == "zh":
            out.append(f"    {f.en}")
    return out
