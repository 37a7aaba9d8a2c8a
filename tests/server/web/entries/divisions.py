"""The tree of divisions."""

from __future__ import annotations

from doudi.server.areas.actions import make_set
from tests.server.cast import FAR_TOWN, FAR_VILLAGE, SYSTEM, TOWN, VILLAGE_CODE
from tests.server.web.matrix import Entry
from tests.server.web.world import ON, World

CHANGE = ("areas.change",)


def seed(world: World) -> None:
    """A set on each side."""
    for end, code in (("here", VILLAGE_CODE), ("there", FAR_VILLAGE)):
        world.ids[f"set {end}"] = make_set(by=SYSTEM, kind="resettlement", name=f"安置点{end}", codes=[code], on=ON)


ENTRIES = {
    "divisions-sets": Entry("/divisions/sets", CHANGE),
    "divisions-set": Entry(
        lambda w: f"/divisions/sets/{w.ids['set here']}",
        CHANGE,
        there=lambda w: f"/divisions/sets/{w.ids['set there']}",
    ),
    "divisions-tree": Entry(f"/divisions?code={TOWN}", CHANGE, there=f"/divisions?code={FAR_TOWN}"),
    "divisions-import": Entry("/divisions/import", CHANGE),
    "divisions-act": Entry(
        "/divisions/end", CHANGE, there="/divisions/end", form={"code": "999999999", "on": "2024-07-01"}, status=(404,)
    ),
}
