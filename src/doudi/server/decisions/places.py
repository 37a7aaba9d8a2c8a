"""Where the files of snapshots and runs lie, and whose households are in them."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from uuid import uuid4

from django.conf import settings

from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotFound

SNAPSHOTS, RUNS = "snapshots", "runs"


def fresh(kind: str, month: date) -> str:
    """A folder's name that no other database sharing the data folder gives either."""
    return f"{kind}/{month:%Y-%m}-{uuid4().hex[:16]}"


def at(name: str) -> Path:
    home: Path = settings.ENVIRONMENT.home
    return home / name


def gone(name: str) -> None:
    """Removes a folder; one that is not there is gone already."""
    if name:
        shutil.rmtree(at(name), ignore_errors=True)


def within(by: Actor, area: str) -> None:
    """Raises NotFound where ``area`` does not lie wholly in the actor's areas."""
    if not by.scope.covers(area):
        raise NotFound(
            "no-area",
            f"您的辖区内没有“{area or '全部地区'}”。",
            f"“{area or 'everywhere'}” does not lie within your areas.",
        )
