"""One computed variable of a ruleset made ready for blocks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from doudi.rules.block.column import Column, spread, times
from doudi.rules.block.ops import Op
from doudi.rules.ruleset import Key, Variable
from doudi.rules.types import Kind


@dataclass(frozen=True)
class Step:
    """One computed variable. ``scale`` brings the formula's numerators to stored units."""

    key: Key
    op: Op
    variable: Variable
    scale: int

    @property
    def den(self) -> int:
        return self.variable.type.store_scale

    def stored(self, x: Column, n: int) -> Column:
        """The formula's value as a column of the variable."""
        lo, hi = x.lo, x.hi
        if self.scale == 1 and isinstance(lo, np.ndarray) and isinstance(hi, np.ndarray):
            return x if hi is lo and x.assumed is None else x.settled()
        if self.variable.type.kind is Kind.TRUTH:
            truth = spread(lo, n, bool)
            return Column(truth, truth if hi is lo else spread(hi, n, bool), assumed=x.assumed).settled()
        known = hi is lo
        lo = times(spread(lo, n), self.scale)
        hi = lo if known else times(spread(hi, n), self.scale)
        return Column(lo, hi, self.den, self.den, x.assumed).settled()
