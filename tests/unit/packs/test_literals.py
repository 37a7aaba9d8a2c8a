"""Values as written: exact, each type with its own units; and said again as they were written."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doudi.packs.literals import BadLiteral, Words, area_code, day_span, natural, parse_type, stored
from doudi.packs.say import say, say_bounds
from doudi.rules.declared import Area, Category
from doudi.rules.types import AREA, DATE, MONEY, RATIO, TRUTH, Kind, Type

WORDS = Words(
    {"城乡": Category("城乡", "X", (("城市", "urban"), ("农村", "rural")))},
    {"大化": Area("大化", "Dahua", 451229000000), "片": Area("片", "Belt", -1, (1, 2))},
)
SIDE = Type(Kind.CATEGORY, category="城乡")
YEARS = Type(Kind.INTEGER, unit="岁")
MONTHS = Type(Kind.INTEGER, unit="个月")
BARE = Type(Kind.INTEGER)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("500 元", MONEY, 50_000),
        ("500元", MONEY, 50_000),
        ("５００．５ 元", MONEY, 50_050),
        ("1.5 万元", MONEY, 1_500_000),
        ("0.01 元", MONEY, 1),
        ("2 亿元", MONEY, 20_000_000_000),
        ("3 角", MONEY, 30),
        ("7 分", MONEY, 7),
        ("-5 元", MONEY, -500),
        ("0 元", MONEY, 0),
        ("30%", RATIO, 3_000),
        ("30 %", RATIO, 3_000),
        ("３０％", RATIO, 3_000),
        ("5‰", RATIO, 50),
        ("1.3 倍", RATIO, 13_000),
        ("0.25 倍", RATIO, 2_500),
        ("0 %", RATIO, 0),
        ("80", YEARS, 80),
        ("80 岁", YEARS, 80),
        ("12 月", MONTHS, 12),
        ("12 个月", MONTHS, 12),
        ("3", BARE, 3),
        ("2024-02-29", DATE, 19_782),
        ("1970-01-01", DATE, 0),
        ("是", TRUTH, 1),
        ("false", TRUTH, 0),
        ("农村", SIDE, 1),
        ("大化", AREA, 451_229_000_000),
        ("45", AREA, 450_000_000_000),
        ("451229101", AREA, 451_229_101_000),
    ],
)
def test_stored(text: str, kind: Type, value: int) -> None:
    assert stored(text, kind, WORDS) == value


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("500", MONEY, "needs-unit"),
        ("500 岁", MONEY, "wrong-unit"),
        ("0.001 元", MONEY, "not-whole"),
        ("1,000 元", MONEY, "bad-number"),
        ("1e3 元", MONEY, "bad-number"),
        ("١٠ 元", MONEY, "bad-number"),
        ("٢٠٢٤-٠١-٠١", DATE, "bad-date"),
        ("元", MONEY, "bad-number"),
        ("", MONEY, "bad-number"),
        ("9999999999999999 元", MONEY, "bad-number"),
        ("30 元", RATIO, "wrong-unit"),
        ("30", RATIO, "needs-unit"),
        ("0.25", RATIO, "needs-unit"),
        ("0", RATIO, "needs-unit"),
        ("0.001%", RATIO, "too-fine"),
        ("8.5", YEARS, "not-whole"),
        ("8 人", YEARS, "wrong-unit"),
        ("8 岁", BARE, "wrong-unit"),
        ("2023-02-29", DATE, "bad-date"),
        ("2023/02/01", DATE, "bad-date"),
        ("2023-2-1", DATE, "bad-date"),
        ("1", TRUTH, "bad-truth"),
        ("yes", TRUTH, "bad-truth"),
        ("乡村", SIDE, "unknown-value"),
        ("甲", Type(Kind.CATEGORY, category="无"), "unknown-category"),
        ("大华", AREA, "unknown-area"),
        ("4512291", AREA, "unknown-area"),
        ("片", AREA, "area-set"),
    ],
)
def test_refused(text: str, kind: Type, code: str) -> None:
    with pytest.raises(BadLiteral) as raised:
        stored(text, kind, WORDS)
    assert raised.value.code == code
    assert raised.value.zh


def test_a_ratio_keeps_its_exact_value() -> None:
    assert natural("0.001%", RATIO, WORDS) == Fraction(1, 100_000)


@pytest.mark.parametrize(
    ("text", "kind"),
    [("是否", TRUTH), ("整数 岁", YEARS), ("整数 月", MONTHS), ("整数", BARE), ("类别 城乡", SIDE), ("地区", AREA)],
)
def test_types(text: str, kind: Type) -> None:
    assert parse_type(text) == kind


@pytest.mark.parametrize("text", ["", "数", "整数 岁 人", "整数 棵", "类别", "金额 元", "类别 甲 乙"])
def test_no_types(text: str) -> None:
    with pytest.raises(BadLiteral):
        parse_type(text)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("1970", (0, 364)),
        ("1970-01", (0, 30)),
        ("1972-02", (761, 789)),
        ("1970-12", (334, 364)),
        ("1970-13", None),
        ("0000", None),
        ("70", None),
        ("1970-01-01", None),
    ],
)
def test_a_year_alone_is_any_of_its_days(text: str, span: tuple[int, int] | None) -> None:
    assert day_span(text) == span


def test_an_area_by_name_or_digits() -> None:
    assert area_code("大化", WORDS) == area_code("451229", WORDS)


KINDS = {
    MONEY: st.integers(-(10**12), 10**12),
    RATIO: st.integers(-(10**6), 10**6),
    YEARS: st.integers(0, 200),
    BARE: st.integers(-1000, 1000),
    DATE: st.integers(-30_000, 40_000),
    TRUTH: st.integers(0, 1),
    SIDE: st.integers(0, 1),
    AREA: st.sampled_from([451_229_000_000, 450_000_000_000, 451_229_101_000, 1]),
}


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(list(KINDS)).flatmap(lambda kind: st.tuples(st.just(kind), KINDS[kind])))
def test_what_is_said_can_be_read_again(drawn: tuple[Type, int]) -> None:
    kind, value = drawn
    assert stored(say(value, kind, WORDS), kind, WORDS) == value


def test_bounds_are_said_with_both_ends() -> None:
    assert say_bounds(0, 50_000, MONEY, WORDS) == "[0 元, 500 元]"
    assert say_bounds(0, 1, TRUTH, WORDS) == "未知"
    assert say_bounds(1_999, 1_999, MONEY, WORDS) == "19.99 元"


def test_the_units_of_whole_numbers_are_listed() -> None:
    with pytest.raises(BadLiteral) as caught:
        parse_type("整数 平米")
    assert "岁、人、个月、天、项、次、年、间、辆、套、户" in caught.value.zh
    assert "岁、人、个月、天、项、次、年、间、辆、套、户" in caught.value.en
