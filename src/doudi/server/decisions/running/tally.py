"""A finished run in figures: counted once by village, and added up level by level, so that a page asks for sums and not for households."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import NamedTuple

from doudi.screening.lists import Screened, text
from doudi.server.decisions.running import claims as c
from doudi.server.policybook.policy import Policy

LEVELS = (0, 2, 4, 6, 9, 12)
"""Levels that figures are added up for, by the digits of their divisions; grids (15) besides, where households stand in any."""
_SUMS = ("items", "households", "people", "uncounted", "amount", "low", "high", "unsummed")
_CHUNK = 5_000


class Tally(NamedTuple):
    """One figure of one division, as ``decisions.RunFigure`` keeps it. A household that stands no deeper than a township counts among the villages
    under the township's own code, so that the figures of a level always add up to those above it."""

    level: int
    area: str
    measure: str
    key: str
    items: int
    households: int
    people: int
    uncounted: int
    amount: int
    low: int
    high: int
    unsummed: int


@contextmanager
def tallied(run: Path, facts: Path, policy: Policy, month: date, as_of: date, area: str) -> Iterator[Iterator[Tally]]:
    """Every figure of the finished run of ``area``, from its own level downwards; the counting is done when it is entered."""
    with c.laid_out(run, facts, policy, month, as_of) as s:
        s.db.execute(f"CREATE TABLE leaves AS {' UNION ALL '.join(_counts(s))}")
        sums = ", ".join(f"sum({x})::BIGINT" for x in _SUMS)
        levels = [n for n in LEVELS if n >= len(area)]
        rolled = [
            f"SELECT {n} AS level, left(place, {n}) AS area, measure, key, {sums} FROM leaves GROUP BY ALL"
            for n in levels
        ]
        rolled.append(f"SELECT 15, place, measure, key, {sums} FROM leaves WHERE length(place) = 15 GROUP BY ALL")
        found = s.db.execute(" UNION ALL ".join(rolled) + " ORDER BY 1, 2, 3, 4")
        yield (Tally(*row) for rows in iter(lambda: found.fetchmany(_CHUNK), []) for row in rows)


def _counts(s: Screened) -> Iterator[str]:
    """SQL that counts by village: place, measure, key and the sums of a ``Tally``. An unknown class has the empty key."""
    people, uncounted = "coalesce(sum(head), 0)", "count(*) - count(head)"
    for step in c.STEPS:
        # What a household gets in all is told once, where all are counted.
        total = "coalesce(sum(total), 0)" if step == c.SCREENED else "0"
        unsummed = "count(*) - count(total)" if step == c.SCREENED else "0"
        yield (
            f"SELECT place, '{c.STEP}' AS measure, '{step}' AS key, count(*) AS items, count(*) AS households, {people} AS people, "
            f"{uncounted} AS uncounted, {total} AS amount, {total} AS low, {total} AS high, {unsummed} AS unsummed "
            f"FROM ({c.steps()}) WHERE {c.OF_STEPS[step]} GROUP BY place"
        )
    yield (
        f"SELECT place, '{c.CLASS}', coalesce(class, ''), count(*), count(*), {people}, {uncounted}, coalesce(sum(total), 0), "
        "coalesce(sum(total), 0), coalesce(sum(total), 0), count(*) - count(total) FROM homes WHERE screened GROUP BY place, class"
    )
    yield (
        f"SELECT place, '{c.PERSON}', coalesce(class, ''), count(*), count(DISTINCT household), count(*), 0, 0, 0, 0, 0 "
        "FROM heads GROUP BY place, class"
    )
    for measure, condition in c.OF_CLAIMS.items():
        amount = c.AMOUNT[measure]
        due = amount == "paid" or measure == c.OPEN
        low, high = ("low", "high") if due else (amount, amount)
        yield (
            f"SELECT place, '{measure}', programme, count(*), count(DISTINCT household), "
            "sum(CASE WHEN own THEN coalesce(head, 0) ELSE 1 END), count(*) FILTER (own AND head IS NULL), "
            f"coalesce(sum({amount}), 0), coalesce(sum({low}), 0), coalesce(sum({high}), 0), count(*) - count({amount}) "
            f"FROM claims WHERE {condition} GROUP BY place, programme"
        )
    for x in s.plan.lists:
        own = x.entity == s.ruleset.root
        for measure, condition in ((c.LIST, "certain"), (c.LIST_OPEN, "certain IS NULL")):
            yield (
                f"SELECT place, '{measure}', {text(x.name)}, count(*), count(DISTINCT household), "
                f"{people if own else 'count(*)'}, {uncounted if own else '0'}, 0, 0, 0, 0 "
                f"FROM ({c.own_list(s, x.name)}) WHERE {condition} GROUP BY place"
            )
