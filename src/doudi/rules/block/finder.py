"""Where ids stand in a table: the parents of linked rows, asked for by one linked table after another."""

from __future__ import annotations

import numpy as np

from doudi.rules.block.column import Array, as_array

_WIDE = 32
_FEW = 16


class Finder:
    """Finds ids among ``ids``, which are all different and in any order."""

    def __init__(self, ids: Array) -> None:
        self._order: Array | None = None
        if len(ids) > 1 and not (ids[1:] > ids[:-1]).all():
            self._order = np.argsort(ids)
            ids = ids.take(self._order)
        self._ids = ids
        self._first = int(ids[0]) if len(ids) else 0
        self._span = int(ids[-1]) - self._first + 1 if len(ids) else 0
        self._table: Array | None = None

    def positions(self, wanted: Array) -> Array:
        """Where each of ``wanted`` stands; -1 where it does not."""
        n = len(self._ids)
        if self._span == n:
            at = wanted - self._first
            at = np.where((at >= 0) & (at < n), at, -1)
        elif self._span > _WIDE * n or (self._table is None and len(wanted) * _FEW < n):
            at = self._searched(wanted)
        else:
            # Numbers close together: a table of them is quicker than a search, the more so the second time.
            if self._table is None:
                self._table = np.full(self._span + 2, -1, dtype=np.int32)
                self._table[self._ids - self._first] = np.arange(n)
            at = self._table.take(np.clip(wanted - self._first, -1, self._span)).astype(np.int64)
        return as_array(at if self._order is None else np.where(at < 0, -1, self._order.take(at)))

    def _searched(self, wanted: Array) -> Array:
        at = np.searchsorted(self._ids, wanted)
        here = at < len(self._ids)
        here[here] = self._ids[at[here]] == wanted[here]
        return as_array(np.where(here, at, -1))
