"""The tree of divisions."""

from __future__ import annotations

from tests.server.cast import FAR_TOWN, TOWN
from tests.server.web.matrix import Entry

CHANGE = ("areas.change",)
ENTRIES = {
    "divisions-tree": Entry(f"/divisions?code={TOWN}", CHANGE, there=f"/divisions?code={FAR_TOWN}"),
    "divisions-import": Entry("/divisions/import", CHANGE),
    "divisions-act": Entry(
        "/divisions/end", CHANGE, there="/divisions/end", form={"code": "999999999", "on": "2024-07-01"}, status=(404,)
    ),
}
