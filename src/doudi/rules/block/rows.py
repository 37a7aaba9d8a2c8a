"""Households given one by one, as the scalar evaluator takes them, laid out as the tables that this one takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from doudi.rules.block.facts import ALL_KINDS, COMPLETE, HIGH, ID, LOW, PARENT
from doudi.rules.ruleset import Ruleset
from doudi.rules.types import Kind, Type

if TYPE_CHECKING:
    from doudi.rules.scalar.rows import Path, Row

Place = tuple[int, "Path"]
"""Which household of those given, and the path of ids from it to the row."""

_ARROW = {Kind.TRUTH: pa.bool_(), Kind.DATE: pa.date32(), Kind.RATIO: pa.int32()}


@dataclass(frozen=True)
class Laid:
    """``tables`` for ``decide_tables`` and, by entity, the place of each row; a row's id in the tables is its position here."""

    tables: dict[str, pa.Table]
    places: dict[str, list[Place]]

    def id(self, entity: str, household: int, path: Path = ()) -> int:
        """Raises ValueError where there is no such row."""
        return self.places[entity].index((household, path))


def lay_out(ruleset: Ruleset, households: Sequence[Row]) -> Laid:
    """The facts of ``households`` as tables. They are checked only when decided."""
    listed: dict[str, list[tuple[Place, int, Row]]] = {e: [] for e in ruleset.entities}

    def walk(entity: str, row: Row, place: Place, parent: int) -> None:
        own = len(listed[entity])
        listed[entity].append((place, parent, row))
        for child in ruleset.children(entity):
            for r in row.rows.get(child.name, ()):
                walk(child.name, r, (place[0], (*place[1], r.id)), own)

    for i, household in enumerate(households):
        walk(ruleset.root, household, (i, ()), -1)
    categories = {c.name: [v for v, _ in c.values] for c in ruleset.book.categories}
    tables = {e.file: _table(ruleset, e.name, listed[e.name], categories) for e in ruleset.entities.values()}
    return Laid(tables, {e: [place for place, _, _ in rows] for e, rows in listed.items()})


def _table(
    ruleset: Ruleset, entity: str, listed: Sequence[tuple[Place, int, Row]], categories: Mapping[str, Sequence[str]]
) -> pa.Table:
    columns: dict[str, Any] = {ID: pa.array(range(len(listed)), pa.int64())}
    if entity != ruleset.root:
        columns[PARENT] = pa.array([parent for _, parent, _ in listed], pa.int64())
    flags = {(ruleset.root, plan.flag) for plan in ruleset.derived}
    for key, v in ruleset.variables.items():
        if v.entity != entity or v.origin != "fact" or key in flags:
            continue
        given = [row.facts.get(v.name) for _, _, row in listed]
        exact = [None if isinstance(x, tuple) and x[0] != x[1] else x[0] if isinstance(x, tuple) else x for x in given]
        columns[v.name] = _array(exact, v.type, categories)
        between = [x if isinstance(x, tuple) and x[0] != x[1] else (None, None) for x in given]
        if v.type.kind is not Kind.TRUTH and any(lo is not None for lo, _ in between):
            kind = pa.date32() if v.type.kind is Kind.DATE else pa.int64()
            columns[v.name + LOW] = pa.array([lo for lo, _ in between], kind)
            columns[v.name + HIGH] = pa.array([hi for _, hi in between], kind)
    for child in ruleset.children(entity):
        columns[COMPLETE + child.name] = pa.array(
            [_mark(row.complete.get(child.name)) for _, _, row in listed], pa.int64()
        )
    return pa.table(columns)


def _array(values: Sequence[int | None], type_: Type, categories: Mapping[str, Sequence[str]]) -> Any:
    if type_.kind is Kind.CATEGORY:
        names = pa.array(list(categories[type_.category]), pa.string())
        return pa.DictionaryArray.from_arrays(pa.array(values, pa.int32()), names)
    if type_.kind is Kind.TRUTH:
        return pa.array([None if x is None else bool(x) for x in values], pa.bool_())
    if type_.kind is Kind.DATE:
        return pa.array(values, pa.int32()).view(pa.date32())
    return pa.array(values, _ARROW.get(type_.kind, pa.int64()))


def _mark(complete: bool | frozenset[int] | None) -> int:
    if isinstance(complete, frozenset):
        return int(np.int64(sum(1 << k for k in complete)))
    return ALL_KINDS if complete else 0
