"""What is said of linked rows when some are uncertain and when the list may not be complete."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from doudi.rules.scalar import Row, Value, decide
from tests.unit.rules.scalar.little import day, home, income, person, ruleset

Facts = dict[str, int | tuple[int, int]]
IN: Facts = {"健在": 1}
OUT: Facts = {"健在": 0}
MOST = 5  # rows of 人 under one 户
DAYS = {"early": day("2020-01-01"), "late": day("2021-01-01")}


def people(*facts: Mapping[str, int | tuple[int, int]]) -> list[Row]:
    return [Row(i, dict(f)) for i, f in enumerate(facts)]


def answer(type_: str, formula: str, rows: list[Row], complete: bool = True) -> Value:
    rules = ruleset({"户.果": (type_, formula), "人.值": ("整数", "如果 残疾 则 3 否则 1")})
    given = Row(1, {}, {"人": True} if complete else {}, {"人": rows})
    return decide(rules, given).value("户", "果")


EMPTY: list[Row] = []


@pytest.mark.parametrize(
    ("rows", "complete", "bounds"),
    [
        (EMPTY, True, (0, 0)),
        (EMPTY, False, (0, MOST)),  # no rows is not the same as none
        (people(IN, OUT, IN), True, (2, 2)),
        (people(IN, OUT, {}), True, (1, 2)),
        (people(IN, OUT, {}), False, (1, MOST)),
    ],
)
def test_count(rows: list[Row], complete: bool, bounds: tuple[int, int]) -> None:
    assert answer("人数", "人数(成员)", rows, complete) == Value(*bounds)


def test_count_without_a_condition() -> None:
    assert answer("人数", "人数(候选成员)", people({}, {}), True) == Value(2, 2)


@pytest.mark.parametrize(
    ("rows", "complete", "bounds"),
    [
        (EMPTY, True, (0, 0)),
        (EMPTY, False, (0, 3 * MOST)),
        (people(IN | {"残疾": 1}, OUT | {"残疾": 1}, IN | {"残疾": 0}), True, (4, 4)),
        (people(IN | {"残疾": 1}, {"残疾": 1}), True, (3, 6)),  # the second may not be in
        (people(IN), True, (1, 3)),
        (people(IN | {"残疾": 0}, OUT), False, (1, 1 + 3 * 3)),
    ],
)
def test_sum(rows: list[Row], complete: bool, bounds: tuple[int, int]) -> None:
    assert answer("整数", "合计(成员.值)", rows, complete) == Value(*bounds)


def test_an_uncertain_row_takes_a_sum_down_too() -> None:
    rules = ruleset({"户.果": ("整数", "合计(成员.值)"), "人.值": ("整数", "如果 残疾 则 3 否则 0 - 2")})
    assert decide(rules, home(people=people({"残疾": 0}, IN | {"残疾": 1}))).value("户", "果") == Value(1, 3)
    unlisted = Row(1, {}, {}, {"人": people(IN | {"残疾": 1})})
    assert decide(rules, unlisted).value("户", "果") == Value(3 - 4 * 2, 3 + 4 * 3)


@pytest.mark.parametrize(
    ("rows", "complete", "bounds"),
    [
        (EMPTY, True, (0, 0)),
        (EMPTY, False, (0, 1)),
        (people({"残疾": 1}), False, (1, 1)),
        (people({"残疾": 0}, {}), True, (0, 1)),
        (people({"残疾": 0}), True, (0, 0)),
        (people({"残疾": 0}), False, (0, 1)),
    ],
)
def test_any(rows: list[Row], complete: bool, bounds: tuple[int, int]) -> None:
    assert answer("是否", "任一(候选成员, 残疾)", rows, complete) == Value(*bounds)


@pytest.mark.parametrize(
    ("rows", "complete", "bounds"),
    [
        (EMPTY, True, (1, 1)),
        (EMPTY, False, (0, 1)),
        (people(IN | {"残疾": 0}), False, (0, 0)),
        (people(IN | {"残疾": 1}), False, (0, 1)),
        (people(IN | {"残疾": 1}), True, (1, 1)),
        (people({"残疾": 1}), True, (1, 1)),  # in or not, it meets the condition
        (people({"残疾": 0}), True, (0, 1)),
        (people(OUT | {"残疾": 0}), True, (1, 1)),
    ],
)
def test_all(rows: list[Row], complete: bool, bounds: tuple[int, int]) -> None:
    assert answer("是否", "全部(候选成员, 残疾, 健在)", rows, complete) == Value(*bounds)


@pytest.mark.parametrize(
    ("rows", "complete", "greatest", "least"),
    [
        (EMPTY, True, (1, 3), (1, 3)),  # of no rows there is no greatest
        (EMPTY, False, (1, 3), (1, 3)),
        (people(IN | {"残疾": 0}, OUT | {"残疾": 1}), True, (1, 1), (1, 1)),
        (people(IN | {"残疾": 0}, IN | {"残疾": 1}), True, (3, 3), (1, 1)),
        (people({"残疾": 0}), True, (1, 3), (1, 3)),  # perhaps no row at all
        (people(IN | {"残疾": 1}, {"残疾": 0}), True, (3, 3), (1, 3)),
        (people(IN | {"残疾": 0}, {"残疾": 1}), True, (1, 3), (1, 1)),
        (people(IN | {"残疾": 1}), False, (3, 3), (1, 3)),
        (people(IN | {"残疾": 0}), False, (1, 3), (1, 1)),
        (people(IN), True, (1, 3), (1, 3)),
    ],
)
def test_greatest_and_least(rows: list[Row], complete: bool, greatest: tuple[int, int], least: tuple[int, int]) -> None:
    assert answer("整数", "最大(成员.值)", rows, complete) == Value(*greatest)
    assert answer("整数", "最小(成员.值)", rows, complete) == Value(*least)


@pytest.mark.parametrize(
    ("rows", "complete", "bounds"),
    [
        (EMPTY, True, (1, 3)),
        (people(IN | {"残疾": 1, "出生": DAYS["early"]}, IN | {"残疾": 0, "出生": DAYS["late"]}), True, (1, 1)),
        (people(IN | {"残疾": 0, "出生": DAYS["late"]}, IN | {"残疾": 1, "出生": DAYS["early"]}), True, (1, 1)),
        # of equal times the later row
        (people(IN | {"残疾": 0, "出生": DAYS["late"]}, IN | {"残疾": 1, "出生": DAYS["late"]}), True, (3, 3)),
        # the later one may not be in
        (people(IN | {"残疾": 1, "出生": DAYS["early"]}, {"残疾": 0, "出生": DAYS["late"]}), True, (1, 3)),
        # the uncertain one is earlier: it does not matter
        (people({"残疾": 0, "出生": DAYS["early"]}, IN | {"残疾": 1, "出生": DAYS["late"]}), True, (3, 3)),
        (people(IN | {"残疾": 0}, IN | {"残疾": 1, "出生": DAYS["late"]}), True, (1, 3)),
        (people(OUT | {"残疾": 0}, IN | {"残疾": 1, "出生": DAYS["late"]}), True, (3, 3)),
        (people({"残疾": 1, "出生": DAYS["late"]}), True, (1, 3)),  # perhaps none
        (people(IN | {"残疾": 0, "出生": DAYS["late"]}), False, (1, 3)),
    ],
)
def test_latest(rows: list[Row], complete: bool, bounds: tuple[int, int]) -> None:
    assert answer("整数", "最近(成员.值, 出生)", rows, complete) == Value(*bounds)


def test_completeness_by_kind() -> None:
    """种类 = 农村 needs only that kind to be listed."""
    rules = ruleset({"户.果": ("金额", "合计(候选成员.工资)"), "人.工资": ("金额", "合计(收入.金额, 种类 = 农村)")})
    rows = [income(1, 种类=1, 金额=700), income(2, 种类=0, 金额=50)]

    def wages(complete: bool | frozenset[int]) -> Value:
        given = home(people=[Row("a", {}, {"收入": complete}, {"收入": rows})])
        return decide(rules, given).value("人", "工资", ("a",))

    assert wages(True) == Value(700, 700)
    assert wages(frozenset({1})) == Value(700, 700)
    assert wages(frozenset({0, 1})) == Value(700, 700)
    assert wages(frozenset({0})) == Value(700, 2_000_700)
    assert wages(False) == Value(700, 2_000_700)


def test_every_kind_asked_for_must_be_complete() -> None:
    rules = ruleset({"人.果": ("人数", "人数(收入, 种类 属于 (城市, 农村))")})

    def listed(complete: bool | frozenset[int]) -> Value:
        person_ = Row("a", {}, {"收入": complete}, {"收入": [income(1, 种类=1)]})
        return decide(rules, home(people=[person_])).value("人", "果", ("a",))

    assert listed(frozenset({0, 1})) == Value(1, 1)
    assert listed(frozenset({1})) == Value(1, 4)


def test_a_row_reads_its_household_and_rows_under_it() -> None:
    rules = ruleset(
        {
            "户.果": ("金额", "合计(候选成员.份)"),
            "人.份": ("金额", "合计(收入.份, 金额 > 户.甲)"),
            "收入.份": ("金额", "金额 - 户.甲"),
        }
    )
    people_ = [
        person("a", [income(1, 金额=500), income(2, 金额=99)]),
        person("b", []),
        person("c", [income(1, 金额=101)]),
    ]
    found = decide(rules, home({"甲": 100}, people_))
    assert found.value("户", "果") == Value(401, 401)
    assert found.value("收入", "份", ("c", 1)) == Value(1, 1)
    assert found.value("人", "份", ("b",)) == Value(0, 0)


def test_tables_empty_at_start_middle_and_end_keep_to_themselves() -> None:
    rules = ruleset({"人.果": ("金额", "合计(收入.金额)"), "人.数": ("人数", "人数(收入) + 0 人")})
    people_ = [
        person("a", []),
        person("b", [income(1, 金额=5)]),
        person("c", []),
        person("d", [income(1, 金额=7), income(2, 金额=8)]),
        person("e", []),
    ]
    found = decide(rules, home(people=people_))
    assert [found.value("人", "果", (p.id,)).lo for p in people_] == [0, 5, 0, 15, 0]
