"""A change of divisions carried through as one act: the tree, and everybody who lives in what changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from doudi.server.areas.actions import changing, importing
from doudi.server.areas.selectors import name_of
from doudi.server.areas.shapes import Preview
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import Refused
from doudi.server.registry.actions.recode import recode as follow
from doudi.server.registry.selectors.homes import living_in


def merge(*, by: Actor, on: date, why: str = "", **change: Any) -> int:
    """``codes`` become ``into``; see ``areas.actions.changing.merge``. Gives the number of the act on the registry."""
    return _through(changing.merge, by, on, why, change)


def split(*, by: Actor, on: date, why: str = "", **change: Any) -> int:
    """``code`` becomes several; who lived in nothing that was assigned must be placed village by village. See ``areas.actions.changing.split``."""
    return _through(changing.split, by, on, why, change)


def recode(*, by: Actor, on: date, why: str = "", **change: Any) -> int:
    """``code`` becomes ``new_code``: a new number, or a new place in the tree. See ``areas.actions.changing.recode``."""
    return _through(changing.recode, by, on, why, change)


def end(*, by: Actor, code: str, on: date, why: str = "") -> None:
    """From ``on`` on there is no such division; see ``areas.actions.changing.end``. Refused while households are there: nobody would answer for
    them."""
    with acting(by), transaction.atomic():
        changing.end(by=by, code=code, on=on, why=why)
        _nobody_left(by, code, on)


def load_workbook(*, by: Actor, path: Path, on: date, why: str = "") -> Preview:
    """Divisions from a workbook; see ``areas.actions.importing.load_workbook``. Refused where it ends one in which households are."""
    with acting(by), transaction.atomic():
        done = importing.load_workbook(by=by, path=path, on=on, why=why)
        for change in done.changes:
            if change.what == "end":
                _nobody_left(by, change.code, change.on)
        return done


def _nobody_left(by: Actor, code: str, on: date) -> None:
    households = living_in(by, code, on=on)
    if households:
        name = name_of(code, on)
        raise Refused(
            "people-there", f"{name}（{code}）在 {on} 及以后还有 {households} 户；请改为并入另一个区划，或先把他们迁走。",
            f"There are {households} households in {name} ({code}) on {on} or later; merge it into another division, or let them move first.", field="on",
        )  # fmt: skip


def _through(change: Callable[..., Any], by: Actor, on: date, why: str, said: dict[str, Any]) -> int:
    with acting(by), transaction.atomic():
        return follow(by=by, moves=change(by=by, on=on, why=why, **said), on=on, why=why).act
