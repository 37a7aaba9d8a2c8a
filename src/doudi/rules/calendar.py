"""Dates that decide: whole years, whole months, ends of months, 29 February. Days are counted from 1970-01-01."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

EPOCH = date(1970, 1, 1)


def to_day(d: date) -> int:
    return (d - EPOCH).days


def from_day(day: int) -> date:
    return EPOCH + timedelta(days=day)


def age(birth: date, at: date) -> int:
    """Whole years lived at ``at``: a year is full on the birthday itself; someone born on 29 February fills a common year on 1 March. Never below 0."""
    return max(0, at.year - birth.year - ((at.month, at.day) < (birth.month, birth.day)))


def months(start: date, end: date) -> int:
    """Whole months from ``start`` to ``end``, negative when ``end`` is earlier. A month is full on the same day number, or on the last day of a
    month too short to have it (31 January to 28 February 2023 is one month)."""
    if end < start:
        return -months(end, start)
    whole = (end.year - start.year) * 12 + end.month - start.month
    reached = end.day >= start.day or end.day == monthrange(end.year, end.month)[1]
    return whole if reached else whole - 1


def add_months(d: date, n: int) -> date:
    """``d`` moved by ``n`` months, clipped to the end of a shorter month (31 January + 1 is 28 or 29 February)."""
    year, month = divmod(d.year * 12 + d.month - 1 + n, 12)
    return date(year, month + 1, min(d.day, monthrange(year, month + 1)[1]))


def month_start(d: date) -> date:
    return d.replace(day=1)


def next_month_start(d: date) -> date:
    return add_months(d.replace(day=1), 1)
