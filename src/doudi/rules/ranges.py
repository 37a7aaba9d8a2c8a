"""Static bounds of every node, and whether its exact value always fits the integers of the block evaluator.

How numerators and denominators grow is told once, in ``doudi.rules.block.representation``, and both the check here and the evaluator go by it. A node
that could pass 2^62 is a fault when the pack is loaded, so that nothing can wrap when it runs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import ceil, floor

from doudi.rules.block.representation import LIMIT, Form, measure
from doudi.rules.calendar import add_months, age, from_day, month_start, months, next_month_start, to_day
from doudi.rules.declared import Bands, Entity, StandardDecl
from doudi.rules.nodes import (
    Arith,
    Const,
    DateCalc,
    Default,
    Exact,
    Extreme,
    Firm,
    If,
    Node,
    Read,
    Round,
    Scale,
    Standard,
    Table,
)
from doudi.rules.types import RATIO_UNIT, Kind, Type

Span = tuple[Exact, Exact]
Bounds = Callable[[str, str], tuple[int, int]]


class Overflow(Exception):
    """``node`` may pass 2^62; ``most`` says how far."""

    def __init__(self, node: Node, most: int) -> None:
        super().__init__(f"{most}")
        self.node = node
        self.most = most


def settle(node: Node, bounds: Bounds, entities: dict[str, Entity], standards: dict[str, StandardDecl]) -> Form:
    """Work out and set ``lo`` and ``hi`` on ``node`` and all below it. ``bounds(entity, name)`` gives a variable's stored bounds.

    Gives the form in which the block evaluator holds the node. Raises Overflow for the innermost node that does not fit.
    """
    forms = [settle(part, bounds, entities, standards) for part in node.parts]
    lo, hi = _span(node, forms, bounds, entities, standards)
    # a node is built once and shared by nobody before this; afterwards it never changes
    object.__setattr__(node, "lo", lo)
    object.__setattr__(node, "hi", hi)
    form = measure(node, forms, standards, entities)
    if form.problem or form.most > LIMIT:
        raise Overflow(node, max(form.most, LIMIT + 1))
    return form


def _span(
    node: Node, forms: Sequence[Form], bounds: Bounds, entities: dict[str, Entity], standards: dict[str, StandardDecl]
) -> Span:
    below = [(part.lo, part.hi) for part in node.parts]
    match node:
        case Const(value=value):
            return value, value
        case Read():
            return _natural(*bounds(node.entity, node.name), node.type)
        case Standard():
            decl = standards[node.name]
            return _natural(decl.lo, decl.hi, decl.type)
        case Scale():
            return _scale(node, below[0], standards[node.name])
        case Arith():
            return _arith(node, below[0], below[1], forms[1].den)
        case Extreme(greatest=greatest):
            pick = max if greatest else min
            return pick(lo for lo, _ in below), pick(hi for _, hi in below)
        case If():
            return _hull(below[1:])
        case Default():
            return _hull(below)
        case Firm():
            return below[0]
        case Round():
            return _rounded(node, below[0][0]), _rounded(node, below[0][1])
        case DateCalc():
            return _date(node, below)
        case Table():
            return _table(node, below, entities[node.entity].max_rows)
    return 0, 1


def _natural(lo: int, hi: int, kind: Type) -> Span:
    return (Fraction(lo, RATIO_UNIT), Fraction(hi, RATIO_UNIT)) if kind.kind is Kind.RATIO else (lo, hi)


def _hull(spans: Sequence[Span]) -> Span:
    return min(lo for lo, _ in spans), max(hi for _, hi in spans)


def _corners(values: Sequence[Exact]) -> Span:
    return min(values), max(values)


def _scale(node: Scale, x: Span, decl: StandardDecl) -> Span:
    value = _natural(decl.lo, decl.hi, decl.type)
    if not node.progressive:
        return value
    corners: list[Exact] = [a * b for a in (*x, 0) for b in (*value, 0)]
    for line in decl.lines:
        if isinstance(line.value, Bands):
            # With a threshold below 0 a sum of slices may pass x times the greatest rate.
            turns = [t for t, _ in line.value.steps if x[0] < t < x[1]]
            corners += [_slices(line.value, at) for at in (*x, *turns)]
    return _corners(corners)


def _slices(bands: Bands, x: Exact) -> Fraction:
    """Each slice of ``x`` at its own rate; the lowest reaches down from its threshold through 0."""
    starts, rates = [t for t, _ in bands.steps], [bands.below or Fraction(0), *(v for _, v in bands.steps)]
    x = Fraction(x)
    total = rates[0] * min([x, *starts[:1]])
    for start, rate, end in zip(starts, rates[1:], [*starts[1:], None], strict=True):
        total += rate * max(Fraction(0), (x if end is None else min(x, end)) - start)
    return total


def _arith(node: Arith, a: Span, b: Span, den: int) -> Span:
    """``den`` is the greatest denominator of ``b``: where it is not nought, it is at least 1/den away from it."""
    if node.op == "+":
        return a[0] + b[0], a[1] + b[1]
    if node.op == "-":
        return a[0] - b[1], a[1] - b[0]
    if node.op == "*":
        return _corners([x * y for x in a for y in b])
    if b[0] > 0 or b[1] < 0:
        return _corners([Fraction(x) / Fraction(y) for x in a for y in b])
    most = max(abs(Fraction(a[0])), abs(Fraction(a[1]))) * den
    return (-most if a[0] < 0 or b[0] < 0 else 0), most


def _rounded(node: Round, value: Exact) -> Exact:
    unit = Fraction(node.unit)
    scaled = Fraction(value) / unit
    whole = (
        floor(scaled + Fraction(1, 2))
        if node.mode == "half-up"
        else floor(scaled)
        if node.mode == "down"
        else ceil(scaled)
    )
    found = whole * unit
    return found.numerator if found.denominator == 1 else found


def _date(node: DateCalc, below: Sequence[Span]) -> Span:
    try:
        first, last = (from_day(int(x)) for x in below[0])
        match node.op:
            case "age":
                return age(last, from_day(int(below[1][0]))), age(first, from_day(int(below[1][1])))
            case "months":
                return months(last, from_day(int(below[1][0]))), months(first, from_day(int(below[1][1])))
            case "add_months":
                return to_day(add_months(first, int(below[1][0]))), to_day(add_months(last, int(below[1][1])))
            case "month_start":
                return to_day(month_start(first)), to_day(month_start(last))
            case "next_month_start":
                return to_day(next_month_start(first)), to_day(next_month_start(last))
    except (OverflowError, ValueError) as error:  # a year past 9999 or before 1
        raise Overflow(node, LIMIT + 1) from error


def _table(node: Table, below: Sequence[Span], most: int) -> Span:
    if node.op in ("any", "all"):
        return 0, 1
    if node.op == "count":
        return 0, most
    lo, hi = below[1] if node.where is not None else below[0]
    return (min(0, lo * most), max(0, hi * most)) if node.op == "sum" else (lo, hi)
