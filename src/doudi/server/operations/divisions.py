"""A change of divisions carried through as one act: the tree, and everybody who lives in what changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import transaction

from doudi.server.areas.actions import changing
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.registry.actions.recode import recode as follow


def merge(*, by: Actor, on: date, why: str = "", **change: Any) -> int:
    """``codes`` become ``into``; see ``areas.actions.changing.merge``. Gives the number of the act on the registry."""
    return _through(changing.merge, by, on, why, change)


def split(*, by: Actor, on: date, why: str = "", **change: Any) -> int:
    """``code`` becomes several; who lived in nothing that was assigned must be placed village by village. See ``areas.actions.changing.split``."""
    return _through(changing.split, by, on, why, change)


def recode(*, by: Actor, on: date, why: str = "", **change: Any) -> int:
    """``code`` becomes ``new_code``: a new number, or a new place in the tree. See ``areas.actions.changing.recode``."""
    return _through(changing.recode, by, on, why, change)


def _through(change: Callable[..., Any], by: Actor, on: date, why: str, said: dict[str, Any]) -> int:
    with acting(by), transaction.atomic():
        return follow(by=by, moves=change(by=by, on=on, why=why, **said), on=on, why=why).act
