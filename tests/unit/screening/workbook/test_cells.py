"""One cell to one stored value: what is understood, what is unknown, what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doudi.rules.calendar import to_day
from doudi.rules.declared import Area, Category, Fact
from doudi.rules.types import AREA, DATE, MAX_AREA, MONEY, RATIO, TRUTH, Kind, Type
from doudi.screening.workbook.cells import Raw, Stored, area_known, completeness, parser, shown
from doudi.screening.workbook.findings import Bad

GRADES = Category("等级", "Grade", (("一级", "grade 1"), ("二级", "grade 2"), ("未知", "unknown")))
AREAS = (
    Area("全国", "China", 0),
    Area("大化", "Dahua", 451229_000000),
    Area("片区", "Contiguous area", -1, (451229_000000,)),
)


def fact(kind: Type, lo: int = 0, hi: int = 1) -> Fact:
    return Fact("户", "量", "quantity", kind, lo, hi)


MONEY_FACT = fact(MONEY, 0, 1000_0000_00)
DEBT_FACT = fact(MONEY, -100_00, 100_00)
DATE_FACT = fact(DATE, to_day(date(1890, 1, 1)), to_day(date(2100, 12, 31)))
LATE_FACT = fact(DATE, to_day(date(2000, 1, 1)), to_day(date(2100, 12, 31)))
COUNT_FACT = fact(Type(Kind.INTEGER, unit="个月"), 0, 1200)
SHARE_FACT = fact(RATIO, 0, 10_000)
TRUTH_FACT = fact(TRUTH)
GRADE_FACT = fact(Type(Kind.CATEGORY, "等级"), 0, 2)
AREA_FACT = fact(AREA, 0, MAX_AREA)


def read(what: Fact, value: Raw) -> Stored:
    return parser(what, GRADES, AREAS)(value)


def day(y: int, m: int, d: int) -> int:
    return to_day(date(y, m, d))


@pytest.mark.parametrize(
    ("what", "value", "stored"),
    [
        (MONEY_FACT, 1234.5, 123_450),
        (MONEY_FACT, 17999.639999999999, 1_799_964),
        (MONEY_FACT, 0.1 + 0.2, 30),
        (MONEY_FACT, 0.0, 0),
        (MONEY_FACT, "1,234.50", 123_450),
        (MONEY_FACT, " 1，234.50元 ", 123_450),
        (MONEY_FACT, "１２３４．５", 123_450),
        (MONEY_FACT, "¥1234.5", 123_450),
        (MONEY_FACT, "1.5万元", 15_000_00),
        (MONEY_FACT, "1.5万", 15_000_00),
        (MONEY_FACT, "10000000", 1000_0000_00),
        (MONEY_FACT, "", None),
        (MONEY_FACT, "  ", None),
        (MONEY_FACT, "未知", None),
        (MONEY_FACT, "不详", None),
        (MONEY_FACT, "3000～5000", (3000_00, 5000_00)),
        (MONEY_FACT, "3,000 ~ 5,000元", (3000_00, 5000_00)),
        (MONEY_FACT, "1～1.5万元", (10_000_00, 15_000_00)),
        (MONEY_FACT, "3000元至5000元", (3000_00, 5000_00)),
        (MONEY_FACT, "3000~3000", 3000_00),
        (COUNT_FACT, "3～5个月", (3, 5)),
        (SHARE_FACT, "10～20%", (1000, 2000)),
        (DEBT_FACT, "-100～-50", (-100_00, -50_00)),
        (DEBT_FACT, "-100", -100_00),
        (COUNT_FACT, "12个月", 12),
        (COUNT_FACT, "12 月", 12),
        (COUNT_FACT, 12.0, 12),
        (SHARE_FACT, "30%", 3000),
        (SHARE_FACT, 0.3, 3000),
        (SHARE_FACT, "12.34％", 1234),
        (TRUTH_FACT, "是", 1),
        (TRUTH_FACT, "否", 0),
        (TRUTH_FACT, "√", 1),
        (TRUTH_FACT, True, 1),
        (TRUTH_FACT, False, 0),
        (TRUTH_FACT, 1.0, 1),
        (TRUTH_FACT, "No", 0),
        (TRUTH_FACT, "未知", None),
        (GRADE_FACT, "二级", 1),
        (GRADE_FACT, " Grade 1 ", 0),
        (GRADE_FACT, "未知", 2),
        (GRADE_FACT, "不详", None),
        (AREA_FACT, "大化", 451229_000000),
        (AREA_FACT, "dahua", 451229_000000),
        (AREA_FACT, "451229", 451229_000000),
        (AREA_FACT, 451229100201.0, 451229_100201),
        (AREA_FACT, "", None),
        (DATE_FACT, date(2024, 1, 31), day(2024, 1, 31)),
        (DATE_FACT, datetime(2024, 1, 31, 8, 30, tzinfo=UTC), day(2024, 1, 31)),
        (DATE_FACT, "2024-01-31", day(2024, 1, 31)),
        (DATE_FACT, "2024/1/31", day(2024, 1, 31)),
        (DATE_FACT, "2024.1.31", day(2024, 1, 31)),
        (DATE_FACT, "2024年1月31日", day(2024, 1, 31)),
        (DATE_FACT, "2024 年 1 月 31 日", day(2024, 1, 31)),
        (DATE_FACT, "20240131", day(2024, 1, 31)),
        (DATE_FACT, 20240131.0, day(2024, 1, 31)),
        (DATE_FACT, "2024-01-31 00:00:00", day(2024, 1, 31)),
        (DATE_FACT, "2024-02", (day(2024, 2, 1), day(2024, 2, 29))),
        (DATE_FACT, "2024年2月", (day(2024, 2, 1), day(2024, 2, 29))),
        (DATE_FACT, "1950", (day(1950, 1, 1), day(1950, 12, 31))),
        (DATE_FACT, "1950年", (day(1950, 1, 1), day(1950, 12, 31))),
        (DATE_FACT, 1950.0, (day(1950, 1, 1), day(1950, 12, 31))),
        (DATE_FACT, "1890", (day(1890, 1, 1), day(1890, 12, 31))),
        (DATE_FACT, "", None),
    ],
)
def test_understood(what: Fact, value: Raw, stored: Stored) -> None:
    assert read(what, value) == stored


@pytest.mark.parametrize(
    ("what", "value", "code"),
    [
        (MONEY_FACT, "约500", "text-in-number"),
        (MONEY_FACT, "五百", "text-in-number"),
        (MONEY_FACT, "无", "text-in-number"),
        (MONEY_FACT, "1,23", "text-in-number"),
        (MONEY_FACT, "1e5", "text-in-number"),
        (MONEY_FACT, "nan", "text-in-number"),
        (MONEY_FACT, "1.2.3", "text-in-number"),
        (MONEY_FACT, float("nan"), "text-in-number"),
        (MONEY_FACT, float("inf"), "text-in-number"),
        (MONEY_FACT, 1e300, "text-in-number"),
        (MONEY_FACT, True, "text-in-number"),
        (MONEY_FACT, date(2024, 1, 1), "text-in-number"),
        (MONEY_FACT, "5000～3000", "bad-range"),
        (MONEY_FACT, "3000～", "text-in-number"),
        (MONEY_FACT, "3000～约5000", "text-in-number"),
        (MONEY_FACT, "1～2～3", "text-in-number"),
        (MONEY_FACT, "3000～未知", "bad-range"),
        (MONEY_FACT, "-1～5", "negative"),
        (MONEY_FACT, -1.0, "negative"),
        (MONEY_FACT, "-0.01", "negative"),
        (MONEY_FACT, 1000_0000.01, "too-large"),
        (MONEY_FACT, "10000万元", "too-large"),
        (MONEY_FACT, 0.001, "below-fen"),
        (MONEY_FACT, "12.345", "below-fen"),
        (DEBT_FACT, "-100.01", "too-small"),
        (COUNT_FACT, 1.5, "not-whole"),
        (COUNT_FACT, "12年", "text-in-number"),
        (COUNT_FACT, 1201.0, "too-large"),
        (SHARE_FACT, 30.0, "too-large"),
        (SHARE_FACT, "0.001%", "not-whole"),
        (TRUTH_FACT, "也许", "bad-truth"),
        (TRUTH_FACT, 2.0, "bad-truth"),
        (GRADE_FACT, "五级", "bad-category"),
        (GRADE_FACT, 1.0, "bad-category"),
        (AREA_FACT, "大话", "bad-area"),
        (AREA_FACT, "片区", "bad-area"),
        (AREA_FACT, "45122", "bad-area"),
        (AREA_FACT, "0", "bad-area"),
        (DATE_FACT, "2024-02-30", "bad-date"),
        (DATE_FACT, "2023-02-29", "bad-date"),
        (DATE_FACT, "去年", "bad-date"),
        (DATE_FACT, "31/01/2024", "bad-date"),
        (DATE_FACT, "2024-13", "bad-date"),
        (DATE_FACT, "0000", "bad-date"),
        (DATE_FACT, 45292.0, "date-as-number"),
        (DATE_FACT, 2024.1, "date-as-number"),
        (DATE_FACT, 12.0, "bad-date"),
        (DATE_FACT, True, "bad-date"),
        (DATE_FACT, time(3, 4), "bad-date"),
        (DATE_FACT, timedelta(days=3), "bad-date"),
        (DATE_FACT, date(1905, 5, 3), "date-as-year"),
        (DATE_FACT, "1889", "too-small"),
        (DATE_FACT, "2101-01-01", "too-large"),
        (LATE_FACT, "1999-12-31", "too-small"),
    ],
)
def test_refused(what: Fact, value: Raw, code: str) -> None:
    with pytest.raises(Bad) as caught:
        read(what, value)
    assert caught.value.code == code


def test_a_span_is_cut_at_the_declared_bounds() -> None:
    narrow = fact(DATE, day(2024, 1, 15), day(2024, 12, 31))
    assert read(narrow, "2024-01") == (day(2024, 1, 15), day(2024, 1, 31))


def test_suggestions() -> None:
    with pytest.raises(Bad) as caught:
        read(GRADE_FACT, "2级")
    words = dict(caught.value.words)
    assert "二级" in words["values"]
    with pytest.raises(Bad) as caught:
        read(AREA_FACT, "大化县")
    assert "“大化”" in dict(caught.value.words)["hint_zh"]


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ("是", -1),
        ("否", 0),
        ("", None),
        ("一级", 1),
        ("一级、二级", 3),
        ("二级, 一级", 3),
        ("二级；未知", 6),
        (True, -1),
        ("不详", None),
    ],
)
def test_completeness(value: Raw, stored: int | None) -> None:
    assert completeness(GRADES)(value) == stored


@pytest.mark.parametrize("value", ["部分", "一级、五级", 3.0])
def test_completeness_refused(value: Raw) -> None:
    with pytest.raises(Bad) as caught:
        completeness(GRADES)(value)
    assert caught.value.code == "bad-complete"
    with pytest.raises(Bad):
        completeness(None)("一级")


@pytest.mark.parametrize(
    ("code", "known"), [(451229_100201, True), (440000_000000, True), (990000_000000, False), (9_000000_0000, False)]
)
def test_area_known(code: int, known: bool) -> None:
    assert area_known(code) is known


@pytest.mark.parametrize(
    ("what", "value", "words"),
    [
        (MONEY_FACT, 123_450, "1,234.50 元"),
        (MONEY_FACT, 1000_0000_00, "10,000,000 元"),
        (SHARE_FACT, 3050, "30.5%"),
        (COUNT_FACT, 1200, "1,200 个月"),
    ],
)
def test_shown(what: Fact, value: int, words: str) -> None:
    assert shown(what.type, value) == words


@given(st.integers(0, 1000_0000_00))
@settings(max_examples=200)
def test_every_fen_survives_the_spreadsheet(fen: int) -> None:
    assert read(MONEY_FACT, fen / 100) == fen
    assert read(MONEY_FACT, f"{fen / 100:,.2f} 元") == fen
