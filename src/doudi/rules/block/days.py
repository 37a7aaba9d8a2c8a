"""Calendar arithmetic on whole columns of days since 1970-01-01: the same answers as ``doudi.rules.calendar``, date by date."""

from __future__ import annotations

from functools import cache

import numpy as np

from doudi.rules.block.column import Array, as_array

FIRST_DAY = -62_091
"""1800-01-01: dates from here up to LAST_DAY are looked up; others are worked out, some ten times slower."""
LAST_DAY = 120_529
"""2299-12-31."""

_DAY_BITS = 32
_YEAR = 12 * _DAY_BITS


@cache
def _packed() -> Array:
    """For each day from FIRST_DAY: (year * 12 + month - 1) * 32 + day of the month, a number that orders as the dates do."""
    return _pack(np.arange(FIRST_DAY, LAST_DAY + 1, dtype=np.int64)).astype(np.int32)


@cache
def _month_starts() -> tuple[int, Array]:
    """The month number of FIRST_DAY, and the first day of every month from that one to the one after LAST_DAY's."""
    first, last = int(_packed()[0]) // _DAY_BITS, int(_packed()[-1]) // _DAY_BITS
    return first, _start(np.arange(first, last + 3, dtype=np.int64)).astype(np.int32)


def _pack(day: Array) -> Array:
    month = day.astype("M8[D]").astype("M8[M]")
    dom = day - month.astype("M8[D]").astype(np.int64) + 1
    return as_array((month.astype(np.int64) + 1970 * 12) * _DAY_BITS + dom)


def _start(month: Array) -> Array:
    return (month - 1970 * 12).astype("M8[M]").astype("M8[D]").astype(np.int64)


def pack(day: Array, near: bool) -> Array:
    """``near`` promises that every day lies between FIRST_DAY and LAST_DAY."""
    return as_array(_packed().take(day - FIRST_DAY)) if near else _pack(day.astype(np.int64))


def start_of(month: Array, near: bool) -> Array:
    """The first day of month number ``month`` (year * 12 + month - 1)."""
    if not near:
        return _start(month.astype(np.int64))
    first, starts = _month_starts()
    return as_array(starts.take(month - first))


def age(birth: Array, at: Array, near: bool) -> Array:
    """Whole years lived, never below 0."""
    # A year is _YEAR apart in packed form and the rest orders by month and day, so one floor division does it all.
    years = (pack(at, near) - pack(birth, near)) // _YEAR
    return as_array(np.maximum(years, 0))


def _months_on(start: Array, end: Array, near: bool) -> Array:
    """Whole months where ``end`` is not before ``start``."""
    a, b = pack(start, near), pack(end, near)
    whole = b // _DAY_BITS - a // _DAY_BITS
    last = pack(end + 1, near) % _DAY_BITS == 1
    return as_array(whole - ~((b % _DAY_BITS >= a % _DAY_BITS) | last))


def months(start: Array, end: Array, near: bool) -> Array:
    """Whole months from ``start`` to ``end``; negative when ``end`` is earlier."""
    back = end < start
    if not back.any():
        return _months_on(start, end, near)
    whole = _months_on(np.minimum(start, end), np.maximum(start, end), near)
    return as_array(np.where(back, -whole, whole))


def add_months(day: Array, n: Array, near: bool) -> Array:
    """``day`` moved by ``n`` months, clipped to the end of a shorter month. ``near`` speaks of the result as well."""
    packed = pack(day, near)
    month = packed // _DAY_BITS + n
    first, after = start_of(month, near), start_of(month + 1, near)
    return as_array(np.minimum(first + packed % _DAY_BITS, after) - 1)


def month_start(day: Array, near: bool) -> Array:
    return as_array(day - pack(day, near) % _DAY_BITS + 1)


def next_month_start(day: Array, near: bool) -> Array:
    return start_of(pack(day, near) // _DAY_BITS + 1, near)
