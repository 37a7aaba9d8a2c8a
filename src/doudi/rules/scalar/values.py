"""What a value is while one household is decided: an exact interval and whether an assumption lies under it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING, NamedTuple, Protocol

from doudi.rules.nodes import Exact, Node
from doudi.rules.types import RATIO_UNIT, Kind, Type

if TYPE_CHECKING:
    from doudi.rules.ruleset import Key, Ruleset
    from doudi.rules.scalar.rows import Live

V = tuple[Exact, Exact, bool]
"""Inside formulas: (lo, hi, assumed) in natural units (money in fen, a ratio as itself). A plain tuple, because hundreds are made
for every household. Whole numbers are ints: arithmetic on Fraction costs some twenty times more."""

Fn = Callable[["Live"], V]
"""A formula made ready: from a row to its value there."""

# Indexed by whether an assumption lies under them.
FALSE: tuple[V, V] = ((0, 0, False), (0, 0, True))
TRUE: tuple[V, V] = ((1, 1, False), (1, 1, True))
MAYBE: tuple[V, V] = ((0, 1, False), (0, 1, True))


class Value(NamedTuple):
    """A value as callers see it, in stored units (see ``Type``). ``assumed``: it rests on 缺省, or on 已知 finding something not known."""

    lo: int
    hi: int
    assumed: bool = False

    @property
    def known(self) -> bool:
        return self.lo == self.hi


class Maker(Protocol):
    """What the makers of single nodes ask of the program they are part of."""

    @property
    def ruleset(self) -> Ruleset: ...

    def fn(self, node: Node, entity: str) -> Fn:
        """``node`` made ready for rows of ``entity``."""

    def slot(self, key: Key) -> int:
        """The place of a variable in its row."""

    def levels(self, inner: str, outer: str) -> int:
        """How many steps up from a row of ``inner`` its ancestor of ``outer`` stands; 0 for itself."""


def whole(x: Exact) -> Exact:
    """``x`` as an int where it is one."""
    return x.numerator if x.denominator == 1 else x


def natural(kind: Kind, stored: int) -> Exact:
    """A stored value in natural units."""
    return whole(Fraction(stored, RATIO_UNIT)) if kind is Kind.RATIO else stored


def stored(type_: Type, v: V) -> Value:
    """A value in stored units. The compiler lets no variable hold a part of a unit; were one to, the bounds would be widened to whole ones."""
    lo, hi, assumed = v
    if type(lo) is int and type(hi) is int and type_.kind is not Kind.RATIO:
        return Value(lo, hi, assumed)
    scale = type_.store_scale
    return Value(floor(lo * scale), ceil(hi * scale), assumed)


def quotient(a: Exact, b: Exact) -> Exact:
    """``a / b`` exactly; ``b`` is not 0."""
    if type(a) is int and type(b) is int:
        q, rest = divmod(a, b)
        return Fraction(a, b) if rest else q
    return whole(Fraction(a) / b)


def firm(v: V) -> V:
    """A truth with the assumption taken out: one that rests on an assumption may be either."""
    return (0, 1, False) if v[2] else v
