"""Where standards are looked up: each distinct area, key and date of a column of rows once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from datetime import date, timedelta
from functools import cached_property
from math import prod
from typing import Any

import numpy as np

from doudi.rules.block.column import Array, Column, as_array, either, positions, select, spread, wide
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

    def __init__(
        self, node: Standard | Scale, area: Op | None, key: Op | None, at: Op, ruleset: Ruleset, finest: int
    ) -> None:
        self.area, self.key, self.at = area, key, at
        self.table: StandardTable = ruleset.standards[node.name]
        self.keys = _key_names(node, ruleset)
        # Between two of these days nothing changes, so a date counts only by the period it falls in.
        self.days_list = sorted(to_day(d) for d in _changes(self.table))
        self.days = np.array(self.days_list, dtype=np.int64)
        self._found: dict[tuple[int, int, int], Found] = {}
        self.unit, self.finest = unit(self.table), finest
        """Villages of one county are one look-up where no line speaks of less than a county. ``finest``: the least unit of any standard."""
        self._named = {a.code: a.name for a in reversed(ruleset.book.areas)}
        self.reads = isinstance(area, ReadOp | None) and isinstance(key, ReadOp | None)
        """Area and key are facts or variables as they stand; ``said`` names them."""
        self.said = tuple(op.key if isinstance(op, ReadOp) else None for op in (area, key))

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

    def detail(self, area: int, key: int, day: int) -> str:
        return f"{self._named.get(area) or f'{area:012d}'}/{self.keys[key]}/{from_day(day).isoformat()}"

    def home(self, view: View) -> str:
        """The lowest entity that area and key are read from, or else that of the rows themselves."""
        entities = [key[0] for key in self.said if key is not None]
        return next((e for e in view.block.tree.above[view.entity] if e in entities), view.entity)

    def ask(self, view: View) -> Asked:
        """Areas, keys and dates of the rows of ``view``."""
        return Asked(self, view)


FEW = 64
WIDE = 8


class Placed:
    """``spots`` that some rows may be at, and (``index``) the position among them of each row's own.

    Where all spots come to the same value nobody asks which row is at which, and it is not worked out. What is kept in a block must not hold on
    to the block: memory would wait for the collector.
    """

    __slots__ = ("_index", "_indexed", "spots")

    def __init__(self, spots: Spots, indexed: Callable[[], Array]) -> None:
        self.spots, self._indexed = spots, indexed
        self._index: Array | None = None

    @property
    def index(self) -> Array:
        if self._index is None:
            self._index = self._indexed()
        return self._index


class Asked:
    """What is asked of a standard on some rows.

    A person is mostly asked about by the area and the key of the household. ``home`` is where the question really stands: all rows of the
    lowest entity that area and key are read from, or else the rows asked about themselves.
    """

    def __init__(self, look: Lookup, view: View) -> None:
        self.look, self.view = look, view
        self.at = look.at.value(view)
        self.read = look.reads and not isinstance(self.at.lo, np.ndarray)
        home = look.home(view) if self.read else view.entity
        self.home = view if not self.read or (view.rows is None and home == view.entity) else View(view.block, home)

    @cached_property
    def area(self) -> Column | None:
        return None if self.look.area is None else self.look.area.value(self.home)

    @cached_property
    def key(self) -> Column | None:
        return None if self.look.key is None else self.look.key.value(self.home)

    @property
    def assumed(self) -> Array | None:
        """The rows where area, key or date rest on an assumption."""
        out: Array | None = None
        for x in (self.area, self.key):
            if x is not None:
                out = either(out, x.assumed)
        return either(None if out is None else self._seen(out), self.at.assumed)

    def _seen(self, x: Array) -> Array:
        """What holds for the rows at home, from the rows asked about."""
        return x if self.home is self.view else x.take(self.view.up(self.home.entity))

    def spots(self) -> Placed:
        """Where the rows asked about are."""
        look, view, at = self.look, self.view, self.at.lo
        if not self.read:
            return self._distinct(at)
        period = look.period(int(at))
        if look.area is None and look.key is None:
            return Placed(((0, 0, 0, period),), lambda: np.zeros(view.n, dtype=np.int64))
        # Many standards are looked up by the same area and key, on the same date for all rows.
        where = (self.home.entity, *look.said, look.unit)
        held = view.block.places.get(where)
        if held is None:
            held = view.block.places[where] = self._distinct(None)
        spots = tuple([(area, first, last, period) for area, first, last, _ in held.spots])
        return Placed(spots, lambda: self._from_home(where, held))

    def _from_home(self, where: tuple[Any, ...], held: Placed) -> Array:
        """The positions of the rows asked about, from those of the rows at home."""
        view, home = self.view, self.home
        if view.entity == home.entity:
            index = held.index
        else:
            seen = (view.entity, where)
            lifted = view.block.lifted_places
            if seen not in lifted:
                lifted[seen] = held.index.take(view.block.up(view.entity, home.entity))
            index = lifted[seen]
        return index if view.rows is None else index.take(view.rows)

    def _distinct(self, at: Any) -> Placed:
        """Of the rows at home. ``at``: a day for each, or None, which leaves the period open."""
        look, n = self.look, self.home.n
        sizes: list[int] = [1, 1, 1, 1]
        parts: list[tuple[Array, int]] = []
        areas, periods = [0], [0]
        if self.area is not None:
            areas, rank, index_of_area = self._areas(self.area)
            sizes[0] = len(areas)
            if len(areas) > 1:
                parts.append((rank.take(index_of_area), 1))
        keys = len(look.keys)
        if self.key is not None:
            sizes[1] = keys
            parts.append((self.key.lo, keys))
            if self.key.hi is not self.key.lo:
                sizes[2] = keys
                parts.append((self.key.hi, keys))
        if isinstance(at, np.ndarray):
            periods = list(range(len(look.days) + 1))
            sizes[3] = len(periods)
            parts.append((np.searchsorted(look.days, at, side="right"), len(periods)))
        elif at is not None:
            periods = [look.period(int(at))]
        size, lost = prod(sizes), self._lost()

        def coded() -> Array:
            code = np.zeros(n, dtype=np.int64) if not parts else spread(wide(parts[0][0]), n)
            for x, many in parts[1:]:
                code = code * many + x
            return code

        used, index = np.arange(size), None
        if size > FEW:
            # Where there are few, it is cheaper to look all of them up than to find out which occur.
            used, index = _ranked(coded(), size)

        def indexed() -> Array:
            found = coded() if index is None else index
            return found if lost is None else select(lost, len(used), found)

        area, first, last, period = (x.tolist() for x in np.unravel_index(used, sizes))
        if sizes[2] == 1:
            last = first
        spots = [(areas[a], i, j, periods[p]) for a, i, j, p in zip(area, first, last, period, strict=True)]
        return Placed(tuple(spots if lost is None else [*spots, LOST]), indexed)

    def _areas(self, area: Column) -> tuple[list[int], Array, Array]:
        """The distinct areas that the standard can tell apart, in order, so that the spots of one block are those of the next; for each
        area that any standard can tell apart the position of its own, and for each row that of its area."""
        op, view, look = self.look.area, self.home, self.look
        if not isinstance(op, ReadOp):
            areas, index = _distinct_areas(Column(spread(area.lo, view.n), spread(area.hi, view.n)), look.finest)
            return *_coarser(areas, look.unit), index
        # Read by many: worked out for all rows, of which these may be some.
        held = view.block.areas
        if op.key not in held:
            held[op.key] = _distinct_areas(view.block.columns[op.key], look.finest)
        areas, index = held[op.key]
        if (op.key, look.unit) not in held:
            held[op.key, look.unit] = _coarser(areas, look.unit)
        if view.rows is not None or view.entity != op.entity:
            index = index.take(view.up(op.entity))
        return *held[op.key, look.unit], index

    def _lost(self) -> Array | None:
        """The rows whose area or date is unknown; None for no row."""
        lost: Array | None = None
        for x in (self.area, self.at):
            if x is not None and (known := x.known()) is not None and not known.all():
                lost = either(lost, ~known)
        return lost


def _distinct_areas(area: Column, finest: int) -> tuple[Array, Array]:
    """The distinct areas in order, and which of them each row is in; rows whose area is unknown count as in the first."""
    known = area.known()
    if known is None or known.all():
        areas, index = _ordered(area.lo // finest)
        return areas * finest, index
    index, rows = np.zeros(len(area.lo), dtype=np.int64), positions(known)
    areas, index[rows] = _ordered(area.lo.take(rows) // finest)
    return areas * finest if len(areas) else np.zeros(1, dtype=np.int64), index


def _coarser(areas: Array, unit: int) -> tuple[list[int], Array]:
    """The distinct divisions of ``unit`` codes that ``areas`` lie in, and which of them each."""
    places, rank = np.unique(areas // unit, return_inverse=True)
    return (places * unit).tolist(), rank.reshape(-1)


def _ordered(codes: Array) -> tuple[Array, Array]:
    first, span = (int(codes.min()), int(np.ptp(codes)) + 1) if len(codes) else (0, 1)
    if span > WIDE * len(codes):
        found, index = np.unique(codes, return_inverse=True)
        return found, index.reshape(-1)
    # Codes of one level lie close together: marking which occur is quicker than sorting.
    used, index = _ranked(codes - first, span)
    return used + first, index


def _ranked(code: Array, size: int) -> tuple[Array, Array]:
    """The codes (below ``size``) that occur, and each row's position among them."""
    present = np.zeros(size, dtype=bool)
    present[code] = True
    used = positions(present)
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


def unit(table: StandardTable) -> int:
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
