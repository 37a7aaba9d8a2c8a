"""Columns under construction: whole numbers in stored units, one array a fact, with what is unknown kept beside."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from doudi.rules.types import Kind
from doudi.screening.facts import COMPLETE, HIGH, ID, LOW, PARENT, Column, EntityFacts, FactsSchema

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
_NOT_GIVEN = np.iinfo(np.int64).min


class Words:
    """Codes of the declared names of categories: ``words("收入.种类")["工资"]``.

    A name that the pack does not declare is a KeyError that says so.
    """

    def __init__(self, schema: FactsSchema) -> None:
        self._codes = {
            f"{e.entity.name}.{c.fact.name}": _Codes(f"{e.entity.name}.{c.fact.name}", c.values)
            for e in schema.entities
            for c in e.columns
            if c.values
        }

    def __call__(self, fact: str) -> dict[str, int]:
        return self._codes[fact]


class _Codes(dict[str, int]):
    def __init__(self, fact: str, values: tuple[str, ...]) -> None:
        super().__init__({name: code for code, name in enumerate(values)})
        self._fact = fact

    def __missing__(self, name: str) -> int:
        raise KeyError(f"{self._fact} 没有取值“{name}” / {self._fact} has no value “{name}”")


class Sheet:
    """The rows of one entity. ``at`` is the row of the parent's sheet that each row belongs to (empty for the root)."""

    def __init__(self, facts: EntityFacts, n: int, at: Ints | None = None) -> None:
        self.facts, self.n = facts, n
        self.at: Ints = np.zeros(0, np.int64) if at is None else at
        self.values: dict[str, Ints] = {}
        self.unknown: dict[str, Mask] = {}
        self.bounds: dict[str, tuple[Ints, Ints, Mask]] = {}
        self.complete: dict[str, Ints] = {child: np.full(n, -1, np.int64) for child in facts.completeness}
        self._names = {c.fact.name for c in facts.columns}

    def __setitem__(self, fact: str, values: npt.ArrayLike) -> None:
        if fact not in self._names:
            raise KeyError(f"{self.facts.entity.name} 没有事项“{fact}” / {self.facts.entity.name} has no fact “{fact}”")
        self.values[fact] = np.array(np.broadcast_to(np.asarray(values, np.int64), self.n))

    def __getitem__(self, fact: str) -> Ints:
        return self.values[fact]

    def declared(self, fact: str) -> bool:
        """Whether the pack has this fact at all: a lower pack may declare more than the nation."""
        return fact in self._names

    def blank(self, fact: str, rows: Mask) -> None:
        """Makes a fact unknown on ``rows``."""
        self.unknown[fact] = self.unknown.get(fact, np.zeros(self.n, bool)) | rows

    def bound(self, fact: str, rows: Mask, lo: Ints, hi: Ints) -> None:
        """Makes a fact unknown on ``rows`` but for its bounds."""
        self.blank(fact, rows)
        old_lo, old_hi, old = self.bounds.get(fact, (lo, hi, rows))
        self.bounds[fact] = (np.where(rows, lo, old_lo), np.where(rows, hi, old_hi), old | rows)

    def arrow(self, ids: Ints, parents: Ints | None) -> pa.Table:
        """The finished table; ``parents`` are the ids of the parent's rows.

        A fact never set is unknown on every row: one that a pack declares of its own is known of nobody who is made up.
        """
        columns: dict[str, pa.Array] = {ID: pa.array(ids)}
        if parents is not None:
            columns[PARENT] = pa.array(parents[self.at])
        for c in self.facts.columns:
            name = c.fact.name
            if name in self.values:
                columns[name] = _arrow(c, self.values[name], self.unknown.get(name))
            else:
                columns[name] = pa.nulls(self.n, c.arrow)
            if name in self.bounds:
                lo, hi, rows = self.bounds[name]
                columns[name + LOW] = _arrow(c, lo, ~rows)
                columns[name + HIGH] = _arrow(c, hi, ~rows)
        for child, marks in self.complete.items():
            columns[COMPLETE + child] = pa.array(marks)
        return pa.table(columns)


def _arrow(c: Column, values: Ints, unknown: Mask | None) -> pa.Array:
    match c.fact.type.kind:
        case Kind.TRUTH:
            return pa.array(values != 0, mask=unknown)
        case Kind.CATEGORY:
            index = c.arrow.index_type.to_pandas_dtype()
            codes = pa.array(values.astype(index), mask=unknown)
            return pa.DictionaryArray.from_arrays(codes, pa.array(c.values, pa.string()))
        case Kind.DATE:
            return pa.array(values.astype(np.int32), mask=unknown).cast(pa.date32())
        case _:
            return pa.array(values.astype(c.arrow.to_pandas_dtype()), mask=unknown)


@dataclass
class Linked:
    """A linked table under construction: rows are added for parent rows in any order, and put in order at the end."""

    facts: EntityFacts
    parent: Sheet
    _at: list[Ints] = field(default_factory=list)
    _values: dict[str, list[Ints]] = field(default_factory=dict)

    def add(self, at: Ints | Mask, **facts: npt.ArrayLike) -> None:
        """One row for each parent row in ``at`` (row numbers, or a mask over all of them).

        A fact not given is unknown in these rows.
        """
        where = np.flatnonzero(at) if at.dtype == bool else at.astype(np.int64, copy=False)
        declared = {c.fact.name for c in self.facts.columns}
        if not facts.keys() <= declared:
            raise KeyError(f"{self.facts.entity.name}: {sorted(facts.keys() - declared)}")
        self._at.append(where)
        for name in declared:
            full = np.array(np.broadcast_to(np.asarray(facts.get(name, _NOT_GIVEN), np.int64), len(where)))
            self._values.setdefault(name, []).append(full)

    @property
    def at(self) -> Ints:
        self._merge()
        return self._at[0]

    def __getitem__(self, fact: str) -> Ints:
        self._merge()
        return self._values[fact][0]

    def keep(self, rows: Mask) -> None:
        """Drops every row but ``rows``."""
        self._at = [self.at[rows]]
        self._values = {name: [v[0][rows]] for name, v in self._values.items()}

    def drop(self, parents: Mask) -> None:
        """Drops all rows of the parent rows in ``parents``."""
        self.keep(~parents[self.at])

    def total(self, fact: str, rows: Mask | None = None) -> Ints:
        """The sum of a fact for each parent row."""
        out = np.zeros(self.parent.n, np.int64)
        at, values = (self.at, self[fact]) if rows is None else (self.at[rows], self[fact][rows])
        np.add.at(out, at, values)
        return out

    def count(self, rows: Mask | None = None) -> Ints:
        return np.bincount(self.at if rows is None else self.at[rows], minlength=self.parent.n).astype(np.int64)

    def sheet(self) -> Sheet:
        """The rows in the order of their parents; rows of one parent in the order of adding."""
        order = np.argsort(self.at, kind="stable")
        out = Sheet(self.facts, len(order), self.at[order])
        for c in self.facts.columns:
            values = self[c.fact.name][order]
            absent = values == _NOT_GIVEN
            out[c.fact.name] = np.where(absent, c.fact.lo, values)
            if absent.any():
                out.blank(c.fact.name, absent)
        return out

    def _merge(self) -> None:
        if len(self._at) != 1:
            self._at = [np.concatenate([np.zeros(0, np.int64), *self._at])]
            empty = np.zeros(0, np.int64)
            self._values = {
                c.fact.name: [np.concatenate([empty, *self._values.get(c.fact.name, [])])] for c in self.facts.columns
            }
