"""Calendar arithmetic on columns, held against the calendar itself."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi.rules import calendar
from doudi.rules.block import days
from doudi.rules.calendar import from_day, to_day

DATES = st.dates(date(1801, 1, 1), date(2299, 6, 30))
FAR = st.dates(date(1, 6, 1), date(9998, 1, 1))
LEAP = [
    date(2000, 2, 29),
    date(2024, 2, 29),
    date(1900, 2, 28),
    date(2023, 2, 28),
    date(2024, 1, 31),
    date(2024, 12, 31),
]


def test_the_table_of_days_covers_what_it_says() -> None:
    assert from_day(days.FIRST_DAY) == date(1800, 1, 1)
    assert from_day(days.LAST_DAY) == date(2299, 12, 31)


def column(dates: list[date]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([to_day(d) for d in dates], dtype=np.int64)


def check(a: list[date], b: list[date], *, near: bool) -> None:
    x, y = column(a), column(b)
    assert days.age(x, y, near).tolist() == [calendar.age(p, q) for p, q in zip(a, b, strict=True)]
    assert days.months(x, y, near).tolist() == [calendar.months(p, q) for p, q in zip(a, b, strict=True)]
    assert days.month_start(x, near).tolist() == column([calendar.month_start(d) for d in a]).tolist()
    assert days.next_month_start(x, near).tolist() == column([calendar.next_month_start(d) for d in a]).tolist()


@given(st.lists(st.tuples(DATES, DATES), min_size=1, max_size=20))
def test_near_dates(pairs: list[tuple[date, date]]) -> None:
    check([a for a, _ in pairs], [b for _, b in pairs], near=True)


@given(st.lists(st.tuples(FAR, FAR), min_size=1, max_size=20))
def test_far_dates(pairs: list[tuple[date, date]]) -> None:
    check([a for a, _ in pairs], [b for _, b in pairs], near=False)


@pytest.mark.parametrize("near", [True, False])
def test_ends_of_months_and_29_february(near: bool) -> None:
    every = [(a, b) for a in LEAP for b in LEAP]
    check([a for a, _ in every], [b for _, b in every], near=near)


@given(
    st.lists(st.tuples(st.dates(date(1850, 1, 1), date(2200, 1, 1)), st.integers(-500, 500)), min_size=1, max_size=20)
)
def test_months_added(pairs: list[tuple[date, int]]) -> None:
    x, n = column([d for d, _ in pairs]), np.array([n for _, n in pairs])
    expected = [to_day(calendar.add_months(d, k)) for d, k in pairs]
    assert days.add_months(x, n, near=True).tolist() == expected
    assert days.add_months(x, n, near=False).tolist() == expected
