"""The good households of a ledger as facts tables: numbers only, surrogate ids, no name and no identity number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from doudi.rules.types import Kind
from doudi.screening.facts import COMPLETE, HIGH, ID, LOW, PARENT, PART_HOUSEHOLDS, Column, EntityFacts, schema_of
from doudi.screening.workbook.cells import Stored
from doudi.screening.workbook.ledger import Ledger

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class _Rows:
    """Of one entity: which rows of its sheet are taken, in order, whose they are and which household of the batch order they fall in."""

    taken: Ints
    parents: Ints
    homes: Ints


def batches(ledger: Ledger) -> Iterator[dict[str, pa.Table]]:
    """The good households in the order of the sheet, whole, at most ``PART_HOUSEHOLDS`` at a time; tables by the entity's file name.

    ``id`` is the position of the row in its sheet (from 0), which is how results find the way back to names.
    """
    schema = schema_of(ledger.layout.book)
    good = np.array(ledger.good, dtype=np.int64)
    rows: dict[str, _Rows] = {}
    for e in schema.entities:
        name = e.entity.name
        if not e.entity.of:
            rows[name] = _Rows(good, good, np.arange(len(good)))
            continue
        above = rows[e.entity.of]
        place = np.full(len(ledger.sheets[e.entity.of]), -1, dtype=np.int64)
        place[above.taken] = np.arange(len(above.taken))
        owners = np.array([-1 if o is None else o for o in ledger.owners[name]], dtype=np.int64)
        at = np.where(owners >= 0, place[owners], -1) if len(place) else np.full(len(owners), -1, dtype=np.int64)
        taken = np.flatnonzero(at >= 0)
        taken = taken[np.argsort(at[taken], kind="stable")]
        rows[name] = _Rows(taken, owners[taken], above.homes[at[taken]])
    whole = {e.entity.name: _table(e, ledger, rows[e.entity.name]) for e in schema.entities}
    for start in range(0, len(good), PART_HOUSEHOLDS):
        batch = {}
        for e in schema.entities:
            homes = rows[e.entity.name].homes
            first, last = np.searchsorted(homes, [start, start + PART_HOUSEHOLDS])
            batch[e.file] = whole[e.entity.name].slice(first, last - first)
        yield batch


def _table(e: EntityFacts, ledger: Ledger, rows: _Rows) -> pa.Table:
    parsed = ledger.sheets[e.entity.name]
    columns: dict[str, pa.Array] = {ID: pa.array(rows.taken, pa.int64())}
    if e.entity.of:
        columns[PARENT] = pa.array(rows.parents, pa.int64())
    taken = rows.taken.tolist()
    for c in e.columns:
        stored = parsed.values[c.fact.name]
        columns |= _fact(c, [stored[i] for i in taken])
    for header, column in parsed.raw.sheet.by_header.items():
        if column.child is not None:
            marks = parsed.values[header]
            columns[COMPLETE + column.child.name] = pa.array([marks[i] for i in taken], pa.int64())
    return pa.table(columns)


def _fact(c: Column, values: list[Stored]) -> dict[str, pa.Array]:
    known = [v if isinstance(v, int) else None for v in values]
    if c.fact.type.kind is Kind.CATEGORY:
        codes = pa.array(known, c.arrow.index_type)
        return {c.fact.name: pa.DictionaryArray.from_arrays(codes, pa.array(c.values, pa.string()))}
    if c.fact.type.kind is Kind.TRUTH:
        return {c.fact.name: pa.array([None if v is None else bool(v) for v in known], pa.bool_())}
    out = {c.fact.name: pa.array(known, c.arrow)}
    if any(isinstance(v, tuple) for v in values):
        out[c.fact.name + LOW] = pa.array([v[0] if isinstance(v, tuple) else None for v in values], c.arrow)
        out[c.fact.name + HIGH] = pa.array([v[1] if isinstance(v, tuple) else None for v in values], c.arrow)
    return out
