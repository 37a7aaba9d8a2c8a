"""The calendar over whole columns: days since 1970-01-01, as ``doudi.rules.calendar`` does it for one date."""

from __future__ import annotations

import numpy as np

from doudi.screening.generate.sheet import Ints


def civil(day: Ints) -> tuple[Ints, Ints, Ints]:
    """Year, month and day of the month."""
    d = day.astype("datetime64[D]")
    month = d.astype("datetime64[M]")
    year = d.astype("datetime64[Y]")
    return (
        year.astype(np.int64) + 1970,
        (month - year.astype("datetime64[M]")).astype(np.int64) + 1,
        (d - month.astype("datetime64[D]")).astype(np.int64) + 1,
    )


def day_of(year: Ints, month: Ints, day: Ints) -> Ints:
    """The date of a day of the month; months outside 1 to 12 run into other years, days past the end into the next
    month.
    """
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    return months.astype("datetime64[D]").astype(np.int64) + day - 1


def ages(birth: Ints, at: int) -> Ints:
    """Whole years lived on day ``at``; never below 0."""
    year, month, day = civil(birth)
    (y,), (m,), (d,) = civil(np.array([at]))
    before = (m < month) | ((m == month) & (d < day))
    years: Ints = np.maximum(0, y - year - before)
    return years


def month_back(at: int, months: Ints | int) -> Ints:
    """The first day of the month ``months`` before the one of ``at``."""
    first = np.array(at).astype("datetime64[D]").astype("datetime64[M]")
    back: Ints = (first - np.asarray(months, np.int64)).astype("datetime64[D]").astype(np.int64)
    return back
