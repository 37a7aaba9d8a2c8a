"""Figures of areas and the lists behind them. The screening of this world is one whose files are gone: its sums remain, its lists do not."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from doudi.server.decisions.models import PURGED, Run, RunFigure, Snapshot
from doudi.server.decisions.running import claims as c
from doudi.server.lib.acting import acting
from doudi.server.lib.moments import now
from doudi.server.policybook.policy import Policy
from doudi.server.policybook.selectors import policy
from doudi.server.policybook.texts import keep
from tests.server.cast import COUNTY, FAR_VILLAGE, NEXT_VILLAGE, OTHER_COUNTY_CODE, OTHER_VILLAGE, SYSTEM, VILLAGE_CODE
from tests.server.web.matrix import Entry
from tests.server.web.world import ON, World

READS = ("decisions.read",)
HERE, THERE = f"/figures/{VILLAGE_CODE}", f"/figures/{FAR_VILLAGE}"
FOUND = (
    (c.STEP, c.RECORD), (c.STEP, c.SCREENED), (c.STEP, c.DECIDED), (c.STEP, c.ENTITLED), (c.STEP, c.RECEIVING), (c.CLASS, "低保户"),
    (c.CLASS, "其他户"), (c.CLASS, ""), (c.PERSON, "低保对象"), (c.ENTITLED, "低保"), (c.TAKEN, "低保"), (c.MISSED, "低保"), (c.RECEIVING, "低保"),
    (c.OPEN, "低保"),
)  # fmt: skip


def seed(world: World) -> None:
    """Two months of figures of the county's villages, as screenings leave them."""
    with acting(SYSTEM), transaction.atomic():
        chosen = policy(ON)
        keep(SYSTEM, chosen)
        for month in (ON, ON.replace(month=8)):
            run = _of(COUNTY, month, chosen)
            there = _of(OTHER_COUNTY_CODE, month, chosen)
            world.ids |= {"figured": run.id, "figured there": there.id}
            for found, villages in ((run, (VILLAGE_CODE, NEXT_VILLAGE, OTHER_VILLAGE)), (there, (FAR_VILLAGE,))):
                for i, village in enumerate(villages, 3):
                    for level in (6, 9, 12):
                        _add(found, level, village[:level], i + month.month)


def _of(area: str, month: date, chosen: Policy) -> Run:
    of = {"area": area, "month": month, "as_of": month, "policy": chosen.digest, "state": PURGED, "made_at": now()}
    snapshot = Snapshot.objects.create(knowing=now(), keep_until=month, **of)
    return Run.objects.create(snapshot=snapshot, pack=chosen.pack.name, figured=True, **of)


def _add(run: Run, level: int, area: str, n: int) -> None:
    for at, (measure, key) in enumerate(FOUND):
        one, _ = RunFigure.objects.get_or_create(
            run=run, level=level, area=area, measure=measure, key=key,
            defaults=dict.fromkeys(("items", "households", "people", "uncounted", "amount", "low", "high", "unsummed"), 0),
        )  # fmt: skip
        one.items += n * 20 - at
        one.households += n * 20 - at
        one.people += n * 60 - at
        one.amount += 100_00 * n
        one.save()


ENTRIES = {
    "figures-mine": Entry("/figures", READS, status=(302,)),
    "figures-area": Entry(HERE, READS, there=THERE),
    "figures-targets": Entry(f"{HERE}/targets", READS, there=f"{THERE}/targets"),
    "figures-list": Entry(
        lambda w: f"{HERE}/list?run={w.ids['figured']}&measure=step&key=screened",
        ("screening.read",),
        there=lambda w: f"{THERE}/list?run={w.ids['figured there']}&measure=step&key=screened",
        status=(422,),
    ),
    "figures-chart": Entry(f"{HERE}/chart/classes.svg", READS, there=f"{THERE}/chart/classes.svg"),
    "figures-workbook": Entry(f"{HERE}/workbook", READS, there=f"{THERE}/workbook"),
    "figures-count": Entry(f"{HERE}/count", ("screening.run",), there=f"{THERE}/count", form={}, status=(303,)),
}
