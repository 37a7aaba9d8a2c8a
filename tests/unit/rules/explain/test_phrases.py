"""Formulas in words: every node type, both languages; what is told in Chinese can be read as a formula again."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from doudi.rules.explain import in_words, words_for
from doudi.rules.explain.parts import FOLLOW
from doudi.rules.explain.phrases import TELLERS, with_numbers
from doudi.rules.nodes import Node
from doudi.rules.ruleset import Ruleset
from doudi.rules.scalar import decide
from tests.unit.rules.scalar.little import DAHUA, home, ruleset
from tests.unit.rules.scalar.trees import rulesets

SPECS: list[tuple[str, str, str]] = [
    ("金额", "甲 + 乙", "First + Second"),
    ("金额", "甲 - (乙 - 甲)", "First - (Second - First)"),
    ("金额", "甲 - 乙 - 甲", "First - Second - First"),
    ("金额", "(甲 + 乙) × 数", "(First + Second) × Number"),
    ("金额", "-甲", "-First"),
    ("金额", "四舍五入(甲 ÷ (数 ÷ 2), 分)", "(First ÷ (Number ÷ 2)) rounded half up to the fen"),
    ("金额", "向下(甲 × 30%, 元)", "(First × 30%) rounded down to the yuan"),
    ("比例", "向上(甲 ÷ 12.50 元, 百分之一)", "(First ÷ CNY 12.50) rounded up to the hundredth"),
    ("整数", "向下(甲 ÷ 1.00 元, 个)", "(First ÷ CNY 1.00) rounded down to a whole number"),
    ("金额", "取大(甲, 乙)", "the greatest of (First, Second)"),
    ("金额", "取小(甲, 5.00 元)", "the least of (First, CNY 5.00)"),
    ("是否", "甲 < 乙", "First < Second"),
    ("是否", "甲 ≥ 乙 且 非 真假", "First ≥ Second and not Truth"),
    ("是否", "(真假 或 甲 ≠ 乙) 且 另真假", "(Truth or First ≠ Second) and “Other truth”"),
    ("是否", "非 (真假 且 另真假)", "not (Truth and “Other truth”)"),
    ("金额", "如果 真假 则 甲 否则 如果 另真假 则 乙 否则 0.00 元", "if Truth then First, otherwise if “Other truth” then Second, otherwise CNY 0.00"),
    ("是否", "城乡 = 农村", "“Urban or rural” = rural"),
    ("是否", "城乡 属于 (城市, 农村)", "“Urban or rural” is one of (urban, rural)"),
    ("是否", "户籍地 属于 大化", "“Registered in” lies in Dahua"),
    ("是否", "户籍地 属于 (大化, 厦门)", "“Registered in” lies in Dahua, Xiamen"),
    ("是否", "某日 在 近(12 个月)", "“Some day” falls in the 12 months before the decision date"),
    ("是否", "某日 在 近(6 个月, 2024-01-01)", "“Some day” falls in the 6 months before (2024-01-01)"),
    ("是否", "某日 在 当月", "“Some day” falls in this month"),
    ("岁", "满周岁(某日)", "age in whole years of one born on (“Some day”)"),
    ("岁", "满周岁(某日, 所属月)", "age in whole years of one born on (“Some day”) at (the month)"),
    ("月数", "月数(某日, 基准日)", "whole months from (“Some day”) to (the decision date)"),
    ("日期", "加月(某日, 3 个月)", "(“Some day”) moved by (3 months) months"),
    ("日期", "当月初(某日)", "first day of the month of (“Some day”)"),
    ("日期", "下月初(某日)", "first day of the month after (“Some day”)"),
    ("金额", "标准", "Standard"),
    ("金额", "标准 于 某日", "Standard on “Some day”"),
    ("金额", "分段(满周岁(某日), 津贴)", "Allowance for (age in whole years of one born on (“Some day”))"),
    ("金额", "四舍五入(累进(甲, 报销), 分)", "(Refund applied to each slice of (First)) rounded half up to the fen"),
    ("人数", "人数(成员)", "number of (Members that count)"),
    ("人数", "人数(候选成员)", "number of (Person)"),
    ("人数", "人数(成员, 残疾)", "number of (Members that count where Disabled)"),
    ("金额", "合计(财产.价值, 价值 > 户.甲)", "sum of (Value) over (Property item where Value > First of the household)"),
    ("是否", "任一(候选成员, 残疾 且 健在)", "at least one of (Person where Disabled and Alive)"),
    ("是否", "全部(候选成员, 残疾, 健在)", "every one of (Person where Alive): Disabled"),
    ("日期", "最大(成员.出生)", "greatest (“Birth date”) over (Members that count)"),
    ("日期", "最小(成员.出生, 残疾)", "least (“Birth date”) over (Members that count where Disabled)"),
    ("日期", "最近(候选成员.出生, 出生, 健在)", "latest (“Birth date”) by “Birth date” among (Person where Alive)"),
    ("金额", "缺省(甲, 5.00 元, “按惯例”)", "(First), or (CNY 5.00) if that is not known: “按惯例”"),
    ("是否", "已知(甲, “看有没有”)", "whether (First) is known: “看有没有”"),
]  # fmt: skip


@pytest.mark.parametrize(("type_", "formula", "en"), SPECS, ids=[s[1] for s in SPECS])
def test_in_words(type_: str, formula: str, en: str) -> None:
    rules = ruleset({"户.果": (type_, formula)})
    node = rules.variables["户", "果"].node
    assert node is not None
    assert in_words(words_for(rules, "en"), node, "户") == en
    assert in_words(words_for(rules, "zh"), node, "户") == formula


def node_types() -> set[type[Node]]:
    found: set[type[Node]] = set()
    todo: list[type[Node]] = [Node]
    while todo:
        below = todo.pop().__subclasses__()
        found.update(below)
        todo.extend(below)
    return found


def test_every_node_type_can_be_told_and_followed() -> None:
    assert node_types() == set(TELLERS)
    assert node_types() == set(FOLLOW)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(rulesets(assuming=True))
def test_any_formula_can_be_told(made: Ruleset) -> None:
    for variable in made.variables.values():
        if variable.node is not None:
            for lang in ("zh", "en"):
                assert in_words(words_for(made, lang), variable.node, variable.entity)


@pytest.mark.parametrize(
    ("type_", "formula", "zh", "en"),
    [
        ("金额", "甲 + 乙", "甲（5.00 元） + 乙（在 -500.00 元 与 1,000.00 元 之间）", "First (CNY 5.00) + Second (between CNY -500.00 and CNY 1,000.00)"),
        ("金额", "如果 真假 则 甲 否则 乙", "甲（5.00 元）", "First (CNY 5.00)"),
        ("金额", "如果 另真假 则 甲 否则 0 元", "如果 另真假（未知） 则 甲（5.00 元） 否则 0.00 元",
         "if “Other truth” (not known) then First (CNY 5.00), otherwise CNY 0.00"),
        ("是否", "真假 且 甲 > 9 元", "甲（5.00 元） > 9.00 元", "First (CNY 5.00) > CNY 9.00"),
        ("是否", "真假 或 另真假", "真假（是）", "Truth (yes)"),
        ("是否", "甲 < 标准", "甲（5.00 元） < 标准（500.00 元）", "First (CNY 5.00) < Standard (CNY 500.00)"),
        ("是否", "人数(成员) > 0", "人数(成员)（0） > 0", "number of (Members that count) (0) > 0"),
    ],
)  # fmt: skip
def test_with_numbers_put_in(type_: str, formula: str, zh: str, en: str) -> None:
    rules = ruleset({"户.果": (type_, formula)})
    node = rules.variables["户", "果"].node
    assert node is not None
    run = decide(rules, home({"甲": 500, "真假": 1, "户籍地": DAHUA, "城乡": 1}, [])).finder.run
    assert with_numbers(words_for(rules, "zh"), node, run, run.root) == zh
    assert with_numbers(words_for(rules, "en"), node, run, run.root) == en
