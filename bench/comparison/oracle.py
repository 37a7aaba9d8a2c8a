"""The comparison set in exact integers: what every other implementation is held to.

Plain int64 arithmetic on whole fen; a fraction is never formed, it is multiplied out. ``loop.py`` says the same again,
one household at a time in Decimal, and a test holds the two together.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from bench.comparison.columns import Answers, Households, Ints, People
from bench.comparison.names import AS_OF, GRADE_THREE, INTELLECTUAL, MENTAL, NO_GRADE, SEVERE_BELOW, lines

YUAN = 100
DESTITUTE, LOW, MARGINAL, HARDSHIP, OTHER = range(5)


def per_household(h: Households, values: Ints) -> Ints:
    """Exact sums by household: differences of running totals, which are right for a household without people too."""
    total = np.concatenate((np.zeros(1, np.int64), np.cumsum(values)))
    return total[h.start[1:]] - total[h.start[:-1]]


def divided(a: Ints, b: Ints | int) -> Ints:
    """a / b to the nearest whole number, halves up; b is positive."""
    return np.asarray((2 * a + b) // (2 * b), np.int64)


def counted(p: People) -> Ints:
    """可计收入 of each person: wages of the severely disabled at 70%, half up; nothing for the dead."""
    wages = np.where(p.grade < SEVERE_BELOW, divided(p.wages * 7, 10), p.wages)
    return np.where(p.alive, wages + p.farm + p.transfer + p.pension, 0)


def ages(birth: Ints, at: date = AS_OF) -> Ints:
    """Whole years at ``at``: a year is full on the birthday itself."""
    day = birth.astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    years = at.year - (month.astype("datetime64[Y]").astype(np.int64) + 1970)
    month_number = month.astype(np.int64) % 12 + 1
    day_number = (day - month).astype(np.int64) + 1
    not_yet = (month_number > at.month) | ((month_number == at.month) & (day_number > at.day))
    return np.asarray(np.maximum(years - not_yet, 0), np.int64)


def answers(h: Households, p: People) -> Answers:
    """The whole set on whole, known facts."""
    line = lines()[h.county, h.registration]
    line_p = line[p.household]
    age = ages(p.birth)
    severe = p.grade < SEVERE_BELOW
    income_p = counted(p)
    destitute = p.alive & ((age >= 60) | (age < 16) | severe) & ~p.able & (income_p == 0) & ~p.supporter

    heads = per_household(h, p.alive.astype(np.int64))
    poorest = per_household(h, destitute.astype(np.int64))
    income = per_household(h, income_p)
    spent = per_household(h, np.where(p.alive, p.medical + p.education, 0))
    # Where nobody is alive every answer is no; the 1 only keeps the division from failing.
    by = np.maximum(heads, 1)
    open_to = (heads > 0) & (poorest < heads) & (h.cars == 0) & (h.houses <= 1)
    per_head = divided(income, by)
    low = open_to & (per_head < line) & (h.deposits <= 24 * line * heads)
    marginal = open_to & ~low & (2 * per_head < 3 * line) & (h.deposits <= 36 * line * heads)
    hardship = open_to & ~low & ~marginal & (divided(income - spent, by) < line) & (h.deposits <= 36 * line * heads)
    low_amount = np.where(low, divided((line * heads - income) * (heads - poorest), by * YUAN) * YUAN, 0)

    rate = np.select(
        [severe, (age >= 70) | ((p.grade == GRADE_THREE) & np.isin(p.kind, (INTELLECTUAL, MENTAL))), age < 18],
        [30, 20, 10],
        0,
    )
    topup = np.where(p.alive & low[p.household] & ~destitute, divided(line_p * rate, 100), 0)
    support = np.where(destitute, divided(line_p * 13, 10 * YUAN) * YUAN, 0)
    old_age = np.where(p.alive, np.select([age >= 100, age >= 90, age >= 80], [1100, 200, 100], 0) * YUAN, 0)
    disabled = p.alive & (p.grade < NO_GRADE) & ~destitute
    living = np.where(disabled & (low | marginal)[p.household], np.where(severe, 120, 100) * YUAN, 0)
    nursing = np.where(disabled & severe, np.where(p.grade == 0, 150, 100) * YUAN, 0)

    total = low_amount + per_household(h, support + topup + old_age + living + nursing)
    family_class = np.select(
        [(heads > 0) & (poorest == heads), low, marginal, hardship], [DESTITUTE, LOW, MARGINAL, HARDSHIP], OTHER
    )
    return Answers(
        low, low_amount, marginal, hardship, total, family_class, destitute, support, topup, old_age, living, nursing
    )
