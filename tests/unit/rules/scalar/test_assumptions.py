"""缺省, 已知, and how far an assumption reaches."""

from __future__ import annotations

import pytest

from doudi.rules.declared import Conflict, Text
from doudi.rules.scalar import Row, Value, decide
from tests.generative.compare import disagreements
from tests.unit.rules.scalar.little import TOWN, home, person, programme, ruleset

D = '缺省(真假, 是, "问过")'  # true by assumption when 真假 is not known
F = '缺省(真假, 否, "问过")'


@pytest.mark.parametrize(
    ("type_", "formula", "facts", "answer"),
    [
        ("金额", '缺省(甲, 5 元, "r")', {"甲": 7}, Value(7, 7, False)),
        ("金额", '缺省(甲, 5 元, "r")', {}, Value(500, 500, True)),
        ("金额", '缺省(甲, 5 元, "r")', {"甲": (1, 2)}, Value(500, 500, True)),
        ("金额", '缺省(甲, 乙, "r")', {"乙": (1, 2)}, Value(1, 2, True)),
        ("金额", '缺省(甲, 5 元, "r") + 乙', {"乙": 1}, Value(501, 501, True)),
        ("是否", '已知(甲, "r")', {"甲": 7}, Value(1, 1, False)),
        ("是否", '已知(甲, "r")', {}, Value(0, 0, True)),
        ("是否", '已知(甲 > 5 元, "r")', {"甲": (600, 700)}, Value(1, 1, False)),
        ("是否", f"非 {D}", {}, Value(0, 0, True)),
        # a firm false operand settles an AND, whatever is assumed beside it
        ("是否", f"{F} 且 另真假", {"另真假": 0}, Value(0, 0, False)),
        ("是否", f"{F} 且 另真假", {"另真假": 1}, Value(0, 0, True)),
        ("是否", f"{D} 且 另真假", {"另真假": 1}, Value(1, 1, True)),
        ("是否", f"{D} 且 另真假", {}, Value(0, 1, True)),
        ("是否", f"{F} 且 另真假", {}, Value(0, 0, True)),
        ("是否", f"{D} 或 另真假", {"另真假": 1}, Value(1, 1, False)),
        ("是否", f"{D} 或 另真假", {"另真假": 0}, Value(1, 1, True)),
        ("是否", f"{F} 或 另真假", {"另真假": 0}, Value(0, 0, True)),
        # a choice by assumption is an assumption; a branch not taken leaves no trace
        ("金额", f"如果 {D} 则 1 元 否则 2 元", {}, Value(100, 100, True)),
        ("金额", '如果 真假 则 缺省(甲, 5 元, "r") 否则 2 元', {"真假": 0}, Value(200, 200, False)),
        ("金额", '如果 真假 则 缺省(甲, 5 元, "r") 否则 2 元', {}, Value(200, 500, True)),
        ("金额", '取大(缺省(甲, 5 元, "r"), 9 元)', {}, Value(900, 900, True)),
        ("是否", '缺省(甲, 5 元, "r") < 9 元', {}, Value(1, 1, True)),
        ("金额", '分段(满周岁(缺省(某日, 1940-01-01, "r")), 津贴)', {}, Value(10_000, 10_000, True)),
        ("金额", '标准 于 缺省(某日, 2024-07-01, "r")', {"户籍地": TOWN, "城乡": 1}, Value(50_000, 50_000, True)),
        ("金额", '四舍五入(缺省(甲, 5 元, "r") ÷ 3, 分)', {}, Value(167, 167, True)),
    ],
)
def test_spec(type_: str, formula: str, facts: dict[str, int | tuple[int, int]], answer: Value) -> None:
    assert decide(ruleset({"户.果": (type_, formula)}), home(facts)).value("户", "果") == answer


def test_an_assumption_can_refuse_but_not_grant() -> None:
    granting = ruleset({}, [programme("甲项", "户", [D], "1 元")])
    assert decide(granting, home()).outcome("甲项").outcome == "无法判定"
    assert decide(granting, home({"真假": 1})).outcome("甲项").outcome == "符合"
    refusing = ruleset({}, [programme("甲项", "户", [F], "1 元")])
    found = decide(refusing, home()).outcome("甲项")
    assert (found.outcome, found.failing, found.paid, found.missing) == ("不符合", 0, (0, 0), ())


@pytest.mark.parametrize(
    ("conditions", "amount", "against", "paid"),
    [
        (["非 符合甲项"], "5 元", (), (0, 500)),
        (["非 享受甲项"], "5 元", (), (0, 500)),
        (["甲项实发 = 0 元"], "5 元", (), (0, 500)),
        (["是"], "取大(5 元 - 甲项实发, 0 元)", (), (0, 500)),
        (["是"], "5 元", (Conflict("冲", "c", "bar", ("乙项",), ("甲项",)),), (0, 500)),
        (["是"], "5 元", (Conflict("冲", "c", "higher", legs=(("乙项",), ("甲项",))),), (0, 500)),
        (["是"], "5 元", (Conflict("冲", "c", "topup", ("乙项",), over=Text("甲项实发")),), (0, 500)),
        # what the assumption cannot change is granted as ever
        (["是 或 享受甲项"], "5 元", (), (500, 500)),
        (["是"], "5 元", (Conflict("冲", "c", "bar", ("甲项",), ("乙项",)),), (500, 500)),
    ],
)
def test_a_refusal_by_assumption_grants_nothing_that_it_would_have_stood_in_the_way_of(
    conditions: list[str], amount: str, against: tuple[Conflict, ...], paid: tuple[int, int]
) -> None:
    programmes = [programme("甲项", "户", [F], "9 元"), programme("乙项", "户", conditions, amount)]
    rules = ruleset({}, programmes, against)
    found = decide(rules, home())
    assert (found.outcome("甲项").outcome, found.outcome("甲项").missing) == ("不符合", ())
    other = found.outcome("乙项")
    assert other.paid == paid
    assert [m.leaf.name for m in other.missing] == ([] if paid[0] else ["真假"])
    assert decide(rules, home({"真假": 0})).outcome("乙项").paid == (500, 500)


def test_an_assumed_amount_is_not_paid() -> None:
    rules = ruleset({}, [programme("甲项", "户", ["真假"], '缺省(甲, 5 元, "r")')])
    found = decide(rules, home({"真假": 1})).outcome("甲项")
    assert (found.outcome, found.granted, found.amount, found.paid) == ("符合", "是", (0, 100_000), (0, 100_000))
    assert [m.leaf.name for m in found.missing] == ["甲"]


def test_tables_carry_assumptions() -> None:
    rules = ruleset(
        {
            "人.认": ("是否", '缺省(健在, 是, "r")'),
            "户.数人": ("人数", "人数(候选成员, 认)"),
            "户.有": ("是否", "任一(候选成员, 认)"),
            "户.都": ("是否", "全部(候选成员, 认)"),
        }
    )
    assumed = decide(rules, home(people=[Row("a"), Row("b", {"健在": 1})]))
    assert assumed.value("户", "数人") == Value(2, 2, True)
    assert assumed.value("户", "有") == Value(1, 1, False)  # b alone settles it
    assert assumed.value("户", "都") == Value(1, 1, True)
    refused = decide(rules, home(people=[Row("a"), Row("b", {"健在": 0})]))
    assert refused.value("户", "都") == Value(0, 0, False)
    assert refused.value("户", "有") == Value(1, 1, True)


@pytest.mark.parametrize("stands_in", ["是", "否"])
@pytest.mark.parametrize(("alive", "rests"), [(1, False), (0, True)])
def test_of_a_row_that_is_true_it_does_not_matter_whether_an_assumption_counts_it(
    stands_in: str, alive: int, rests: bool
) -> None:
    rules = ruleset({"户.都": ("是否", f"全部(候选成员, 健在, 缺省(残疾, {stands_in}, “r”))")})
    household = home({}, [person("a", [], 健在=alive)])
    found = decide(rules, household)
    holds = int(alive or stands_in == "否")
    assert found.value("户", "都") == Value(holds, holds, rests)
    assert [m.leaf.name for m in found.missing("户", "都")] == (["残疾"] if rests else [])
    assert disagreements(rules, [household]) == []
