"""Static bounds of every node, and whether its exact value always fits the integers of the block evaluator.

The block evaluator holds a number as numerator / denominator, both 64-bit; a denominator is one constant for the whole column wherever
division is by a constant. ``Shape`` mirrors how numerators and denominators grow (see ``doudi.rules.block.representation``); a node whose
numerator or denominator could pass 2^62 is a fault when the pack is loaded, so that nothing can wrap when it runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, lcm

from doudi.rules.calendar import add_months, age, from_day, month_start, months, next_month_start, to_day
from doudi.rules.declared import Entity, StandardDecl
from doudi.rules.nodes import (
    And,
    Arith,
    Between,
    Compare,
    Const,
    DateCalc,
    Default,
    Exact,
    Extreme,
    Firm,
    If,
    Node,
    Not,
    Or,
    Read,
    Round,
    Scale,
    Standard,
    Table,
)
from doudi.rules.types import RATIO_UNIT, Kind

LIMIT = 1 << 62


@dataclass(frozen=True, slots=True)
class Shape:
    """Bounds of a node's value, the greatest numerator, and the denominator (``fixed``: the same on every row)."""

    lo: Exact
    hi: Exact
    num: int
    den: int
    fixed: bool = True


class Overflow(Exception):
    """``node`` may pass 2^62; ``most`` says how far."""

    def __init__(self, node: Node, most: int) -> None:
        super().__init__(f"{most}")
        self.node = node
        self.most = most


Bounds = Callable[[str, str], tuple[int, int]]


def settle(node: Node, bounds: Bounds, entities: dict[str, Entity], standards: dict[str, StandardDecl]) -> Shape:
    """Work out and set ``lo`` and ``hi`` on ``node`` and all below it. ``bounds(entity, name)`` gives a variable's stored bounds.

    Raises Overflow for the innermost node that does not fit.
    """
    below = [settle(part, bounds, entities, standards) for part in node.parts]
    shape = _shape(node, below, bounds, entities, standards)
    most = max(shape.num, shape.den)
    if most > LIMIT:
        raise Overflow(node, most)
    # a node is built once and shared by nobody before this; afterwards it never changes
    object.__setattr__(node, "lo", shape.lo)
    object.__setattr__(node, "hi", shape.hi)
    return shape


def _whole(lo: Exact, hi: Exact, den: int = 1, *, fixed: bool = True) -> Shape:
    return Shape(lo, hi, ceil(_size(lo, hi) * den), den, fixed)


def _size(lo: Exact, hi: Exact) -> Exact:
    return -lo if -lo > hi else hi


def _shape(
    node: Node, below: list[Shape], bounds: Bounds, entities: dict[str, Entity], standards: dict[str, StandardDecl]
) -> Shape:
    match node:
        case Const(value=value):
            return Shape(value, value, abs(value.numerator), value.denominator)
        case Read():
            lo, hi = bounds(node.entity, node.name)
            return _stored(lo, hi, node.type.kind)
        case Standard():
            decl = standards[node.name]
            return _stored(decl.lo, decl.hi, decl.type.kind, _denominator(decl))
        case Scale():
            return _scale(node, below[0], standards[node.name])
        case Arith():
            return _arith(node, below[0], below[1])
        case Compare():
            _aligned(node, below[0], below[1])
            return Shape(0, 1, 1, 1)
        case Extreme(greatest=greatest):
            los, his = [s.lo for s in below], [s.hi for s in below]
            return _hull(node, below, *((max(los), max(his)) if greatest else (min(los), min(his))))
        case If():
            return _hull(node, below[1:], min(s.lo for s in below[1:]), max(s.hi for s in below[1:]))
        case Default():
            return _hull(node, below, min(s.lo for s in below), max(s.hi for s in below))
        case Firm():
            return below[0]
        case Round():
            return _round(node, below[0])
        case DateCalc():
            return _date(node, below)
        case Table():
            return _table(node, below, entities[node.entity].max_rows)
        case And() | Or() | Not() | Between():
            return Shape(0, 1, 1, 1)
    return Shape(0, 1, 1, 1)


def _stored(lo: int, hi: int, kind: Kind, den: int | None = None) -> Shape:
    if kind is not Kind.RATIO:
        return _whole(lo, hi)
    return _whole(Fraction(lo, RATIO_UNIT), Fraction(hi, RATIO_UNIT), den or RATIO_UNIT)


def _denominator(decl: StandardDecl) -> int:
    """One denominator for every value of a standard (its values may be finer than a stored ratio)."""
    return lcm(RATIO_UNIT, *(line.value.denominator for line in decl.lines if isinstance(line.value, Fraction)))


def _scale(node: Scale, x: Shape, decl: StandardDecl) -> Shape:
    value = _stored(decl.lo, decl.hi, decl.type.kind, _step_denominator(decl))
    if not node.progressive:
        return value
    corners = [a * b for a in (x.lo, x.hi, 0) for b in (value.lo, value.hi, 0)]
    den = x.den * value.den
    return _whole(min(corners), max(corners), den, fixed=x.fixed)


def _step_denominator(decl: StandardDecl) -> int:
    dens = [RATIO_UNIT if decl.type.kind is Kind.RATIO else 1]
    for line in decl.lines:
        if not isinstance(line.value, Fraction):
            dens += [d for at, value in line.value.steps for d in (at.denominator, value.denominator)]
            dens.append(Fraction(line.value.below or 0).denominator)
    return lcm(*dens)


def _align(shapes: list[Shape]) -> tuple[int, int, bool]:
    """Greatest numerator and denominator when ``shapes`` are brought to one denominator."""
    if all(s.fixed for s in shapes):
        den = lcm(*(s.den for s in shapes))
        return max(s.num * (den // s.den) for s in shapes), den, True
    den = 1
    for s in shapes:
        den *= s.den
    return max(s.num * (den // s.den) for s in shapes), den, False


def _aligned(node: Node, a: Shape, b: Shape) -> tuple[int, int, bool]:
    num, den, fixed = _align([a, b])
    if num > LIMIT:
        raise Overflow(node, num)
    return num, den, fixed


def _hull(node: Node, shapes: list[Shape], lo: Exact, hi: Exact) -> Shape:
    num, den, fixed = _align(shapes)
    if num > LIMIT:
        raise Overflow(node, num)
    return Shape(lo, hi, num, den, fixed)


def _arith(node: Arith, a: Shape, b: Shape) -> Shape:
    if node.op in "+-":
        _, den, fixed = _aligned(node, a, b)
        num = a.num * (den // a.den) + b.num * (den // b.den)
        lo, hi = (a.lo + b.lo, a.hi + b.hi) if node.op == "+" else (a.lo - b.hi, a.hi - b.lo)
        return Shape(lo, hi, num, den, fixed)
    if node.op == "*":
        corners = [x * y for x in (a.lo, a.hi) for y in (b.lo, b.hi)]
        return Shape(min(corners), max(corners), a.num * b.num, a.den * b.den, a.fixed and b.fixed)
    num, den = a.num * b.den, a.den * max(b.num, 1)
    fixed = a.fixed and b.fixed and b.lo == b.hi
    if b.lo > 0 or b.hi < 0:
        corners = [Fraction(x) / Fraction(y) for x in (a.lo, a.hi) for y in (b.lo, b.hi)]
        return Shape(min(corners), max(corners), num, den, fixed)
    # the divisor may be 0; where it is not, it is at least 1/den away from it
    most = _size(a.lo, a.hi) * b.den
    least = -most if a.lo < 0 or b.lo < 0 else 0
    return Shape(least, most, num, den, fixed)


def _round(node: Round, x: Shape) -> Shape:
    unit = Fraction(node.unit)

    def rounded(value: Exact) -> Exact:
        scaled = Fraction(value) / unit
        whole = (
            floor(scaled + Fraction(1, 2))
            if node.mode == "half-up"
            else floor(scaled)
            if node.mode == "down"
            else ceil(scaled)
        )
        return _plain(whole * unit)

    # floor((2·n·u + d·v) / (2·d·v)) for a value n/d and a unit v/u
    working = 2 * x.num * unit.denominator + 2 * x.den * unit.numerator
    if working > LIMIT:
        raise Overflow(node, working)
    return _whole(rounded(x.lo), rounded(x.hi), unit.denominator)


def _plain(value: Fraction) -> Exact:
    return value.numerator if value.denominator == 1 else value


def _date(node: DateCalc, below: list[Shape]) -> Shape:
    a = below[0]
    try:
        first, last = from_day(int(a.lo)), from_day(int(a.hi))
        match node.op:
            case "age":
                return _whole(age(last, from_day(int(below[1].lo))), age(first, from_day(int(below[1].hi))))
            case "months":
                return _whole(months(last, from_day(int(below[1].lo))), months(first, from_day(int(below[1].hi))))
            case "add_months":
                return _whole(to_day(add_months(first, int(below[1].lo))), to_day(add_months(last, int(below[1].hi))))
            case "month_start":
                return _whole(to_day(month_start(first)), to_day(month_start(last)))
            case "next_month_start":
                return _whole(to_day(next_month_start(first)), to_day(next_month_start(last)))
    except (OverflowError, ValueError) as error:  # a year past 9999 or before 1
        raise Overflow(node, LIMIT + 1) from error


def _table(node: Table, below: list[Shape], most: int) -> Shape:
    if node.op in ("any", "all"):
        return Shape(0, 1, 1, 1)
    if node.op == "count":
        return _whole(0, most)
    value = below[1] if node.where is not None else below[0]
    if node.op != "sum":
        return value
    if not value.fixed:
        # the rows of a sum would have no common denominator
        raise Overflow(node, LIMIT + 1)
    return Shape(min(0, value.lo * most), max(0, value.hi * most), value.num * most, value.den)
