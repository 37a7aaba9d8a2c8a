"""What is said of linked rows: every parent's rows at once, by running totals and guarded reductions.

A row is in where its ``where`` is true, out where false, uncertain otherwise; an incomplete table may hold rows that nobody listed.
"""

from __future__ import annotations

import numpy as np

from doudi.rules.block.column import Array, Column, as_array, either, select, spread, times, wide
from doudi.rules.block.layout import Children, View
from doudi.rules.block.ops import Blame, Op, bound
from doudi.rules.block.representation import Form
from doudi.rules.nodes import Table
from doudi.rules.types import Kind

_ALL = -1
"""The mark of a table every row of which has been listed."""


class TableOp(Op):
    """``where`` and ``asked`` (value, order) are worked out on the child rows."""

    __slots__ = ("by", "entity", "kinds", "most", "table", "told", "where")

    def __init__(self, node: Table, parts: tuple[Op, ...], form: Form, most: int) -> None:
        super().__init__(node, parts, form)
        if form.problem:
            raise ValueError(f"{node.op} of {node.entity}: {form.problem}")
        rest = list(parts)
        self.table, self.entity, self.most = node, node.entity, most
        self.where = rest.pop(0) if node.where is not None else None
        self.told = rest.pop(0) if node.value is not None else None
        self.by = rest.pop(0) if node.by is not None else None
        self.kinds = _ALL if node.kinds is None else sum(1 << k for k in set(node.kinds))

    def run(self, view: View) -> Column:
        children = view.children(self.entity)
        rows = Rows(self, children, self._complete(view))
        out = _SAID[self.table.op](self, rows)
        return out.truth() if self.node.type.kind is Kind.TRUTH else out

    def _complete(self, view: View) -> Array | None:
        """The parents all of whose rows that matter have been listed; None for every parent."""
        held = view.children(self.entity).complete
        if self.kinds not in held:
            there = as_array((view.complete(self.entity) & self.kinds) == self.kinds)
            held[self.kinds] = None if there.all() else there
        return held[self.kinds]

    def spread(self, view: View, need: Array, blame: Blame) -> None:
        complete = self._complete(view)
        if complete is not None:
            blame.incomplete(view, self.entity, need * ~complete)
        children = view.children(self.entity)
        below = need.take(children.owner)
        held = None
        if self.where is not None:
            w = self.where.value(children.view)
            held = spread(w.hi, children.view.n) if w.assumed is None else w.hi | w.assumed
            below = below * held
        if self.table.op == "all" and self.told is not None:
            # Of a row whose value is true it does not matter whether it is in.
            x = self.told.value(children.view)
            true = spread(x.lo, children.view.n)
            below = below * ~(true if x.assumed is None else true & ~x.assumed)
        if self.where is not None:
            self.where.blame(children.view, below, blame)
        for asked in (self.told, self.by):
            if asked is not None:
                asked.blame(children.view, below, blame)
        if self.table.op in ("max", "min", "latest"):
            empty = children.counts == 0 if held is None else ~children.some(held)
            blame.leaf(view, "empty", need * (empty if complete is None else empty & complete), self.entity)


class Rows:
    """The child rows as one node sees them: ``inside`` those certainly in, ``maybe`` those in or uncertain (None: all of them)."""

    __slots__ = ("assumed", "children", "complete", "inside", "maybe", "sure")

    def __init__(self, op: TableOp, children: Children, complete: Array | None) -> None:
        self.children, self.complete = children, complete
        self.inside: Array | None = None
        self.maybe: Array | None = None
        self.assumed: Array | None = None
        self.sure = True
        if op.where is not None:
            w = op.where.value(children.view)
            self.inside = spread(w.lo, children.view.n)
            self.sure = w.hi is w.lo
            self.maybe = self.inside if self.sure else spread(w.hi, children.view.n)
            self.assumed = w.assumed

    def any_assumed(self, *values: Column) -> Array | None:
        """The parents with a row whose ``where`` is assumed, or that is not out and whose value is."""
        assumed = self.assumed
        for x in values:
            if x.assumed is not None:
                assumed = either(assumed, x.assumed if self.maybe is None else x.assumed & self.maybe)
        return None if assumed is None else self.children.some(assumed)


def _told(op: TableOp, rows: Rows) -> Column:
    assert op.told is not None
    return op.told.value(rows.children.view)


def _count(op: TableOp, rows: Rows) -> Column:
    children = rows.children
    lo = as_array(children.counts if rows.inside is None else children.count(rows.inside).astype(np.int64))
    hi = lo if rows.sure or rows.maybe is None else children.count(rows.maybe).astype(np.int64)
    if rows.complete is not None:
        hi = select(rows.complete, hi, op.most)
    return Column(lo, hi, assumed=rows.any_assumed())


def _sum(op: TableOp, rows: Rows) -> Column:
    x, children = _told(op, rows), rows.children
    assert op.told is not None
    den = op.form.den
    k = den // op.told.form.den
    x_lo = times(wide(x.lo), k)
    x_hi = x_lo if x.hi is x.lo else times(wide(x.hi), k)
    low = children.total_of(x_lo, rows.inside)
    high = low
    if x.hi is not x.lo and rows.inside is not None and children.rare(rows.inside):
        high = children.total_of(x_hi, rows.inside)
    elif x.hi is not x.lo:
        # Few rows are open, and what they leave open is added up alone.
        gap = x_hi - x_lo
        unlike = as_array(gap != 0)
        high = low + children.total_of(gap, unlike if rows.inside is None else unlike & rows.inside)
    if not rows.sure and rows.maybe is not None and rows.inside is not None:
        # An uncertain row can take away what is negative in it, and add what is positive.
        doubt = rows.maybe & ~rows.inside
        if doubt.any():
            low = low + children.total_of(np.minimum(0, x_lo), doubt)
            high = high + children.total_of(np.maximum(0, x_hi), doubt)
    if rows.complete is not None:
        # The bounds of the value as written: the op may be a part that was found to be the whole of it.
        value = op.table.value
        assert value is not None
        parents = children.lacking(op.kinds, rows.complete)
        left = op.most - children.counts.take(parents)
        if high is low:
            high = low.copy()
        low[parents] += left * min(0, bound(value.lo, den))
        high[parents] += left * max(0, bound(value.hi, den))
    return Column(low, high, den, den, rows.any_assumed(x))


def _any(_: TableOp, rows: Rows) -> Column:
    children = rows.children
    if rows.inside is None or rows.maybe is None:
        lo = as_array(children.counts > 0)
        return Column(lo, lo if rows.complete is None else lo | ~rows.complete)
    lo = children.some(rows.inside)
    hi = lo if rows.sure else children.some(rows.maybe)
    if rows.complete is not None:
        hi = hi | ~rows.complete
    return Column(lo, hi, assumed=_unless(rows, rows.assumed, rows.inside))


def _all(op: TableOp, rows: Rows) -> Column:
    x, children = _told(op, rows), rows.children
    n = children.view.n
    vlo, vhi = spread(x.lo, n), spread(x.hi, n)
    refuted, doubtful = ~vhi, ~vlo
    if rows.inside is not None and rows.maybe is not None:
        refuted, doubtful = refuted & rows.inside, doubtful & rows.maybe
    hi = ~children.some(refuted)
    lo = hi if rows.sure and x.hi is x.lo else ~children.some(doubtful)
    if rows.complete is not None:
        lo = lo & rows.complete
    assumed = rows.assumed
    if x.assumed is not None:
        assumed = either(assumed, x.assumed if rows.maybe is None else x.assumed & rows.maybe)
    if assumed is not None:
        # Of a row whose value is true it does not matter whether it is in.
        assumed = assumed & ~(vlo if x.assumed is None else vlo & ~x.assumed)
    return Column(lo, hi, assumed=_unless(rows, assumed, refuted))


def _unless(rows: Rows, assumed: Array | None, deciding: Array) -> Array | None:
    """The parents with an assumed row, but for those that a row without assumptions decides."""
    if assumed is None:
        return None
    return rows.children.some(assumed) & ~rows.children.some(deciding & ~assumed)


def _most(op: TableOp, rows: Rows) -> Column:
    """max and min."""
    x, children = _told(op, rows), rows.children
    assert op.told is not None
    greatest = op.table.op == "max"
    k = op.form.den // op.told.form.den
    n = children.view.n
    low, high = times(wide(spread(x.lo, n)), k), times(wide(spread(x.hi, n)), k)
    # The end that a certain row vouches for, and the end that an uncertain one may push out.
    near, far = (low, high) if greatest else (high, low)
    by = children.greatest if greatest else children.least
    none = int(np.iinfo(np.int64).min if greatest else np.iinfo(np.int64).max)
    firm = by(near if rows.inside is None else select(rows.inside, near, none), none)
    certain = children.counts > 0 if rows.inside is None else children.some(rows.inside)
    loose = by(far if rows.maybe is None else select(rows.maybe, far, none), none)
    first, last = bound(op.node.lo, op.form.den), bound(op.node.hi, op.form.den)
    if rows.complete is not None:
        loose = select(rows.complete, loose, last if greatest else first)
    lo, hi = (firm, loose) if greatest else (loose, firm)
    return Column(
        select(certain, lo, first), select(certain, hi, last), op.form.den, op.form.den, rows.any_assumed(x)
    )  # fmt: skip


def _latest(op: TableOp, rows: Rows) -> Column:
    x, children = _told(op, rows), rows.children
    assert op.told is not None
    assert op.by is not None
    by = op.by.value(children.view)
    n, k = children.view.n, op.form.den // op.told.form.den
    # Time first, then place in the table: of equal times the later row is the later.
    place = np.arange(n)
    none = int(np.iinfo(np.int64).min)
    soonest = spread(by.lo, n).astype(np.int64) * (n + 1) + place
    furthest = spread(by.hi, n).astype(np.int64) * (n + 1) + place
    beaten_by = children.greatest(soonest if rows.inside is None else select(rows.inside, soonest, none), none)
    possible = furthest >= beaten_by.take(children.owner)
    if rows.maybe is not None:
        possible = possible & rows.maybe
    greatest, least = int(np.iinfo(np.int64).max), none
    low = children.least(select(possible, times(wide(spread(x.lo, n)), k), greatest), greatest)
    high = children.greatest(select(possible, times(wide(spread(x.hi, n)), k), least), least)
    decided = children.counts > 0 if rows.inside is None else children.some(rows.inside)
    if rows.complete is not None:
        decided = decided & rows.complete
    first, last = bound(op.node.lo, op.form.den), bound(op.node.hi, op.form.den)
    assumed = rows.any_assumed(x, by)
    return Column(select(decided, low, first), select(decided, high, last), op.form.den, op.form.den, assumed)


_SAID = {
    "count": _count, "sum": _sum, "any": _any, "all": _all, "max": _most, "min": _most, "latest": _latest,
}  # fmt: skip
