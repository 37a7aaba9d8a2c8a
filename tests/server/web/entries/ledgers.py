"""Ledgers. Choices and saved views are their makers' own and are tried in ``test_ledgers``."""

from __future__ import annotations

from tests.server.cast import FAR_VILLAGE, VILLAGE_CODE
from tests.server.web.matrix import Entry

READ = ("registry.read",)
ENTRIES = {
    "ledgers-index": Entry(f"/ledgers?area={VILLAGE_CODE}", READ, there=f"/ledgers?area={FAR_VILLAGE}"),
    "ledgers-households": Entry(f"/ledgers/households?area={VILLAGE_CODE}", READ, there=f"/ledgers/households?area={FAR_VILLAGE}"),
    "ledgers-people": Entry(f"/ledgers/people?area={VILLAGE_CODE}", READ, there=f"/ledgers/people?area={FAR_VILLAGE}"),
    "ledgers-export": Entry("/ledgers/export/household", ("exchange.export",)),
    "ledgers-choose": Entry("/ledgers/choose", READ, form={}, alone=True),
    "ledgers-choice": Entry("/ledgers/choice/1", READ, alone=True),
    "ledgers-confirm": Entry("/ledgers/choice/1/confirm", READ, form={}, alone=True),
    "ledgers-workbook": Entry("/ledgers/choice/1/workbook", READ, alone=True),
    "ledgers-save-view": Entry("/ledgers/views", READ, form={}, alone=True),
    "ledgers-view": Entry("/ledgers/views/1", READ, alone=True),
    "ledgers-drop-view": Entry("/ledgers/views/1/drop", READ, form={}, alone=True),
}  # fmt: skip
