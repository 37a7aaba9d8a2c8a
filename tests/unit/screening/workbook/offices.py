"""A small pack and the ledger of a small office, for tests of workbooks.

H1: 张三 (head, 1970), 李四 (spouse, 1972, wages)     H2: 王五 (head, 1940, pension), alone
H3: 赵六 (head, 1980), 赵七 (child, 2012)
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl

from doudi.rules.declared import (
    Area,
    Book,
    Category,
    Condition,
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
from doudi.rules.types import AREA, DATE, MAX_AREA, MONEY, TRUTH, Kind, Type
from doudi.screening.workbook.idnumber import check_character

AS_OF = date(2024, 7, 1)
LATEST_BIRTH = date(2024, 7, 31)
DAY0, DAY1 = -29_219, 47_846  # 1890-01-01 .. 2100-12-31
FEN = 100


def kinds(name: str) -> Type:
    return Type(Kind.CATEGORY, name)


def category(name: str, *values: str) -> Category:
    return Category(name, name, tuple((v, f"{v} in English") for v in values))


def fact(entity: str, name: str, kind: Type, lo: int, hi: int, note: str = "") -> Fact:
    return Fact(entity, name, f"{name} in English", kind, lo, hi, note)


def rule(entity: str, name: str, kind: Type, formula: str) -> Rule:
    return Rule(entity, name, f"{name} in English", kind, (Version(Text(formula)),))


def programme(name: str, entity: str, rank: int, amount: str | None, *conditions: tuple[str, str]) -> Programme:
    said = tuple(Condition(Text(formula), zh, f"{zh} in English") for zh, formula in conditions)
    version = ProgrammeVersion(said, Text(amount) if amount else None)
    return Programme(name, f"{name} in English", entity, "月", (version,), rank=rank)


def book() -> Book:
    return Book(
        name="office",
        entities=(
            Entity("户", "Household", "household"),
            Entity("人", "Person", "person", of="户", table="候选成员", max_rows=8),
            Entity("收入", "Income", "income", of="人", max_rows=5, kind="种类"),
            Entity("残疾", "Disability", "disability", of="人", max_rows=3),
            Entity("财产", "Property", "property", of="户", max_rows=6, kind="种类"),
        ),
        views=(View("成员", "Members", "人", Text("计入")),),
        categories=(
            category("城乡", "城市", "农村"),
            category("性别", "男", "女"),
            category("关系", "户主", "配偶", "子女", "父母"),
            category("收入种类", "工资", "养老金", "经营"),
            category("财产种类", "存款", "机动车", "住房"),
            category("残疾等级", "一级", "二级", "三级", "四级"),
            category("家庭类别", "低保户", "其他户"),
            category("人群类别", "高龄老人", "其他人"),
        ),
        areas=(
            Area("全国", "China", 0),
            Area("大化", "Dahua", 451229_000000),
            Area("大化镇", "Dahua town", 451229_100000),
        ),
        facts=(
            fact("户", "户籍地", AREA, 0, MAX_AREA),
            fact("户", "城乡", kinds("城乡"), 0, 1),
            fact("户", "申请日期", DATE, 10_957, DAY1),
            fact("人", "出生日期", DATE, DAY0, DAY1),
            fact("人", "性别", kinds("性别"), 0, 1),
            fact("人", "健在", TRUTH, 0, 1),
            fact("人", "关系", kinds("关系"), 0, 3),
            fact("人", "自理丧失项数", Type(Kind.INTEGER, unit="项"), 0, 6, "六项中不能自己完成的项数"),
            fact("收入", "种类", kinds("收入种类"), 0, 2),
            fact("收入", "金额", MONEY, 0, 1000_0000 * FEN),
            fact("收入", "日期", DATE, 10_957, DAY1),
            fact("残疾", "等级", kinds("残疾等级"), 0, 3),
            fact("财产", "种类", kinds("财产种类"), 0, 2),
            fact("财产", "价值", MONEY, 0, 1_0000_0000 * FEN),
        ),
        standards=(
            StandardDecl(
                "低保标准",
                "Line",
                MONEY,
                "plain",
                (StandardLine(451229_000000, "", date(2020, 1, 1), None, Fraction(500 * FEN)),),
                0,
                100_000 * FEN,
                area=("户", "户籍地"),
            ),
        ),
        rules=(
            rule("人", "计入", TRUTH, "健在"),
            rule("人", "年收入", MONEY, "合计(收入.金额)"),
            rule("人", "周岁", Type(Kind.INTEGER, unit="岁"), "满周岁(出生日期)"),
            rule("户", "人口", Type(Kind.INTEGER, unit="人"), "人数(成员)"),
            rule("户", "人均月收入", MONEY, "四舍五入(合计(成员.年收入) ÷ 12 ÷ 取大(人口, 1 人), 分)"),
            rule("户", "存款额", MONEY, "合计(财产.价值, 种类 = 存款)"),
            rule("人", "人群类别", kinds("人群类别"), "如果 享受高龄津贴 则 高龄老人 否则 其他人"),
            rule("户", "家庭类别", kinds("家庭类别"), "如果 享受低保 则 低保户 否则 其他户"),
        ),
        programmes=(
            programme(
                "低保",
                "户",
                10,
                "四舍五入((低保标准 - 人均月收入) × 人口, 元)",
                ("有成员", "人口 > 0 人"),
                ("人均月收入低于标准", "人均月收入 < 低保标准"),
                ("存款不超过限额", "存款额 ≤ 50000 元"),
            ),
            programme("高龄津贴", "人", 20, "100 元", ("健在", "健在"), ("年满八十周岁", "周岁 ≥ 80 岁")),
        ),
        digest="0123456789abcdef",
        labels={"zh": "测试包", "en": "Test pack"},
    )


def number(birth: str, serial: int, *, male: bool = True, division: str = "990000") -> str:
    """A made-up identity number: ``birth`` as 19700102. No division begins with 99."""
    first = f"{division}{birth}{serial * 2 + male:03d}"
    return first + check_character(first)


ZHANG, LI = number("19700102", 1), number("19720304", 2, male=False)
WANG = number("19400506", 3)
ZHAO, CHILD = number("19800708", 4), number("20120910", 5, male=False)

HOUSEHOLDS = ["户编号", "户籍地", "城乡", "申请日期", "成员已列全", "财产已列全"]
PEOPLE = ["户编号", "姓名", "身份证号", "健在", "关系", "自理丧失项数", "收入已列全"]
INCOMES = ["身份证号", "姓名", "种类", "金额", "日期"]
PROPERTY = ["户编号", "种类", "价值"]

Rows = list[list[Any]]


def ledger() -> dict[str, Rows]:
    """A ledger without a fault: change it, then ``save`` it."""
    return {
        "家庭": [
            list(HOUSEHOLDS),
            ["H1", "大化镇", "农村", "2024-06-03", "是", "是"],
            ["H2", "大化", "农村", date(2024, 6, 4), "是", "是"],
            ["H3", "大化镇", "城市", None, "是", "是"],
        ],
        "成员": [
            list(PEOPLE),
            ["H1", "张三", ZHANG, "是", "户主", 0, "是"],
            ["H1", "李四", LI, "是", "配偶", 0, "是"],
            ["H2", "王五", WANG, "是", "户主", 2, "是"],
            ["H3", "赵六", ZHAO, "是", "户主", None, "是"],
            ["H3", "赵七", CHILD, "是", "子女", None, "是"],
        ],
        "收入": [
            list(INCOMES),
            [LI, "李四", "工资", 11_760, "2024-03-31"],
            [WANG, "王五", "养老金", "7,200.50 元", "2024-05-31"],
            [ZHAO, "", "工资", 1234.5, "2024-05"],
        ],
        "财产": [list(PROPERTY), ["H1", "存款", 20_000], ["H3", "存款", "6万元"]],
    }


def save(path: Path, sheets: dict[str, Rows]) -> Path:
    """Dates and numbers as they are; texts as text, so that id numbers keep their digits."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)  # type: ignore[arg-type]
    for title, rows in sheets.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
    workbook.save(path)
    return path
