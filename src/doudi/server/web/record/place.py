"""A place as it is typed: a division's code, or its name."""

from __future__ import annotations

from datetime import date

from doudi.server.areas.levels import is_code
from doudi.server.areas.selectors import search
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import Refused


def place(by: Actor, text: str, on: date, field: str) -> str:
    """The code of the division meant; empty for nothing typed. A code need not lie in the actor's areas: one moves away.

    Raises Refused for a name that is none of the actor's divisions, or several.
    """
    text = text.strip()
    code = text.split(" ", 1)[0]
    if not text or is_code(code):
        return code
    found = search(by, text, on, limit=9)
    exact = [d for d in found if d.name == text.split()[-1]]
    if len(exact) == 1 or len(found) == 1:
        return (exact or found)[0].code
    if not found:
        raise Refused(
            "place-unknown", f"您的辖区内没有“{text[:30]}”；请写全名、上级加名称（岩滩镇 第1村），或区划代码。",
            f"There is no “{text[:30]}” in your areas; write its whole name, the name with what is above it, or the division code.", field=field,
        )  # fmt: skip
    told = "、".join(f"{d.name}（{d.code}）" for d in found[:8])
    raise Refused(
        "place-several", f"“{text[:30]}”不止一个：{told}；请写上级加名称，或区划代码。",
        f"“{text[:30]}” is more than one: {told}. Write what is above it too, or the division code.", field=field,
    )  # fmt: skip
