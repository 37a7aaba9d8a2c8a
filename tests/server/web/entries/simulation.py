"""What changed standards would do."""

from __future__ import annotations

from datetime import date

from doudi.server.decisions.models import Simulation
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import system
from doudi.server.lib.moments import now
from tests.server.cast import COUNTY, OTHER_COUNTY_CODE
from tests.server.web.matrix import Entry
from tests.server.web.world import World

READ = ("screening.read",)
SUM = {
    "area": 451229101000, "cost_before": 100_00, "cost_after": 150_00, "covered_before": 3, "covered_after": 4, "winners": 2, "losers": 1, "gained": 60_00,
    "lost": 10_00,
}  # fmt: skip
EFFECTS = {
    "total": {**SUM, "area": 451229000000},
    "areas": [SUM, {**SUM, "area": 451229103000}],
    "programmes": [
        {
            "programme": "低保", "en": "Minimum living guarantee", "granted_before": 3, "granted_after": 4, "newly": 2, "no_longer": 1,
            "cost_before": 100_00, "cost_after": 150_00,
        },
    ],
    "moves": [["低保边缘户", "低保户", 2], ["?", "低保户", 1]],
    "undecided": 5,
}  # fmt: skip


def seed(world: World) -> None:
    """Two scenarios of the county, worked out, and one of another county."""
    change = {"standard": "低保标准", "area": COUNTY, "key": "农村", "value": "7200 元"}
    with acting(system("test")):
        for name, area in (("scenario", COUNTY), ("scenario two", COUNTY), ("scenario there", OTHER_COUNTY_CODE)):
            world.ids[name] = Simulation.objects.create(
                name=f"{name} 提高", area=area, as_of=date(2024, 7, 1), changes=[{**change, "area": area}], state="whole", effects=EFFECTS,
                made_at=now(), by_name="罗策",
            ).id  # fmt: skip


ENTRIES = {
    "simulation-list": Entry("/simulation", READ),
    "simulation-new": Entry("/simulation/new?standard=低保标准", ("screening.run",)),
    "simulation-one": Entry(lambda w: f"/simulation/{w.ids['scenario']}", READ, status=(200, 404)),
    "simulation-compare": Entry(
        lambda w: f"/simulation/compare?of={w.ids['scenario']}&of={w.ids['scenario two']}", READ, status=(200, 404)
    ),
    "simulation-chart": Entry(lambda w: f"/simulation/{w.ids['scenario']}/chart/cost.svg", READ, status=(200, 404)),
    "simulation-book": Entry(lambda w: f"/simulation/{w.ids['scenario']}/book.xlsx", READ, status=(200, 404)),
    "simulation-name": Entry("/simulation/1/name", form={}, alone=True),
    "simulation-delete": Entry("/simulation/1/delete", form={}, alone=True),
}
