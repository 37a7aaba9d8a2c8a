"""Standards and scales: what a value is worth by area, key and date, with an unknown key and an unknown measure let through as bounds."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from doudi.rules.calendar import from_day
from doudi.rules.declared import Bands
from doudi.rules.nodes import Const, Exact, Node, Scale, Standard
from doudi.rules.ruleset import Found, Ruleset
from doudi.rules.scalar.rows import Live
from doudi.rules.scalar.values import Fn, Maker, V, whole

REMEMBERED = 4096
"""Look-ups kept for each standard in a formula; a household asks the same few again and again."""


class Lookup:
    """The look-up of one Standard or Scale node: where its area, key and date come from, and what stands in force there."""

    def __init__(self, node: Standard | Scale, entity: str, make: Maker) -> None:
        nowhere = Const(type=node.type, value=0, lo=0, hi=0)
        self.area = make.fn(node.area or nowhere, entity)
        self.key = make.fn(node.key or nowhere, entity)
        self.at = make.fn(node.at, entity)
        self.keys = key_names(make.ruleset, node)
        self.table = make.ruleset.standards[node.name]

    def found(self, area: int, code: int, day: int) -> Found:
        return self.table.find(area, self.keys[code], from_day(day))


def key_names(ruleset: Ruleset, node: Standard | Scale) -> tuple[str, ...]:
    """The names by which the standard's lines are keyed, in the order of their codes; ``("",)`` where it has no key."""
    if node.key is None:
        return ("",)
    (category,) = (c for c in ruleset.book.categories if c.name == node.key.type.category)
    return tuple(name for name, _ in category.values)


def standard(node: Standard, entity: str, make: Maker) -> Fn:
    look = Lookup(node, entity, make)

    @lru_cache(REMEMBERED)
    def value(area: int, code: int, day: int) -> Exact | None:
        found = look.found(area, code, day).value
        # The value of a plain standard is a number: the reader of packs sees to it.
        return None if found is None else whole(found)  # type: ignore[arg-type]

    return _over_keys(look, node, lambda area, code, day, _: _point(value(area, code, day)))


def _point(value: Exact | None) -> tuple[Exact, Exact] | None:
    return None if value is None else (value, value)


def scale(node: Scale, entity: str, make: Maker) -> Fn:
    look, x = Lookup(node, entity, make), make.fn(node.x, entity)

    @lru_cache(REMEMBERED)
    def steps(area: int, code: int, day: int) -> Steps | None:
        found = look.found(area, code, day).value
        return Steps(found) if isinstance(found, Bands) else None

    def bounds(area: int, code: int, day: int, r: Live) -> tuple[Exact, Exact] | None:
        found = steps(area, code, day)
        if found is None:
            return None
        lo, hi, _ = x(r)
        if not node.progressive:
            return found.hull(lo, hi)
        if lo == hi or found.rising:
            low = found.slices(lo)
            return low, low if lo == hi else found.slices(hi)
        return None

    inner = _over_keys(look, node, bounds)

    def scaled(r: Live) -> V:
        lo, hi, t = inner(r)
        return lo, hi, t or x(r)[2]

    return scaled


def _over_keys(look: Lookup, node: Node, bounds: Callable[[int, int, int, Live], tuple[Exact, Exact] | None]) -> Fn:
    """The hull of ``bounds`` over every key that is possible; the node's own bounds where one of them, the area or the date is not to be had."""
    area, key, at, static_lo, static_hi = look.area, look.key, look.at, node.lo, node.hi

    def looked_up(r: Live) -> V:
        alo, ahi, t = area(r)
        klo, khi, kt = key(r)
        dlo, dhi, dt = at(r)
        t = t or kt or dt
        if alo != ahi or dlo != dhi:
            return static_lo, static_hi, t
        found = bounds(int(alo), int(klo), int(dlo), r)
        if found is None:
            return static_lo, static_hi, t
        lo, hi = found
        for code in range(int(klo) + 1, int(khi) + 1):
            other = bounds(int(alo), code, int(dlo), r)
            if other is None:
                return static_lo, static_hi, t
            lo, hi = min(lo, other[0]), max(hi, other[1])
        return lo, hi, t

    return looked_up


class Steps:
    """Bands ready to use. ``rising``: no slice has a negative rate, so that a greater x never gives less."""

    def __init__(self, bands: Bands) -> None:
        self.thresholds: list[Exact] = [whole(start) for start, _ in bands.steps]
        self.values: list[Exact] = [whole(bands.below or 0), *(whole(value) for _, value in bands.steps)]
        self.rising = all(value >= 0 for value in self.values)
        # What all slices under each threshold come to: the first reaches down from its threshold through zero.
        self.full: list[Exact] = []
        for i, start in enumerate(self.thresholds):
            under = (
                self.values[0] * start if i == 0 else self.full[-1] + self.values[i] * (start - self.thresholds[i - 1])
            )
            self.full.append(whole(under))

    def hull(self, lo: Exact, hi: Exact) -> tuple[Exact, Exact]:
        """分段: the least and greatest value of the bands that [lo, hi] touches."""
        first = bisect_right(self.thresholds, lo)
        if lo == hi:
            return self.values[first], self.values[first]
        touched = self.values[first : bisect_right(self.thresholds, hi) + 1]
        return min(touched), max(touched)

    def slices(self, x: Exact) -> Exact:
        """累进: each slice of x at its own rate."""
        i = bisect_right(self.thresholds, x)
        if i == 0:
            return whole(self.values[0] * x)
        return whole(self.full[i - 1] + self.values[i] * (x - self.thresholds[i - 1]))


MAKERS: dict[type[Node], Callable[[Any, str, Maker], Fn]] = {Standard: standard, Scale: scale}
