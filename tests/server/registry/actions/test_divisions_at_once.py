"""A division changes at the very moment at which somebody is put there, each over a connection of its own: whichever is first, nobody is left in
what is there no more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from threading import Event, Thread
from time import sleep
from typing import Any

import pytest
from django.db import connection, transaction

from doudi.server.areas.actions.ensuring import ensure
from doudi.server.areas.selectors import division
from doudi.server.areas.shapes import NewDivision
from doudi.server.lib.acting import acting
from doudi.server.lib.refusals import Refused
from doudi.server.operations import divisions
from doudi.server.registry import batch as b
from doudi.server.registry.actions import kernel, move, register_household, split
from doudi.server.registry.actions import load as loading
from doudi.server.registry.models import Residence
from tests.server.cast import ADMINISTRATOR, CLERK, NAMES, NEXT_VILLAGE, SYSTEM, VILLAGE_CODE
from tests.server.registry.actions.homes import family, someone

DAY = date(2024, 1, 1)
NEW_VILLAGE = "451229103209"
PLACING = ("register", "move", "split", "load")
CHANGES = ("end", "merge", "recode")
A_WHILE = 0.4
"""Seconds for which the first goes on while the second has begun."""


@pytest.fixture
def divided(committed: dict[str, str]) -> dict[str, str]:
    ensure(SYSTEM, [NewDivision(code, name) for code, name in NAMES.items()], date(2000, 1, 1))
    return committed


def placing(how: str) -> Callable[[], object]:
    """An act that puts a household into NEXT_VILLAGE, where nobody is yet."""
    done = family()
    home, child = done.household or 0, done.people[2]
    batch = b.Batch(
        people=[b.NewPerson("p", "韦桂花")], households=[b.NewHousehold("h", NEXT_VILLAGE)],
        memberships=[b.NewMembership("h", "p", head=True)],
    )  # fmt: skip
    acts: dict[str, Callable[[], object]] = {
        "register": partial(register_household, by=CLERK, area=NEXT_VILLAGE, members=[someone("蒙一")], on=DAY),
        "move": partial(move, by=CLERK, household=home, area=NEXT_VILLAGE, on=DAY),
        "split": partial(split, by=CLERK, household=home, people=[child], head=child, area=NEXT_VILLAGE, on=DAY),
        "load": partial(loading.load, by=CLERK, batch=batch, on=DAY),
    }
    return acts[how]


def changing(how: str) -> None:
    if how == "end":
        divisions.end(by=ADMINISTRATOR, code=NEXT_VILLAGE, on=DAY)
    elif how == "merge":
        divisions.merge(by=ADMINISTRATOR, codes=[NEXT_VILLAGE], into=VILLAGE_CODE, on=DAY)
    else:
        divisions.recode(by=ADMINISTRATOR, code=NEXT_VILLAGE, new_code=NEW_VILLAGE, on=DAY)


def one_after_the_other(first: Callable[[Callable[[], None]], object], second: Callable[[], object]) -> list[str]:
    """``first`` is given what to call when it is half done: from there on ``second`` is under way as well. How each was refused, or nothing."""
    half_done, told = Event(), ["", ""]

    def half() -> None:
        half_done.set()
        sleep(A_WHILE)

    def run(which: int, act: Callable[[], object]) -> None:
        try:
            act()
        except Refused as refused:
            told[which] = refused.code
        finally:
            half_done.set()
            connection.close()

    def later() -> None:
        half_done.wait()
        second()

    threads = [Thread(target=run, args=x) for x in ((0, partial(first, half)), (1, later))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def nobody_is_nowhere() -> set[str]:
    """Where households are from DAY on, each in a division that is there."""
    with acting(SYSTEM):
        rows = Residence.objects.filter(withdrawn=None, until=None)
        places = set(rows.values_list("area", flat=True))
    assert {division(code, DAY).code for code in places} == places
    return places


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("how", PLACING)
def test_a_division_changes_just_before_somebody_is_put_there(divided: dict[str, str], how: str, change: str) -> None:
    act = placing(how)

    def first(half: Callable[[], None]) -> None:
        with transaction.atomic():
            changing(change)
            half()

    refused = one_after_the_other(first, act)
    assert refused == ["", "batch-refused" if how == "load" else "area-not-there"]
    assert nobody_is_nowhere() == {VILLAGE_CODE}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("how", PLACING)
def test_a_division_changes_just_after_somebody_was_put_there(
    divided: dict[str, str], monkeypatch: pytest.MonkeyPatch, how: str, change: str
) -> None:
    act = placing(how)
    where, name = (loading, "_write") if how == "load" else (kernel.Work, "finish")
    rest: Any = getattr(where, name)

    def first(half: Callable[[], None]) -> None:
        def half_done(*args: Any) -> Any:
            # Of this act alone: a change of divisions is one on the registry too.
            monkeypatch.setattr(where, name, rest)
            half()
            return rest(*args)

        monkeypatch.setattr(where, name, half_done)
        act()

    refused = one_after_the_other(first, partial(changing, change))
    assert refused == ["", "people-there" if change == "end" else ""]
    now = {"end": NEXT_VILLAGE, "merge": VILLAGE_CODE, "recode": NEW_VILLAGE}[change]
    assert now in nobody_is_nowhere()
