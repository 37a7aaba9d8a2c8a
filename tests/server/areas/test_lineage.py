"""Whatever is done to a county: every village is found again, under the name and the township of any day, and today."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doudi.server.areas import selectors
from doudi.server.areas.actions import ensure, merge, recode, rename, split
from doudi.server.areas.shapes import Moves, NewDivision
from tests.server import cast

BEGUN = date(2000, 1, 1)
COUNTY = "451229"
STEP = timedelta(days=30)
acts = st.lists(
    st.tuples(st.sampled_from(["recode", "merge", "move", "split", "rename"]), st.integers(0, 9), st.integers(0, 9)),
    max_size=5,
)


class World:
    """Villages by what they were called at first, with their codes and names day by day, as the moves told."""

    def __init__(self) -> None:
        self.code = {f"{t}{v}": f"{COUNTY}{t}{v}" for t in (101, 102, 201) for v in (201, 202)}
        self.name = {v: f"村{v}" for v in self.code}
        self.past: list[tuple[date, dict[str, str], dict[str, str]]] = []
        self.fresh = 300

    def towns(self) -> list[str]:
        return sorted({c[:9] for c in self.code.values()})

    def free(self) -> str:
        self.fresh += 1
        return f"{COUNTY}{self.fresh}"

    def follow(self, moves: Moves) -> None:
        became = dict(moves)
        self.code = {v: became.get(c, c) for v, c in self.code.items()}

    def keep(self, day: date) -> None:
        self.past.append((day, dict(self.code), dict(self.name)))

    def do(self, act: str, one: int, two: int, on: date) -> None:
        towns = self.towns()
        town, other = towns[one % len(towns)], towns[two % len(towns)]
        village = sorted(self.code)[one % len(self.code)]
        if act == "recode":
            self.follow(recode(by=cast.SYSTEM, code=town, new_code=self.free(), on=on))
        elif act == "merge" and town != other:
            self.follow(merge(by=cast.SYSTEM, codes=[town], into=other, on=on))
        elif act == "move":
            self.follow(
                recode(by=cast.SYSTEM, code=self.code[village], new_code=f"{other}{400 + len(self.past)}", on=on)
            )
        elif act == "split":
            below = sorted(c for c in self.code.values() if c.startswith(town))
            new = self.free()
            self.follow(
                split(by=cast.SYSTEM, code=town, into=[NewDivision(new, "新镇")], assign={below[0]: new}, on=on)
            )
        elif act == "rename":
            rename(by=cast.SYSTEM, code=self.code[village], name=f"名{on}", on=on)
            self.name[village] = f"名{on}"


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts)
def test_every_village_is_found_again(db: str, told: list[tuple[str, int, int]]) -> None:
    with transaction.atomic():
        world = World()
        ensure(cast.SYSTEM, [NewDivision(c, c) for c in ("45", "4512", COUNTY)], BEGUN)
        ensure(cast.SYSTEM, [NewDivision(t, "镇") for t in world.towns()], BEGUN)
        ensure(cast.SYSTEM, [NewDivision(c, world.name[v]) for v, c in world.code.items()], BEGUN)
        world.keep(BEGUN)
        for n, (act, one, two) in enumerate(told, start=1):
            world.do(act, one, two, BEGUN + n * STEP)
            world.keep(BEGUN + n * STEP)
        today = BEGUN + len(told) * STEP
        for day, codes, names in world.past:
            held = {
                d.code: d.name
                for t in selectors.children(cast.SYSTEM, COUNTY, day)
                for d in selectors.children(cast.SYSTEM, t.code, day)
            }
            assert held == {codes[v]: names[v] for v in codes}, "the tree of that day"
            for village, code in codes.items():
                assert selectors.became(code, day, today) == (world.code[village],)
                assert world.code[village][:9] in selectors.became(code[:9], day, today) or _moved_out(world, village)
                assert code in {world.code[village], *selectors.formerly([world.code[village]], today)}
        transaction.set_rollback(True)


def _moved_out(world: World, village: str) -> bool:
    """Villages that left their township alone are not where the township went."""
    return len({codes[village][9:] for _, codes, _ in world.past}) > 1
