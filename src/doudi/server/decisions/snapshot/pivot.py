"""What is said of people and households, one JSON document each, turned into columns.

DuckDB reads the JSON: a value of another type than the declared one, outside its bounds or not in its category becomes unknown, as it does where
one household is decided (``fitting``). Python touches no value.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import duckdb
import pyarrow as pa

from doudi.rules.types import Kind
from doudi.screening.facts import COMPLETE, HIGH, ID, LOW, PARENT, Column, EntityFacts, FactsSchema
from doudi.server.decisions.rows import RELATION
from doudi.server.decisions.snapshot.placed import Placed

ROWS_A_PART = 1 << 32
"""Ids of linked rows count from here times the number of the part: each is one of a kind within the folder."""

_TEXT = "VARCHAR"
"""Every value is read as text and then as its type: read as its type at once DuckDB takes 1 for true and 3.7 for 4."""
STATED = "|stated"
"""The day (since 1970) from which the one statement speaks that speaks of a subject."""
_MARK = '"lo"'
"""Documents without this text name no bounds."""


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


@dataclass(frozen=True)
class Pivot:
    """Documents to columns under one schema, their divisions as ``placed``. Used by one thread at a time."""

    placed: Placed

    @property
    def schema(self) -> FactsSchema:
        return self.placed.schema

    @cached_property
    def _db(self) -> duckdb.DuckDBPyConnection:
        db = duckdb.connect(config={"threads": 1})
        db.execute("SET TimeZone = 'UTC'")
        return db

    def tables(self, part: int, documents: dict[str, pa.Table]) -> dict[str, pa.Table]:
        """``documents``: by entity (the root and its people) what ``documents.documents`` gives, with parent and relation (people) or whole (the
        root: whether all its people are listed); rows in the order in which they are to stand. Gives the facts by file name."""
        out: dict[str, pa.Table] = {}
        for name, given in documents.items():
            entity = self.schema.of(name)
            self._db.register("given", given)
            linked = [c for c in self.schema.children(name) if c.entity.name not in documents]
            self._db.execute(
                f"CREATE OR REPLACE TEMP TABLE linked AS SELECT id, {quoted(STATED)}, {_linked(linked)} FROM ({_given('tables')})"
            )
            out[entity.file] = self._facts(entity, linked)
            for child in linked:
                out[child.file] = self._rows(child, part)
            self._db.unregister("given")
        return out

    def _facts(self, entity: EntityFacts, linked: list[EntityFacts]) -> pa.Table:
        ids = [ID, PARENT] if entity.entity.of else [ID]
        more = (PARENT, "relation") if entity.entity.of else ("whole",)
        complete = [f"{_completeness(c)} AS {quoted(COMPLETE + c.entity.name)}" for c in linked]
        if not entity.entity.of:
            complete += [
                f"CASE WHEN given.whole THEN -1 ELSE 0 END::BIGINT AS {quoted(COMPLETE + c.entity.name)}"
                for c in self.schema.children(entity.entity.name)
                if c not in linked
            ]
        form = text(_form(dict.fromkeys((c.fact.name for c in entity.columns), _TEXT)))
        spans = text(_form({c.fact.name: _SPAN for c in entity.columns if c.ranged}))
        found = self._db.sql(
            f"SELECT {', '.join([*(f'given.{i}' for i in ids), f'given.{quoted(STATED)}', *_columns(entity), *complete])} FROM ("
            f"SELECT *, json_transform(said, {form}) AS v, CASE WHEN contains(said, '{_MARK}') THEN json_transform(said, {spans}) END AS s "
            f"FROM ({_given('said', *more)})) AS given POSITIONAL JOIN linked"
        ).to_arrow_table()
        return self._typed(entity, found)

    def _rows(self, child: EntityFacts, part: int) -> pa.Table:
        name = quoted(child.entity.name)
        ranged = any(c.ranged for c in child.columns)
        fits = f"len(t.{name}.rows) <= {child.entity.max_rows}"
        spans = f"unnest(coalesce(ts.{name}.rows, list_transform(t.{name}.rows, lambda x: NULL)))" if ranged else "NULL"
        found = self._db.sql(
            f"SELECT {ROWS_A_PART} * {part} + row_number() OVER () AS id, parent, {', '.join([quoted(STATED), *_columns(child)])} FROM ("
            f"SELECT id AS parent, {quoted(STATED)}, unnest(t.{name}.rows) AS v, {spans} AS s FROM linked WHERE {fits})"
        ).to_arrow_table()
        return self._typed(child, found)

    def _typed(self, entity: EntityFacts, found: pa.Table) -> pa.Table:
        table = _typed(entity, found)
        return self.placed.column(entity, table, found[STATED]) if self.placed.any else table


def _given(name: str, *more: str) -> str:
    columns = ", ".join(("id", *more))
    # Where several statements spoke each word was looked at by its own day already.
    stated = f"CASE WHEN resolved_{name} IS NULL THEN since::DATE - DATE '1970-01-01' END::BIGINT AS {quoted(STATED)}"
    return f"SELECT {columns}, {stated}, coalesce(resolved_{name}, {name}, '{{}}') AS {name} FROM given WHERE keep"


def _linked(linked: list[EntityFacts]) -> str:
    """Each linked table of a document: its rows read twice only where bounds are named."""
    if not linked:
        return "0 AS nothing"
    plain = {
        c.entity.name: {"complete": "JSON", "rows": [dict.fromkeys((f.fact.name for f in c.columns), _TEXT)]}
        for c in linked
    }
    ranged = {c.entity.name: {"rows": [{f.fact.name: _SPAN for f in c.columns if f.ranged}]} for c in linked}
    ranged = {name: form for name, form in ranged.items() if form["rows"][0]}
    return (
        f"json_transform(tables, {text(_form(plain))}) AS t, "
        f"CASE WHEN contains(tables, '{_MARK}') THEN json_transform(tables, {text(_form(ranged))}) END AS ts"
    )


def _form(form: object) -> str:
    return json.dumps(form, ensure_ascii=False)


_SPAN = {"lo": _TEXT, "hi": _TEXT}


def _columns(entity: EntityFacts) -> Iterator[str]:
    for c in entity.columns:
        name, fact = quoted(c.fact.name), c.fact
        said = f"v.{name}"
        if c.values:
            # A membership tells the relation where no statement does.
            if fact.name == RELATION and entity.entity.file == "person":
                said = f"coalesce({_among(said, c)}, {_among('relation', c)})"
            yield f"TRY_CAST({said} AS ENUM({', '.join(text(v) for v in c.values)})) AS {name}"
        elif fact.type.kind is Kind.TRUTH:
            yield f"CASE {said} WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END AS {name}"
        else:
            read, lo, hi = _read(c, said), _bound(c, fact.lo), _bound(c, fact.hi)
            yield f"CASE WHEN {read} BETWEEN {lo} AND {hi} THEN {read} END AS {name}"
            if c.ranged:
                # Looked into only where there are any: most columns have none.
                low, high = _read(c, f"s.{name}.lo"), _read(c, f"s.{name}.hi")
                fits = f"s.{name} IS NOT NULL AND {lo} <= {low} AND {low} <= {high} AND {high} <= {hi}"
                yield f"CASE WHEN {fits} THEN {low} END AS {quoted(fact.name + LOW)}"
                yield f"CASE WHEN {fits} THEN {high} END AS {quoted(fact.name + HIGH)}"


def _read(c: Column, said: str) -> str:
    """As a number or day, where it is written as one would be: ``rows`` does the same."""
    kind = "DATE" if c.fact.type.kind is Kind.DATE else "BIGINT"
    return f"CASE WHEN TRY_CAST({said} AS {kind})::VARCHAR = {said} THEN TRY_CAST({said} AS {kind}) END"


def _among(read: str, c: Column) -> str:
    return f"CASE WHEN {read} IN ({', '.join(text(v) for v in c.values)}) THEN {read} END"


def _bound(c: Column, value: int) -> str:
    return f"(DATE '1970-01-01' + {value})" if c.fact.type.kind is Kind.DATE else str(value)


def _completeness(child: EntityFacts) -> str:
    """-1 where all is listed, else a bit for each complete kind; a table with more rows than may be is as good as none."""
    name = quoted(child.entity.name)
    kinds = next((c.values for c in child.columns if c.fact.name == child.entity.kind), ())
    bits = " ".join(f"WHEN {text(v)} THEN {1 << k}" for k, v in enumerate(kinds[:63]))
    named = f"coalesce(list_sum(list_transform(list_distinct(TRY_CAST(linked.t.{name}.complete AS VARCHAR[])), lambda x: CASE x {bits} ELSE 0 END)), 0)"
    listed = f"WHEN json_type(linked.t.{name}.complete) = 'ARRAY' THEN {named} " if kinds else ""
    fits = f"coalesce(len(linked.t.{name}.rows), 0) <= {child.entity.max_rows}"
    return f"CASE WHEN NOT ({fits}) THEN 0 WHEN linked.t.{name}.complete = 'true' THEN -1 {listed}ELSE 0 END::BIGINT"


def _typed(entity: EntityFacts, found: pa.Table) -> pa.Table:
    """In Arrow's types as declared, bounds left out where there are none."""
    arrays, fields = [], []
    for field in entity.arrow:
        if field.name not in found.column_names:
            continue
        column = found[field.name]
        if field.name.endswith((LOW, HIGH)) and column.null_count == len(column):
            continue
        if pa.types.is_dictionary(field.type):
            column = _dictionary(column, field.type)
        arrays.append(column.cast(field.type) if column.type != field.type else column)
        fields.append(field)
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def _dictionary(column: pa.ChunkedArray, kind: pa.DictionaryType) -> pa.ChunkedArray:
    chunks = [pa.DictionaryArray.from_arrays(c.indices.cast(kind.index_type), c.dictionary) for c in column.chunks]
    return pa.chunked_array(chunks, kind)
