"""The shape of facts in Parquet follows from what is declared, and nothing else is let in."""

from dataclasses import replace

import pyarrow as pa
import pytest

from doudi.rules.declared import Derived, Fact, Text
from doudi.rules.types import INTEGER, TRUTH
from doudi.screening.facts import FactsRefused, alias, schema_of
from tests.unit.screening.declared_facts import national, schema


def test_every_declared_fact_has_its_column() -> None:
    for fact in national().facts:
        assert fact.name in schema().of(fact.entity).arrow.names


def test_types_of_columns() -> None:
    person, income = schema().of("人").arrow, schema().of("收入").arrow
    assert person.field("健在").type == pa.bool_()
    assert person.field("出生日期").type == pa.date32()
    assert person.field("出生日期|lo").type == pa.date32()
    assert person.field("居住地").type == pa.int64()
    assert person.field("居住证月数").type == pa.int32()
    assert person.field("关系").type == pa.dictionary(pa.int8(), pa.string())
    assert income.field("金额").type == pa.int64()
    assert income.field("金额|hi").type == pa.int64()
    assert "健在|lo" not in person.names


def test_links_and_completeness() -> None:
    household, income = schema().root, schema().of("收入")
    assert "parent" not in household.arrow.names
    assert "parent" in income.arrow.names
    assert household.completeness["人"] == 0
    assert household.completeness["财产"] == 9
    assert "齐全|收入" in schema().of("人").arrow.names


def test_parents_come_first() -> None:
    seen: set[str] = set()
    for e in schema().entities:
        assert not e.entity.of or e.entity.of in seen
        seen.add(e.entity.name)


def test_whole_numbers_past_32_bits_are_64_bits_wide() -> None:
    book = replace(national(), facts=(*national().facts, Fact("户", "大数", "Big", INTEGER, 0, 2**40)))
    assert schema_of(book).root.arrow.field("大数").type == pa.int64()


def test_truths_of_derived_households_are_never_stored() -> None:
    flag = Fact("户", "作为单人户", "As a household of one", TRUTH, 0, 1)
    one = Derived("单人户", "One", "人", Text("真"), "享受低保", counts_in_original=True)
    book = replace(national(), facts=(*national().facts, flag), derived=(one,))
    assert schema_of(book).digest == schema().digest


def test_digest_tells_schemas_apart() -> None:
    fewer = replace(national(), facts=national().facts[1:])
    assert schema_of(fewer).digest != schema().digest
    assert schema_of(national()).digest == schema().digest


def test_conform_orders_and_casts() -> None:
    table = pa.table({"健在": [True], "居住证月数": pa.array([3], pa.int64()), "parent": [1], "id": [7]})
    done = schema().of("人").conform(table)
    assert done.column_names == ["id", "parent", "健在", "居住证月数"]
    assert done.schema.field("居住证月数").type == pa.int32()


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"id": [1], "parent": [1], "姓名": ["某"]}, "unknown-column"),
        ({"id": [1]}, "missing-column"),
        ({"id": [1], "parent": [1], "出生日期|lo": pa.array([0], pa.date32())}, "missing-column"),
        ({"id": [1], "parent": [1], "健在": ["有时"]}, "wrong-type"),
        ({"id": [1], "parent": [1], "居住证月数": [2**40]}, "wrong-type"),
    ],
)
def test_what_does_not_fit_is_refused(columns: dict[str, object], code: str) -> None:
    with pytest.raises(FactsRefused) as e:
        schema().of("人").conform(pa.table(columns))
    assert e.value.code == code
    assert e.value.zh
    assert e.value.en


def test_alias_shows_only_the_surrogate() -> None:
    assert alias("户", 123) == "户 000123"
    assert alias("人", 12345678) == "人 12345678"
