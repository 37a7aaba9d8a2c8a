"""Every way in which facts can be wrong is found and said in both languages."""

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from doudi.screening.parts import FactsWriter, Tables
from doudi.screening.validate import validate, validate_folder
from tests.unit.screening.declared_facts import schema

HOUSEHOLD = pa.table({"id": [1, 2], "城乡": ["农村", "城市"], "齐全|人": [-1, 0]})
DATES = pa.array([date(1950, 1, 1), None], pa.date32())


def person(**columns: Any) -> Tables:
    given = {"id": [10, 20], "parent": [1, 2], **{k.replace("__", "|"): v for k, v in columns.items()}}
    return {"household": HOUSEHOLD, "person": pa.table(given)}


def codes(tables: Tables) -> list[str]:
    found = validate(schema(), tables)
    assert all(p.zh.endswith("。") and p.en.endswith(".") and p.rows == len(p.ids) for p in found)
    return [p.code for p in found]


def test_nothing_wrong() -> None:
    assert codes(person(出生日期=DATES, 关系=["户主", None], 居住地=[451229101201, None])) == []
    assert codes({"household": HOUSEHOLD}) == []
    assert codes({}) == []


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"id": [10, 10]}, "double"),
        ({"id": pa.array([10, None], pa.int64())}, "no-id"),
        ({"parent": pa.array([None, 1], pa.int64())}, "no-id"),
        ({"parent": [1, 3]}, "orphan"),
        ({"parent": [2, 1]}, "order"),
        ({"出生日期": pa.array([date(1850, 1, 1), None], pa.date32())}, "bounds"),
        ({"居住证月数": [-1, 0]}, "bounds"),
        ({"居住地": [10**12, 0]}, "bounds"),
        ({"关系": ["户主", "朋友"]}, "category"),
        ({"齐全|收入": [-2, 0]}, "complete"),
        ({"齐全|收入": [1 << 18, 0]}, "complete"),
        ({"齐全|残疾": [1, -1]}, "complete"),
    ],
)
def test_one_thing_wrong(columns: dict[str, Any], code: str) -> None:
    assert codes(person(**columns)) == [code]


@pytest.mark.parametrize(
    ("value", "lo", "hi", "wrong"),
    [
        (None, date(1950, 1, 1), date(1950, 12, 31), False),
        (None, None, None, False),
        (date(1950, 5, 5), None, None, False),
        (date(1950, 5, 5), date(1950, 1, 1), date(1950, 12, 31), True),
        (None, date(1950, 1, 1), None, True),
        (None, date(1950, 12, 31), date(1950, 1, 1), True),
        (None, date(1850, 1, 1), date(1950, 12, 31), True),
    ],
)
def test_bounds_of_unknown_dates(value: date | None, lo: date | None, hi: date | None, wrong: bool) -> None:
    def column(x: date | None) -> pa.Array:
        return pa.array([x, None], pa.date32())

    found = codes(person(出生日期=column(value), 出生日期__lo=column(lo), 出生日期__hi=column(hi)))
    assert found == (["interval"] if wrong else [])


def test_too_many_rows_under_one_parent() -> None:
    n = 31
    assert codes({"household": HOUSEHOLD, "person": pa.table({"id": range(n), "parent": [1] * n})}) == ["too-many"]


def test_a_double_id_across_parts_is_found(tmp_path: Path) -> None:
    writer = FactsWriter(tmp_path, schema(), date(2024, 7, 1), origin="registry")
    for i, ids in enumerate(([1, 5], [6, 9], [3, 5])):
        writer.part(i, {"household": pa.table({"id": ids})})
    found = list(validate_folder(schema(), writer.finish()))
    assert [(p.code, p.file, p.ids) for p in found] == [("double", "household", (5,))]
