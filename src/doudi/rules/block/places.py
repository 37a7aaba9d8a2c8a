"""Where standards are looked up: each distinct area, key and date of a column of rows once."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from doudi.rules.block.column import Array, Column, as_array, either, select, spread
from doudi.rules.block.layout import View
from doudi.rules.block.ops import Op, ReadOp
from doudi.rules.calendar import from_day, to_day
from doudi.rules.nodes import Scale, Standard
from doudi.rules.ruleset import Found, Ruleset, StandardTable

Spot = tuple[int, int, int, int]
"""Area (cut to what the standard can tell apart), first and last possible key, and period."""

Spots = tuple[Spot, ...]

LOST = (-1, 0, -1, 0)
"""The spot of rows whose area or date is unknown. No key is possible there, so that nothing is found."""


class Lookup:
    """Where one Standard or Scale looks, and what it has found so far."""

    def __init__(self, node: Standard | Scale, area: Op | None, key: Op | None, at: Op, ruleset: Ruleset) -> None:
        self.area, self.key, self.at = area, key, at
        self.table: StandardTable = ruleset.standards[node.name]
        self.keys = _key_names(node, ruleset)
        # Between two of these days nothing changes, so a date counts only by the period it falls in.
        self.days_list = sorted(to_day(d) for d in _changes(self.table))
        self.days = np.array(self.days_list, dtype=np.int64)
        self._found: dict[tuple[int, int, int], Found] = {}
        self.unit = _unit(self.table)
        self._named = {a.code: a.name for a in reversed(ruleset.book.areas)}

    def period(self, day: int) -> int:
        return bisect_right(self.days_list, day)

    def found(self, spot: Spot) -> list[Found]:
        """What stands under each possible key."""
        area, first, last, period = spot
        return [self._at(area, key, period) for key in range(first, last + 1)]

    def _at(self, area: int, key: int, period: int) -> Found:
        found = self._found.get((area, key, period))
        if found is None:
            day = int(self.days[period - 1]) if period else to_day(date.min)
            found = self._found[area, key, period] = self.table.find(area, self.keys[key], from_day(day))
        return found

    def cut(self, codes: Array) -> Array:
        """Area codes cut to the level that any line speaks of, so that villages of one county are one look-up."""
        return codes if self.unit == 1 else as_array(codes // self.unit * self.unit)

    def detail(self, area: int, key: int, day: int) -> str:
        return f"{self._named.get(area) or f'{area:012d}'}/{self.keys[key]}/{from_day(day).isoformat()}"

    def ask(self, view: View) -> Asked:
        """Areas, keys and dates of the rows of ``view``."""
        area = None if self.area is None else self.area.value(view)
        key = None if self.key is None else self.key.value(view)
        return Asked(self, view, area, key, self.at.value(view))


FEW = 64


class Asked:
    """What is asked of a standard on some rows."""

    def __init__(self, look: Lookup, view: View, area: Column | None, key: Column | None, at: Column) -> None:
        self.look, self.view = look, view
        self.area, self.key, self.at = area, key, at
        self.assumed: Array | None = None
        for x in (area, key, at):
            if x is not None:
                self.assumed = either(self.assumed, x.assumed)

    def spots(self) -> tuple[Array, Spots]:
        """Spots, all that occur among them, and for each row the position of its own."""
        look, view, at = self.look, self.view, self.at.lo
        if self.area is None and self.key is None and not isinstance(at, np.ndarray):
            return np.zeros(view.n, dtype=np.int64), ((0, 0, 0, look.period(int(at))),)
        read = isinstance(look.area, ReadOp) and (look.key is None or isinstance(look.key, ReadOp))
        # Many standards are looked up by the same area and key, on the same date for all rows.
        where = (view.entity, look.area, look.key, look.unit)
        held = view.block.places.get(where)
        if isinstance(at, np.ndarray) or not read or (held is None and view.rows is not None):
            return self._distinct(at)
        if held is None:
            held = view.block.places[where] = self._distinct(None)
        index, spots = held
        period = look.period(int(at))
        return (
            index if view.rows is None else index.take(view.rows),
            tuple([(area, first, last, period) for area, first, last, _ in spots]),
        )

    def _distinct(self, at: Any) -> tuple[Array, Spots]:
        """``at``: one day for all rows, a day for each, or None, which leaves the period open."""
        look, n = self.look, self.view.n
        code, sizes = np.zeros(n, dtype=np.int64), [1, 1, 1, 1]
        areas, periods = [0], [0]
        if self.area is not None:
            areas, code = self._areas(self.area)
            sizes[0] = len(areas)
        keys = len(look.keys)
        if self.key is not None:
            code, sizes[1] = code * keys + self.key.lo, keys
            if self.key.hi is not self.key.lo:
                code, sizes[2] = code * keys + self.key.hi, keys
        if isinstance(at, np.ndarray):
            periods = list(range(len(look.days) + 1))
            code, sizes[3] = code * len(periods) + np.searchsorted(look.days, at, side="right"), len(periods)
        elif at is not None:
            periods = [look.period(int(at))]
        size = int(np.prod(sizes))
        # Where there are few, it is cheaper to look all of them up than to find out which occur.
        used, index = (np.arange(size), code) if size <= FEW else _ranked(code, size)
        lost = self._lost()
        if lost is not None:
            index = select(lost, len(used), index)
        area, first, last, period = (x.tolist() for x in np.unravel_index(used, sizes))
        if sizes[2] == 1:
            last = first
        spots = [(areas[a], i, j, periods[p]) for a, i, j, p in zip(area, first, last, period, strict=True)]
        return index, tuple(spots if lost is None else [*spots, LOST])

    def _areas(self, area: Column) -> tuple[list[int], Array]:
        """The distinct areas that the standard can tell apart, and which of them each row is in."""
        look, view = self.look, self.view
        where, cut = (view.entity, look.area, 1), (view.entity, look.area, look.unit)
        held = view.block.areas
        if where not in held and view.rows is not None and isinstance(look.area, ReadOp):
            # Read by many: worked out for all rows, of which these are some.
            held[where] = _encoded(look.area.value(View(view.block, view.entity)).lo)
        if cut not in held:
            values, index = held[where] if where in held else _encoded(spread(area.lo, view.n))
            fewer, place = np.unique(look.cut(values), return_inverse=True)
            # Cutting keeps the order, so that codes that stay apart stay in their places.
            coarse = fewer, index if len(fewer) == len(values) else as_array(place.reshape(-1).take(index))
            if view.rows is not None and where not in held:
                return coarse[0].tolist(), coarse[1]
            held[where], held[cut] = (values, index), coarse
        values, index = held[cut]
        return values.tolist(), index if view.rows is None else index.take(view.rows)

    def _lost(self) -> Array | None:
        """The rows whose area or date is unknown; None for no row."""
        lost: Array | None = None
        for x in (self.area, self.at):
            if x is not None and (known := x.known()) is not None and not known.all():
                lost = either(lost, ~known)
        return lost


def _encoded(codes: Array) -> tuple[Array, Array]:
    """The distinct codes in order and each row's position among them. Arrow's hashing is several times faster than NumPy's sorting."""
    encoded = pa.array(codes).dictionary_encode()
    values, place = np.unique(encoded.dictionary.to_numpy(), return_inverse=True)
    return values, as_array(place.reshape(-1).take(encoded.indices.to_numpy()))


def _ranked(code: Array, size: int) -> tuple[Array, Array]:
    """The codes (below ``size``) that occur, and each row's position among them."""
    present = np.zeros(size, dtype=bool)
    present[code] = True
    used = np.flatnonzero(present)
    rank = np.zeros(size, dtype=np.int64)
    rank[used] = np.arange(len(used))
    return used, as_array(rank.take(code))


def _changes(table: StandardTable) -> set[date]:
    """The days from which another line may be in force or one goes stale."""
    out: set[date] = set()
    for line in table.decl.lines:
        if line.since is not None:
            out.add(line.since)
        out |= {d + timedelta(days=1) for d in (line.until, line.review_by) if d is not None and d < date.max}
    return out


def _unit(table: StandardTable) -> int:
    """How many codes there are in a division of the lowest level that any line speaks of."""
    decl = table.decl
    level = decl.level if decl.match == "exact" else max((_level(line.area) for line in decl.lines), default=0)
    return int(10 ** (12 - level))


def _level(code: int) -> int:
    return next(level for level in (0, 2, 4, 6, 9, 12) if code % 10 ** (12 - level) == 0)


def _key_names(node: Standard | Scale, ruleset: Ruleset) -> tuple[str, ...]:
    if node.key is None:
        return ("",)
    (category,) = (c for c in ruleset.book.categories if c.name == node.key.type.category)
    return tuple(name for name, _ in category.values)
