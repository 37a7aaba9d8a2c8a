"""A small book for tests of the language: households, people, incomes, two standards; rules are given as text.

户 ── 人 (候选成员; 成员 = 计入) ── 收入 (by 种类)
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

from doudi.rules.declared import (
    Area,
    Bands,
    Book,
    Category,
    Condition,
    Conflict,
    Derived,
    Entity,
    Fact,
    Programme,
    ProgrammeVersion,
    Rule,
    StandardDecl,
    StandardLine,
    Text,
    Version,
    View,
)
from doudi.rules.faults import Where
from doudi.rules.types import AREA, DATE, INTEGER, MONEY, RATIO, TRUTH, Kind, Type

KIND = Type(Kind.CATEGORY, "收入种类")
URBAN = Type(Kind.CATEGORY, "城乡")
YEARS = Type(Kind.INTEGER, unit="岁")
TYPES = {"是否": TRUTH, "整数": INTEGER, "金额": MONEY, "比例": RATIO, "日期": DATE, "地区": AREA, "整数 岁": YEARS}
TYPES |= {"类别 收入种类": KIND, "类别 城乡": URBAN}
DAY = 86_400


def text(source: str, file: str = "rules.yaml", line: int = 1, column: int = 1) -> Text:
    return Text(source, Where(file, line, column))


def rule(owner: str, kind: str, formula: str, since: date | None = None, until: date | None = None) -> Rule:
    """``rule("户.人口", "整数", "人数(成员)")``."""
    entity, _, name = owner.partition(".")
    return Rule(
        entity, name, name, TYPES[kind], (Version(text(formula), since, until),), where=Where("rules.yaml", 1, 1)
    )


def programme(
    name: str, entity: str, conditions: list[str], amount: str | None = None, period: str = "月"
) -> Programme:
    version = ProgrammeVersion(tuple(Condition(text(c)) for c in conditions), None if amount is None else text(amount))
    return Programme(name, name, entity, period, (version,))  # type: ignore[arg-type]


def book(
    *rules: Rule,
    programmes: tuple[Programme, ...] = (),
    conflicts: tuple[Conflict, ...] = (),
    derived: tuple[Derived, ...] = (),
    standards: tuple[StandardDecl, ...] | None = None,
    facts: tuple[Fact, ...] = (),
) -> Book:
    day0, day1 = -25_567, 47_846  # 1900-01-01 .. 2100-12-31
    return Book(
        name="test",
        entities=(
            Entity("户", "Household", "household"),
            Entity("人", "Person", "person", of="户", table="候选成员", max_rows=10),
            Entity("收入", "Income", "income", of="人", max_rows=20, kind="种类"),
        ),
        views=(View("成员", "Members", "人", text("计入")),),
        categories=(
            Category("收入种类", "Kind", (("工资", "wages"), ("经营", "business"), ("其他", "other"))),
            Category("城乡", "Urban or rural", (("城市", "urban"), ("农村", "rural"))),
        ),
        areas=(Area("全国", "China", 0), Area("甲县", "A", 990101_000000), Area("乙县", "B", 990102_000000)),
        facts=(
            Fact("户", "户籍地", "Registered in", AREA, 0, 999_999_999_999),
            Fact("户", "城乡", "Urban or rural", URBAN, 0, 1),
            Fact("户", "存款", "Deposits", MONEY, 0, 100_000_000_00),
            Fact("人", "出生日期", "Born on", DATE, day0, day1),
            Fact("人", "健在", "Alive", TRUTH, 0, 1),
            Fact("人", "重残", "Severely disabled", TRUTH, 0, 1),
            Fact("收入", "种类", "Kind", KIND, 0, 2),
            Fact("收入", "金额", "Amount", MONEY, 0, 10_000_000_00),
            Fact("收入", "日期", "Date", DATE, day0, day1),
            *facts,
        ),
        standards=STANDARDS if standards is None else standards,
        rules=(rule("人.计入", "是否", "健在"), *rules),
        programmes=programmes,
        conflicts=conflicts,
        derived=derived,
        digest="test",
    )


def standard(name: str = "低保标准", **changes: object) -> StandardDecl:
    """A monthly line by area and 城乡: 甲县 800 / 500 yuan from 2024."""
    decl = StandardDecl(
        name,
        name,
        MONEY,
        "plain",
        (
            StandardLine(990101_000000, "城市", date(2024, 1, 1), None, Fraction(800_00)),
            StandardLine(990101_000000, "农村", date(2024, 1, 1), None, Fraction(500_00)),
        ),
        0,
        10_000_00,
        area=("户", "户籍地"),
        by=("户", "城乡"),
    )
    return replace(decl, **changes)  # type: ignore[arg-type]


AGE_BANDS = StandardDecl(
    "高龄标准",
    "Old-age bands",
    MONEY,
    "bands",
    (
        StandardLine(
            0,
            "",
            date(2020, 1, 1),
            None,
            Bands(
                (
                    (Fraction(80), Fraction(100_00)),
                    (Fraction(90), Fraction(200_00)),
                    (Fraction(100), Fraction(1100_00)),
                ),
                Fraction(0),
            ),
        ),
    ),
    0,
    2000_00,
    x=YEARS,
)
STANDARDS = (standard(), AGE_BANDS)
