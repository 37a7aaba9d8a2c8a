"""One household out of a folder of facts, as the row that the scalar evaluator decides: what ``explain`` is given."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from doudi.rules.calendar import to_day
from doudi.rules.declared import Fact
from doudi.rules.scalar import Row
from doudi.rules.types import Kind
from doudi.screening.facts import ALL_COMPLETE, COMPLETE, HIGH, ID, LOW, PARENT, EntityFacts, FactsSchema
from doudi.screening.parts import Facts


def find_household(facts: Facts, schema: FactsSchema, household: int) -> Row | None:
    """The household with surrogate id ``household``, or None where the folder has none. Raises FactsRefused for a damaged part."""
    for part in facts:
        ids = part.read({schema.root.file: []}, verify=False)[schema.root.file][ID]
        if pc.is_in(pa.scalar(household, pa.int64()), value_set=ids).as_py():
            return row_of(schema, part.read(), household)
    return None


def row_of(schema: FactsSchema, tables: dict[str, pa.Table], household: int) -> Row:
    """The household with surrogate id ``household`` out of the tables of its part."""
    return _row(schema, schema.root, _only(tables[schema.root.file], ID, [household]).to_pylist()[0], tables)


def _only(table: pa.Table, column: str, ids: list[int]) -> pa.Table:
    return table.filter(pc.is_in(table[column], value_set=pa.array(ids, pa.int64())))


def _row(schema: FactsSchema, entity: EntityFacts, values: dict[str, Any], tables: dict[str, pa.Table]) -> Row:
    row = Row(int(values[ID]))
    for column in entity.columns:
        stored = _fact(column.fact, values, dict.fromkeys(column.values))
        if stored is not None:
            row.facts[column.fact.name] = stored
    for child in schema.children(entity.entity.name):
        name = child.entity.name
        bits = values.get(COMPLETE + name)
        if bits == ALL_COMPLETE:
            row.complete[name] = True
        elif bits:
            row.complete[name] = frozenset(k for k in range(63) if bits >> k & 1)
        listed = _only(tables[child.file], PARENT, [int(row.id)]).to_pylist() if child.file in tables else []
        row.rows[name] = [_row(schema, child, v, tables) for v in listed]
    return row


def _fact(fact: Fact, values: dict[str, Any], names: dict[str, None]) -> int | tuple[int, int] | None:
    value = values.get(fact.name)
    if value is not None:
        return _stored(fact, value, names)
    low, high = values.get(fact.name + LOW), values.get(fact.name + HIGH)
    if low is None or high is None:
        return None
    return _stored(fact, low, names), _stored(fact, high, names)


def _stored(fact: Fact, value: Any, names: dict[str, None]) -> int:
    if fact.type.kind is Kind.CATEGORY:
        return list(names).index(value)
    if fact.type.kind is Kind.DATE:
        assert isinstance(value, date)
        return to_day(value)
    return int(value)
