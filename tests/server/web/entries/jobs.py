"""Background work."""

from __future__ import annotations

from doudi.server.jobs.actions import start
from tests.server.web.matrix import Entry
from tests.server.web.world import World


def seed(world: World) -> None:
    """A job in each county; nobody works on them."""
    for name, who, area in (("job", "CONFIRMING", "451229"), ("job there", "OTHER_COUNTY", "451228")):
        world.ids[name] = start(world.who[who], "screening", params={"as_of": "2024-07-01"}, area=area).id


ENTRIES = {
    "jobs-all": Entry("/jobs"),
    "jobs-one": Entry(
        lambda w: f"/jobs/{w.ids['job']}",
        ("screening.run", "jobs.manage"),
        there=lambda w: f"/jobs/{w.ids['job there']}",
    ),
    "jobs-bar": Entry(
        lambda w: f"/jobs/{w.ids['job']}/bar",
        ("screening.run", "jobs.manage"),
        there=lambda w: f"/jobs/{w.ids['job there']}/bar",
    ),
}
