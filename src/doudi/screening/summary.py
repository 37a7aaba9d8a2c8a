"""A screened county at a glance: classes, townships, programmes, cost, who pays. Every figure is counted from the decisions, never carried along."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from doudi.rules.ruleset import ProgrammePlan
from doudi.screening.lists import Screened, build, column, listed, pack_counts

MOST_LACKING = 20


@dataclass(frozen=True)
class Count:
    """``households``, ``people`` (members of those whose number is known) and ``cost`` in fen a month (of those whose sum is known)."""

    households: int
    people: int
    cost: int


@dataclass(frozen=True)
class ProgrammeSum:
    """One programme: rows eligible, granted, undecided; ``cost`` in fen per period of what is certainly due; ``upper`` if all undecided were due."""

    plan: ProgrammePlan
    eligible: int
    granted: int
    undecided: int
    cost: int
    upper: int


@dataclass(frozen=True)
class Summary:
    """``classes`` by value of the household class (None: unknown), ``areas`` by code of the level below the home area, ``grid`` by both (households),
    ``persons`` by person class, ``shares`` fen by programme and level, ``lists`` rows by list and programme, ``own`` rows of the pack's lists (certain, unknown).
    ``concerned`` and ``by_area`` count the households that a list concerns, each once; ``lacking`` says what is missing (``kind|entity.name``) and in how
    many households, most first.
    """

    total: Count
    classes: dict[str | None, Count]
    areas: dict[int, Count]
    grid: dict[tuple[int, str | None], int]
    persons: dict[str | None, int]
    programmes: tuple[ProgrammeSum, ...]
    shares: dict[str, dict[str, int]]
    lists: dict[str, dict[str, int]] = field(default_factory=dict)
    own: dict[str, tuple[int, int]] = field(default_factory=dict)
    by_area: dict[tuple[int, str], int] = field(default_factory=dict)
    concerned: dict[str, int] = field(default_factory=dict)
    lacking: tuple[tuple[str, int], ...] = ()


def level_below(home: int) -> int:
    """How many of twelve digits tell apart the divisions just below ``home``: 9 (townships) for a county, 6 for a prefecture or province."""
    digits = f"{home:012d}".rstrip("0")
    return 9 if len(digits) > 4 else 6


def summarise(s: Screened, home: int, lists_path: Path) -> Summary:
    """Count the run. ``home`` is the code of the area screened; the lists are written to ``lists_path``."""
    cut = 10 ** (12 - level_below(home))
    klass, head, total = (column(k[1]) for k in (s.plan.household_class, s.plan.headcount, s.plan.total))
    place = f"(area // {cut}) * {cut}"
    counted = f"count(*), coalesce(sum({head}), 0)::BIGINT, coalesce(sum({total}), 0)::BIGINT"

    def one(sql: str) -> list[tuple[Any, ...]]:
        return s.db.execute(sql).fetchall()

    lists = build(s, lists_path)
    return Summary(
        total=Count(*one(f"SELECT {counted} FROM hh")[0]),
        classes={r[0]: Count(*r[1:]) for r in one(f"SELECT {klass}::VARCHAR, {counted} FROM hh GROUP BY 1")},
        areas={
            r[0]: Count(*r[1:])
            for r in one(f"SELECT {place}, {counted} FROM hh WHERE area IS NOT NULL GROUP BY 1 ORDER BY 1")
        },
        grid={
            (r[0], r[1]): r[2]
            for r in one(f"SELECT {place}, {klass}::VARCHAR, count(*) FROM hh WHERE area IS NOT NULL GROUP BY 1, 2")
        },
        persons={
            r[0]: r[1] for r in one(f"SELECT {column(s.plan.person_class[1])}::VARCHAR, count(*) FROM pp GROUP BY 1")
        },
        programmes=tuple(_programme(s, p) for p in listed(s)),
        shares={p.name: _shares(s, p) for p in listed(s) if p.shares},
        lists=lists,
        own=pack_counts(s),
        by_area={
            (r[0], r[1]): r[2]
            for r in one(
                f"SELECT {place}, list, count(DISTINCT household) FROM lists WHERE area IS NOT NULL GROUP BY 1, 2"
            )
        },
        concerned={r[0]: r[1] for r in one("SELECT list, count(DISTINCT household) FROM lists GROUP BY 1")},
        lacking=tuple(
            (str(r[0]), int(r[1]))
            for r in one(
                "SELECT leaf, count(DISTINCT household) AS n FROM (SELECT household, unnest(missing) AS leaf FROM lists) "
                f"GROUP BY 1 ORDER BY n DESC, leaf LIMIT {MOST_LACKING}"
            )
        ),
    )


def _programme(s: Screened, p: ProgrammePlan) -> ProgrammeSum:
    paid = (
        f"coalesce(sum({column(f'{p.name}.paid_lo')}), 0), coalesce(sum({column(f'{p.name}.paid_hi')}), 0)"
        if p.amount
        else "0, 0"
    )
    row = s.db.execute(
        f"SELECT count(*) FILTER ({column(f'{p.name}.outcome')} = 1), count(*) FILTER ({column(f'{p.name}.granted')} = 1), "
        f"count(*) FILTER ({column(f'{p.name}.granted')} = 2), {paid} FROM {s.table(p.entity)}"
    ).fetchall()[0]
    return ProgrammeSum(p, *(int(x) for x in row))


def _shares(s: Screened, p: ProgrammePlan) -> dict[str, int]:
    sums = ", ".join(f"coalesce(sum({column(v)}), 0)::BIGINT" for _, v in p.shares)
    row = s.db.execute(f"SELECT {sums} FROM {s.table(p.entity)}").fetchall()[0]
    return {level: int(x) for (level, _), x in zip(p.shares, row, strict=True)}
