"""Imports, comparisons, exports."""

from __future__ import annotations

import tempfile
from pathlib import Path

from doudi.server.exchange.comparisons import hold_against
from doudi.server.exchange.exporting import ask_export
from doudi.server.exchange.imports import receive
from doudi.server.jobs.actions import run_here
from doudi.server.registry.actions.ledgers import enrol
from tests.server.cast import COUNTY, FAR_TOWN, TOWN
from tests.server.exchange.ledgers import office, write
from tests.server.web.matrix import Entry
from tests.server.web.world import ON, World

IMPORT, EXPORT = ("exchange.import",), ("exchange.export",)


def seed(world: World) -> None:
    """In each of two townships an import with a fault that was looked at, and one that cannot be used; a comparison; the clerk's own export."""
    wrong = office()
    wrong["收入"][1][2] = "很多"
    wrong["家庭"][0].append("电话")
    strange = office()
    strange["成员"][0][2] = "公民号码"
    enrol(by=world.who["CLERK"], ledger="残疾人", person=world.person_here, on=ON, details={"等级": "一级"})
    with tempfile.TemporaryDirectory() as folder:
        for place, who, area in (("here", "CLERK", TOWN), ("there", "OTHER_COUNTY", FAR_TOWN)):
            by = world.who[who]
            for name, sheets in (("import", wrong), ("refused", strange)):
                path = write(Path(folder) / "台账.xlsx", sheets)
                made = receive(by=by, path=path, name=path.name, area=area, since=ON, source="导入")
                run_here(made.job or 0)
                world.ids[f"{name} {place}"] = made.id
            path = write(Path(folder) / "名单.xlsx", {"名单": [["姓名", "身份证号"], ["陌生人", "1"]]})
            compared = hold_against(by=by, path=path, name=path.name, body="残联", ledger="残疾人", area=area, on=ON)
            run_here(compared.job or 0)
            world.ids[f"comparison {place}"] = compared.id
            asked = ask_export(by=by, what="ledger", ledger="残疾人", on=ON, area=area)
            run_here(asked.job or 0)
            world.ids[f"export {place}"] = asked.id
    world.ids["county"] = int(COUNTY)


def _one(path: str, what: str, needs: tuple[str, ...], status: tuple[int, ...] = (200,)) -> Entry:
    return Entry(
        lambda w: path.format(w.ids[f"{what} here"]),
        needs,
        there=lambda w: path.format(w.ids[f"{what} there"]),
        status=status,
    )


ENTRIES = {
    "exchange-imports": Entry("/imports", IMPORT),
    "exchange-new": Entry("/imports/new", IMPORT),
    "exchange-template": Entry("/imports/template?what=list", IMPORT),
    "exchange-import": _one("/imports/{}", "import", IMPORT),
    "exchange-headers": _one("/imports/{}/headers", "refused", IMPORT),
    "exchange-marked": _one("/imports/{}/marked", "import", IMPORT),
    "exchange-faults": _one("/imports/{}/faults", "import", IMPORT),
    "exchange-comparisons": Entry("/imports/comparisons", IMPORT),
    "exchange-compare": Entry("/imports/comparisons/new", IMPORT),
    "exchange-comparison": _one("/imports/comparisons/{}", "comparison", IMPORT),
    "exchange-exports": Entry("/exports", EXPORT),
    "exchange-ask": Entry("/exports/new?what=people", EXPORT),
    "exchange-roll": Entry("/exports/roll", EXPORT, form={}, alone=True),
    # What somebody took away is theirs alone.
    "exchange-export": _one("/exports/{}", "export", EXPORT, (200, 404)),
    "exchange-file": _one("/exports/{}/file", "export", EXPORT, (200, 404)),
}
