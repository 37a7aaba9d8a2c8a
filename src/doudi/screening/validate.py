"""Facts held against what the pack declares: orphans, order, doubles, bounds, categories, completeness.

Nothing wrong is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from doudi.rules.types import MAX_AREA, Kind
from doudi.screening.facts import ALL_COMPLETE, COMPLETE, HIGH, ID, LOW, PARENT, Column, EntityFacts, FactsSchema
from doudi.screening.parts import Facts, Tables

Mask = npt.NDArray[np.bool_]
_SHOWN = 5


@dataclass(frozen=True)
class Problem:
    """``rows`` rows of table ``file`` are wrong in the same way;

    ``ids`` are the first of them. ``code`` is machine-readable.
    """

    code: str
    file: str
    column: str
    rows: int
    ids: tuple[int, ...]
    zh: str
    en: str


def validate(schema: FactsSchema, tables: Tables) -> list[Problem]:
    """Everything wrong with one batch of whole households;

    an empty list when nothing is. Tables left out have no rows.
    """
    found: list[Problem] = []
    whole = {e.file: e.conform(tables[e.file]) if e.file in tables else e.empty() for e in schema.entities}
    for e in schema.entities:
        found += _links(e, whole, schema)
        found += _values(e, whole[e.file])
        found += _completeness(e, whole[e.file])
    return found


def validate_folder(schema: FactsSchema, facts: Facts) -> Iterator[Problem]:
    """Validates every part, its hashes too, and that no id occurs in two parts."""
    spans: dict[str, list[tuple[int, int, int]]] = {e.file: [] for e in schema.entities}
    for i, part in enumerate(facts):
        tables = part.read()
        yield from validate(schema, tables)
        for file, table in tables.items():
            if table.num_rows:
                ends = pc.min_max(table.column(ID)).as_py()
                spans[file].append((ends["min"], ends["max"], i))
    for file, seen in spans.items():
        # Ids handed out in ascending order cannot repeat; only parts whose spans touch need a second look.
        touching: set[int] = set()
        highest = None
        for lo, hi, i in sorted(seen):
            if highest is not None and lo <= highest[0]:
                touching |= {i, highest[1]}
            if highest is None or hi > highest[0]:
                highest = (hi, i)
        ids = [facts.parts[i].read({file: []})[file].column(ID).to_numpy() for i in sorted(touching)]
        if ids:
            values, counts = np.unique(np.concatenate([np.unique(x) for x in ids]), return_counts=True)
            if (doubled := values[counts > 1]).size:
                yield _problem("double", file, ID, doubled, "编号在不同分块中重复", "ids that occur in two parts")


def _links(e: EntityFacts, tables: Tables, schema: FactsSchema) -> Iterator[Problem]:
    table = tables[e.file]
    ids = table.column(ID)
    for name in (ID, PARENT) if e.entity.of else (ID,):
        if table.column(name).null_count:
            nulls = pc.is_null(table.column(name)).to_numpy()
            yield _problem(
                "no-id",
                e.file,
                name,
                np.flatnonzero(nulls),
                "缺少编号（所示为行号）",
                "rows without an id (row numbers)",
            )
            return
    own = ids.to_numpy()
    values, counts = np.unique(own, return_counts=True)
    if (doubled := values[counts > 1]).size:
        yield _problem("double", e.file, ID, doubled, "编号重复", "ids that occur twice")
    if not e.entity.of:
        return
    parents = tables[schema.of(e.entity.of).file].column(ID)
    if parents.null_count:
        return
    place = pc.index_in(table.column(PARENT), parents.combine_chunks()).to_numpy(zero_copy_only=False)
    orphan = np.isnan(place) if place.dtype.kind == "f" else np.zeros(len(place), bool)
    if orphan.any():
        yield _problem("orphan", e.file, PARENT, own[orphan], "所属的记录不存在", "rows whose parent does not exist")
        return
    if (back := np.flatnonzero(np.diff(place) < 0)).size:
        yield _problem(
            "order", e.file, PARENT, own[back + 1], "没有按所属记录的次序排列", "rows not in the order of their parents"
        )
    _, first, per = np.unique(place, return_index=True, return_counts=True)
    if (many := first[per > e.entity.max_rows]).size:
        most = e.entity.max_rows
        yield _problem(
            "too-many",
            e.file,
            PARENT,
            own[many],
            f"同一所属下超过 {most} 行",
            f"more than {most} rows under one parent",
        )


def _values(e: EntityFacts, table: pa.Table) -> Iterator[Problem]:
    ids = table.column(ID).to_numpy()
    for c in e.columns:
        name = c.fact.name
        if name not in table.column_names:
            continue
        column = table.column(name)
        if c.values:
            yield from _category(e, c, column, ids)
        elif c.fact.type.kind is not Kind.TRUTH:
            value, known = _whole(column)
            lo, hi = (0, MAX_AREA) if c.fact.type.kind is Kind.AREA else (c.fact.lo, c.fact.hi)
            if (out := known & ((value < lo) | (value > hi))).any():
                yield _problem("bounds", e.file, name, ids[out], "超出声明的范围", "values outside the declared bounds")
            if name + LOW in table.column_names:
                yield from _interval(e, c, table, ids, known)


def _category(e: EntityFacts, c: Column, column: pa.ChunkedArray, ids: npt.NDArray[np.int64]) -> Iterator[Problem]:
    known = pc.is_in(column.cast(pa.string()), pa.array(c.values, pa.string()))
    bad = pc.and_not(pc.is_valid(column), known).to_numpy()
    if bad.any():
        names = "、".join(sorted(set(column.filter(pa.array(bad)).cast(pa.string()).to_pylist()))[:_SHOWN])
        yield _problem(
            "category", e.file, c.fact.name, ids[bad], f"不在声明的取值中：{names}", f"values not declared: {names}"
        )


def _interval(e: EntityFacts, c: Column, table: pa.Table, ids: npt.NDArray[np.int64], known: Mask) -> Iterator[Problem]:
    lo, has_lo = _whole(table.column(c.fact.name + LOW))
    hi, has_hi = _whole(table.column(c.fact.name + HIGH))
    if (both := known & (has_lo | has_hi)).any():
        yield _problem(
            "interval", e.file, c.fact.name, ids[both], "已知的值又填了上下限", "known values that also have bounds"
        )
    bad = (has_lo != has_hi) | (has_lo & has_hi & ((lo > hi) | (lo < c.fact.lo) | (hi > c.fact.hi)))
    if (bad := bad & ~known).any():
        yield _problem(
            "interval",
            e.file,
            c.fact.name,
            ids[bad],
            "上下限缺一、颠倒或超出声明的范围",
            "bounds halved, reversed or outside the declared ones",
        )


def _completeness(e: EntityFacts, table: pa.Table) -> Iterator[Problem]:
    ids = table.column(ID).to_numpy()
    for child, kinds in e.completeness.items():
        if COMPLETE + child in table.column_names:
            value, known = _whole(table.column(COMPLETE + child))
            bad = known & (value != ALL_COMPLETE) & ((value < 0) | (value >= (1 << kinds)))
            if bad.any():
                yield _problem(
                    "complete",
                    e.file,
                    COMPLETE + child,
                    ids[bad],
                    "齐全标记无效",
                    "marks of completeness that mean nothing",
                )


def _whole(column: pa.ChunkedArray) -> tuple[npt.NDArray[np.int64], Mask]:
    """A whole-number or date column as int64 (0 where null) and whether each is known."""
    known = pc.is_valid(column).to_numpy()
    if pa.types.is_date32(column.type):
        column = column.cast(pa.int32())
    return pc.fill_null(column, 0).to_numpy().astype(np.int64), known


def _problem(code: str, file: str, column: str, ids: npt.NDArray[np.int64], zh: str, en: str) -> Problem:
    first = tuple(int(i) for i in ids[:_SHOWN])
    shown = ", ".join(map(str, first))
    return Problem(
        code,
        file,
        column,
        len(ids),
        first,
        f"“{file}”表“{column}”列：{zh}，共 {len(ids)} 行，编号如 {shown}。",
        f"Table “{file}”, column “{column}”: {en}; {len(ids)} rows, ids such as {shown}.",
    )
