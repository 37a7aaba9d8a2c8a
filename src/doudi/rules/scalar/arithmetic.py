"""Arithmetic, rounding and dates on one row, made into Python closures that return (lo, hi, assumed).

Where both ends of what comes in are one object the value is known, and the work is done once: ``is`` is only a quick test, an
equal pair that is not one object goes the long way to the same answer.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from operator import itemgetter
from typing import Any

from doudi.rules import calendar
from doudi.rules.nodes import Arith, DateCalc, Exact, Extreme, Node, Round
from doudi.rules.scalar.rows import Live
from doudi.rules.scalar.values import Fn, Maker, V, quotient, whole


def arith(node: Arith, entity: str, make: Maker) -> Fn:
    a, b = make.fn(node.a, entity), make.fn(node.b, entity)
    return _divide(a, b, node.lo, node.hi) if node.op == "/" else _ARITHMETIC[node.op](a, b)


def _add(a: Fn, b: Fn) -> Fn:
    def add(r: Live) -> V:
        alo, ahi, at = a(r)
        blo, bhi, bt = b(r)
        lo = alo + blo
        return lo, lo if alo is ahi and blo is bhi else ahi + bhi, at or bt

    return add


def _subtract(a: Fn, b: Fn) -> Fn:
    def subtract(r: Live) -> V:
        alo, ahi, at = a(r)
        blo, bhi, bt = b(r)
        lo = alo - bhi
        return lo, lo if alo is ahi and blo is bhi else ahi - blo, at or bt

    return subtract


def _multiply(a: Fn, b: Fn) -> Fn:
    def multiply(r: Live) -> V:
        alo, ahi, at = a(r)
        blo, bhi, bt = b(r)
        if alo is ahi and blo is bhi:
            p = alo * blo
            return p, p, at or bt
        if alo >= 0 and blo >= 0:
            return alo * blo, ahi * bhi, at or bt
        corners = (alo * blo, alo * bhi, ahi * blo, ahi * bhi)
        return min(corners), max(corners), at or bt

    return multiply


def _divide(a: Fn, b: Fn, lo: Exact, hi: Exact) -> Fn:
    def divide(r: Live) -> V:
        alo, ahi, at = a(r)
        blo, bhi, bt = b(r)
        if blo <= 0 <= bhi:
            return lo, hi, at or bt
        if alo is ahi and blo is bhi:
            q = quotient(alo, blo)
            return q, q, at or bt
        corners = (quotient(alo, blo), quotient(alo, bhi), quotient(ahi, blo), quotient(ahi, bhi))
        return min(corners), max(corners), at or bt

    return divide


_ARITHMETIC: dict[str, Callable[[Fn, Fn], Fn]] = {"+": _add, "-": _subtract, "*": _multiply}


def extreme(node: Extreme, entity: str, make: Maker) -> Fn:
    xs = tuple(make.fn(x, entity) for x in node.xs)
    pick: Callable[..., Exact] = max if node.greatest else min
    low, high, assumption = itemgetter(0), itemgetter(1), itemgetter(2)

    def choose(r: Live) -> V:
        vs = [x(r) for x in xs]
        return pick(map(low, vs)), pick(map(high, vs)), any(map(assumption, vs))

    return choose


def round_(node: Round, entity: str, make: Maker) -> Fn:
    x = make.fn(node.x, entity)
    to = rounding(node)

    def rounded(r: Live) -> V:
        lo, hi, t = x(r)
        low = to(lo)
        return low, low if lo is hi else to(hi), t

    return rounded


def rounding(node: Round) -> Callable[[Exact], Exact]:
    """The rounding on one number, in whole numbers throughout: with x = n/d and unit = p/q, x/unit is nq / dp."""
    unit = Fraction(node.unit)
    p, q = unit.numerator, unit.denominator
    mode = node.mode

    def to(x: Exact) -> Exact:
        n, d = x.numerator * q, x.denominator * p
        if mode == "half-up":
            steps = (2 * n + d) // (2 * d)
        elif mode == "down":
            steps = n // d
        else:
            steps = -(-n // d)
        return steps * p if q == 1 else whole(Fraction(steps * p, q))

    return to


def datecalc(node: DateCalc, entity: str, make: Maker) -> Fn:
    a = make.fn(node.a, entity)
    if node.b is None:
        return _of_one_date(a, calendar.month_start if node.op == "month_start" else calendar.next_month_start)
    b = make.fn(node.b, entity)
    if node.op == "add_months":
        return _add_months(a, b)
    return _span(a, b, calendar.age if node.op == "age" else calendar.months)


def _of_one_date(a: Fn, move: Callable[[date], date]) -> Fn:
    def moved(r: Live) -> V:
        lo, hi, t = a(r)
        low = _moved(lo, move)
        return low, low if lo == hi else _moved(hi, move), t

    return moved


def _moved(day: Exact, move: Callable[[date], date]) -> int:
    return calendar.to_day(move(calendar.from_day(int(day))))


def _add_months(a: Fn, b: Fn) -> Fn:
    def later(r: Live) -> V:
        alo, ahi, at = a(r)
        blo, bhi, bt = b(r)
        low = _later(alo, blo)
        return low, low if alo == ahi and blo == bhi else _later(ahi, bhi), at or bt

    return later


def _later(day: Exact, n: Exact) -> int:
    return calendar.to_day(calendar.add_months(calendar.from_day(int(day)), int(n)))


def _span(a: Fn, b: Fn, count: Callable[[date, date], int]) -> Fn:
    """Years or months from ``a`` to ``b``: fewer the later ``a``, more the later ``b``."""

    def span(r: Live) -> V:
        alo, ahi, at = a(r)
        blo, bhi, bt = b(r)
        low = count(calendar.from_day(int(ahi)), calendar.from_day(int(blo)))
        if alo == ahi and blo == bhi:
            return low, low, at or bt
        return low, count(calendar.from_day(int(alo)), calendar.from_day(int(bhi))), at or bt

    return span


MAKERS: dict[type[Node], Callable[[Any, str, Maker], Fn]] = {
    Arith: arith,
    Extreme: extreme,
    Round: round_,
    DateCalc: datecalc,
}
