"""How large the integers of the block evaluator grow, node by node. The check on loading and the evaluator both go by this.

A number is numerator / denominator, each an int64. A denominator is *fixed* when one constant serves every row, else it *varies*
and ``den`` bounds it. Below a, b and x stand for parts; n(x) and d(x) for the largest numerator and the denominator, |x| for the larger
size of the static bounds. ``num`` bounds the numerator of the result, ``peak`` every integer made while working the node out.

======================  ======================================  ======================================  ========================
node                    denominator of the result               its numerator                           largest on the way
======================  ======================================  ======================================  ========================
Const p/q               q                                       p
Read                    10,000 for 比例, else 1                  |x|·d
Standard                lcm of its values' and bounds'          |x|·d
Scale, one band         as Standard                             |x|·d                                   thresholds on x's grid;
                                                                                                        x varies: n(x)·q, p·d(x)
Scale, slices           lcm(x, thresholds)·lcm(rates)·…         slices·(|x| + |t|)·|rate|·d
a + b, a - b            lcm(a, b); a varies: d(a)·d(b)          n(a)·d/d(a) + n(b)·d/d(b)
a × p/q                 d(a)/g·q, g = gcd(d(a), p)              n(a)·p/g
a ÷ p/q                 as a × q/p
a × b                   d(a)·d(b)                               n(a)·n(b)                               signs open and d varies:
                                                                                                        n·d
a ÷ b                   d(a)/g·n(b), g = gcd(d(a), d(b)),       n(a)·d(b)/g                             b may be negative: n·d
                        varies
取大 取小 如果 缺省      lcm of the choices; one varies: the     the largest                             one varies: n·d of the
                        largest                                                                         two largest
Round to p/q            q                                       |x|·q                                   2·n(x)·q + d(x)·p
Compare                 1                                       1                                       n(a)·d/d(a), n(b)·d/d(b)
                                                                                                        as for a + b
sum                     lcm(rows', their bounds'), fixed        max_rows·|row|·d                        twice that
max, min, latest        lcm(rows', own bounds'), fixed          |x|·d                                   latest: |time|·2^31
Firm                    lcm(x, own bounds')                     n(x), bounds'
======================  ======================================  ======================================  ========================

A fixed denominator gives the numerator |x|·d whatever the table says. A node whose parts are all constants is worked out once, when
the formula is made ready, and counts as a Const. A variable is stored in whole stored units with the fixed denominator of ``Read``.
Whether a value is known is asked without multiplying, by reduced fractions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, gcd, lcm

from doudi.rules.declared import Bands, Entity, StandardDecl
from doudi.rules.nodes import (
    Arith,
    Compare,
    Const,
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
from doudi.rules.types import Kind

LIMIT = 1 << 62

MOST_ROWS = 1 << 31
"""More rows than this of one table never stand in one block."""


@dataclass(frozen=True, slots=True)
class Form:
    """``num`` and ``den``: the largest numerator and denominator; ``fixed``: the denominator is ``den`` on every row. ``peak``: see above.
    ``problem``: why the node cannot be held, or "". ``value``: the value of a node that is constant."""

    num: int = 1
    den: int = 1
    fixed: bool = True
    peak: int = 1
    problem: str = ""
    value: Exact | None = None

    @property
    def most(self) -> int:
        """What must not pass 2^62."""
        return max(self.num, self.den, self.peak)


def constant(value: Exact) -> Form:
    return Form(abs(value.numerator), value.denominator, value=value)


def measure(
    node: Node, parts: Sequence[Form], decls: Mapping[str, StandardDecl], entities: Mapping[str, Entity]
) -> Form:
    """The form of ``node``, given those of ``node.parts``; static bounds must be set on all of them."""
    form = _measure(node, parts, decls, entities)
    looked_up = isinstance(node, Standard | Scale | Table)
    if parts and node.lo == node.hi and not looked_up and all(p.value is not None for p in parts):
        return Form(abs(node.lo.numerator), node.lo.denominator, peak=form.most, value=node.lo)
    if form.fixed and form.value is None:
        return Form(ceil(reach(node) * form.den), form.den, peak=form.peak, problem=form.problem)
    return form


def reach(node: Node) -> Fraction:
    """|x|: the larger size of the static bounds."""
    lo, hi = Fraction(node.lo), Fraction(node.hi)
    return max(-lo, lo, -hi, hi)


def _measure(
    node: Node, parts: Sequence[Form], decls: Mapping[str, StandardDecl], entities: Mapping[str, Entity]
) -> Form:
    match node:
        case Const():
            return constant(node.value)
        case Read():
            return Form(den=node.type.store_scale)
        case Standard():
            return Form(den=lcm(value_den(decls[node.name]), bounds_den(node)))
        case Scale():
            return _scale(node, parts[0], decls[node.name])
        case Compare():
            return Form(peak=max(over(parts)[0]))
        case Arith():
            return _arith(node, parts[0], parts[1])
        case Extreme():
            return _choice(parts)
        case If():
            return _choice(parts[1:])
        case Default():
            return _choice(parts)
        case Firm() if node.type.kind is not Kind.TRUTH:
            return _bounded(node, parts[0])
        case Round():
            return _round(node, parts[0])
        case Table():
            return _table(node, parts, entities[node.entity].max_rows)
    return Form()


def bounds_den(node: Node) -> int:
    return lcm(node.lo.denominator, node.hi.denominator)


def _bounds_num(node: Node) -> int:
    return max(abs(node.lo.numerator), abs(node.hi.numerator))


def value_den(decl: StandardDecl) -> int:
    """One denominator for every value of a standard (of one with bands: for what the bands give)."""
    dens = [1]
    for line in decl.lines:
        if isinstance(line.value, Bands):
            dens += [Fraction(v).denominator for _, v in line.value.steps]
            dens.append(Fraction(line.value.below or 0).denominator)
        else:
            dens.append(Fraction(line.value).denominator)
    return lcm(*dens)


def step_den(decl: StandardDecl) -> int:
    """One denominator for the thresholds of every line."""
    return lcm(1, *(Fraction(t).denominator for b in _bands(decl) for t, _ in b.steps))


def _bands(decl: StandardDecl) -> list[Bands]:
    return [line.value for line in decl.lines if isinstance(line.value, Bands)]


def over(forms: Sequence[Form]) -> tuple[list[int], int, bool]:
    """Numbers brought two by two to one denominator: the largest numerator of each, the denominator, and whether it is fixed."""
    if all(f.fixed for f in forms):
        den = lcm(*(f.den for f in forms))
        return [f.num * (den // f.den) for f in forms], den, True
    first, second = sorted((f.den for f in forms), reverse=True)[:2]
    if len(forms) == 2:
        return [forms[0].num * forms[1].den, forms[1].num * forms[0].den], first * second, False
    return [f.num * first for f in forms], first * second, False


def _scale(node: Scale, x: Form, decl: StandardDecl) -> Form:
    bands = _bands(decl)
    furthest = max((abs(t) for b in bands for t, _ in b.steps), default=Fraction(0))
    if not node.progressive:
        near = ceil(furthest * x.den) if x.fixed else max(x.num, ceil(furthest * x.den)) * step_den(decl)
        return Form(den=lcm(value_den(decl), bounds_den(node)), peak=near)
    grid = lcm(x.den, step_den(decl)) if x.fixed else x.den * step_den(decl)
    den = grid * value_den(decl)
    rates = [Fraction(v) for b in bands for v in (*(v for _, v in b.steps), b.below or 0)]
    rate = max((abs(r) for r in rates), default=Fraction(0))
    slices = max((len(b.steps) for b in bands), default=0) + 1
    if not x.fixed:
        num = ceil((x.num * step_den(decl) + furthest * grid) * rate * value_den(decl) * slices)
        return Form(max(num, _bounds_num(node)), max(den, bounds_den(node)), fixed=False)
    full = lcm(den, bounds_den(node))
    peak = ceil((reach(node.x) + furthest) * rate * full * slices)
    return Form(den=full, peak=max(peak, ceil((reach(node.x) + furthest) * grid)))


def _choice(forms: Sequence[Form]) -> Form:
    nums, den, fixed = over(forms)
    if fixed:
        return Form(den=den, peak=max(nums))
    return Form(max(f.num for f in forms), max(f.den for f in forms), fixed=False, peak=max(nums))


def _bounded(node: Node, x: Form, peak: int = 1) -> Form:
    """``x`` or, on some rows, the static bounds of ``node``."""
    if x.fixed:
        return Form(den=lcm(x.den, bounds_den(node)), peak=peak)
    return Form(max(x.num, _bounds_num(node)), max(x.den, bounds_den(node)), fixed=False, peak=peak)


def factor(value: Exact, x: Form) -> tuple[int, int]:
    """``x`` times ``value``: what to multiply its numerator by, and its new (largest) denominator."""
    g = gcd(value.numerator, x.den) if x.fixed else 1
    return value.numerator // g, x.den // g * value.denominator


def _arith(node: Arith, a: Form, b: Form) -> Form:
    if node.op in "+-":
        nums, den, fixed = over([a, b])
        return Form(sum(nums), den, fixed, peak=sum(nums))
    if node.op == "*":
        return _product(node, a, b)
    if b.value:
        return _by_constant(a, 1 / Fraction(b.value))
    g = gcd(a.den, b.den) if a.fixed and b.fixed else 1
    # The divisor's numerator becomes part of the denominator, and its denominator part of the numerator.
    num, den = max(a.num * (b.den // g), _bounds_num(node)), max(a.den // g * b.num, bounds_den(node), 1)
    return Form(num, den, fixed=False, peak=num * den if node.b.lo < 0 else 1)


def _by_constant(x: Form, value: Exact) -> Form:
    by, den = factor(value, x)
    return Form(x.num * abs(by), den, x.fixed, peak=x.num * abs(by))


def _product(node: Arith, a: Form, b: Form) -> Form:
    if a.value is not None:
        return _by_constant(b, a.value)
    if b.value is not None:
        return _by_constant(a, b.value)
    num, den, fixed = a.num * b.num, a.den * b.den, a.fixed and b.fixed
    compared = not fixed and (node.a.lo < 0 or node.b.lo < 0)
    return Form(num, den, fixed, peak=num * den if compared else num)


def _round(node: Round, x: Form) -> Form:
    unit = Fraction(node.unit)
    g = gcd(x.den, unit.denominator) if x.fixed else 1
    d, q = x.den // g, unit.denominator // g
    return Form(den=unit.denominator, peak=2 * x.num * q + 2 * d * unit.numerator)


def _table(node: Table, parts: Sequence[Form], most: int) -> Form:
    if node.value is None or node.op in ("count", "any", "all"):
        return Form()
    value = parts[0 if node.where is None else 1]
    if not value.fixed:
        problem = "the rows have no common denominator; round each row first"
        return Form(value.num, value.den, fixed=False, problem=problem)
    if node.op == "sum":
        den = lcm(value.den, bounds_den(node.value))
        return Form(den=den, peak=ceil(2 * most * reach(node.value) * den))
    # Rows of latest are ordered by time and then by place, in one number.
    order = 0 if node.by is None else ceil((reach(node.by) + 1) * MOST_ROWS)
    return _bounded(node, value, order)
