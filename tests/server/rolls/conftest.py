"""The households of the registry's tests, three of which were screened."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from doudi.server.decisions.models import Run, Snapshot, Standing, WorkItem
from doudi.server.lib.acting import acting
from doudi.server.registry.batch import Loaded
from tests.server.cast import OTHER_VILLAGE, SYSTEM, VILLAGE_CODE
from tests.server.registry.selectors.homes import settle

AT = datetime(2026, 10, 1, tzinfo=UTC)
STOOD = {
    "黄家": (VILLAGE_CODE, "", "低保", 50_000, 0), "单家": (VILLAGE_CODE, "", "", None, 2), "覃家": (OTHER_VILLAGE, VILLAGE_CODE, "低收入", 0, 1)
}  # fmt: skip
"""Household -> area, other area, class, due in fen, open answers. 欧家 and 韦家 were not screened."""


@pytest.fixture
def homes(db: str) -> Loaded:
    loaded = settle()
    with acting(SYSTEM):
        day = date(2026, 10, 1)
        snapshot = Snapshot.objects.create(
            month=day, as_of=day, knowing=AT, area="", policy="p", shape="s", folder="", made_at=AT, keep_until=day
        )  # fmt: skip
        run = Run.objects.create(
            snapshot=snapshot, area="", month=day, as_of=day, policy="p", pack="demo", ruleset="r", engine="e", folder="", made_at=AT,
            state="whole",
        )  # fmt: skip
        for home, (area, other, kind, due, open_) in STOOD.items():
            Standing.objects.create(
                household=loaded.households[home], area=area, other_area=other, kind=kind, due=due, open=open_, run=run
            )
            WorkItem.objects.create(
                code="无法判定" if open_ else "应保未保", programme="低保", household=loaded.households[home], area=area, other_area=other,
                zh="理由", en="reason", first_run=run, last_run=run,
            )  # fmt: skip
    return loaded
