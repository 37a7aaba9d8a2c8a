"""Who may change divisions: the permission, and every division touched in the scope."""

from __future__ import annotations

from collections.abc import Iterable
from unicodedata import category, normalize

from doudi.server.areas.levels import is_code
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotFound, Refused

CHANGE = "areas.change"
TREE = "areas"
"""Divisions and sets are changed by one at a time."""
LONGEST = 60


def may_change(by: Actor, codes: Iterable[str]) -> None:
    """Raises NotAllowed without the permission, Refused for what is no code, NotFound for a division outside the scope."""
    by.require(CHANGE)
    for code in codes:
        proper(code)
        if not by.scope.covers(code):
            raise absent(code)


def absent(code: str) -> NotFound:
    return NotFound(
        "no-division",
        f"没有代码为 {code} 的行政区划，或不在您的管辖范围内。",
        f"There is no division {code}, or none in your areas.",
    )


def proper(code: str) -> str:
    if not is_code(code):
        raise Refused(
            "bad-code",
            f"“{code}”不是行政区划代码：应为 2、4、6、9、12 或 15 位数字。",
            f"“{code}” is no division code: write 2, 4, 6, 9, 12 or 15 digits.",
            field="code",
        )
    return code


def proper_name(name: str) -> str:
    """Without blanks at its ends and with narrow letters and digits. Raises Refused."""
    tidy = normalize("NFKC", name).strip()
    if not tidy or len(tidy) > LONGEST or any(category(c)[0] == "C" for c in tidy):
        raise Refused(
            "bad-name",
            f"名称应为 1 到 {LONGEST} 个字，不能有换行等控制字符。",
            f"A name has 1 to {LONGEST} characters, and no line breaks or other control characters.",
            field="name",
        )
    return tidy
