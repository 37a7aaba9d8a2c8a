"""What is remembered is never old."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

from doudi.server.areas.actions import ensure
from doudi.server.areas.shapes import NewDivision
from doudi.server.lib import remembered as module
from doudi.server.lib.remembered import remembered
from doudi.server.registry.actions.inputs import NewMember
from doudi.server.registry.actions.register import register_household
from doudi.server.registry.selectors.counted import counted
from tests.server.cast import CLERK, NAMES, OTHER_TOWN, SYSTEM, VILLAGE_CODE
from tests.server.web.world import ON


def test_an_answer_stands_until_its_stamp_moves() -> None:
    made: list[int] = []

    def ask(stamp: object) -> int:
        def make() -> int:
            made.append(1)
            return len(made)

        return remembered(("test", id(made)), stamp, make)

    assert [ask(1), ask(1), ask(2), ask(2), ask(1)] == [1, 1, 2, 2, 3]


def test_who_asks_at_once_makes_it_once() -> None:
    made: list[int] = []
    begun, go_on = Event(), Event()

    def make() -> int:
        begun.set()
        assert go_on.wait(20)
        made.append(1)
        return len(made)

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(remembered, ("at once", id(made)), 0, make) for _ in range(4)]
        assert begun.wait(20)
        go_on.set()
        assert [a.result(20) for a in asked] == [1, 1, 1, 1]


def test_not_everything_is_kept_for_ever() -> None:
    for n in range(module.MOST + 10):
        remembered(("many", n), 0, lambda: 0)
    assert len(module._KEPT) <= module.MOST


def test_counts_are_those_of_now_and_of_the_reader(db: str) -> None:
    ensure(SYSTEM, [NewDivision(code, name) for code, name in NAMES.items()])
    assert counted(CLERK).households == 0
    register_household(by=CLERK, area=VILLAGE_CODE, members=[NewMember("韦大山", "户主", head=True)], on=ON)
    assert (counted(CLERK).households, counted(CLERK).people) == (1, 1)
    assert counted(OTHER_TOWN).households == 0
