"""Figures of areas and the lists behind them."""

from __future__ import annotations

from tests.server.cast import FAR_VILLAGE, VILLAGE_CODE
from tests.server.web.matrix import Entry

READS = ("decisions.read",)
HERE, THERE = f"/figures/{VILLAGE_CODE}", f"/figures/{FAR_VILLAGE}"

ENTRIES = {
    "figures-mine": Entry("/figures", READS, status=(302,)),
    "figures-area": Entry(HERE, READS, there=THERE),
    "figures-targets": Entry(f"{HERE}/targets", READS, there=f"{THERE}/targets"),
    # Nothing is screened in this world: what needs a screening is not there for anybody. With one it is tried by the family's own tests.
    "figures-list": Entry(f"{HERE}/list?run=1&measure=step&key=screened", ("screening.read",), status=(404,)),
    "figures-chart": Entry(f"{HERE}/chart/classes.svg", READS, status=(404,)),
    "figures-workbook": Entry(f"{HERE}/workbook", READS, status=(404,)),
    "figures-count": Entry(f"{HERE}/count", READS, form={}, status=(404,)),
}
