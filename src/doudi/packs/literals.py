"""Values as written in packs and cases (500 元, 1.5 万元, 30%, 80, 2024-01-01, 是, 农村, 大化): exact, never a float.

``natural`` gives the value in natural units (fen, whole number, exact ratio, day, position, area code), ``stored``
the one integer that is stored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from doudi.packs.reading import FALSE_WORDS, TRUE_WORDS, parse_day
from doudi.rules.calendar import to_day
from doudi.rules.declared import Area, Category
from doudi.rules.faults import hint
from doudi.rules.lexer import normalise
from doudi.rules.literals import COUNT_UNITS, MONEY_UNITS, RATIO_UNITS
from doudi.rules.types import AREA, DATE, MONEY, RATIO, RATIO_UNIT, TRUTH, Kind, Type

_NUMBER = re.compile(r"(-?)([0-9]{1,15})(?:\.([0-9]{1,9}))?\s*([^0-9]*)")
_YEAR = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?")
_COUNTED = ("岁", "人", "个月", "天", "项", "次", "年", "间", "辆", "套", "户", "")
_SIMPLE = {"是否": TRUTH, "金额": MONEY, "比例": RATIO, "日期": DATE, "地区": AREA}


class BadLiteral(Exception):
    """A value that cannot be read; ``zh`` and ``en`` say why and what would do."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.code, self.zh, self.en = code, zh, en


@dataclass(frozen=True)
class Words:
    """The declared names that a value may be written with."""

    categories: Mapping[str, Category]
    areas: Mapping[str, Area]


def parse_type(text: str) -> Type:
    """A declared type: 是否, 金额, 比例, 日期, 地区, ``整数 [unit]``, ``类别 name``. Raises BadLiteral."""
    parts = text.split()
    head, rest = (parts[0], parts[1:]) if parts else ("", [])
    if head in _SIMPLE and not rest:
        return _SIMPLE[head]
    if head == "整数" and len(rest) <= 1:
        unit = COUNT_UNITS.get(rest[0], rest[0]) if rest else ""
        if unit in _COUNTED:
            return Type(Kind.INTEGER, unit=unit)
        zh, en = hint(unit, _COUNTED)
        units = "、".join(u for u in _COUNTED if u)
        zh = zh or f"；单位有 {units}，别的不写单位"
        en = en or f"; the units are {units}, anything else goes without"
        raise BadLiteral("unknown-unit", f"整数没有“{unit}”这个单位{zh}", f"Integers have no unit “{unit}”{en}")
    if head == "类别" and len(rest) == 1:
        return Type(Kind.CATEGORY, category=rest[0])
    if head == "类别":
        raise BadLiteral(
            "bad-type", "“类别”后面要写一个类别的名称", "类别 must be followed by the name of one category"
        )
    zh, en = hint(head, [*_SIMPLE, "整数", "类别"])
    raise BadLiteral(
        "bad-type",
        f"“{text}”不是类型；类型有 是否、整数、金额、比例、日期、类别 X、地区{zh}",
        f"“{text}” is not a type; the types are 是否, 整数, 金额, 比例, 日期, 类别 X, 地区{en}",
    )


def natural(text: str, kind: Type, words: Words) -> Fraction:
    """The value of ``text`` as ``kind``, in natural units. Raises BadLiteral."""
    text = normalise(text).strip()
    if kind.kind is Kind.TRUTH:
        if text in TRUE_WORDS or text in FALSE_WORDS:
            return Fraction(text in TRUE_WORDS)
        raise BadLiteral("bad-truth", f"“{text}”应写“是”或“否”", f"“{text}” must be 是 or 否")
    if kind.kind is Kind.DATE:
        day = parse_day(text)
        if day is None:
            raise BadLiteral(
                "bad-date",
                f"“{text}”不是日期；请写成 2024-01-31 这样，且确有这一天",
                f"“{text}” is not a date; write it like 2024-01-31, and it must exist",
            )
        return Fraction(to_day(day))
    if kind.kind is Kind.CATEGORY:
        return Fraction(category_code(text, kind.category, words))
    if kind.kind is Kind.AREA:
        return Fraction(area_code(text, words))
    return _number(text, kind)


def stored(text: str, kind: Type, words: Words) -> int:
    """The value of ``text`` as ``kind``, as stored. Raises BadLiteral, also for a ratio finer than 1/10000."""
    return to_stored(natural(text, kind, words), kind, text)


def to_stored(value: Fraction, kind: Type, text: str) -> int:
    scaled = value * kind.store_scale
    if scaled.denominator != 1:
        raise BadLiteral(
            "too-fine",
            f"“{text}”比万分之一还细，存不下",
            f"“{text}” is finer than 1/{RATIO_UNIT}, the smallest ratio that is stored",
        )
    return scaled.numerator


def day_span(text: str) -> tuple[int, int] | None:
    """A bare year (1950) or month (1950-06) as the first and last day it may mean; None for anything else."""
    found = _YEAR.fullmatch(normalise(text).strip())
    if found is None:
        return None
    year, month = int(found[1]), int(found[2] or 1)
    if not (1 <= year <= 9998 and 1 <= month <= 12):
        return None
    first = date(year, month, 1)
    after = date(year + 1, 1, 1) if found[2] is None or month == 12 else date(year, month + 1, 1)
    return to_day(first), to_day(after - timedelta(days=1))


def category_code(text: str, category: str, words: Words) -> int:
    known = words.categories.get(category)
    if known is None:
        zh, en = hint(category, words.categories)
        raise BadLiteral("unknown-category", f"没有类别“{category}”{zh}", f"There is no category “{category}”{en}")
    try:
        return known.code(text)
    except KeyError:
        values = [v for v, _ in known.values]
        zh, en = hint(text, values)
        listed = "、".join(values[:12]) + ("……" if len(values) > 12 else "")
        raise BadLiteral(
            "unknown-value",
            f"类别“{category}”没有“{text}”，有：{listed}{zh}",
            f"Category “{category}” has no “{text}”; it has: {listed}{en}",
        ) from None


def area_code(text: str, words: Words) -> int:
    """The twelve-digit code of a named division, or of digits written out (2, 4, 6, 9 or 12 of them)."""
    known = words.areas.get(text)
    if known is not None:
        if known.code < 0:
            raise BadLiteral(
                "area-set",
                f"“{text}”是几个地区的合称，这里要一个地区",
                f"“{text}” is a set of areas; one area is needed here",
            )
        return known.code
    code = digits_code(text)
    if code is None:
        zh, en = hint(text, words.areas)
        raise BadLiteral("unknown-area", f"没有地区“{text}”{zh}", f"There is no area “{text}”{en}")
    return code


def digits_code(text: str) -> int | None:
    """Division digits padded to twelve: ``"451229"`` is 451229000000. None unless there are 2, 4, 6, 9 or 12 digits."""
    if text.isascii() and text.isdigit() and len(text) in (2, 4, 6, 9, 12):
        return int(text.ljust(12, "0"))
    return None


def _number(text: str, kind: Type) -> Fraction:
    found = _NUMBER.fullmatch(text)
    if found is None:
        comma = "；数字里不要用逗号" if "," in text else ""
        comma_en = "; no commas inside numbers" if "," in text else ""
        raise BadLiteral("bad-number", f"“{text}”不是数{comma}", f"“{text}” is not a number{comma_en}")
    value = Fraction(f"{found[1]}{found[2]}.{found[3] or '0'}")
    unit = found[4].strip()
    if kind.kind is Kind.MONEY:
        return _money(value, unit, text)
    if kind.kind is Kind.RATIO:
        if unit not in RATIO_UNITS:
            # 30 could be 30% or thirty times as much, 1 the whole or one percent.
            raise BadLiteral(
                "wrong-unit" if unit else "needs-unit",
                f"“{text}”是比例，要写 %、‰ 或 倍，例如 30%、1.5 倍",
                f"“{text}” is a ratio and needs %, ‰ or 倍, as in 30% or 1.5 倍",
            )
        return value * RATIO_UNITS[unit]
    if unit and COUNT_UNITS.get(unit, unit) != kind.unit:
        said = f"单位是“{kind.unit}”" if kind.unit else "没有单位"
        said_en = f"in {kind.unit}" if kind.unit else "without a unit"
        raise BadLiteral(
            "wrong-unit",
            f"“{text}”的单位不对，这里的整数{said}",
            f"“{text}” has the wrong unit; this is a whole number {said_en}",
        )
    if value.denominator != 1:
        raise BadLiteral("not-whole", f"“{text}”应是整数", f"“{text}” must be a whole number")
    return value


def _money(value: Fraction, unit: str, text: str) -> Fraction:
    if unit not in MONEY_UNITS:
        raise BadLiteral(
            "wrong-unit" if unit else "needs-unit",
            f"“{text}”是金额，要写 元、万元、亿元、角或分",
            f"“{text}” is money and needs 元, 万元, 亿元, 角 or 分",
        )
    fen = value * MONEY_UNITS[unit]
    if fen.denominator != 1:
        raise BadLiteral("not-whole", f"“{text}”不是整分", f"“{text}” is not whole fen")
    return fen
