"""Standards on columns: each distinct area, key and date is looked up once and spread over its rows."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction
from threading import Lock
from typing import Any

import numpy as np
import pyarrow as pa

from doudi.rules.block.column import Array, Column, as_array, either, spread
from doudi.rules.block.layout import View
from doudi.rules.block.ops import Blame, Op, ReadOp, bound
from doudi.rules.block.representation import Form
from doudi.rules.block.steps import Steps
from doudi.rules.calendar import from_day, to_day
from doudi.rules.declared import Bands
from doudi.rules.nodes import Scale, Standard
from doudi.rules.ruleset import Found, Ruleset, StandardTable
from doudi.rules.types import Kind


class Lookup:
    """Where one Standard or Scale looks. An *entry* is the number of one (area, key, period) met so far; ``found`` what stands there."""

    def __init__(self, node: Standard | Scale, area: Op | None, key: Op | None, at: Op, ruleset: Ruleset) -> None:
        self.area, self.key, self.at = area, key, at
        self.table: StandardTable = ruleset.standards[node.name]
        self.keys = _key_names(node, ruleset)
        # Between two of these days nothing changes, so a date counts only by the period it falls in.
        self.days = np.array(sorted(to_day(d) for d in _changes(self.table)), dtype=np.int64)
        self.found: list[Found] = []
        self._entries: dict[tuple[int, int, int], int] = {}
        self._adding = Lock()
        self.unit = _unit(self.table)
        self._named = {a.code: a.name for a in reversed(ruleset.book.areas)}

    def entry(self, area: int, key: int, period: int) -> int:
        place = (area, key, period)
        entry = self._entries.get(place)
        if entry is None:
            day = int(self.days[period - 1]) if period else to_day(date.min)
            found = self.table.find(area, self.keys[key], from_day(day))
            with self._adding:
                self.found.append(found)
                entry = self._entries[place] = len(self.found) - 1
        return entry

    def cut(self, codes: Array) -> Array:
        """Area codes cut to the level that any line speaks of, so that villages of one county are one look-up."""
        return codes if self.unit == 1 else as_array(codes // self.unit * self.unit)

    def detail(self, area: int, key: int, day: int) -> str:
        return f"{self._named.get(area) or f'{area:012d}'}/{self.keys[key]}/{from_day(day).isoformat()}"

    def ask(self, view: View) -> Asked:
        """Areas, keys and dates of the rows of ``view``."""
        area = None if self.area is None else self.area.value(view)
        key = None if self.key is None else self.key.value(view)
        at = self.at.value(view)
        return Asked(self, view, area, key, at)


class Asked:
    """What is asked of a standard on some rows. ``lost``: the rows whose area or date is unknown (None: no row)."""

    def __init__(self, look: Lookup, view: View, area: Column | None, key: Column | None, at: Column) -> None:
        self.look, self.view, self.n = look, view, view.n
        self.area, self.key, self.at = area, key, at
        self.assumed: Array | None = None
        self.lost: Array | None = None
        for x in (area, key, at):
            if x is not None:
                self.assumed = either(self.assumed, x.assumed)
        for x in (area, at):
            if x is not None and (known := x.known()) is not None and not known.all():
                self.lost = either(self.lost, ~known)
        self.open_key = None if key is None or key.hi is key.lo else key.lo != key.hi

    def entries(self, key: Any, rows: Array | None = None) -> tuple[Array, list[int]]:
        """The entry of each row (of each of ``rows``) with the key given, one for all rows or one each; and the entries that occur."""
        look, n = self.look, self.n if rows is None else len(rows)
        areas: list[int] | None = None
        keys: list[int] | None = None
        periods: list[int] | None = None
        # Each row's area, key and period as one number, of the things that vary from row to row.
        code, size = np.zeros(n, dtype=np.int64), 1
        if self.area is not None:
            values, code = self._areas(rows, n)
            areas, size = values.tolist(), len(values)
        if isinstance(key, np.ndarray):
            code, size, keys = code * len(look.keys) + key, size * len(look.keys), list(range(len(look.keys)))
        at = self.at.lo
        if isinstance(at, np.ndarray):
            period = np.searchsorted(look.days, _on(at, rows, n), side="right")
            code, size, periods = (
                code * (len(look.days) + 1) + period,
                size * (len(look.days) + 1),
                list(range(len(look.days) + 1)),
            )
        present = np.zeros(size, dtype=bool)
        present[code] = True
        fixed_key = 0 if keys is not None else int(key)
        fixed_period = 0 if periods is not None else bisect_right(look.days, int(at))
        entry_of = np.zeros(size, dtype=np.int64)
        used = []
        for place in np.flatnonzero(present).tolist():
            rest, period_at = divmod(place, len(periods)) if periods is not None else (place, fixed_period)
            rest, key_at = divmod(rest, len(keys)) if keys is not None else (rest, fixed_key)
            used.append(look.entry(areas[rest] if areas is not None else 0, key_at, period_at))
            entry_of[place] = used[-1]
        return as_array(entry_of.take(code)), sorted(set(used))

    def _areas(self, rows: Array | None, n: int) -> tuple[Array, Array]:
        """The distinct areas that the standard can tell apart, and which of them each row is in."""
        look, view = self.look, self.view
        assert self.area is not None
        if rows is None and view.rows is None and isinstance(look.area, ReadOp):
            # Many standards are looked up by the same area.
            place = (view.entity, look.area.key, look.unit)
            found = view.block.places.get(place)
            if found is None:
                found = view.block.places[place] = _distinct(look.cut(_on(self.area.lo, None, n)))
            return found
        return _distinct(look.cut(_on(self.area.lo, rows, n)))


class StandardOp(Op):
    """A plain standard, or one with bands (``scale``)."""

    __slots__ = ("look", "scale", "steps", "x")

    def __init__(self, node: Standard | Scale, parts: tuple[Op, ...], form: Form, ruleset: Ruleset) -> None:
        super().__init__(node, parts, form)
        rest = list(parts)
        self.scale = isinstance(node, Scale)
        self.x = rest.pop(0) if self.scale else None
        area = rest.pop(0) if node.area is not None else None
        key = rest.pop(0) if node.key is not None else None
        self.look = Lookup(node, area, key, rest.pop(0), ruleset)
        self.steps: dict[int, Steps] = {}
        # Margins and the search for what is missing ask again for some rows.
        self.lasting = True

    def run(self, view: View) -> Column:
        asked = self.look.ask(view)
        x = None if self.x is None else _columns(self.x.value(view), view.n)
        key = 0 if asked.key is None else asked.key.lo
        out = self._bounds(*asked.entries(key), x)
        if asked.open_key is not None:
            out = self._over_keys(asked, x, out)
        if asked.lost is not None:
            out = self._static(out, asked.lost)
        out.assumed = asked.assumed if x is None else either(asked.assumed, x.assumed)
        return out.truth() if self.node.type.kind is Kind.TRUTH else out

    def _static(self, out: Column, rows: Array) -> Column:
        """``out`` with the node's own bounds on ``rows``."""
        n = len(rows)
        lo = spread(out.lo, n).copy()
        hi = lo.copy() if out.hi is out.lo else spread(out.hi, n).copy()
        low, high = self.node.lo, self.node.hi
        if self.form.fixed:
            lo[rows], hi[rows] = bound(low, self.form.den), bound(high, self.form.den)
            return Column(lo, hi, out.dlo, out.dhi)
        dlo, dhi = spread(out.dlo, n).copy(), spread(out.dhi, n).copy()
        lo[rows], dlo[rows], hi[rows], dhi[rows] = low.numerator, low.denominator, high.numerator, high.denominator
        return Column(lo, hi, dlo, dhi)

    def _bounds(self, entries: Array, used: list[int], x: Column | None) -> Column:
        """The value under each row's entry; static bounds where nothing stands there."""
        found = self.look.found
        if x is not None:
            return self._scaled(entries, used, x)
        den = self.form.den
        values = np.zeros(len(found), dtype=np.int64)
        bad: list[int] = []
        for e in used:
            value = found[e].value
            if isinstance(value, int | Fraction):
                values[e] = bound(value, den)
            else:
                bad.append(e)
        lo = values.take(entries)
        out = Column(lo, lo, den, den)
        return self._static(out, np.isin(entries, bad)) if bad else out

    def _scaled(self, entries: Array, used: list[int], x: Column) -> Column:
        if len(used) == 1:
            return self._stepped(used[0], x, len(entries))
        n = len(entries)
        known = x.hi is x.lo
        lo, hi = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
        den: Any = self.form.den
        dlo, dhi = (den, den) if self.form.fixed else (np.ones(n, dtype=np.int64), np.ones(n, dtype=np.int64))
        for e in used:
            rows = np.flatnonzero(entries == e)
            part = self._stepped(e, x.take(rows), len(rows))
            known = known and part.hi is part.lo
            lo[rows], hi[rows] = part.lo, part.hi
            if not self.form.fixed:
                dlo[rows], dhi[rows] = part.dlo, part.dhi
        return Column(lo, lo if known else hi, dlo, dlo if known else dhi)

    def _stepped(self, entry: int, x: Column, n: int) -> Column:
        steps = self.steps.get(entry)
        if steps is None:
            value = self.look.found[entry].value
            assert isinstance(self.node, Scale)
            assert self.x is not None
            steps = self.steps[entry] = Steps(
                value if isinstance(value, Bands) else None, self.node, self.look.table.decl, self.form, self.x.form
            )
        return steps.of(x, n)

    def _over_keys(self, asked: Asked, x: Column | None, out: Column) -> Column:
        """The hull over every key that is possible, on the rows whose key is unknown; their own bounds where one of them has no value."""
        assert asked.key is not None
        assert asked.open_key is not None
        rows = np.flatnonzero(asked.open_key)
        if not len(rows):
            return out
        n = len(out.lo)
        lo, hi = spread(out.lo, n).copy(), spread(out.hi, n).copy()
        dlo, dhi = out.dlo, out.dhi
        if not self.form.fixed:
            dlo, dhi = spread(dlo, n).copy(), spread(dhi, n).copy()
        first, last = asked.key.lo.take(rows), asked.key.hi.take(rows)
        lost = np.zeros(n, dtype=bool)
        for key in range(int(first.min()), int(last.max()) + 1):
            here = rows[(first <= key) & (key <= last)]
            entries, used = asked.entries(key, here)
            lost[here] |= np.isin(entries, self._valueless(used))
            part = self._bounds(entries, used, None if x is None else x.take(here))
            started = first[(first <= key) & (key <= last)] < key
            _widen(lo, dlo, here, part.lo, part.dlo, started, np.minimum)
            _widen(hi, dhi, here, part.hi, part.dhi, started, np.maximum)
        merged = Column(lo, hi, dlo, dhi)
        return self._static(merged, lost) if lost.any() else merged

    def _valueless(self, used: list[int]) -> list[int]:
        wanted: Any = Bands if self.scale else (int, Fraction)
        return [e for e in used if not isinstance(self.look.found[e].value, wanted)]

    def spread(self, view: View, need: Array, blame: Blame) -> None:
        super().spread(view, need, blame)
        look, asked = self.look, self.look.ask(view)
        there = need if asked.lost is None else need * ~asked.lost
        rows = np.flatnonzero(there)
        if not len(rows):
            return
        zero = np.zeros(len(rows), dtype=np.int64)
        area = zero if asked.area is None else _on(asked.area.lo, rows, len(rows)).astype(np.int64)
        day = _on(asked.at.lo, rows, len(rows)).astype(np.int64)
        first = zero if asked.key is None else _on(asked.key.lo, rows, len(rows))
        last = zero if asked.key is None else _on(asked.key.hi, rows, len(rows))
        wanted = there[rows]
        for key in range(int(first.min()), int(last.max()) + 1):
            here = np.flatnonzero((first <= key) & (key <= last))
            entries, used = asked.entries(key, rows[here])
            for e in used:
                found = look.found[e]
                if found.value is None:
                    kind = "stale" if found.why == "stale" else "standard"
                    self._no_value(view, kind, key, area, day, rows, here[entries == e], wanted, blame)

    def _no_value(
        self,
        view: View,
        kind: str,
        key: int,
        area: Array,
        day: Array,
        rows: Array,
        here: Array,
        wanted: Array,
        blame: Blame,
    ) -> None:
        asked = np.unique(np.stack([area[here], day[here]]), axis=1)
        assert isinstance(self.node, Standard | Scale)
        for a, d in asked.T.tolist():
            these = here[(area[here] == a) & (day[here] == d)]
            need = np.zeros(view.n, dtype=np.uint64)
            need[rows[these]] = wanted[these]
            blame.no_standard(view, kind, self.node.name, self.look.detail(a, key, d), need)


def _widen(ends: Array, dens: Any, rows: Array, x: Any, xd: Any, started: Array, by: Callable[[Any, Any], Any]) -> None:
    """Let ``ends`` on ``rows`` take in ``x``, or begin with it where the hull has not started."""
    x = spread(x, len(rows))
    if isinstance(dens, int):
        ends[rows] = np.where(started, by(ends[rows], x), x)
        return
    xd = spread(xd, len(rows))
    old, old_den = ends[rows], dens[rows]
    keep = started & (old * xd <= x * old_den if by is np.minimum else old * xd >= x * old_den)
    ends[rows], dens[rows] = np.where(keep, old, x), np.where(keep, old_den, xd)


def _columns(x: Column, n: int) -> Column:
    lo = spread(x.lo, n)
    return Column(lo, lo if x.hi is x.lo else spread(x.hi, n), x.dlo, x.dhi, x.assumed)


def _on(x: Any, rows: Array | None, n: int) -> Array:
    if not isinstance(x, np.ndarray):
        return np.full(n, x)
    return x if rows is None else x.take(rows)


def _distinct(x: Array) -> tuple[Array, Array]:
    """Distinct values and, for each row, which one it is. Arrow's hashing is several times faster than numpy's sorting."""
    encoded = pa.array(x).dictionary_encode()
    return encoded.dictionary.to_numpy(), encoded.indices.to_numpy().astype(np.int64)


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
