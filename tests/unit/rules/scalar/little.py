"""A little world for tests: 户 with 人 and 财产, 人 with 收入, a few facts of every type, and rules given as text by each test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from doudi.rules import Ruleset, compile_book
from doudi.rules.calendar import to_day
from doudi.rules.declared import (
    Area,
    Bands,
    Book,
    Category,
    Citation,
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
from doudi.rules.scalar import Row
from doudi.rules.types import AREA, DATE, INTEGER, MAX_AREA, MONEY, RATIO, TRUTH, Kind, Type

AS_OF = date(2024, 7, 1)
DAHUA = 451229_000_000
TOWN = 451229_100_000
XIAMEN = 350200_000_000
CITE = (Citation("DH", "二(一)1", "document"),)

PEOPLE = Type(Kind.INTEGER, unit="人")
YEARS = Type(Kind.INTEGER, unit="岁")
TYPES = {
    "是否": TRUTH,
    "整数": INTEGER,
    "人数": PEOPLE,
    "岁": YEARS,
    "月数": Type(Kind.INTEGER, unit="个月"),
    "金额": MONEY,
    "比例": RATIO,
    "日期": DATE,
    "地区": AREA,
    "城乡": Type(Kind.CATEGORY, "城乡"),
}


def day(text: str) -> int:
    return to_day(date.fromisoformat(text))


def fact(entity: str, name: str, en: str, type_: str, lo: int, hi: int) -> Fact:
    return Fact(entity, name, en, TYPES[type_], lo, hi)


FACTS = (
    fact("户", "甲", "First", "金额", 0, 100_000),
    fact("户", "乙", "Second", "金额", -50_000, 100_000),
    fact("户", "数", "Number", "整数", 0, 9),
    fact("户", "率", "Rate", "比例", 0, 20_000),
    fact("户", "真假", "Truth", "是否", 0, 1),
    fact("户", "另真假", "Other truth", "是否", 0, 1),
    fact("户", "某日", "Some day", "日期", day("1990-01-01"), day("2030-12-31")),
    fact("户", "城乡", "Urban or rural", "城乡", 0, 1),
    fact("户", "户籍地", "Registered in", "地区", 0, MAX_AREA),
    fact("人", "出生", "Birth date", "日期", day("1900-01-01"), day("2100-12-31")),
    fact("人", "健在", "Alive", "是否", 0, 1),
    fact("人", "残疾", "Disabled", "是否", 0, 1),
    fact("收入", "种类", "Kind", "城乡", 0, 1),
    fact("收入", "金额", "Amount", "金额", 0, 1_000_000),
    fact("收入", "日期", "Date", "日期", day("2000-01-01"), day("2100-12-31")),
    fact("财产", "价值", "Value", "金额", 0, 10_000_000),
)


def line(value: int | Fraction | Bands, area: int = 0, key: str = "", **more: object) -> StandardLine:
    given = value if isinstance(value, Bands) else Fraction(value)
    return StandardLine(area, key, more.pop("since", None), more.pop("until", None), given, CITE, **more)  # type: ignore[arg-type]


def bands(steps: Mapping[int, int | Fraction], below: int = 0) -> Bands:
    return Bands(tuple((Fraction(at), Fraction(value)) for at, value in steps.items()), Fraction(below))


PLAIN = StandardDecl(
    "标准", "Standard", MONEY, "plain",
    (
        line(60_000, DAHUA, "城市"),
        line(50_000, DAHUA, "农村"),
        line(80_000, XIAMEN, "城市", until=date(2023, 12, 31)),
        line(70_000, XIAMEN, "农村", review_by=date(2024, 1, 1)),
    ),
    0, 100_000, area=("户", "户籍地"), by=("户", "城乡"),
)  # fmt: skip
BANDS = StandardDecl(
    "津贴", "Allowance", MONEY, "bands", (line(bands({80: 10_000, 90: 20_000, 100: 110_000})),), 0, 110_000, x=YEARS
)
SLICES = StandardDecl(
    "报销", "Refund", RATIO, "slices",
    (line(bands({500_00: Fraction(6, 10), 1000_00: Fraction(8, 10)})),), 0, 10_000, x=MONEY,
)  # fmt: skip
STANDARDS = (PLAIN, BANDS, SLICES)


def rule(entity: str, name: str, type_: str, formula: str) -> Rule:
    return Rule(entity, name, f"{name} in English", TYPES[type_], (Version(Text(formula), cites=CITE),))


def programme(
    name: str,
    entity: str,
    conditions: Sequence[str | tuple[str, str, str]],
    amount: str | None = None,
    rank: int = 100,
) -> Programme:
    """A condition is a formula, or (formula, zh, en)."""
    listed = tuple(Condition(Text(c)) if isinstance(c, str) else Condition(Text(c[0]), c[1], c[2]) for c in conditions)
    version = ProgrammeVersion(listed, None if amount is None else Text(amount), cites=CITE)
    return Programme(name, f"{name} in English", entity, "月", (version,), rank=rank)


def book(
    rules: Mapping[str, tuple[str, str]] | None = None,
    programmes: Sequence[Programme] = (),
    conflicts: Sequence[Conflict] = (),
    derived: Sequence[Derived] = (),
    standards: Sequence[StandardDecl] = STANDARDS,
) -> Book:
    """``rules`` maps 户.X to (type word, formula)."""
    made = []
    for name, (type_, formula) in (rules or {}).items():
        entity, _, short = name.rpartition(".")
        made.append(rule(entity or "户", short, type_, formula))
    if not any(r.name == "计入" for r in made):
        made.append(rule("人", "计入", "是否", "健在"))
    return Book(
        name="little",
        entities=(
            Entity("户", "Household", "household"),
            Entity("人", "Person", "person", "户", "候选成员", 5),
            Entity("收入", "Income item", "income", "人", "收入", 4, "种类"),
            Entity("财产", "Property item", "property", "户", "财产", 3),
        ),
        views=(View("成员", "Members that count", "人", Text("计入")),),
        categories=(Category("城乡", "Urban or rural", (("城市", "urban"), ("农村", "rural"))),),
        areas=(Area("全国", "China", 0), Area("大化", "Dahua", DAHUA), Area("厦门", "Xiamen", XIAMEN)),
        facts=FACTS,
        standards=tuple(standards),
        rules=tuple(made),
        programmes=tuple(programmes),
        conflicts=tuple(conflicts),
        derived=tuple(derived),
    )


def ruleset(
    rules: Mapping[str, tuple[str, str]] | None = None,
    programmes: Sequence[Programme] = (),
    conflicts: Sequence[Conflict] = (),
    derived: Sequence[Derived] = (),
) -> Ruleset:
    return compile_at(book(rules, programmes, conflicts, derived))


def compile_at(made: Book, as_of: date = AS_OF) -> Ruleset:
    return compile_book(made, as_of)


def home(
    facts: Mapping[str, int | tuple[int, int]] | None = None, people: Sequence[Row] | None = None, **more: object
) -> Row:
    """A household; ``people`` given means that all are listed, None that nothing is said of them."""
    rows = {} if people is None else {"人": list(people)}
    complete: dict[str, bool | frozenset[int]] = {} if people is None else {"人": True}
    complete.update(more.pop("complete", {}))  # type: ignore[call-overload]
    rows.update(more.pop("rows", {}))  # type: ignore[call-overload]
    return Row(1, dict(facts or {}), complete, rows)


def person(id_: str, incomes: Sequence[Row] | None = None, **facts: int | tuple[int, int]) -> Row:
    """A person; ``incomes`` given means that all are listed."""
    complete: dict[str, bool | frozenset[int]] = {} if incomes is None else {"收入": True}
    return Row(id_, dict(facts), complete, {} if incomes is None else {"收入": list(incomes)})


def income(id_: int, **facts: int | tuple[int, int]) -> Row:
    return Row(id_, dict(facts))
