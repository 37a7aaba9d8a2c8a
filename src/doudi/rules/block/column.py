"""A value on many rows at once: an interval of exact rationals, held as whole numerators over positive denominators."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Whole = Array | int
"""One integer (or truth) for each row, or one for all rows."""


SAMPLE = 4096
"""Where rows are open, one of the first few thousand mostly is."""


@dataclass(slots=True, eq=False)
class Column:
    """``lo/dlo`` to ``hi/dhi`` on every row. Truths are bool arrays, all else int64 (dates and category codes may be narrower).

    ``hi is lo``, the very same object, says that every row is known; ``dhi`` is then ``dlo`` too. A denominator is one int for
    all rows wherever the formula allows it. ``assumed`` is None where no row rests on an assumption.
    """

    lo: Any
    hi: Any
    dlo: Any = 1
    dhi: Any = 1
    assumed: Array | None = None

    @property
    def sure(self) -> bool:
        """Every row is known and none assumed."""
        return self.hi is self.lo and self.assumed is None

    def known(self) -> Array | None:
        """Which rows are known; None stands for all."""
        if self.hi is self.lo:
            return None
        if same(self.dlo, self.dhi):
            return as_array(self.lo == self.hi)
        return _equal(self.lo, self.dlo, self.hi, self.dhi)

    def undecided(self) -> Array | None:
        """Which rows are unknown; None stands for no row."""
        known = self.known()
        return None if known is None else ~known

    def unsettled(self) -> Array | None:
        """Which rows are unknown or assumed; None stands for no row."""
        known = self.known()
        if known is None:
            return self.assumed
        return ~known if self.assumed is None else ~known | self.assumed

    def take(self, rows: Array) -> Column:
        """The same value on the rows listed."""
        lo = _take(self.lo, rows)
        hi = lo if self.hi is self.lo else _take(self.hi, rows)
        dlo = _take(self.dlo, rows)
        dhi = dlo if self.dhi is self.dlo else _take(self.dhi, rows)
        return Column(lo, hi, dlo, dhi, None if self.assumed is None else self.assumed.take(rows))

    def part(self, first: int, last: int) -> Column:
        """The same value on the rows from ``first`` up to ``last``, without copying; for columns with one denominator."""
        lo = self.lo[first:last]
        hi = lo if self.hi is self.lo else self.hi[first:last]
        return Column(lo, hi, self.dlo, self.dhi, None if self.assumed is None else self.assumed[first:last]).settled()

    def with_assumed(self, assumed: Array | None) -> Column:
        return Column(self.lo, self.hi, self.dlo, self.dhi, assumed)

    def truth(self) -> Column:
        """The same value with 0 and 1 as truths."""
        lo = self.lo.astype(bool)
        return Column(lo, lo if self.hi is self.lo else self.hi.astype(bool), assumed=self.assumed)

    def settled(self) -> Column:
        """The same value, in the fast form where every row has turned out to be known and none assumed."""
        lo, hi, dlo, dhi, assumed = self.lo, self.hi, self.dlo, self.dhi, self.assumed
        # Bytes of the first few rows are compared quicker than the rows.
        if hi is not lo and dlo is dhi and lo[:SAMPLE].tobytes() == hi[:SAMPLE].tobytes() and (lo == hi).all():
            hi = lo
        if assumed is not None and not assumed.any():
            assumed = None
        return Column(lo, hi, dlo, dhi, assumed)


@lru_cache(maxsize=16)
def nought(n: int, dtype: Any) -> Array:
    """``n`` zeros (or falses), one array for all who need them: nobody can write to it."""
    out = np.zeros(n, dtype=dtype)
    out.flags.writeable = False
    return out


def constant(value: Any, den: int = 1) -> Column:
    return Column(value, value, den, den)


def as_array(x: Any) -> Array:
    return np.asarray(x)


def positions(truth: Array) -> Array:
    """Where ``truth`` holds; ``np.flatnonzero`` without the calls around it."""
    return truth.nonzero()[0]


def _equal(a: Any, ad: Any, b: Any, bd: Any) -> Array:
    """Where a/ad = b/bd. Equal rationals may have unlike denominators (0/1 and 0/2); reduced ones have not, and no product can be too large."""
    out = as_array((a == b) & (ad == bd))
    rest = positions(~out)
    if len(rest):
        a, ad, b, bd = (x.take(rest) if isinstance(x, np.ndarray) else x for x in (a, ad, b, bd))
        g, h = np.gcd(a, ad), np.gcd(b, bd)
        out[rest] = (a // g == b // h) & (ad // g == bd // h)
    return out


def _take(x: Any, rows: Array) -> Any:
    return x.take(rows) if isinstance(x, np.ndarray) else x


def times(x: Any, by: Any) -> Any:
    """``x * by`` without the multiplication by one, which would copy a whole column."""
    return x if isinstance(by, int) and by == 1 else x * by


def wide(x: Any) -> Any:
    """``x`` fit for arithmetic: 64 bits, which the bounds proved on loading are about."""
    return x.astype(np.int64) if isinstance(x, np.ndarray) and x.dtype.itemsize < 8 else x


def spread(x: Any, n: int, dtype: Any = None) -> Array:
    """``x`` as an array of ``n`` rows."""
    return x if isinstance(x, np.ndarray) and x.ndim else np.full(n, x, dtype=dtype)


def select(c: Array, a: Any, b: Any) -> Array:
    """``a`` where ``c``, else ``b``, always in an array of its own.

    Selecting by arithmetic on the bits is several times faster than ``np.where`` here: where the truth has no pattern, that one
    pays for a mispredicted branch on every other row.
    """
    if isinstance(b, int) and b == 0:
        if isinstance(a, np.ndarray):
            return as_array(a & c if a.dtype == np.bool_ else a * c)
        if type(a) is int:
            return as_array(c * np.int64(a))
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        x = np.bitwise_xor(a, b)
        if x.dtype == np.bool_:
            x &= c
        else:
            x *= c
        x ^= b
        return as_array(x)
    if isinstance(a, bool | np.bool_):
        if a == b:
            return np.full(len(c), a)
        return c.copy() if a else ~c
    return as_array(c * (np.int64(a - b) if isinstance(a, int) else a - b) + b)


def either(a: Array | None, b: Array | None) -> Array | None:
    """Rows in ``a`` or in ``b``, where None is no row."""
    if a is None:
        return b
    return a if b is None else a | b


def less(an: Any, ad: Any, bn: Any, bd: Any) -> Any:
    """``an/ad < bn/bd``, row by row; denominators are positive."""
    return times(an, bd) < times(bn, ad)


def same(a: Any, b: Any) -> bool:
    """Whether two denominators are certainly the same for every row."""
    return a is b or (isinstance(a, int) and isinstance(b, int) and a == b)
