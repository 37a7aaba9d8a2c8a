"""The levels of the division tree, by the length of their codes, and how codes are written."""

from __future__ import annotations

from dataclasses import dataclass
from unicodedata import normalize

from doudi.server.lib.scope import LENGTHS


@dataclass(frozen=True)
class Level:
    """``length`` digits of a code; 0 is the whole country."""

    length: int
    code: str
    zh: str
    en: str


_NAMES = (
    ("nation", "全国", "nation"),
    ("province", "省级", "province"),
    ("prefecture", "市级", "prefecture"),
    ("county", "县级", "county"),
    ("township", "乡级", "township"),
    ("village", "村级", "village"),
    ("grid", "网格", "grid"),
)
LEVELS = {length: Level(length, *names) for length, names in zip(LENGTHS, _NAMES, strict=True)}
"""Length of a code to its level."""
BY_CODE = {level.code: level for level in LEVELS.values()}
COUNTY = 6
_PADDING = ((12, 9, "000"), (9, 6, "000"), (6, 4, "00"), (4, 2, "00"))


def above(code: str) -> tuple[str, ...]:
    """The codes that ``code`` lies in by its prefixes, the province first, itself not among them."""
    return tuple(code[:n] for n in LEVELS if 0 < n < len(code))


def level_above(code: str) -> str:
    """The code one level up: of a county its prefecture; empty for a province."""
    return above(code)[-1] if above(code) else ""


def is_code(code: str) -> bool:
    """Whether ``code`` is written as that of a division: all digits, of a length that there is, not empty."""
    return code.isascii() and code.isdigit() and code != "" and len(code) in LEVELS


def normal_code(text: str) -> str:
    """A code as we keep it: narrow digits, without the zeros that fill a code up to six or twelve digits (451229000000 is 451229). What is
    no code comes back tidied, for a message to show.
    """
    code = normalize("NFKC", text).strip()
    if is_code(code):
        for length, short, zeros in _PADDING:
            if len(code) == length and code.endswith(zeros) and code.strip("0"):
                code = code[:short]
    return code
