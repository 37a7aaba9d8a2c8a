"""One cell to one stored integer. What the spreadsheet holds is a text, a float, a truth or a date; what comes out is exact or refused.

A blank cell, and 未知 written out, is a fact nobody supplied: ``None``. A date of which only the year or the month is known is the span
of its days, a number of which only bounds are known (3000~5000) the span between them. Everything else that does not fit is a ``Bad``: nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

from doudi.rules.calendar import add_months, from_day, to_day
from doudi.rules.declared import Area, Category, Fact
from doudi.rules.types import RATIO_UNIT, Kind, Type
from doudi.screening.workbook.findings import Bad, hints
from doudi.screening.workbook.idnumber import PROVINCES
from doudi.screening.workbook.written import narrow

Raw = str | float | int | bool | date | datetime | time | timedelta
Stored = int | tuple[int, int] | None
Parser = Callable[[Raw], Stored]

UNKNOWN_WORDS = frozenset({"", "未知", "不知道", "不详", "unknown"})
YES = frozenset({"是", "有", "对", "√", "y", "yes", "true", "1"})
NO = frozenset({"否", "无", "没有", "不是", "×", "x", "n", "no", "false", "0"})
SEPARATORS = re.compile(r"[、,;/\s]+")

_NUMBER = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?")
_DATE = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?|年)?(?: 0?0:00(?::00)?)?")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SPAN = re.compile(r"([^~〜—至]+?)\s*[~〜—至]\s*([^~〜—至]+)")
_CODE = re.compile(r"\d{2}|\d{4}|\d{6}|\d{9}|\d{12}")


def tidy(value: Raw) -> str:
    """A text with full-width characters made narrow, no unseen ones and no blanks at its ends."""
    return narrow(value).strip() if isinstance(value, str) else str(value)


def shown(kind: Type, value: int) -> str:
    """A bound in the words of a message: 1,234.56 元, 30%, 2024-01-31, 6 项."""
    if kind.kind is Kind.MONEY:
        whole, rest = divmod(value, 100)
        return f"{whole:,}" + (f".{rest:02d}" if rest else "") + " 元"
    if kind.kind is Kind.RATIO:
        return f"{Decimal(value) / (RATIO_UNIT // 100):f}%"
    if kind.kind is Kind.DATE:
        return from_day(value).isoformat()
    return f"{value:,}" + (f" {kind.unit}" if kind.unit else "")


def parser(fact: Fact, category: Category | None, areas: tuple[Area, ...]) -> Parser:
    """The reader of one column. It may be called with the same value often: callers keep what it said."""
    match fact.type.kind:
        case Kind.TRUTH:
            return truth
        case Kind.CATEGORY:
            assert category is not None
            return _category(category)
        case Kind.AREA:
            return _area(areas)
        case Kind.DATE:
            return lambda value: _bounded_date(fact, value)
        case Kind.MONEY:
            return lambda value: _number(fact, value, _money, tuple(_YUAN))
        case Kind.RATIO:
            return lambda value: _number(fact, value, _ratio, ("%",))
        case Kind.INTEGER:
            unit = fact.type.unit
            return lambda value: _number(fact, value, lambda v: _integer(v, unit), (unit,))


def truth(value: Raw) -> Stored:
    if isinstance(value, bool):
        return int(value)
    text = tidy(int(value) if isinstance(value, float) and value in (0, 1) else value).lower()
    if text in UNKNOWN_WORDS:
        return None
    if text in YES:
        return 1
    if text in NO:
        return 0
    raise Bad("bad-truth")


def _category(category: Category) -> Parser:
    codes = {zh: i for i, (zh, _) in enumerate(category.values)}
    english = {en.lower(): i for i, (_, en) in enumerate(category.values)}
    values = "、".join(codes)

    def read(value: Raw) -> Stored:
        text = tidy(value)
        if text in codes:
            return codes[text]
        if text.lower() in english:
            return english[text.lower()]
        if text in UNKNOWN_WORDS:
            return None
        raise Bad("bad-category", values=values, **hints(text, codes))

    return read


def _area(areas: tuple[Area, ...]) -> Parser:
    by_name = {a.name: a.code for a in areas if a.code >= 0}
    by_english = {a.en.lower(): a.code for a in areas if a.code >= 0 and a.en}

    def read(value: Raw) -> Stored:
        text = str(int(value)) if isinstance(value, float) and value == int(value) else tidy(value)
        if text in by_name:
            return by_name[text]
        if text.lower() in by_english:
            return by_english[text.lower()]
        if text in UNKNOWN_WORDS:
            return None
        if _CODE.fullmatch(text) and int(text) > 0:
            return int(text.ljust(12, "0"))
        raise Bad("bad-area", **hints(text, by_name))

    return read


def area_known(code: int) -> bool:
    """Whether ``code`` lies in a province. People live and die outside the pack's area, so no more is asked."""
    return f"{code:012d}"[:2] in PROVINCES


def _decimal(value: Raw, units: dict[str, int]) -> Decimal | None:
    """The number written, times its unit; blank is None."""
    if isinstance(value, bool) or not isinstance(value, str | float | int):
        raise Bad("text-in-number")
    if not isinstance(value, str):
        return Decimal(repr(value))
    text = tidy(value).lstrip("¥￥").replace(" ", "")
    if text.lower() in UNKNOWN_WORDS:
        return None
    scale = 1
    for unit, times in units.items():
        if text.endswith(unit):
            text, scale = text.removesuffix(unit), times
            break
    if not _NUMBER.fullmatch(text):
        raise Bad("text-in-number")
    try:
        return Decimal(text.replace(",", "")) * scale
    except InvalidOperation:  # pragma: no cover - the pattern lets no such text through
        raise Bad("text-in-number") from None


def _exact(number: Decimal, code: str) -> int:
    """A whole number of stored units. A computed cell may be off by what a float cannot hold (17999.639999999999); more is refused."""
    if not number.is_finite() or abs(number) >= 10**18:
        raise Bad("text-in-number")
    whole = int(number.to_integral_value())
    if abs(number - whole) > Decimal("0.00001"):
        raise Bad(code)
    return whole


_YUAN = {"万元": 10_000, "万": 10_000, "元": 1}


def _money(value: Raw) -> int | None:
    number = _decimal(value, _YUAN)
    return None if number is None else _exact(number * 100, "below-fen")


def _ratio(value: Raw) -> int | None:
    if isinstance(value, str) and tidy(value).endswith("%"):
        number = _decimal(tidy(value).removesuffix("%"), {})
        return None if number is None else _exact(number * RATIO_UNIT / 100, "not-whole")
    number = _decimal(value, {})
    return None if number is None else _exact(number * RATIO_UNIT, "not-whole")


def _integer(value: Raw, unit: str) -> int | None:
    number = _decimal(value, {u: 1 for u in (unit, "月" if unit == "个月" else "") if u})
    return None if number is None else _exact(number, "not-whole")


def _number(fact: Fact, value: Raw, read: Callable[[Raw], int | None], units: tuple[str, ...]) -> Stored:
    """A number, or the two that it lies between: ``3000~5000元``, the unit written once or twice."""
    if isinstance(value, str) and (span := _SPAN.fullmatch(tidy(value))):
        low, high = span.group(1), span.group(2)
        unit = next((u for u in units if u and high.endswith(u)), "")
        lo = _bounded(fact, read(low if low.endswith(units) else low + unit))
        hi = _bounded(fact, read(high))
        if lo is None or hi is None or lo > hi:
            raise Bad("bad-range")
        return lo if lo == hi else (lo, hi)
    return _bounded(fact, read(value))


def _bounded(fact: Fact, value: int | None) -> int | None:
    if value is None or fact.lo <= value <= fact.hi:
        return value
    bounds = {"lo": shown(fact.type, fact.lo), "hi": shown(fact.type, fact.hi)}
    if value < 0 <= fact.lo:
        raise Bad("negative", **bounds)
    raise Bad("too-small" if value < fact.lo else "too-large", **bounds)


def _bounded_date(fact: Fact, value: Raw) -> Stored:
    found = day(value)
    if found is None:
        return None
    lo, hi = found if isinstance(found, tuple) else (found, found)
    bounds = {"lo": shown(fact.type, fact.lo), "hi": shown(fact.type, fact.hi)}
    if hi < fact.lo:
        raise Bad("too-small", **bounds)
    if lo > fact.hi:
        raise Bad("too-large", **bounds)
    lo, hi = max(lo, fact.lo), min(hi, fact.hi)
    return lo if lo == hi else (lo, hi)


def day(value: Raw) -> Stored:
    """Days since 1970-01-01, a span of them where only the year or month is written."""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        serial = (value - date(1899, 12, 30)).days
        # A year typed into a cell formatted as a date becomes that many days after 1899: 1950 shows as 1905-05-03.
        if 1900 <= serial <= 2100:
            raise Bad("date-as-year", year=str(serial))
        return to_day(value)
    if isinstance(value, float | int) and not isinstance(value, bool):
        if value != int(value):
            raise Bad("date-as-number")
        text = str(int(value))
        if not (1890 <= value <= 2100 or len(text) == 8):
            raise Bad("date-as-number" if 10_000 < value < 100_000 else "bad-date")
    else:
        text = tidy(value)
    if text.lower() in UNKNOWN_WORDS:
        return None
    compact = _COMPACT_DATE.fullmatch(text)
    match = compact or _DATE.fullmatch(text.replace(" ", "") if "年" in text else text)
    if match is None:
        raise Bad("bad-date")
    year, month, day_of_month = (int(g) if g else None for g in match.groups())
    try:
        return _span(year or 0, month, day_of_month)
    except ValueError:
        raise Bad("bad-date") from None


def _span(year: int, month: int | None, day_of_month: int | None) -> Stored:
    if month is None:
        return (to_day(date(year, 1, 1)), to_day(date(year, 12, 31)))
    if day_of_month is None:
        first = date(year, month, 1)
        return (to_day(first), to_day(add_months(first, 1)) - 1)
    return to_day(date(year, month, day_of_month))


def completeness(kinds: Category | None) -> Parser:
    """Reader of a column 收入已列全: -1 all, 0 none, else a bit set of the kinds that are complete; blank is None."""
    codes = {zh: i for i, (zh, _) in enumerate(kinds.values)} if kinds else {}

    def read(value: Raw) -> Stored:
        text = tidy(value)
        try:
            known = truth(value)
            return -known if isinstance(known, int) else None
        except Bad:
            bits = 0
            for name in SEPARATORS.split(text):
                if name not in codes:
                    raise Bad("bad-complete", values="、".join(codes) or "—", **hints(name, codes)) from None
                bits |= 1 << codes[name]
            return bits

    return read
