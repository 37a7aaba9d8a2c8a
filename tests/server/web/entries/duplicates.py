"""Suspected doubles; what changes a pair is tried in ``test_duplicates``."""

from __future__ import annotations

from datetime import UTC, datetime

from doudi.server.lib.acting import acting
from doudi.server.registry.actions import NewMember, register_household
from doudi.server.registry.models import Pair
from tests.server.cast import FAR_VILLAGE, SYSTEM, VILLAGE_CODE
from tests.server.web.matrix import Entry
from tests.server.web.world import ON, World

DECIDE = ("duplicates.decide",)
EVIDENCE = [{"code": "name-same", "points": 57, "values": {"count": 2}}, {"code": "place-village", "points": 24}]


def seed(world: World) -> None:
    """In each county somebody who may be the one who is there."""
    for name, known, area in (
        ("pair", world.person_here, VILLAGE_CODE),
        ("pair there", world.person_there, FAR_VILLAGE),
    ):
        other = register_household(by=SYSTEM, area=area, members=[NewMember("某人")], on=ON).people[0]
        a, b = sorted((known, other))
        with acting(SYSTEM):
            found = datetime(2024, 7, 2, tzinfo=UTC)
            world.ids[name] = Pair.objects.create(
                a_id=a, b_id=b, area_a=area, area_b=area, score=81, evidence=EVIDENCE, found_at=found
            ).id


ENTRIES = {
    "duplicates-index": Entry(f"/duplicates?area={VILLAGE_CODE}", DECIDE, there=f"/duplicates?area={FAR_VILLAGE}"),
    "duplicates-search": Entry("/duplicates/search", DECIDE, form={}, status=(303,)),
    "duplicates-pair": Entry(lambda w: f"/duplicates/{w.ids['pair']}", DECIDE, there=lambda w: f"/duplicates/{w.ids['pair there']}"),
    "duplicates-next": Entry(lambda w: f"/duplicates/{w.ids['pair']}/next", DECIDE, status=(302,)),
    "duplicates-merge": Entry(
        lambda w: f"/duplicates/{w.ids['pair']}/merge", DECIDE, there=lambda w: f"/duplicates/{w.ids['pair there']}/merge", form={}
    ),
    "duplicates-different": Entry("/duplicates/1/different", DECIDE, form={}, alone=True),
    "duplicates-undo": Entry("/duplicates/1/undo", DECIDE, form={}, alone=True),
}  # fmt: skip
