"""分段 and 累进 on columns: one standard's bands made ready for the denominator that its measure comes in."""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import Any

import numpy as np

from doudi.rules.block.column import Array, Column, as_array, select, spread, times
from doudi.rules.block.ops import bound
from doudi.rules.block.representation import Form, step_den, value_den
from doudi.rules.declared import Bands, StandardDecl
from doudi.rules.nodes import Scale


class Steps:
    """``of`` gives the value of the scale for a measure ``x``. Where no bands stand (None) that is the node's own bounds."""

    def __init__(self, bands: Bands | None, node: Scale, decl: StandardDecl, form: Form, x: Form) -> None:
        self.node, self.form, self.x_fixed = node, form, x.fixed
        self.bands = bands
        if bands is None:
            return
        starts = [Fraction(t) for t, _ in bands.steps]
        values = [Fraction(bands.below or 0), *(Fraction(v) for _, v in bands.steps)]
        # The least numerator over x's denominator that reaches each threshold.
        self.reached = [ceil(t * x.den) if x.fixed else t for t in starts]
        if node.progressive:
            self._make_slices(starts, values, step_den(decl), value_den(decl), x)
        else:
            self._make_bands(values)

    def of(self, x: Column, n: int) -> Column:
        if self.bands is None:
            return self._static(n)
        return self._slices(x, n) if self.node.progressive else self._touched(x)

    def _static(self, n: int) -> Column:
        lo, hi = self.node.lo, self.node.hi
        if not self.form.fixed:
            return Column(*(np.full(n, v) for v in (lo.numerator, hi.numerator, lo.denominator, hi.denominator)))
        den = self.form.den
        low = np.full(n, bound(lo, den))
        return Column(low, low if lo == hi else np.full(n, bound(hi, den)), den, den)

    def _place(self, x: Any, d: Any) -> Array:
        """How many thresholds each ``x`` has reached."""
        at = np.zeros(len(x) if isinstance(x, np.ndarray) else len(d), dtype=np.int64)
        for t in self.reached:
            at += x >= t if self.x_fixed else x * t.denominator >= d * t.numerator
        return at

    # --- 分段 ---------------------------------------------------------------------------------------------------------

    def _make_bands(self, values: list[Fraction]) -> None:
        numbers = [bound(v, self.form.den) for v in values]
        self.values = np.array(numbers, dtype=np.int64)
        m = len(numbers)
        spans = [[numbers[i : j + 1] or [0] for j in range(m)] for i in range(m)]
        self.least = np.array([min(s) for row in spans for s in row], dtype=np.int64)
        self.most = np.array([max(s) for row in spans for s in row], dtype=np.int64)

    def _touched(self, x: Column) -> Column:
        den = self.form.den
        first = self._place(x.lo, x.dlo)
        if x.hi is x.lo:
            lo = self.values.take(first)
            return Column(lo, lo, den, den)
        span = first * len(self.values) + self._place(x.hi, x.dhi)
        return Column(self.least.take(span), self.most.take(span), den, den)

    # --- 累进 ---------------------------------------------------------------------------------------------------------

    def _make_slices(self, starts: list[Fraction], rates: list[Fraction], step: int, rate: int, x: Form) -> None:
        """On slice i the value is base[i] + rate[i] · (x - start[i]); the first slice reaches down from its threshold through zero."""
        self.rising = all(r >= 0 for r in rates)
        base = [Fraction(0)]
        for i, start in enumerate(starts):
            base.append(base[-1] + rates[i] * (start - (starts[i - 1] if i else 0)))
        # x and the thresholds come onto one grid, x·up over x's denominator·up; for a varying one the thresholds are multiplied by it.
        grid = np.lcm(x.den, step) if x.fixed else step
        self.up = int(grid) // x.den if x.fixed else step
        full = self.form.den // (int(grid) * rate) if x.fixed else 1
        self.den = step * rate
        self.start = np.array([bound(t, int(grid)) for t in [Fraction(0), *starts]], dtype=np.int64)
        self.rate = np.array([bound(r, rate) * full for r in rates], dtype=np.int64)
        self.base = np.array([bound(b, int(grid) * rate) * full for b in base], dtype=np.int64)

    def _slices(self, x: Column, n: int) -> Column:
        lo, dlo = self._sliced(x.lo, x.dlo)
        if x.hi is x.lo:
            return Column(lo, lo, dlo, dlo)
        hi, dhi = self._sliced(x.hi, x.dhi)
        out = Column(lo, hi, dlo, dhi)
        known = x.known()
        if self.rising or known is None:
            return out
        static = self._static(n)
        return Column(
            select(known, lo, static.lo), select(known, hi, static.hi),
            dlo if self.form.fixed else select(known, spread(dlo, n), static.dlo),
            dhi if self.form.fixed else select(known, spread(dhi, n), static.dhi),
        )  # fmt: skip

    def _sliced(self, x: Any, d: Any) -> tuple[Array, Any]:
        at = self._place(x, d)
        start, base = self.start.take(at), self.base.take(at)
        if not self.x_fixed:
            start, base = start * d, base * d
        value = base + self.rate.take(at) * (times(x, self.up) - start)
        return as_array(value), self.form.den if self.form.fixed else d * self.den
