"""Truths: and, or, not, comparisons and membership. A truth is an interval too, so false is [0,0] and unknown [0,1]."""

from __future__ import annotations

import operator
from collections.abc import Callable
from math import ceil, floor, lcm
from typing import Any

from doudi.rules.block.column import Array, Column, either, same, spread, times
from doudi.rules.block.layout import View
from doudi.rules.block.ops import ConstOp, Op, const_of
from doudi.rules.block.representation import Form
from doudi.rules.nodes import Among, And, Between, Compare, Inside, Known, Not, Or


class NotOp(Op):
    __slots__ = ()

    def __init__(self, node: Not, parts: tuple[Op, ...], form: Form) -> None:
        super().__init__(node, parts, form)

    def run(self, view: View) -> Column:
        x = self.parts[0].value(view)
        lo = ~x.hi
        return Column(lo, lo if x.hi is x.lo else ~x.lo, assumed=x.assumed)


class AndOp(Op):
    """``both`` is AND for And, OR for Or; ``deciding`` the truth that settles it alone."""

    __slots__ = ("both", "conjunction")

    def __init__(self, node: And | Or, parts: tuple[Op, ...], form: Form) -> None:
        super().__init__(node, parts, form)
        self.conjunction = isinstance(node, And)
        self.both: Callable[[Any, Any], Any] = operator.and_ if self.conjunction else operator.or_

    def run(self, view: View) -> Column:
        both = self.both
        columns = [part.value(view) for part in self.parts]
        first = columns[0]
        lo, known, firm = first.lo, first.hi is first.lo, first.assumed is None
        for x in columns[1:]:
            lo = both(lo, x.lo)
            known = known and x.hi is x.lo
            firm = firm and x.assumed is None
        hi = lo
        if not known:
            hi = first.hi
            for x in columns[1:]:
                hi = both(hi, x.hi)
        return Column(lo, hi, assumed=None if firm else self._assumed(columns))

    def _assumed(self, columns: list[Column]) -> Array | None:
        assumed: Array | None = None
        for x in columns:
            assumed = either(assumed, x.assumed)
        if assumed is None:
            return None
        # One part that decides without any assumption makes the others' assumptions of no account.
        for x in columns:
            decides = ~x.hi if self.conjunction else x.lo
            assumed = assumed & ~(decides if x.assumed is None else decides & ~x.assumed)
        return assumed


_LESS: dict[str, Callable[[Any, Any], Any]] = {"<": operator.lt, "<=": operator.le}
_COMPARED = {**_LESS, "=": operator.eq, "!=": operator.ne}


class CompareOp(Op):
    """``>`` and ``>=`` are turned round when made, so that only ``<``, ``<=``, ``=`` and ``!=`` are left."""

    __slots__ = ("_a", "_b", "fixed", "ka", "kb", "op")

    def __init__(self, node: Compare, parts: tuple[Op, ...], form: Form) -> None:
        super().__init__(node, parts, form)
        turned = node.op in (">", ">=")
        self.op = {">": "<", ">=": "<="}.get(node.op, node.op)
        a, b = (parts[1], parts[0]) if turned else (parts[0], parts[1])
        self._a, self._b = a, b
        self.ka = self.kb = 1
        self.fixed = a.form.fixed and b.form.fixed
        if self.fixed:
            den = lcm(a.form.den, b.form.den)
            self.ka, self.kb = den // a.form.den, den // b.form.den
            # Against a constant, the constant moves onto the column's grid: no column is multiplied.
            if (c := const_of(b)) is not None and self.op in _LESS and a.form.den > 0:
                value = c.exact * a.form.den
                self._b = _moved(c, ceil(value) if self.op == "<" else floor(value))
                self.ka = self.kb = 1
            elif (c := const_of(a)) is not None and self.op in _LESS:
                value = c.exact * b.form.den
                self._a = _moved(c, floor(value) if self.op == "<" else ceil(value))
                self.ka = self.kb = 1

    def run(self, view: View) -> Column:
        a, b = self._a.value(view), self._b.value(view)
        assumed = either(a.assumed, b.assumed)
        alo, blo = times(a.lo, self.ka), times(b.lo, self.kb)
        if a.hi is a.lo and b.hi is b.lo:
            left, right = self._cross(alo, a.dlo, blo, b.dlo)
            lo = spread(_COMPARED[self.op](left, right), view.n)
            return Column(lo, lo, assumed=assumed)
        ahi = alo if a.hi is a.lo else times(a.hi, self.ka)
        bhi = blo if b.hi is b.lo else times(b.hi, self.kb)
        if self.op in _LESS:
            less = _LESS[self.op]
            return Column(
                less(*self._cross(ahi, a.dhi, blo, b.dlo)), less(*self._cross(alo, a.dlo, bhi, b.dhi)), assumed=assumed
            )
        # lo <= hi on both sides, so both meeting at their ends means all four are equal.
        left, right = self._cross(ahi, a.dhi, blo, b.dlo)
        apart, meet = left < right, left == right
        left, right = self._cross(alo, a.dlo, bhi, b.dhi)
        apart, meet = apart | (left > right), meet & (left == right)
        return Column(apart, ~meet, assumed=assumed) if self.op == "!=" else Column(meet, ~apart, assumed=assumed)

    def _cross(self, a: Any, ad: Any, b: Any, bd: Any) -> tuple[Any, Any]:
        """Numerators of a/ad and b/bd over one denominator; fixed ones have been brought together before."""
        if self.fixed or same(ad, bd):
            return a, b
        return times(a, bd), times(b, ad)


def _moved(const: ConstOp, value: int) -> ConstOp:
    op = ConstOp(const.node, value)
    op.num = value
    return op


class MemberOp(Op):
    """属于: a whole number lies in one of ``ranges``, closed, in order and no two of them touching."""

    __slots__ = ("ranges",)

    def __init__(self, node: Among | Inside, parts: tuple[Op, ...], form: Form) -> None:
        super().__init__(node, parts, form)
        listed = tuple((c, c) for c in node.codes) if isinstance(node, Among) else node.ranges
        self.ranges = merged(listed)

    def run(self, view: View) -> Column:
        x = self.parts[0].value(view)
        surely: Any = False
        perhaps: Any = False
        for start, end in self.ranges:
            surely = surely | _within(x.lo, x.hi, start, end)
            if x.hi is not x.lo:
                perhaps = perhaps | ((x.hi >= start) & (x.lo <= end))
        if not self.ranges:
            surely = perhaps = x.lo != x.lo
        return Column(surely, surely if x.hi is x.lo else perhaps, assumed=x.assumed)


def _within(lo: Any, hi: Any, start: int, end: int) -> Any:
    if start == end and hi is lo:
        return lo == start
    return (lo >= start) & (hi <= end)


def merged(ranges: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    out: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if out and start <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return tuple(out)


class BetweenOp(Op):
    """``start <= x < end``, dates: whole numbers all."""

    __slots__ = ()

    def __init__(self, node: Between, parts: tuple[Op, ...], form: Form) -> None:
        super().__init__(node, parts, form)

    def run(self, view: View) -> Column:
        x, start, end = (part.value(view) for part in self.parts)
        assumed = either(either(x.assumed, start.assumed), end.assumed)
        lo = (x.lo >= start.hi) & (x.hi < end.lo)
        if x.hi is x.lo and start.hi is start.lo and end.hi is end.lo:
            return Column(lo, lo, assumed=assumed)
        return Column(lo, (x.hi >= start.lo) & (x.lo < end.hi), assumed=assumed)


class KnownOp(Op):
    __slots__ = ()

    def __init__(self, node: Known, parts: tuple[Op, ...], form: Form) -> None:
        super().__init__(node, parts, form)

    def run(self, view: View) -> Column:
        x = self.parts[0].value(view)
        known = x.known()
        if known is None:
            true = x.lo == x.lo
            return Column(true, true, assumed=x.assumed)
        # "Not known" is an assumption: another paper could change it.
        return Column(known, known, assumed=either(~known, x.assumed))
