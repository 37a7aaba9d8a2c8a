"""Exact arithmetic, rounding and calendar arithmetic on columns."""

from __future__ import annotations

from fractions import Fraction
from math import gcd
from typing import Any

import numpy as np

from doudi.rules.block import days
from doudi.rules.block.choice import pick
from doudi.rules.block.column import Array, Column, as_array, either, positions, same, select, spread, times, wide
from doudi.rules.block.layout import View
from doudi.rules.block.ops import FEW, Blame, Op, const_of
from doudi.rules.block.representation import Form
from doudi.rules.nodes import Arith, DateCalc, Node, Round


def _wide(x: Column) -> Column:
    lo = wide(x.lo)
    if lo is x.lo and (x.hi is lo or wide(x.hi) is x.hi):
        return x
    return Column(lo, lo if x.hi is x.lo else wide(x.hi), x.dlo, x.dhi, x.assumed)


class SumOp(Op):
    """``a + b`` and ``a - b``."""

    __slots__ = ("ka", "kb", "minus")

    def __init__(self, node: Arith, parts: tuple[Op, ...], form: Form) -> None:
        super().__init__(node, parts, form)
        self.minus = node.op == "-"
        a, b = (p.form for p in parts)
        self.ka, self.kb = (form.den // a.den, form.den // b.den) if form.fixed else (1, 1)

    def run(self, view: View) -> Column:
        a, b = (_wide(part.value(view)) for part in self.parts)
        assumed = either(a.assumed, b.assumed)
        known = a.hi is a.lo and b.hi is b.lo
        b_lo, b_hi = ((b.hi, b.dhi), (b.lo, b.dlo)) if self.minus else ((b.lo, b.dlo), (b.hi, b.dhi))
        lo, dlo = self._sum(a.lo, a.dlo, *b_lo)
        hi, dhi = (lo, dlo) if known else self._sum(a.hi, a.dhi, *b_hi)
        return Column(lo, hi, dlo, dhi, assumed)

    def _sum(self, a: Any, ad: Any, b: Any, bd: Any) -> tuple[Any, Any]:
        if self.form.fixed:
            a, b, den = times(a, self.ka), times(b, self.kb), self.form.den
        elif same(ad, bd):
            den = ad
        else:
            a, b, den = times(a, bd), times(b, ad), times(ad, bd)
        return a - b if self.minus else a + b, den


class ScaleByOp(Op):
    """A number times a constant, or divided by one."""

    __slots__ = ("by", "den", "x")

    def __init__(self, node: Arith, parts: tuple[Op, ...], form: Form, x: Op, value: Fraction) -> None:
        super().__init__(node, parts, form)
        self.x = x
        g = gcd(value.numerator, x.form.den) if x.form.fixed else 1
        self.by = value.numerator // g
        self.den = value.denominator
        assert not form.fixed or form.den == x.form.den // g * value.denominator

    def run(self, view: View) -> Column:
        x = _wide(self.x.value(view))
        lo = times(x.lo, self.by)
        known = x.hi is x.lo
        hi = lo if known else times(x.hi, self.by)
        if self.form.fixed:
            dlo = dhi = self.form.den
        else:
            dlo = times(x.dlo, self.den)
            dhi = dlo if x.dhi is x.dlo else times(x.dhi, self.den)
        if self.by < 0:
            lo, hi, dlo, dhi = hi, lo, dhi, dlo
        return Column(lo, hi, dlo, dhi, x.assumed)


class ProductOp(Op):
    """``a × b``, neither constant."""

    __slots__ = ("positive",)

    def __init__(self, node: Arith, parts: tuple[Op, ...], form: Form) -> None:
        super().__init__(node, parts, form)
        self.positive = all(part.node.lo >= 0 for part in parts)

    def run(self, view: View) -> Column:
        a, b = (_wide(part.value(view)) for part in self.parts)
        assumed = either(a.assumed, b.assumed)
        lo, dlo = _product(a.lo, a.dlo, b.lo, b.dlo)
        if a.hi is a.lo and b.hi is b.lo:
            return Column(lo, lo, dlo, dlo, assumed)
        hi, dhi = _product(a.hi, a.dhi, b.hi, b.dhi)
        if self.positive:
            return Column(lo, hi, dlo, dlo if self.form.fixed else dhi, assumed)
        corners = [(lo, dlo), (hi, dhi), _product(a.lo, a.dlo, b.hi, b.dhi), _product(a.hi, a.dhi, b.lo, b.dlo)]
        lo, dlo = self._extreme(corners, greatest=False)
        hi, dhi = self._extreme(corners, greatest=True)
        return Column(lo, hi, dlo, dlo if self.form.fixed else dhi, assumed)

    def _extreme(self, corners: list[tuple[Any, Any]], *, greatest: bool) -> tuple[Any, Any]:
        best, den = corners[0]
        for x, d in corners[1:]:
            if self.form.fixed:
                best = np.maximum(best, x) if greatest else np.minimum(best, x)
            else:
                best, den = pick(best, den, x, d, greatest=greatest)
        return best, den


def _product(a: Any, ad: Any, b: Any, bd: Any) -> tuple[Any, Any]:
    return times(a, b), times(ad, bd)


class QuotientOp(Op):
    """``a ÷ b``, the divisor not constant. Where the divisor may be zero the result is the node's static bounds."""

    __slots__ = ("ka", "kb", "sign")

    def __init__(self, node: Arith, parts: tuple[Op, ...], form: Form) -> None:
        super().__init__(node, parts, form)
        a, b = (p.form for p in parts)
        # a/da ÷ b/db is a·(db/g) over (da/g)·b; constants da and db are reduced by their common divisor g. 0: goes by the rows.
        g = gcd(a.den, b.den) if a.fixed and b.fixed else 1
        self.ka, self.kb = a.den // g if a.fixed else 0, b.den // g if b.fixed else 0
        self.sign = 1 if node.b.lo > 0 else -1 if node.b.hi < 0 else 0

    def run(self, view: View) -> Column:
        a, b = (_wide(part.value(view)) for part in self.parts)
        if not isinstance(b.lo, np.ndarray):
            # One number over divisors that vary: a column of denominators only.
            lo = spread(b.lo, view.n)
            b = Column(lo, lo if b.hi is b.lo else spread(b.hi, view.n), b.dlo, b.dhi, b.assumed)
        assumed = either(a.assumed, b.assumed)
        zero = None if self.sign else (b.lo <= 0) & (b.hi >= 0)
        if zero is not None and not zero.any():
            zero = None
        if a.hi is a.lo and b.hi is b.lo:
            divisor = b.lo if zero is None else b.lo + zero
            lo, dlo = self._over(a.lo, a.dlo, divisor, b.dlo, self.sign if zero is None else 0)
            out = Column(lo, lo, dlo, dlo, assumed)
        else:
            out = self._interval(a, b, zero, assumed)
            # One known numerator over two denominators: ``hi is lo`` would say that the quotient is known.
            lo, hi = spread(out.lo, view.n), spread(out.hi, view.n)
            out = Column(lo, hi.copy() if hi is lo else hi, out.dlo, out.dhi, assumed)
        return out if zero is None else self._unknown(out, zero, view.n)

    def _over(self, a: Any, ad: Any, b: Any, bd: Any, sign: int) -> tuple[Any, Any]:
        """a/ad ÷ b/bd for ``b`` that is never zero, the denominator made positive."""
        num, den = times(a, self.kb or bd), times(b, self.ka or ad)
        if isinstance(den, np.ndarray) and len(den) and den[0] == den[-1] and (den == den[0]).all():
            # The same for everybody here: dividing by one number is much quicker than by a column.
            den = int(den[0])
        if sign < 0 or (isinstance(den, int) and den < 0):
            return -num, -den
        if sign == 0 and isinstance(den, np.ndarray):
            negative = as_array(den < 0)
            if negative.any():
                flip = 1 - 2 * negative.astype(np.int64)
                return num * flip, den * flip
        return num, den

    def _interval(self, a: Column, b: Column, zero: Array | None, assumed: Array | None) -> Column:
        blo, bhi = b.lo, b.hi
        if zero is not None:
            # Any divisor but zero will do where the result is replaced afterwards.
            blo, bhi = select(zero, 1, blo), select(zero, 1, bhi)
        if self.parts[1].node.lo >= 0:
            return self._by_positive(a, Column(blo, bhi, b.dlo, b.dhi), assumed)
        corners = [
            self._over(x, d, y, e, self.sign)
            for x, d in ((a.lo, a.dlo), (a.hi, a.dhi))
            for y, e in ((blo, b.dlo), (bhi, b.dhi))
        ]
        lo, dlo = corners[0]
        hi, dhi = corners[0]
        for x, d in corners[1:]:
            lo, dlo = pick(lo, dlo, x, d, greatest=False)
            hi, dhi = pick(hi, dhi, x, d, greatest=True)
        return Column(lo, hi, dlo, dhi, assumed)

    def _by_positive(self, a: Column, b: Column, assumed: Array | None) -> Column:
        """The usual case: what is positive is least over the greatest divisor, what is negative over the least."""
        small, great = (b.lo, b.dlo), (b.hi, b.dhi)
        under_lo, under_hi = great, small
        if self.parts[0].node.lo < 0:
            under_lo, under_hi = _either_end(a.lo >= 0, great, small), _either_end(a.hi >= 0, small, great)
        lo, dlo = self._over(a.lo, a.dlo, *under_lo, 1)
        hi, dhi = self._over(a.hi, a.dhi, *under_hi, 1)
        return Column(lo, hi, dlo, dhi, assumed)

    def _unknown(self, out: Column, rows: Array, n: int) -> Column:
        node = self.node
        return Column(
            select(rows, node.lo.numerator, spread(out.lo, n)), select(rows, node.hi.numerator, spread(out.hi, n)),
            select(rows, node.lo.denominator, spread(out.dlo, n)), select(rows, node.hi.denominator, spread(out.dhi, n)),
            out.assumed,
        )  # fmt: skip

    def spread(self, view: View, need: Array, blame: Blame) -> None:
        super().spread(view, need, blame)
        b = self.parts[1].value(view)
        blame.leaf(view, "zero", need * ((b.lo == 0) & (b.hi == 0)))


def _either_end(c: Any, a: tuple[Any, Any], b: tuple[Any, Any]) -> tuple[Any, Any]:
    if isinstance(c, bool | np.bool_):
        return a if c else b
    return select(c, a[0], b[0]), a[1] if same(a[1], b[1]) else select(c, a[1], b[1])


def arith_op(node: Arith, parts: tuple[Op, ...], form: Form) -> Op:
    a, b = parts
    if node.op in "+-":
        return SumOp(node, parts, form)
    if node.op == "*":
        if (c := const_of(a)) is not None:
            return ScaleByOp(node, parts, form, b, c.exact)
        if (c := const_of(b)) is not None:
            return ScaleByOp(node, parts, form, a, c.exact)
        return ProductOp(node, parts, form)
    if (c := const_of(b)) is not None and c.num != 0:
        return ScaleByOp(node, parts, form, a, 1 / c.exact)
    return QuotientOp(node, parts, form)


class RoundOp(Op):
    """floor((2·n·q + d·p) / (2·d·p)) times p/q for n/d rounded half up to a multiple of p/q; floor and ceiling alike."""

    __slots__ = ("mode", "p", "q", "step", "up")

    def __init__(self, node: Round, parts: tuple[Op, ...], form: Form) -> None:
        super().__init__(node, parts, form)
        self.mode = node.mode
        unit = Fraction(node.unit)
        self.p, self.q = unit.numerator, unit.denominator
        x = parts[0].form
        g = gcd(x.den, self.q) if x.fixed else 1
        self.up = self.q // g
        self.step = x.den // g * self.p if x.fixed else 0

    def run(self, view: View) -> Column:
        x = _wide(self.parts[0].value(view))
        lo = self._rounded(x.lo, x.dlo)
        if x.hi is x.lo:
            return Column(lo, lo, self.q, self.q, x.assumed)
        known = x.known()
        assert known is not None
        rows = positions(~known)
        if len(rows) * FEW > view.n:
            return Column(lo, self._rounded(x.hi, x.dhi), self.q, self.q, x.assumed)
        # Dividing is dear; most rows are known and have been divided already.
        hi, few = lo.copy(), x.take(rows)
        hi[rows] = self._rounded(few.hi, few.dhi)
        return Column(lo, hi, self.q, self.q, x.assumed)

    def _rounded(self, n: Any, d: Any) -> Any:
        n = times(n, self.up)
        step = self.step if isinstance(d, int) and self.step else times(d, self.p)
        if isinstance(step, int) and step == 1:
            return times(n, self.p)
        if self.mode == "down":
            whole = n // step
        elif self.mode == "up":
            whole = -(-n // step)
        elif isinstance(step, int) and step % 2 == 0:
            whole = (n + step // 2) // step
        else:
            whole = (2 * n + step) // (2 * step)
        return times(whole, self.p)


class DateOp(Op):
    """Every one of them moves one way with each of its dates: the later the birth, the younger."""

    __slots__ = ("falls", "near")

    def __init__(self, node: DateCalc, parts: tuple[Op, ...], form: Form) -> None:
        super().__init__(node, parts, form)
        dates = [node.a, *([node.b] if node.b is not None and node.op != "add_months" else [])]
        if node.op in ("add_months", "month_start", "next_month_start"):
            dates.append(node)
        # Two months to spare, because the first day of a following month may be looked up.
        self.near = all(_near(n) for n in dates)
        self.falls = node.op in ("age", "months")

    def run(self, view: View) -> Column:
        node = self.node
        assert isinstance(node, DateCalc)
        a = self.parts[0].value(view)
        if len(self.parts) == 1:
            one = days.month_start if node.op == "month_start" else days.next_month_start
            lo = one(a.lo, self.near)
            return Column(lo, lo if a.hi is a.lo else one(a.hi, self.near), assumed=a.assumed)
        b = self.parts[1].value(view)
        two = {"age": days.age, "months": days.months, "add_months": days.add_months}[node.op]
        known = a.hi is a.lo and b.hi is b.lo
        lo = two(as_array(a.hi if self.falls else a.lo), as_array(b.lo), self.near)
        hi = lo if known else two(as_array(a.lo if self.falls else a.hi), as_array(b.hi), self.near)
        if not lo.ndim:
            lo = np.full(view.n, lo)
            hi = lo if known else np.full(view.n, hi)
        return Column(lo, hi, assumed=either(a.assumed, b.assumed))


def _near(node: Node) -> bool:
    return node.lo >= days.FIRST_DAY + 62 and node.hi <= days.LAST_DAY - 62
