"""Which leaves are missing: all that could still matter, and none that could not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from doudi.rules.declared import StandardDecl
from doudi.rules.nodes import Leaf
from doudi.rules.scalar import Missing, Row, decide
from doudi.rules.types import MONEY
from tests.unit.rules.scalar.little import (
    TOWN,
    XIAMEN,
    book,
    compile_at,
    day,
    home,
    income,
    line,
    person,
    ruleset,
)

Facts = dict[str, int | tuple[int, int]]


def names(formula: str, facts: Facts, type_: str = "是否", people: list[Row] | None = None) -> list[str]:
    found = decide(ruleset({"户.果": (type_, formula)}), home(facts, people))
    return [".".join((*map(str, m.path), m.leaf.name)) for m in found.missing("户", "果")]


@pytest.mark.parametrize(
    ("type_", "formula", "facts", "expected"),
    [
        ("金额", "甲 + 乙", {"甲": 1, "乙": 2}, []),
        ("金额", "甲 + 乙", {"甲": (1, 2)}, ["甲", "乙"]),
        ("是否", "甲 < 乙", {"甲": 1, "乙": (2, 3)}, []),  # decided by the bounds
        ("是否", "甲 < 乙", {"甲": 2, "乙": (2, 3)}, ["乙"]),
        ("是否", "真假 且 另真假", {}, ["真假", "另真假"]),
        ("是否", "真假 且 另真假", {"真假": 1}, ["另真假"]),
        ("是否", "真假 且 另真假", {"真假": 0}, []),
        ("是否", "真假 或 甲 > 1 元", {"真假": 0}, ["甲"]),
        ("是否", "真假 或 甲 > 1 元", {"真假": 1}, []),
        ("金额", "如果 真假 则 甲 否则 乙", {"真假": 1}, ["甲"]),
        ("金额", "如果 真假 则 甲 否则 乙", {"真假": 0}, ["乙"]),
        ("金额", "如果 真假 则 甲 否则 乙", {}, ["真假", "甲", "乙"]),
        ("金额", "如果 真假 则 甲 否则 乙", {"甲": 5, "乙": 5}, []),
        ("金额", '缺省(甲, 乙, "r")', {}, ["甲"]),
        ("是否", '已知(甲, "r")', {}, ["甲"]),
        ("是否", '已知(甲, "r")', {"甲": 1}, []),
        # an assumed condition may turn, so that both branches are asked for
        ("金额", '如果 缺省(真假, 是, "r") 则 甲 否则 乙', {"甲": 1}, ["真假", "乙"]),
        ("是否", '缺省(真假, 否, "r") 且 另真假', {}, ["真假", "另真假"]),
        ("是否", '缺省(真假, 否, "r") 且 另真假', {"另真假": 0}, []),
        ("金额", "甲 × 0", {}, []),
    ],
)
def test_leaves(type_: str, formula: str, facts: Facts, expected: list[str]) -> None:
    assert names(formula, facts, type_) == expected


def test_leaves_are_found_through_rules_and_said_once() -> None:
    rules = ruleset(
        {
            "户.一": ("金额", "甲 + 乙"),
            "户.二": ("金额", "一 + 乙"),
            "户.果": ("是否", "一 < 二"),
        }
    )
    assert [m.leaf.name for m in decide(rules, home()).missing("户", "果")] == ["甲", "乙"]


def test_a_table_that_is_not_complete() -> None:
    assert names("人数(成员) > 1", {}) == ["人"]
    assert names("人数(成员) > 1", {}, people=[]) == []
    found = decide(ruleset({"户.果": ("是否", "人数(成员) > 1")}), home())
    assert found.missing("户", "果") == (Missing(Leaf("table", "户", "人"), ()),)


def test_rows_that_are_certainly_out_are_not_asked_about() -> None:
    out, perhaps = Row("a", {"健在": 0}), Row("b")
    assert names("人数(成员, 残疾)", {}, "人数", [out, perhaps]) == ["b.健在", "b.残疾"]
    assert names("全部(候选成员, 残疾, 健在)", {}, "是否", [out, Row("b", {"残疾": 1}), Row("c")]) == [
        "c.健在",
        "c.残疾",
    ]
    assert names("任一(候选成员, 残疾)", {}, "是否", [Row("a", {"残疾": 0}), perhaps]) == ["b.残疾"]
    assert names("任一(候选成员, 残疾)", {}, "是否", [Row("a", {"残疾": 1}), perhaps]) == []


def test_an_incomplete_table_below_a_person() -> None:
    rules = ruleset({"户.果": ("金额", "合计(成员.收)"), "人.收": ("金额", "合计(收入.金额)")})
    people = [person("a", None, 健在=1), person("b", [income(1)], 健在=1), person("c", None, 健在=0)]
    assert decide(rules, home(people=people)).missing("户", "果") == (
        Missing(Leaf("table", "人", "收入"), ("a",)),
        Missing(Leaf("fact", "收入", "金额"), ("b", 1)),
    )


def test_an_assumed_row_needs_the_whole_table() -> None:
    """If the assumed row turns out not to be disabled, only the full list can say that nobody is."""
    rules = ruleset({"户.果": ("是否", "任一(候选成员, 认)"), "人.认": ("是否", '缺省(残疾, 是, "r")')})
    listed = Row(1, {}, {}, {"人": [Row("a")]})
    assert [m.leaf.kind for m in decide(rules, listed).missing("户", "果")] == ["table", "fact"]


def test_a_row_left_out_by_assumption_is_asked_about() -> None:
    assumed = {"人.认": ("是否", '缺省(残疾, 否, "r")')}
    rules = ruleset({"户.果": ("日期", "最大(候选成员.出生, 认)"), "户.有": ("是否", "任一(候选成员, 认)")} | assumed)
    found = decide(rules, home(people=[Row("a"), Row("b", {"残疾": 1, "出生": 0})]))
    assert found.value("户", "果").assumed
    assert [m.leaf.name for m in found.missing("户", "果")] == ["残疾", "出生"]
    alone = decide(rules, home(people=[Row("a")]))
    assert [m.leaf.name for m in alone.missing("户", "有")] == ["残疾"]


def test_division_by_zero_has_its_own_leaf() -> None:
    rules = ruleset({"户.商": ("金额", "四舍五入(甲 ÷ 数, 分)"), "户.果": ("是否", "商 > 1 元")})
    assert decide(rules, home({"甲": 1, "数": 0})).missing("户", "果") == (Missing(Leaf("zero", "户", "商"), ()),)
    assert [m.leaf.name for m in decide(rules, home({"甲": 900})).missing("户", "果")] == ["数"]


def test_a_row_asked_of_an_empty_table() -> None:
    assert names("最大(成员.出生) > 2000-01-01", {}, people=[Row("a", {"健在": 0})]) == ["人"]
    rules = ruleset({"户.果": ("日期", "最近(成员.出生, 出生)")})
    assert decide(rules, home(people=[])).missing("户", "果") == (Missing(Leaf("empty", "户", "人"), ()),)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, [("fact", "户籍地"), ("fact", "城乡")]),
        ({"户籍地": TOWN}, [("fact", "城乡")]),
        ({"城乡": 1}, [("fact", "户籍地")]),
        ({"户籍地": TOWN, "城乡": 1}, []),
    ],
)
def test_a_standard_asks_for_its_area_and_key(facts: Facts, expected: list[tuple[str, str]]) -> None:
    found = decide(ruleset({"户.果": ("金额", "标准")}), home(facts))
    assert [(m.leaf.kind, m.leaf.name) for m in found.missing("户", "果")] == expected


def test_a_standard_with_no_value_in_force_or_a_stale_one_says_so() -> None:
    rules = ruleset({"户.果": ("金额", "标准")})
    ended = decide(rules, home({"户籍地": XIAMEN, "城乡": 0})).missing("户", "果")
    assert ended == (Missing(Leaf("standard", "", "标准", "厦门/城市/2024-07-01"), ()),)
    stale = decide(rules, home({"户籍地": XIAMEN, "城乡": 1})).missing("户", "果")
    assert stale == (Missing(Leaf("stale", "", "标准", "厦门/农村/2024-07-01"), ()),)
    nowhere = decide(rules, home({"户籍地": 110000_000_000, "城乡": 1})).missing("户", "果")
    assert [m.leaf.detail for m in nowhere] == ["110000000000/农村/2024-07-01"]
    both = decide(rules, home({"户籍地": XIAMEN})).missing("户", "果")
    assert [m.leaf.kind for m in both] == ["fact", "standard", "stale"]


def test_a_scale_without_a_value_says_so() -> None:
    late = StandardDecl("津贴", "Allowance", MONEY, "plain", (line(1, since=date(2030, 1, 1)),), 0, 10)
    rules = compile_at(book({"户.果": ("金额", "津贴")}, standards=(late,)))
    assert [m.leaf.kind for m in decide(rules, home()).missing("户", "果")] == ["standard"]


def test_a_rule_with_no_version_in_force() -> None:
    made = book({"户.旧": ("金额", "甲"), "户.果": ("是否", "旧 > 1 元")})
    lapsed = tuple(
        replace(r, versions=(replace(r.versions[0], until=date(2020, 1, 1)),)) if r.name == "旧" else r
        for r in made.rules
    )
    rules = compile_at(replace(made, rules=lapsed))
    found = decide(rules, home({"甲": 5}))
    assert not found.value("户", "旧").known
    assert found.missing("户", "果") == (Missing(Leaf("rule", "户", "旧"), ()),)


def test_a_chain_of_hundreds_of_rules() -> None:
    rules = {"户.量0": ("金额", "甲")}
    rules |= {f"户.量{i}": ("金额", f"取大(量{i - 1}, 0 元)") for i in range(1, 600)}
    found = decide(ruleset(rules), home())
    assert [m.leaf.name for m in found.missing("户", "量599")] == ["甲"]


def test_dates_known_to_the_year_only() -> None:
    year = (day("1964-01-01"), day("1964-12-31"))
    rules = ruleset({"人.老": ("是否", "满周岁(出生) ≥ 60"), "人.很老": ("是否", "满周岁(出生) ≥ 58")})
    found = decide(rules, home(people=[Row("a", {"出生": year})]))
    assert [m.leaf.name for m in found.missing("人", "老", ("a",))] == ["出生"]
    assert found.missing("人", "很老", ("a",)) == ()
