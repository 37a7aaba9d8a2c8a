"""Facts that do not fit what is declared are refused, and the message says where."""

from __future__ import annotations

import pytest

from doudi.rules.declared import Derived, Text
from doudi.rules.scalar import FactError, Row, decide
from tests.unit.rules.scalar.little import CITE, ruleset

PEOPLE = {"人": [Row("a", rows={"收入": [Row(3, {"金额": 2_000_000})]})]}
MANY = {"人": [Row(i) for i in range(6)]}


@pytest.mark.parametrize(
    ("row", "zh", "en"),
    [
        (
            Row(7, {"甲项": 1}),
            "户 7 没有名为“甲项”的事实；是不是想写“甲”？",
            "户 7 has no fact “甲项”; did you mean “甲”?",
        ),
        (
            Row(7, {"甲": -1}),
            "户 7 的“甲”为 -1，超出声明的范围 [0, 100000]",
            "户 7: “甲” is -1, outside its declared range [0, 100000]",
        ),
        (Row(7, {"甲": (5, 200_000)}), "户 7 的“甲”为 [5, 200000]，超出声明的范围", "outside its declared range"),
        (Row(7, {"甲": (5, 4)}), "户 7 的“甲”的区间下限 5 大于上限 4", "begins at 5 and ends before it, at 4"),
        (
            Row(7, {"甲": 1.5}),  # type: ignore[dict-item]
            "户 7 的“甲”应是整数或一对整数，现为 1.5",
            "must be an integer or a pair of integers, not 1.5",
        ),
        (Row(7, {"甲": (1, 2, 3)}), "应是整数或一对整数", "not (1, 2, 3)"),  # type: ignore[dict-item]
        (Row(7, {"甲": None}), "应是整数或一对整数", "not None"),  # type: ignore[dict-item]
        (Row(7, {"果": 1}), "户 7 没有名为“果”的事实", "户 7 has no fact “果”"),  # a rule is no fact
        (Row(7, rows=PEOPLE), "收入 a/3 的“金额”为 2000000，超出", "收入 a/3: “金额” is 2000000"),
        (Row(7, rows=MANY), "户 7 的“人”有 6 行，最多 5 行", "户 7 lists 6 rows of “人”, at most 5"),
        (Row(7, rows={"人": [Row(1), Row(1)]}), "有两行的编号都是 1", "two rows of “人” with the id 1"),
        (Row(7, rows={"人们": []}), "没有名为“人们”的表；是不是想写“人”？", "has no table “人们”"),
        (Row(7, rows={"收入": []}), "没有名为“收入”的表", "has no table “收入”"),  # it hangs under 人
        (Row(7, complete={"收入": True}), "没有名为“收入”的表", "has no table “收入”"),
        (Row(7, complete={"财产": frozenset({0})}), "“财产”不分种类", "“财产” has no kinds"),
        (Row(7, rows={"人": [Row("a", complete={"收入": frozenset({5})})]}), "不在“种类”之内", "not a value of “种类”"),
    ],
)
def test_refused(row: Row, zh: str, en: str) -> None:
    rules = ruleset({"户.果": ("金额", "甲")})
    with pytest.raises(FactError) as error:
        decide(rules, row)
    assert zh in error.value.zh
    assert en in error.value.en
    assert error.value.zh in str(error.value)


def test_what_the_system_sets_cannot_be_supplied() -> None:
    alone = Derived("单人户", "Household of one", "人", Text("残疾"), "户.真假", True, cites=CITE)
    with pytest.raises(FactError, match="作为单人户"):
        decide(ruleset({}, derived=[alone]), Row(7, {"作为单人户": 1}))


def test_errors_name_the_row_and_the_fact() -> None:
    with pytest.raises(FactError) as error:
        decide(ruleset({}), Row(7, rows=PEOPLE))
    assert (error.value.entity, error.value.path, error.value.name) == ("收入", ("a", 3), "金额")
