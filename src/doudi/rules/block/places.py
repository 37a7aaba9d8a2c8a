"""Where standards are looked up: each distinct area, key and date of a column of rows once."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta
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

    def __init__(self, node: Standard | Scale, area: Op | None, key: Op | None, at: Op, ruleset: Ruleset) -> None:
        self.area, self.key, self.at = area, key, at
        self.table: StandardTable = ruleset.standards[node.name]
        self.keys = _key_names(node, ruleset)
        # Between two of these days nothing changes, so a date counts only by the period it falls in.
        self.days_list = sorted(to_day(d) for d in _changes(self.table))
        self.days = np.array(self.days_list, dtype=np.int64)
        self._found: dict[tuple[int, int, int], Found] = {}
        self.unit = _unit(self.table)
        """Villages of one county are one look-up where no line speaks of less than a county."""
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

    def detail(self, area: int, key: int, day: int) -> str:
        return f"{self._named.get(area) or f'{area:012d}'}/{self.keys[key]}/{from_day(day).isoformat()}"

    def ask(self, view: View) -> Asked:
        """Areas, keys and dates of the rows of ``view``."""
        return Asked(self, view)


FEW = 64
WIDE = 8


class Asked:
    """What is asked of a standard on some rows.

    A person is mostly asked about by the area and the key of the household. ``home`` is where the question really stands: the rows of the
    lowest entity that area and key are read from, or else the rows asked about themselves.
    """

    def __init__(self, look: Lookup, view: View) -> None:
        self.look, self.view = look, view
        self.at = look.at.value(view)
        self.read = not isinstance(self.at.lo, np.ndarray)
        entities = set()
        for op in (look.area, look.key):
            self.read = self.read and isinstance(op, ReadOp | None)
            if isinstance(op, ReadOp):
                entities.add(op.entity)
        above = view.block.tree.above[view.entity]
        entity = next((e for e in above if e in entities), view.entity) if self.read else view.entity
        self.home = view if entity == view.entity else View(view.block, entity)
        self.area = None if look.area is None else look.area.value(self.home)
        self.key = None if look.key is None else look.key.value(self.home)

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

    def spots(self) -> tuple[Array, Spots]:
        """Spots, all that occur among them, and for each row the position of its own."""
        look, view, at = self.look, self.view, self.at.lo
        if not self.read:
            return self._distinct(view, at)
        period = look.period(int(at))
        if look.area is None and look.key is None:
            return np.zeros(view.n, dtype=np.int64), ((0, 0, 0, period),)
        # Many standards are looked up by the same area and key, on the same date for all rows.
        held = self._held(view.entity)
        if held is None:
            return self._distinct(view, at)
        index, spots = held
        return (
            index if view.rows is None else index.take(view.rows),
            tuple([(area, first, last, period) for area, first, last, _ in spots]),
        )

    def _held(self, entity: str) -> tuple[Array, Spots] | None:
        """Spots for all rows of ``entity``, the period left open; None where only some rows ask and nobody has asked for all."""
        look, block, home = self.look, self.view.block, self.home
        said = tuple(op.key if isinstance(op, ReadOp) else None for op in (look.area, look.key))
        where = (entity, *said, look.unit)
        held = block.places.get(where)
        if held is None:
            if entity != home.entity:
                found = self._held(home.entity)
                assert found is not None
                held = found[0].take(block.up(entity, home.entity)), found[1]
            elif home.rows is None:
                held = self._distinct(home, None)
            else:
                return None
            block.places[where] = held
        return held

    def _distinct(self, view: View, at: Any) -> tuple[Array, Spots]:
        """``at``: one day for all rows, a day for each, or None, which leaves the period open."""
        look = self.look
        sizes, parts = [1, 1, 1, 1], []
        areas, periods = [0], [0]
        if self.area is not None:
            areas, index = self._areas(self.area)
            sizes[0] = len(areas)
            parts.append((index, 1))
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
        code = np.zeros(view.n, dtype=np.int64) if not parts else spread(wide(parts[0][0]), view.n)
        for x, size in parts[1:]:
            code = code * size + x
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
        op, view = self.look.area, self.home
        if not isinstance(op, ReadOp):
            return self._encoded(spread(area.lo, view.n))
        held, where = view.block.areas, (op.key, self.look.unit)
        if where not in held:
            # Read by many: worked out for all rows, of which these may be some.
            held[where] = self._encoded(view.block.columns[op.key].lo)
        areas, index = held[where]
        full = view.rows is None and view.entity == op.entity
        return areas, index if full else index.take(view.up(op.entity))

    def _encoded(self, codes: Array) -> tuple[list[int], Array]:
        """In order, so that the spots of one block are those of the next."""
        unit = self.look.unit
        places = codes if unit == 1 else codes // unit
        first, span = (int(places.min()), int(np.ptp(places)) + 1) if len(places) else (0, 1)
        if span > WIDE * len(places):
            found, index = np.unique(places, return_inverse=True)
            return (found * unit).tolist(), index.reshape(-1)
        # Codes of one level lie close together: marking which occur is quicker than sorting.
        used, index = _ranked(places - first, span)
        return ((used + first) * unit).tolist(), index

    def _lost(self) -> Array | None:
        """The rows whose area or date is unknown; None for no row."""
        lost: Array | None = None
        for x in (self.area, self.at):
            if x is not None and (known := x.known()) is not None and not known.all():
                lost = either(lost, ~known)
        return lost


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
