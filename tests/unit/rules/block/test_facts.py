"""Tables of facts that fit are read; those that do not are refused by table, row and column."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from doudi.rules import Ruleset
from doudi.rules.block import FactsError, decide_tables, needed_columns
from doudi.rules.block.layout import Block
from doudi.rules.block.plan import plan_for
from tests.unit.rules.scalar.little import day, ruleset

RULES = ruleset(
    {
        "户.总": ("金额", "合计(候选成员.收) + 甲"),
        "户.城": ("是否", "城乡 = 城市 且 真假 且 某日 < 2024-01-01 且 户籍地 属于 大化"),
        "户.折": ("金额", "四舍五入(甲 × 率, 分)"),
        "人.收": ("金额", "合计(收入.金额, 种类 = 城市)"),
        "户.财": ("金额", "合计(财产.价值)"),
        "户.年纪": ("岁", "取大(0 岁, 满周岁(某日))"),
    }
)


def tables() -> dict[str, pa.Table]:
    """Household 10 with two people, the first with three incomes; household 20 with nobody and one thing."""
    return {
        "household": pa.table(
            {
                "id": pa.array([10, 20]),
                "甲": pa.array([100, None], pa.int64()),
                "率": pa.array([3000, 0], pa.int32()),
                "城乡": pa.array(["农村", "城市"]).dictionary_encode(),
                "真假": pa.array([True, None]),
                "某日": pa.array([day("2023-12-31"), None], pa.int32()).view(pa.date32()),
                "户籍地": pa.array([451229_000_000, None], pa.int64()),
                "齐全|人": pa.array([-1, None], pa.int64()),
                "齐全|财产": pa.array([0, -1], pa.int64()),
            }
        ),
        "person": pa.table(
            {"id": [1, 2], "parent": [10, 10], "健在": [True] * 2, "残疾": [True] * 2, "齐全|收入": [1, -1]}
        ),
        "income": pa.table(
            {"id": [7, 5, 6], "parent": [1, 1, 1], "金额": [1, 2, 3], "种类": pa.array(["城市", "农村", None])}
        ),
        "property": pa.table({"id": [1], "parent": [20], "价值": [5]}),
    }


def read(given: dict[str, pa.Table], absent: Any = "error", rules: Ruleset = RULES) -> Block:
    return plan_for(rules).reader.read(given, absent)


def changed(table: str, column: str, values: Any) -> dict[str, pa.Table]:
    out = tables()
    array = values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values)
    at = out[table].column_names.index(column) if column in out[table].column_names else None
    out[table] = out[table].append_column(column, array) if at is None else out[table].set_column(at, column, array)
    return out


def refused(given: dict[str, pa.Table]) -> FactsError:
    with pytest.raises(FactsError) as caught:
        read(given)
    return caught.value


def test_what_fits() -> None:
    block = read(tables())
    columns = block.columns
    assert (columns["户", "甲"].lo.tolist(), columns["户", "甲"].hi.tolist()) == ([100, 0], [100, 100_000])
    assert columns["户", "率"].hi is columns["户", "率"].lo
    assert columns["户", "率"].dlo == 10_000
    assert columns["户", "城乡"].lo.tolist() == [1, 0]
    assert (columns["户", "真假"].lo.tolist(), columns["户", "真假"].hi.tolist()) == ([True, False], [True, True])
    assert columns["户", "某日"].hi.tolist() == [day("2023-12-31"), day("2030-12-31")]
    assert (columns["收入", "种类"].lo.tolist(), columns["收入", "种类"].hi.tolist()) == ([0, 1, 0], [0, 1, 1])
    assert block.offsets["人"].tolist() == [0, 2, 2]
    assert block.offsets["财产"].tolist() == [0, 0, 1]
    assert block.complete["人"].tolist() == [-1, 0]


def test_bounds_beside_an_unknown_value() -> None:
    given = changed("household", "甲|lo", pa.array([5, 20], pa.int64()))
    given["household"] = given["household"].append_column("甲|hi", pa.array([6, 30], pa.int64()))
    x = read(given).columns["户", "甲"]
    assert (x.lo.tolist(), x.hi.tolist()) == ([100, 20], [100, 30])


def test_categories_in_another_order_or_as_plain_words() -> None:
    turned = pa.DictionaryArray.from_arrays(pa.array([1, 0], pa.int8()), pa.array(["城市", "农村"])[::-1])
    assert read(changed("household", "城乡", turned)).columns["户", "城乡"].lo.tolist() == [0, 1]
    assert read(changed("household", "城乡", ["城市", "农村"])).columns["户", "城乡"].lo.tolist() == [0, 1]


def test_columns_in_several_chunks() -> None:
    given = {name: pa.concat_tables([t.slice(0, 1), t.slice(1)]) for name, t in tables().items()}
    assert (
        decide_tables(RULES, given, show=[("户", "总")]).tables
        == decide_tables(RULES, tables(), show=[("户", "总")]).tables
    )


def test_a_household_out_of_the_order_of_ids() -> None:
    given = tables()
    given["household"] = given["household"].take([1, 0])
    block = read(given)
    assert block.ids["户"].tolist() == [20, 10]
    assert block.offsets["人"].tolist() == [0, 0, 2]


def test_facts_that_nothing_reads_need_not_be_there_and_are_passed_over() -> None:
    assert ("人", "残疾") not in read(tables()).columns
    wanted = needed_columns(RULES)
    assert "甲" in wanted["household"]
    assert "乙" not in wanted["household"]
    assert "乙" in needed_columns(RULES, [("户", "乙")])["household"]
    with pytest.raises(FactsError, match="乙"):
        decide_tables(RULES, tables(), show=[("户", "乙")])


@pytest.mark.parametrize(
    ("table", "column", "values", "row", "said"),
    [
        ("household", "甲", pa.array([100, 100_001]), 20, "超出"),
        ("household", "甲", pa.array([-1, 0]), 10, "outside"),
        ("household", "甲", pa.array([1.5, 2]), None, "int64"),
        ("household", "率", pa.array(["a", "b"]), None, "int64"),
        ("household", "真假", pa.array([1, 0]), None, "bool"),
        ("household", "某日", pa.array([1, 2]), None, "date32"),
        ("household", "城乡", pa.array(["城市", "乡下"]), 20, "乡下"),
        ("household", "城乡", pa.array([0, 1]), None, "dictionary"),
        ("household", "户籍地", pa.array([10**12, 0]), 10, "超出"),
        ("household", "没有", pa.array([1, 2]), None, "没有声明"),
        ("household", "id", pa.array([10, 10]), 10, "重复"),
        ("household", "id", pa.array([10, None]), None, "空值"),
        ("household", "齐全|人", pa.array([1, 0]), 10, "种类"),
        ("person", "齐全|收入", pa.array([4, 0]), 1, "种类"),
        ("person", "parent", pa.array([10, 30]), 2, "30 不存在"),
        ("income", "parent", pa.array([1, 2, 1]), 6, "次序"),
        ("income", "parent", pa.array([2, 1, 1]), 5, "order"),
        ("income", "金额", pa.array([1, -2, 3]), 5, "-2"),
    ],
)
def test_what_does_not_fit(table: str, column: str, values: Any, row: int | None, said: str) -> None:
    error = refused(changed(table, column, values))
    assert (error.table, error.row, error.column) == (table, row, column)
    assert said in f"{error.zh} {error.en}"
    assert column in error.zh
    assert column in error.en


def test_bounds_that_cross_or_pass_what_is_declared() -> None:
    given = changed("household", "甲|lo", pa.array([0, 31], pa.int64()))
    given["household"] = given["household"].append_column("甲|hi", pa.array([0, 30], pa.int64()))
    assert (refused(given).row, refused(given).column) == (20, "甲|lo")
    given = changed("household", "甲|hi", pa.array([0, 200_000], pa.int64()))
    assert (refused(given).row, refused(given).column) == (20, "甲")


def test_more_rows_than_the_table_may_hold() -> None:
    given = tables()
    given["property"] = pa.table({"id": [1, 2, 3, 4], "parent": [20] * 4, "价值": [5] * 4})
    assert (refused(given).table, refused(given).row) == ("property", 1)


@pytest.mark.parametrize(("table", "column"), [("household", "甲"), ("person", "齐全|收入"), ("income", "金额")])
def test_a_column_that_is_absent_is_named_unless_that_means_unknown(table: str, column: str) -> None:
    given = tables()
    given[table] = given[table].drop_columns([column])
    error = refused(given)
    assert (error.table, error.column) == (table, column)
    read(given, "unknown")


def test_a_table_that_is_absent() -> None:
    given = tables()
    del given["income"]
    assert refused(given).table == "income"
    assert read(given, "unknown").offsets["收入"].tolist() == [0, 0, 0]


def test_a_table_that_is_not_declared() -> None:
    assert refused({**tables(), "people": tables()["person"]}).table == "people"


def test_no_household_at_all() -> None:
    none = {name: table.slice(0, 0) for name, table in tables().items()}
    found = decide_tables(RULES, none, show=[("户", "总")]).tables
    assert found["household"].num_rows == 0
    assert found["missing"].num_rows == 0
