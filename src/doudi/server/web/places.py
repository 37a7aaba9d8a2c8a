"""A division as somebody types it: its code, its name, or several names from above."""

from __future__ import annotations

from datetime import date

from doudi.server.areas.levels import is_code
from doudi.server.areas.selectors import search
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import Refused

_TOLD = 5


def typed_place(by: Actor, text: str, on: date, field: str = "area") -> str:
    """The code that ``text`` means among the divisions of ``by``; a code comes back as it is. Raises Refused where it means none, or several."""
    text = text.strip()
    first = text.split(" ")[0] if text else ""
    if is_code(first):
        return first
    found = search(by, text, on, limit=_TOLD + 1) if text else ()
    exact = [d for d in found if d.name == text.split()[-1]]
    if len(exact) == 1 or len(found) == 1:
        return (exact or list(found))[0].code
    if not found:
        raise Refused(
            "no-place", "没有找到这个地方；请写区划代码，或写全名称。", "No such place was found; write its code, or its name in full.", field=field,
        )  # fmt: skip
    told = "、".join(f"{d.code} {d.full_name}" for d in found[:_TOLD])
    raise Refused(
        "several-places",
        f"有几个地方都叫这个名字，请写代码：{told}。",
        f"Several places have this name; write the code: {told}.",
        field=field,
    )
