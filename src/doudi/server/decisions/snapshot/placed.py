"""Divisions in what was stated, read under the codes that they have on the day of a snapshot. ``rows`` does the same for one household.

Of those of whom several statements speak each word is changed where it is weighed, by the day of its own statement; of all others the finished
column is. Where no division ever changed its code nothing is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from doudi.rules.calendar import from_day
from doudi.rules.types import Kind
from doudi.screening.facts import EntityFacts, FactsSchema
from doudi.server.areas.selectors import UNMOVED, Lineage
from doudi.server.decisions.rows import fitting

_DAYS = 1 << 20
"""More than there are days: a code and a day in one number."""
_NONE = -1
_ABOVE = tuple(10**n for n in (3, 6, 8, 10))


@dataclass(frozen=True)
class Placed:
    """``moves`` is all that divisions ever became, ``as_of`` the day of the snapshot."""

    schema: FactsSchema
    as_of: date
    moves: Lineage = UNMOVED
    _codes: list[int] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_codes", [int(code[:12].ljust(12, "0")) for code in self.moves.onward])

    @property
    def any(self) -> bool:
        return bool(self.moves.onward)

    def values(self, entity: str, given: Mapping[str, Any], since: Mapping[str, date] | date) -> dict[str, Any]:
        """The values of a subject, or of a row of a linked table, stated on ``since``: one day, or one for each name."""
        out = dict(given)
        for name in _areas(self.schema.of(entity)) & out.keys() if self.any else ():
            column = next(c for c in self.schema.of(entity).columns if c.fact.name == name)
            code = fitting(column, out[name])
            if isinstance(code, int):
                day = since if isinstance(since, date) else since[name]
                out[name] = str(self.moves.now(code, day, self.as_of))
        return out

    def tables(self, entity: str, given: Mapping[str, Any], since: Mapping[str, date] | date) -> dict[str, Any]:
        """The linked tables of a subject."""
        out = dict(given)
        for child in self.schema.children(entity) if self.any else ():
            name = child.entity.name
            table = out.get(name)
            if not table or not _areas(child):
                continue
            day = since if isinstance(since, date) else since[name]
            out[name] = {**table, "rows": [self.values(name, row, day) for row in table.get("rows") or ()]}
        return out

    def column(self, entity: EntityFacts, table: pa.Table, stated: pa.ChunkedArray) -> pa.Table:
        """``table`` with its divisions as they are called on the day; ``stated`` are the days (since 1970) of the statements, none where nothing
        is to be changed."""
        days = stated.fill_null(_NONE).to_numpy()
        for name in _areas(entity) & set(table.column_names):
            at = table.column_names.index(name)
            codes = table[name].fill_null(_NONE).to_numpy()
            touched = np.flatnonzero((days != _NONE) & (codes != _NONE) & self._touched(codes))
            if not len(touched):
                continue
            distinct, which = np.unique(codes[touched] * _DAYS + days[touched], return_inverse=True)
            now = [self.moves.now(p // _DAYS, from_day(p % _DAYS), self.as_of) for p in distinct.tolist()]
            codes = codes.copy()
            codes[touched] = np.array(now, dtype=np.int64)[which]
            table = table.set_column(at, table.schema.field(at), pa.array(codes, pa.int64(), mask=codes == _NONE))
        return table

    def _touched(self, codes: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Those that changed, or that lie in what did."""
        found = np.isin(codes, self._codes)
        for size in _ABOVE:
            found |= np.isin(codes // size * size, self._codes)
        return found


def _areas(entity: EntityFacts) -> frozenset[str]:
    return frozenset(c.fact.name for c in entity.columns if c.fact.type.kind is Kind.AREA)
