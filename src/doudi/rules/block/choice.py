"""Choosing between values: 如果, 取大 and 取小, 缺省, and where an assumption stops."""

from __future__ import annotations

from typing import Any

import numpy as np

from doudi.rules.block.column import Array, Column, either, less, nought, positions, select, spread, times
from doudi.rules.block.layout import View
from doudi.rules.block.ops import FEW, Blame, ConstOp, Op, ReadOp, bound, const_of, where_needed
from doudi.rules.block.representation import Form
from doudi.rules.nodes import Default, Extreme, Firm, If
from doudi.rules.types import Kind


class Choosing(Op):
    """What nodes that give one of several values share: bringing these to one denominator where all are fixed."""

    __slots__ = ("scales",)

    def __init__(
        self, node: If | Default | Extreme, parts: tuple[Op, ...], form: Form, choices: tuple[Op, ...]
    ) -> None:
        super().__init__(node, parts, form)
        self.scales = tuple(form.den // c.form.den if form.fixed else 1 for c in choices)

    def aligned(self, x: Column, scale: int) -> Column:
        """``x`` over this node's denominator if that is fixed."""
        if not self.form.fixed:
            return x
        lo = times(x.lo, scale)
        return Column(lo, lo if x.hi is x.lo else times(x.hi, scale), self.form.den, self.form.den, x.assumed)


class IfOp(Choosing):
    __slots__ = ("or_nought",)

    def __init__(self, node: If, parts: tuple[Op, ...], form: Form) -> None:
        super().__init__(node, parts, form, parts[1:])
        no, yes = const_of(parts[2]), parts[1]
        # A value that is there on all rows anyway is quicker blotted out than put in place.
        there = isinstance(yes, ReadOp | ConstOp)
        self.or_nought = form.fixed and no is not None and no.num == 0 and not there

    def run(self, view: View) -> Column:
        c = self.parts[0].value(view)
        if self.or_nought and view.memo is None and self.parts[1].uses == 1:
            rows = positions(c.hi)
            if len(rows) * FEW <= view.n:
                return self._rarely(view, c, rows)
        a = self.aligned(where_needed(self.parts[1], view, c.hi), self.scales[0])
        b = self.aligned(where_needed(self.parts[2], view, ~c.lo), self.scales[1])
        out = chosen(c.lo, a, b)
        if c.hi is not c.lo:
            open_rows = positions(c.lo != c.hi)
            if len(open_rows):
                out = self._hull(out, a, b, open_rows)
        out.assumed = either(out.assumed, c.assumed)
        return out

    def _rarely(self, view: View, c: Column, rows: Array) -> Column:
        """Nought on all but a few ``rows``, which alone are worked out."""
        if not len(rows):
            none = nought(view.n, bool if self.node.type.kind is Kind.TRUTH else np.int64)
            return Column(none, none, self.form.den, self.form.den, c.assumed)
        x, sure = self.aligned(self.parts[1].value(view.only(rows)), self.scales[0]), c.lo.take(rows)
        known = x.hi is x.lo and (c.hi is c.lo or bool(sure.all()))
        dtype = bool if self.node.type.kind is Kind.TRUTH else np.int64
        lo = np.zeros(view.n, dtype=dtype)
        lo[rows] = x.lo if known else np.where(sure, x.lo, np.minimum(x.lo, 0))
        hi = lo
        if not known:
            hi = np.zeros(view.n, dtype=dtype)
            hi[rows] = np.where(sure, x.hi, np.maximum(x.hi, 0))
        assumed = None
        if x.assumed is not None:
            assumed = np.zeros(view.n, dtype=bool)
            assumed[rows] = x.assumed
        return Column(lo, hi, self.form.den, self.form.den, either(assumed, c.assumed))

    def _hull(self, out: Column, a: Column, b: Column, rows: Array) -> Column:
        """``out`` with both branches' hull on ``rows``, where the condition is unknown."""
        lo, hi, dlo, dhi = out.lo, out.hi, out.dlo, out.dhi
        hi = hi.copy() if hi is lo else hi
        x, y = a.take(rows), b.take(rows)
        if self.form.fixed:
            lo[rows] = np.minimum(x.lo, y.lo)
            hi[rows] = np.maximum(x.hi, y.hi)
        else:
            n = len(lo)
            dlo = spread(dlo, n).copy()
            dhi = spread(dhi, n).copy() if dhi is out.dlo else dhi
            lo[rows], dlo[rows] = pick(x.lo, x.dlo, y.lo, y.dlo, greatest=False)
            hi[rows], dhi[rows] = pick(x.hi, x.dhi, y.hi, y.dhi, greatest=True)
        assumed = out.assumed
        either_way = either(a.assumed, b.assumed)
        if either_way is not None:
            assumed = np.zeros(len(lo), dtype=bool) if assumed is None else assumed.copy()
            assumed[rows] = either_way[rows]
        return Column(lo, hi, dlo, dhi, assumed)

    def spread(self, view: View, need: Array, blame: Blame) -> None:
        c = self.parts[0].value(view)
        self.parts[0].blame(view, need, blame)
        opened = c.unsettled()
        true, false = c.lo, np.logical_not(c.lo)
        if opened is not None:
            true, false = true | opened, false | opened
        self.parts[1].blame(view, need * true, blame)
        self.parts[2].blame(view, need * false, blame)


def chosen(c: Array, a: Column, b: Column) -> Column:
    """``a`` where ``c``, else ``b``."""
    lo = select(c, a.lo, b.lo)
    known = a.hi is a.lo and b.hi is b.lo
    hi = lo if known else select(c, a.hi, b.hi)
    dlo = _selected(c, a.dlo, b.dlo)
    dhi = dlo if known or (a.dhi is a.dlo and b.dhi is b.dlo) else _selected(c, a.dhi, b.dhi)
    assumed = None
    if a.assumed is not None or b.assumed is not None:
        no = np.zeros(len(c), dtype=bool)
        assumed = select(c, no if a.assumed is None else a.assumed, no if b.assumed is None else b.assumed)
    return Column(lo, hi, dlo, dhi, assumed)


def _selected(c: Array, a: Any, b: Any) -> Any:
    return a if a is b or (isinstance(a, int) and isinstance(b, int) and a == b) else select(c, a, b)


def pick(a: Any, ad: Any, b: Any, bd: Any, *, greatest: bool) -> tuple[Any, Any]:
    """The greater or lesser of two fractions, row by row."""
    first = less(b, bd, a, ad) if greatest else less(a, ad, b, bd)
    return select(first, a, b), _selected(first, ad, bd)


class ExtremeOp(Choosing):
    __slots__ = ("greatest",)

    def __init__(self, node: Extreme, parts: tuple[Op, ...], form: Form) -> None:
        super().__init__(node, parts, form, parts)
        self.greatest = node.greatest

    def run(self, view: View) -> Column:
        columns = [self.aligned(part.value(view), k) for part, k in zip(self.parts, self.scales, strict=True)]
        assumed: Array | None = None
        for x in columns:
            assumed = either(assumed, x.assumed)
        known = all(x.hi is x.lo for x in columns)
        lo, dlo = self._extreme([(x.lo, x.dlo) for x in columns])
        hi, dhi = (lo, dlo) if known else self._extreme([(x.hi, x.dhi) for x in columns])
        return Column(lo, hi, dlo, dhi, assumed)

    def _extreme(self, ends: list[tuple[Any, Any]]) -> tuple[Any, Any]:
        best, den = ends[0]
        by = np.maximum if self.greatest else np.minimum
        for x, d in ends[1:]:
            if self.form.fixed:
                best = by(best, x)
            else:
                best, den = pick(best, den, x, d, greatest=self.greatest)
        return best, den


class DefaultOp(Choosing):
    __slots__ = ()

    def __init__(self, node: Default, parts: tuple[Op, ...], form: Form) -> None:
        super().__init__(node, parts, form, parts)

    def run(self, view: View) -> Column:
        raw = self.parts[0].value(view)
        known = raw.known()
        x = self.aligned(raw, self.scales[0])
        if known is None or known.all():
            return x
        v = self.aligned(where_needed(self.parts[1], view, ~known), self.scales[1])
        out = chosen(known, x, v.with_assumed(None))
        out.assumed = either(~known, out.assumed)
        return out

    def spread(self, view: View, need: Array, blame: Blame) -> None:
        # Once x is supplied, what stood in for it no longer matters.
        self.parts[0].blame(view, need, blame)


class FirmOp(Op):
    __slots__ = ()

    def __init__(self, node: Firm, parts: tuple[Op, ...], form: Form) -> None:
        super().__init__(node, parts, form)

    def run(self, view: View) -> Column:
        x = self.parts[0].value(view)
        if x.assumed is None:
            return x
        node, assumed = self.node, x.assumed
        if node.type.kind is Kind.TRUTH:
            return Column(x.lo & ~assumed, x.hi, assumed=assumed & ~x.hi)
        if self.form.fixed:
            den = self.form.den
            k = den // self.parts[0].form.den
            lo = select(assumed, bound(node.lo, den), times(x.lo, k))
            return Column(lo, select(assumed, bound(node.hi, den), times(x.hi, k)), den, den)
        least, most = node.lo, node.hi
        return Column(
            select(assumed, least.numerator, x.lo), select(assumed, most.numerator, x.hi),
            select(assumed, least.denominator, x.dlo), select(assumed, most.denominator, x.dhi),
        )  # fmt: skip
