"""Tables: what can be said of linked rows when some are uncertain and the list itself may not be complete.

A row is in when its ``where`` is true, out when false, uncertain otherwise. An incomplete table may hold rows that nobody has listed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from doudi.rules.nodes import Exact, Node, Table
from doudi.rules.scalar.rows import Live
from doudi.rules.scalar.values import FALSE, MAYBE, TRUE, Fn, Maker, V


def completeness(node: Table) -> Callable[[Live], bool]:
    """Whether every row that ``node`` could speak of has been listed under a row."""
    entity = node.entity
    if node.kinds is None:
        return lambda r: r.complete.get(entity) is True
    kinds = frozenset(node.kinds)

    def complete(r: Live) -> bool:
        mark = r.complete.get(entity)
        return mark is True or (isinstance(mark, frozenset) and kinds <= mark)

    return complete


def table(node: Table, _entity: str, make: Maker) -> Fn:
    # A condition on a row is made for the row's own entity; what it says of the household it reads through the row's ancestors.
    where: Fn = make.fn(node.where, node.entity) if node.where is not None else _always
    complete = completeness(node)
    most = make.ruleset.entities[node.entity].max_rows
    if node.op == "count":
        return _count(node.entity, where, complete, most)
    if node.op == "any":
        return _any(node.entity, where, complete)
    if node.value is None:
        raise ValueError(f"{node.op} of {node.entity} needs a value")
    value = make.fn(node.value, node.entity)
    if node.op == "sum":
        return _sum(node.entity, where, value, complete, most, node.value)
    if node.op == "all":
        return _all(node.entity, where, value, complete)
    if node.op == "latest":
        if node.by is None:
            raise ValueError(f"latest of {node.entity} needs an order")
        return _latest(node, where, value, make.fn(node.by, node.entity), complete)
    return _greatest(node, where, value, complete) if node.op == "max" else _least(node, where, value, complete)


def _always(_: Live) -> V:
    return TRUE[0]


def _count(entity: str, where: Fn, complete: Callable[[Live], bool], most: int) -> Fn:
    def count(r: Live) -> V:
        inside = uncertain = 0
        assumed = False
        for row in r.kids[entity]:
            lo, hi, t = where(row)
            if lo:
                inside += 1
            elif hi:
                uncertain += 1
            assumed = assumed or t
        return inside, (inside + uncertain if complete(r) else most), assumed

    return count


def _sum(entity: str, where: Fn, value: Fn, complete: Callable[[Live], bool], most: int, node: Node) -> Fn:
    unlisted_lo, unlisted_hi = min(0, node.lo), max(0, node.hi)

    def total(r: Live) -> V:
        low: Exact = 0
        high: Exact = 0
        assumed = False
        rows = r.kids[entity]
        for row in rows:
            wlo, whi, t = where(row)
            assumed = assumed or t
            if not whi:
                continue
            lo, hi, t = value(row)
            assumed = assumed or t
            if wlo:
                low += lo
                high += hi
            else:
                low += min(0, lo)
                high += max(0, hi)
        if not complete(r):
            left = most - len(rows)
            low += left * unlisted_lo
            high += left * unlisted_hi
        return low, (low if low == high else high), assumed

    return total


def _any(entity: str, where: Fn, complete: Callable[[Live], bool]) -> Fn:
    def some(r: Live) -> V:
        true = unknown = assumed = False
        for row in r.kids[entity]:
            lo, hi, t = where(row)
            if lo:
                if not t:
                    return TRUE[0]
                true = True
            elif hi:
                unknown = True
            assumed = assumed or t
        return TRUE[1] if true else FALSE[assumed] if complete(r) and not unknown else MAYBE[assumed]

    return some


def _all(entity: str, where: Fn, value: Fn, complete: Callable[[Live], bool]) -> Fn:
    def every(r: Live) -> V:
        false = unknown = assumed = False
        for row in r.kids[entity]:
            wlo, whi, t = where(row)
            if not whi and not t:
                continue
            lo, hi, vt = value(row)
            if lo and not vt:
                # Of a row whose value is true it does not matter whether it is in.
                continue
            if not whi:
                assumed = True
                continue
            t = t or vt
            if wlo and not hi:
                if not t:
                    return FALSE[0]
                false = True
            elif not lo:
                unknown = True
            assumed = assumed or t
        return FALSE[1] if false else TRUE[assumed] if complete(r) and not unknown else MAYBE[assumed]

    return every


def _greatest(node: Table, where: Fn, value: Fn, complete: Callable[[Live], bool]) -> Fn:
    entity, static_lo, static_hi = node.entity, node.lo, node.hi

    def greatest(r: Live) -> V:
        certain: Exact | None = None  # the greatest lower bound among rows that are in
        high: Exact | None = None
        assumed = False
        for row in r.kids[entity]:
            wlo, whi, t = where(row)
            assumed = assumed or t
            if not whi:
                continue
            lo, hi, t = value(row)
            assumed = assumed or t
            if wlo and (certain is None or lo > certain):
                certain = lo
            if high is None or hi > high:
                high = hi
        if certain is None:
            return static_lo, static_hi, assumed
        return certain, high if complete(r) and high is not None else static_hi, assumed

    return greatest


def _least(node: Table, where: Fn, value: Fn, complete: Callable[[Live], bool]) -> Fn:
    entity, static_lo, static_hi = node.entity, node.lo, node.hi

    def least(r: Live) -> V:
        certain: Exact | None = None  # the least upper bound among rows that are in
        low: Exact | None = None
        assumed = False
        for row in r.kids[entity]:
            wlo, whi, t = where(row)
            assumed = assumed or t
            if not whi:
                continue
            lo, hi, t = value(row)
            assumed = assumed or t
            if wlo and (certain is None or hi < certain):
                certain = hi
            if low is None or lo < low:
                low = lo
        if certain is None:
            return static_lo, static_hi, assumed
        return low if complete(r) and low is not None else static_lo, certain, assumed

    return least


def _latest(node: Table, where: Fn, value: Fn, by: Fn, complete: Callable[[Live], bool]) -> Fn:
    entity, static_lo, static_hi = node.entity, node.lo, node.hi

    def latest(r: Live) -> V:
        # (row, its earliest and latest time, whether it is certainly in), in the order of the table
        possible: list[tuple[Live, Exact, Exact, bool]] = []
        assumed = certain = False
        for row in r.kids[entity]:
            wlo, whi, t = where(row)
            assumed = assumed or t
            if whi:
                lo, hi, t = by(row)
                assumed = assumed or t or value(row)[2]
                certain = certain or bool(wlo)
                possible.append((row, lo, hi, bool(wlo)))
        if not certain or not complete(r):
            return static_lo, static_hi, assumed
        values = [value(row) for row in could_be_latest(possible)]
        return min(v[0] for v in values), max(v[1] for v in values), assumed

    return latest


def could_be_latest(possible: list[tuple[Live, Exact, Exact, bool]]) -> list[Live]:
    """The rows that no row that is certainly in comes after; of equal times the row later in the table is the later."""
    out = []
    for i, (row, _, hi, _) in enumerate(possible):
        beaten = any(
            sure and j != i and (lo > hi or (lo == hi and j > i)) for j, (_, lo, _, sure) in enumerate(possible)
        )
        if not beaten:
            out.append(row)
    return out


MAKERS: dict[type[Node], Callable[[Any, str, Maker], Fn]] = {Table: table}
