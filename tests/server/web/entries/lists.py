"""Screening lists and screenings, with an item in each county and a run over both."""

from __future__ import annotations

from datetime import UTC, date, datetime

from doudi.server.decisions.models import Run, Snapshot, WorkItem
from doudi.server.lib.acting import acting
from tests.server.cast import FAR_VILLAGE, SYSTEM, VILLAGE_CODE
from tests.server.web.matrix import Entry
from tests.server.web.world import World

READ = ("screening.read",)
DAY = date(2024, 7, 1)


def seed(world: World) -> None:
    """A finished run of both counties, whose files are not there, and an item of each household."""
    at = datetime(2024, 7, 2, tzinfo=UTC)
    with acting(SYSTEM):
        snapshot = Snapshot.objects.create(
            month=DAY, as_of=DAY, knowing=at, area="", policy="p", shape="s", folder="", made_at=at, keep_until=DAY, state="whole"
        )  # fmt: skip
        run = Run.objects.create(
            snapshot=snapshot, area="", month=DAY, as_of=DAY, policy="p", pack="demo", ruleset="r", engine="e", folder="", made_at=at,
            state="whole",
        )  # fmt: skip
        world.ids["run"] = run.id
        for name, household, area in (("item", world.here, VILLAGE_CODE), ("item there", world.there, FAR_VILLAGE)):
            world.ids[name] = WorkItem.objects.create(
                code="应保未保", programme="低保", household=household, area=area, zh="收入低于标准", en="Income below the line", first_run=run,
                last_run=run, due=50_000,
            ).id  # fmt: skip


ENTRIES = {
    "lists-index": Entry(
        f"/lists?list=%E5%BA%94%E4%BF%9D%E6%9C%AA%E4%BF%9D&area={VILLAGE_CODE}", READ, there=f"/lists?area={FAR_VILLAGE}"
    ),
    "lists-item": Entry(lambda w: f"/lists/item/{w.ids['item']}", READ, there=lambda w: f"/lists/item/{w.ids['item there']}"),
    "lists-choose": Entry("/lists/choose", READ, form={}, alone=True),
    "lists-runs": Entry("/lists/runs", READ),
    "lists-run": Entry(lambda w: f"/lists/runs/{w.ids['run']}", READ),
    "lists-compare": Entry("/lists/compare", READ),
}  # fmt: skip
