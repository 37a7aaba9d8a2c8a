"""Background work that a command waits for: done in its own process, or watched where a worker was quicker."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from doudi.cli.common import FAULTS, console, said

if TYPE_CHECKING:
    from doudi.server.jobs.views import JobView
    from doudi.server.lib.actor import Actor

POLL = 0.5
"""Seconds between looks at a job that another process does."""


def follow(by: Actor, job_id: int, lang: str) -> JobView:
    """Until the job has ended. A job that failed ends the command with its words and exit code 2."""
    from doudi.server.jobs.actions import run_here
    from doudi.server.jobs.selectors import job

    with console.status(said("处理中…", "Working…", lang)) as status:
        found = run_here(job_id)
        while not found.ended:
            time.sleep(POLL)
            found = job(by, job_id)
            if found.total:
                status.update(f"{found.done:,} / {found.total:,}")
    if found.state != "done":
        zh, en = found.zh or "任务被取消了。", found.en or "The job was cancelled."
        click.echo(said(zh, en, lang), err=True)
        raise SystemExit(FAULTS)
    return found


def put(path: Path, data: bytes) -> None:
    """Writes a workbook, readable by its owner only: it holds people's data. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.part")
    beside.unlink(missing_ok=True)
    beside.touch(mode=0o600)
    beside.write_bytes(data)
    beside.replace(path)
