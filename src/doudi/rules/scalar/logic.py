"""Reading, logic, comparison and choice on one row, made into Python closures that return (lo, hi, assumed)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from doudi.rules.nodes import (
    Among,
    And,
    Between,
    Compare,
    Const,
    Default,
    Firm,
    If,
    Inside,
    Known,
    Node,
    Not,
    Or,
    Read,
)
from doudi.rules.scalar.rows import Live
from doudi.rules.scalar.values import FALSE, MAYBE, TRUE, Fn, Maker, V, whole
from doudi.rules.types import Kind


def const(node: Const, _entity: str, _make: Maker) -> Fn:
    value = whole(node.value)
    known: V = (value, value, False)
    return lambda _: known


def read(node: Read, entity: str, make: Maker) -> Fn:
    slot = make.slot((node.entity, node.name))
    levels = make.levels(entity, node.entity)
    if levels == 0:
        return lambda r: r.v[slot]
    if levels == 1:
        return lambda r: r.parent.v[slot]

    def outer(r: Live) -> V:
        for _ in range(levels):
            r = r.parent
        return r.v[slot]

    return outer


def not_(node: Not, entity: str, make: Maker) -> Fn:
    x = make.fn(node.x, entity)

    def negate(r: Live) -> V:
        lo, hi, t = x(r)
        return 1 - hi, 1 - lo, t

    return negate


def and_(node: And, entity: str, make: Maker) -> Fn:
    xs = tuple(make.fn(x, entity) for x in node.xs)

    def conjunction(r: Live) -> V:
        false = unknown = assumed = False
        for x in xs:
            lo, hi, t = x(r)
            if not hi:
                if not t:
                    return FALSE[0]
                false = True
            elif not lo:
                unknown = True
            assumed = assumed or t
        return FALSE[1] if false else MAYBE[assumed] if unknown else TRUE[assumed]

    return conjunction


def or_(node: Or, entity: str, make: Maker) -> Fn:
    xs = tuple(make.fn(x, entity) for x in node.xs)

    def disjunction(r: Live) -> V:
        true = unknown = assumed = False
        for x in xs:
            lo, hi, t = x(r)
            if lo:
                if not t:
                    return TRUE[0]
                true = True
            elif hi:
                unknown = True
            assumed = assumed or t
        return TRUE[1] if true else MAYBE[assumed] if unknown else FALSE[assumed]

    return disjunction


def compare(node: Compare, entity: str, make: Maker) -> Fn:
    return _COMPARISONS[node.op](make.fn(node.a, entity), make.fn(node.b, entity))


def _less(a: Fn, b: Fn) -> Fn:
    def less(r: Live) -> V:
        alo, ahi, at = a(r)
        blo, bhi, bt = b(r)
        t = at or bt
        return TRUE[t] if ahi < blo else FALSE[t] if alo >= bhi else MAYBE[t]

    return less


def _at_most(a: Fn, b: Fn) -> Fn:
    def at_most(r: Live) -> V:
        alo, ahi, at = a(r)
        blo, bhi, bt = b(r)
        t = at or bt
        return TRUE[t] if ahi <= blo else FALSE[t] if alo > bhi else MAYBE[t]

    return at_most


def _equal(a: Fn, b: Fn) -> Fn:
    def equal(r: Live) -> V:
        alo, ahi, at = a(r)
        blo, bhi, bt = b(r)
        t = at or bt
        return FALSE[t] if ahi < blo or bhi < alo else TRUE[t] if alo == ahi == blo == bhi else MAYBE[t]

    return equal


def _unequal(a: Fn, b: Fn) -> Fn:
    def unequal(r: Live) -> V:
        alo, ahi, at = a(r)
        blo, bhi, bt = b(r)
        t = at or bt
        return TRUE[t] if ahi < blo or bhi < alo else FALSE[t] if alo == ahi == blo == bhi else MAYBE[t]

    return unequal


_COMPARISONS: dict[str, Callable[[Fn, Fn], Fn]] = {
    "<": _less,
    "<=": _at_most,
    ">": lambda a, b: _less(b, a),
    ">=": lambda a, b: _at_most(b, a),
    "=": _equal,
    "!=": _unequal,
}


def _member(x: Fn, ranges: tuple[tuple[int, int], ...]) -> Fn:
    """Whether a whole number lies in one of ``ranges``, closed and no two of them touching."""

    def member(r: Live) -> V:
        lo, hi, t = x(r)
        maybe = False
        for start, end in ranges:
            if start <= lo and hi <= end:
                return TRUE[t]
            maybe = maybe or (start <= hi and lo <= end)
        return MAYBE[t] if maybe else FALSE[t]

    return member


def _merged(ranges: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    out: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if out and start <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return tuple(out)


def among(node: Among, entity: str, make: Maker) -> Fn:
    return _member(make.fn(node.x, entity), _merged(tuple((code, code) for code in node.codes)))


def inside(node: Inside, entity: str, make: Maker) -> Fn:
    return _member(make.fn(node.x, entity), _merged(node.ranges))


def between(node: Between, entity: str, make: Maker) -> Fn:
    x, start, end = (make.fn(n, entity) for n in (node.x, node.start, node.end))

    def within(r: Live) -> V:
        lo, hi, xt = x(r)
        slo, shi, st = start(r)
        elo, ehi, et = end(r)
        t = xt or st or et
        return TRUE[t] if shi <= lo and hi < elo else FALSE[t] if hi < slo or lo >= ehi else MAYBE[t]

    return within


def if_(node: If, entity: str, make: Maker) -> Fn:
    c, a, b = (make.fn(n, entity) for n in (node.c, node.a, node.b))

    def choose(r: Live) -> V:
        clo, chi, ct = c(r)
        if clo == chi:
            v = a(r) if clo else b(r)
            return (v[0], v[1], True) if ct else v
        alo, ahi, at = a(r)
        blo, bhi, bt = b(r)
        return min(alo, blo), max(ahi, bhi), ct or at or bt

    return choose


def default(node: Default, entity: str, make: Maker) -> Fn:
    x, value = make.fn(node.x, entity), make.fn(node.value, entity)

    def assume(r: Live) -> V:
        v = x(r)
        if v[0] == v[1]:
            return v
        lo, hi, _ = value(r)
        return lo, hi, True

    return assume


def known(node: Known, entity: str, make: Maker) -> Fn:
    x = make.fn(node.x, entity)

    def is_known(r: Live) -> V:
        lo, hi, t = x(r)
        return TRUE[t] if lo == hi else FALSE[1]

    return is_known


def firm(node: Firm, entity: str, make: Maker) -> Fn:
    x = make.fn(node.x, entity)
    truth = node.x.type.kind is Kind.TRUTH
    unknown: V = (node.lo, node.hi, False)

    def stop(r: Live) -> V:
        v = x(r)
        if not v[2]:
            return v
        return unknown if v[1] or not truth else v

    return stop


MAKERS: dict[type[Node], Callable[[Any, str, Maker], Fn]] = {
    Const: const,
    Read: read,
    Not: not_,
    And: and_,
    Or: or_,
    Compare: compare,
    Among: among,
    Inside: inside,
    Between: between,
    If: if_,
    Default: default,
    Known: known,
    Firm: firm,
}
