"""The levels of the division tree, by the length of their codes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Level:
    """``length`` digits of a code; 0 is the whole country."""

    length: int
    code: str
    zh: str
    en: str


LEVELS = {
    level.length: level
    for level in (
        Level(0, "nation", "全国", "nation"),
        Level(2, "province", "省级", "province"),
        Level(4, "prefecture", "市级", "prefecture"),
        Level(6, "county", "县级", "county"),
        Level(9, "township", "乡级", "township"),
        Level(12, "village", "村级", "village"),
        Level(15, "grid", "网格", "grid"),
    )
}
"""Length of a code to its level."""
BY_CODE = {level.code: level for level in LEVELS.values()}


def above(code: str) -> tuple[str, ...]:
    """The codes of the divisions that ``code`` lies in by its prefixes, the province first, itself not among them."""
    return tuple(code[:n] for n in LEVELS if 0 < n < len(code))


def is_code(code: str) -> bool:
    """Whether ``code`` is written as a code of some level: all digits, of a length that there is."""
    return code.isascii() and code.isdigit() and len(code) in LEVELS
