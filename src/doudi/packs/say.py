"""Stored values in the words of a pack: 500 元, 30%, 农村, 2024-07-01. The opposite of ``literals``."""

from __future__ import annotations

from doudi.packs.literals import Words
from doudi.rules.calendar import from_day
from doudi.rules.types import RATIO_UNIT, Kind, Type

UNKNOWN = "未知"


def say(value: int, kind: Type, words: Words) -> str:
    """One stored value as it would be written in a pack."""
    match kind.kind:
        case Kind.TRUTH:
            return "是" if value else "否"
        case Kind.DATE:
            return from_day(value).isoformat()
        case Kind.CATEGORY:
            values = words.categories[kind.category].values
            return values[value][0] if 0 <= value < len(values) else str(value)
        case Kind.AREA:
            named = next((a.name for a in words.areas.values() if a.code == value), None)
            return named or f"{value:012d}"
        case Kind.MONEY:
            sign, fen = ("-" if value < 0 else ""), abs(value)
            cents = f".{fen % 100:02d}".rstrip("0") if fen % 100 else ""
            return f"{sign}{fen // 100}{cents} 元"
        case Kind.RATIO:
            whole, part = divmod(abs(value), RATIO_UNIT // 100)
            return f"{'-' if value < 0 else ''}{whole}{f'.{part:02d}'.rstrip('0') if part else ''}%"
    return f"{value}{' ' + kind.unit if kind.unit else ''}"


def say_bounds(lo: int, hi: int, kind: Type, words: Words) -> str:
    """A known value, or the two ends of one that is not known."""
    if lo == hi:
        return say(lo, kind, words)
    if kind.kind in (Kind.TRUTH, Kind.CATEGORY, Kind.AREA):
        return UNKNOWN
    return f"[{say(lo, kind, words)}, {say(hi, kind, words)}]"
