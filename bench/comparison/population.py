"""Made-up households for the comparison set. The same seed, part and size give the same households on any machine.

1% of the households stand within a few fen of a line, because that is where decisions go wrong.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from bench.comparison.columns import Households, Ints, People
from bench.comparison.names import AS_OF, GRADES, KINDS, NO_GRADE, NO_KIND, SEVERE_BELOW, counties, lines
from bench.comparison.oracle import counted, per_household

PART = 16_384
NEAR = 0.01
MONEY_MAX = 100_000_000
"""Fen: the upper bound that the pack declares for every monthly amount of a person."""

_SIZES = (0.15, 0.22, 0.24, 0.19, 0.11, 0.06, 0.02, 0.01)
"""Chance of 1, 2, … 8 people: 3.2 on average."""


def parts(households: int) -> list[tuple[int, int]]:
    """(part number, households in it) that make up ``households``."""
    whole, rest = divmod(households, PART)
    return [(i, PART) for i in range(whole)] + ([(whole, rest)] if rest else [])


def make_part(seed: int, part: int, n: int, near: float = NEAR) -> tuple[Households, People]:
    """Part ``part`` of the population of ``seed``, ``n`` households, of which the share ``near`` stands at a line."""
    rng = np.random.default_rng([seed, part])
    sizes = rng.choice(np.arange(1, 9), n, p=_SIZES).astype(np.int64)
    start = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
    household = np.repeat(np.arange(n, dtype=np.int64), sizes)
    first = np.int64(part) * PART
    h = _households(rng, n, first, start)
    p = _people(rng, h, household, first)
    _put_near_the_line(rng, h, p, near)
    return h, p


def _households(rng: np.random.Generator, n: int, first: np.int64, start: Ints) -> Households:
    county = rng.integers(0, len(counties()), n)
    codes = np.array([code for _, code in counties()], np.int64)
    # A household is registered in a village: sixteen townships of ten villages in each county.
    place = codes[county] * 1_000_000 + rng.integers(1, 17, n) * 1_000 + rng.integers(1, 11, n)
    deposits = _amounts(rng, n, 0.7, 6_000_00, 1.4, 10_000_000_000)
    rich = rng.random(n) < 0.002
    # More than 2^31 fen: where an int32 of fen turns negative.
    deposits[rich] = rng.integers(2_200_000_000, 9_000_000_000, int(rich.sum()))
    return Households(
        id=first + np.arange(n, dtype=np.int64),
        county=county,
        place=place,
        registration=(rng.random(n) < 0.6).astype(np.int64),
        cars=rng.choice(3, n, p=(0.86, 0.12, 0.02)).astype(np.int64),
        houses=rng.choice(3, n, p=(0.2, 0.74, 0.06)).astype(np.int64),
        deposits=deposits,
        start=start,
    )


def _people(rng: np.random.Generator, h: Households, household: Ints, first: np.int64) -> People:
    m = len(household)
    age = np.select(
        [(u := rng.random(m)) < 0.18, u < 0.78, u < 0.95],
        [rng.integers(0, 16, m), rng.integers(16, 60, m), rng.integers(60, 80, m)],
        rng.integers(80, 106, m),
    )
    disabled = rng.random(m) < 0.08
    grade = np.where(disabled, rng.integers(0, len(GRADES) - 1, m), NO_GRADE)
    kind = np.where(disabled, rng.integers(0, len(KINDS) - 1, m), NO_KIND)
    severe = grade < SEVERE_BELOW
    adult, old = (age >= 16) & (age < 60), age >= 60
    able = rng.random(m) < np.where(severe, 0.1, np.where(adult, 0.95, np.where(old, 0.25, 0.0)))
    rural = h.registration[household] == 1
    earns = adult & able
    pension = np.where(rng.random(m) < 0.3, _amounts(rng, m, 1, 2_200_00, 0.4), _amounts(rng, m, 1, 170_00, 0.3))
    index = np.arange(m, dtype=np.int64) - h.start[household]
    return People(
        id=(first + household) * 100 + index,
        household=household,
        birth=_births(rng, age),
        alive=rng.random(m) >= 0.015,
        kind=kind,
        grade=grade,
        able=able,
        supporter=rng.random(m) < np.where(age < 16, 0.93, np.where(old, 0.75, 0.9)),
        wages=_amounts(rng, m, 0.75, 2_600_00, 0.8) * earns,
        farm=_amounts(rng, m, 0.6, 500_00, 0.9) * (rural & (able | old)),
        transfer=_amounts(rng, m, 0.1, 120_00, 0.8),
        pension=pension * (old & (rng.random(m) < 0.8)),
        medical=_amounts(rng, m, 0.12, 400_00, 1.2),
        education=_amounts(rng, m, 0.8, 300_00, 0.8) * (age < 22),
    )


def _births(rng: np.random.Generator, age: Ints) -> Ints:
    """A birth date for each age at AS_OF. One in a hundred has the birthday on AS_OF itself or the day after."""
    m = len(age)
    y0 = np.array([np.datetime64(date(AS_OF.year - a, AS_OF.month, AS_OF.day), "D") for a in range(130)])
    reached = y0[age].astype(np.int64)
    before = y0[age + 1].astype(np.int64)
    days = before + 1 + (rng.random(m) * (reached - before)).astype(np.int64)
    edge = rng.random(m)
    days = np.where(edge < 0.005, reached, days)
    return np.where((edge >= 0.005) & (edge < 0.01), before + 1, days)


def _amounts(rng: np.random.Generator, n: int, share: float, middle: int, spread: float, top: int = MONEY_MAX) -> Ints:
    """Fen: nothing for all but ``share`` of ``n``; else log-normal about ``middle``, to the fen."""
    drawn = np.minimum(np.exp(rng.normal(np.log(middle), spread, n)), top).astype(np.int64)
    out: Ints = drawn * (rng.random(n) < share)
    return out


def _put_near_the_line(rng: np.random.Generator, h: Households, p: People, near: float) -> None:
    """Moves the income of some households to within four fen of what makes the line, 1.0 or 1.5 of it, or their deposits
    to within two fen of the limit."""
    n = len(h.id)
    alive = per_household(h, p.alive.astype(np.int64))
    chosen = (rng.random(n) < near) & (alive > 0)
    one_and_half = rng.random(n) < 0.3
    deposits_too = rng.random(n) < 0.2
    off = rng.integers(-4, 5, n)
    line = lines()[h.county, h.registration]
    target = np.where(one_and_half, line * 3 // 2, line) * alive + off
    # One living member carries the difference as farm income, which counts in full; the others keep what they have
    # unless that is already too much.
    first_alive = np.zeros(n, np.int64)
    positions = np.flatnonzero(p.alive)
    first_alive[p.household[positions][::-1]] = positions[::-1]
    carrier = first_alive[chosen]
    for column in (p.wages, p.farm, p.transfer, p.pension):
        column[carrier] = 0
    rest = per_household(h, counted(p))
    too_much = (rest > target) & chosen
    for column in (p.wages, p.farm, p.transfer, p.pension):
        column[too_much[p.household]] = 0
    rest[too_much] = 0
    p.farm[carrier] = (target - rest)[chosen]
    h.cars[chosen] = 0
    h.houses[chosen] = 1
    limit = np.where(one_and_half, 36, 24) * line * alive
    h.deposits[chosen] = np.where(deposits_too, limit + rng.integers(-2, 3, n), h.deposits % (limit + 1))[chosen]
