"""Numbers with units as written in formulas and standards: exact, never a float."""

from __future__ import annotations

from fractions import Fraction

from doudi.rules.types import INTEGER, MONEY, RATIO, Kind, Type

MONEY_UNITS = {"分": 1, "角": 10, "元": 100, "万元": 1_000_000, "亿元": 10_000_000_000}
RATIO_UNITS = {"%": Fraction(1, 100), "‰": Fraction(1, 1000), "倍": Fraction(1)}
COUNT_UNITS = {"月": "个月", "个": ""}


def number(text: str, unit: str) -> tuple[Fraction, Type]:
    """The natural value of ``text`` with ``unit`` and its type: ``("1.5", "万元")`` is 1,500,000 fen.

    Raises ValueError for money that is not whole fen or a counted thing that is not whole.
    """
    value = Fraction(text)
    if unit in MONEY_UNITS:
        fen = value * MONEY_UNITS[unit]
        if fen.denominator != 1:
            raise ValueError(f"{text}{unit}")
        return fen, MONEY
    if unit in RATIO_UNITS:
        return value * RATIO_UNITS[unit], RATIO
    if unit:
        if value.denominator != 1:
            raise ValueError(f"{text}{unit}")
        return value, Type(Kind.INTEGER, unit=COUNT_UNITS.get(unit, unit))
    return value, INTEGER if value.denominator == 1 else RATIO
