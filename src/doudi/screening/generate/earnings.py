"""What comes in: one row for each kind of income that a person had in the last twelve months."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from doudi.screening.generate.dates import civil, day_of
from doudi.screening.generate.draft import Draft, chance, yuan
from doudi.screening.generate.sheet import Ints, Mask

_YEAR = 365
_STALE = 0.012  # rows of money last received before the twelve months
_HARVEST = (9, 12)  # months in which the farm's money comes in


def earn(d: Draft, rng: np.random.Generator) -> None:
    """Fills the table 收入, identities excepted (see ``ties``)."""
    p = d.person
    job, away = p["在业"] != 0, p["外出务工"] != 0
    # Some families earn more than others at the same work.
    lucky = (np.exp(rng.normal(0.0, 0.22, d.n)) * np.where(d.urban, 1.25, 1.0))[d.hh]
    _wages(d, rng, job, away, lucky)
    _land(d, rng, away)
    _pensions(d, rng)
    _small(d, rng)


def add_income(
    d: Draft, rng: np.random.Generator, who: Mask, kind: str, amount: npt.ArrayLike, *, assessed: npt.ArrayLike = 0
) -> None:
    """A row of ``kind`` for everyone in ``who`` (a mask over people); ``amount`` in fen for each of them, over the
    last twelve months.
    """
    n = int(who.sum())
    stale = chance(rng, _STALE, n)
    when = d.day - rng.integers(1, 60, n) - np.where(stale, _YEAR + rng.integers(0, 200, n), 0)
    d.linked["收入"].add(who, 种类=d.words("收入.种类")[kind], 金额=amount, 日期=when, 评估=assessed)


def _wages(d: Draft, rng: np.random.Generator, job: Mask, away: Mask, lucky: npt.NDArray[np.float64]) -> None:
    shape, n = d.shape, d.people
    months = np.minimum(rng.integers(7, 17, n), 12)
    full = np.where(away, yuan(rng, shape.wage_away, 0.27, n), yuan(rng, shape.wage_local, 0.3, n))
    whole = d.person["劳动能力"] == d.words("人.劳动能力")["有劳动能力"]
    wage = np.round(full * lucky * months / 12 * np.where(whole, 1.0, 0.55) / 1000).astype(np.int64) * 1000
    add_income(d, rng, job, "工资", wage[job])
    # Odd jobs of those who stayed; without papers they are assessed.
    able = d.person["劳动能力"] != d.words("人.劳动能力")["完全丧失"]
    idle = d.alive & ~job & able & (d.age >= 18) & (d.age < 66) & (d.person["在读阶段"] == 0) & chance(rng, 0.45, n)
    add_income(
        d, rng, idle, "工资", yuan(rng, 520_000, 0.6, int(idle.sum())), assessed=chance(rng, 0.5, int(idle.sum()))
    )


def _land(d: Draft, rng: np.random.Generator, away: Mask) -> None:
    n = d.people
    able = d.person["劳动能力"] != d.words("人.劳动能力")["完全丧失"]
    home = d.alive & able & (d.age >= 17) & (d.age < 78) & ~away & (d.person["在读阶段"] == 0) & ~d.urban[d.hh]
    home &= chance(rng, 0.8, n)
    weaker = np.where(d.age > 65, 0.55, 1.0) * np.where(d.hardship, 0.6, 1.0)[d.hh]
    farm = np.round(yuan(rng, d.shape.farm, 0.65, n) * weaker / 1000).astype(np.int64) * 1000
    harvest = _harvest(d, rng, int(home.sum()))
    d.linked["收入"].add(
        home, 种类=d.words("收入.种类")["经营"], 金额=farm[home], 日期=harvest, 评估=chance(rng, 0.6, int(home.sum()))
    )
    trade = d.alive & (d.age >= 20) & (d.age < 65) & able & ~d.hardship[d.hh] & ~away
    trade &= rng.random(n) < np.where(d.urban[d.hh], 0.1, 0.025)
    add_income(d, rng, trade, "经营", yuan(rng, 2_800_000, 0.6, int(trade.sum())))
    head = d.families.head & d.alive
    land = head & ~d.urban[d.hh] & chance(rng, 0.7, n)
    add_income(d, rng, land, "转移", yuan(rng, 42_000, 0.6, int(land.sum())))
    rent = head & (rng.random(n) < np.where(d.hardship[d.hh], 0.05, 0.14))
    add_income(d, rng, rent, "财产性", yuan(rng, 110_000, 0.8, int(rent.sum())))


def _harvest(d: Draft, rng: np.random.Generator, n: int) -> Ints:
    """A day of the last harvest that is over on the day the ages count, or at worst the day before that."""
    (year,), (month,), _ = civil(np.array([d.day]))
    last = year - (month <= _HARVEST[1])
    one = np.full(n, last, np.int64)
    when = day_of(one, rng.integers(_HARVEST[0], _HARVEST[1] + 1, n), rng.integers(1, 29, n))
    # In autumn part of the harvest lies more than a year back: then this year's is what counts.
    return np.minimum(np.where(when < d.day - _YEAR + 2, when + _YEAR, when), d.day - 1)


def _pensions(d: Draft, rng: np.random.Generator) -> None:
    n, urban = d.people, d.urban[d.hh]
    old = d.alive & (d.age >= 60)
    retired = old & (rng.random(n) < np.where(urban, 0.55, 0.04))
    add_income(d, rng, retired, "养老金", yuan(rng, 2_700_000, 0.25, int(retired.sum())))
    basic = old & ~retired & chance(rng, 0.97, n)
    add_income(d, rng, basic, "基础养老金", 12 * (13_100 + 500 * rng.integers(0, 4, int(basic.sum()))))
    saved = basic & chance(rng, 0.72, n)
    add_income(d, rng, saved, "养老金", 12 * 100 * rng.integers(8, 70, int(saved.sum())))
    planned = old & ~urban & chance(rng, 0.06, n)
    add_income(d, rng, planned, "计生奖扶", 115_200)
    aged = d.alive & (d.age >= 81)
    add_income(d, rng, aged, "高龄补贴", 12 * np.where(d.age[aged] >= 90, 20_000, 10_000))


def _small(d: Draft, rng: np.random.Generator) -> None:
    n, stage = d.people, d.person["在读阶段"]
    studies = d.alive & (stage >= d.words("人.在读阶段")["普通高中"]) & chance(rng, 0.16, n)
    add_income(d, rng, studies, "奖助学金", 100_000 * rng.integers(1, 5, int(studies.sum())))
    nursing = d.alive & d.severe & chance(rng, 0.8, n)
    add_income(d, rng, nursing, "残疾人补贴", 96_000)
    for kind, share, median in (
        ("慈善捐助", 0.003, 150_000),
        ("其他收入", 0.012, 120_000),
        ("见义勇为奖", 0.00008, 500_000),
    ):
        some = d.alive & (d.age >= 18) & chance(rng, share, n)
        add_income(d, rng, some, kind, yuan(rng, median, 0.6, int(some.sum())))


def support_elders(d: Draft, rng: np.random.Generator, supported: Mask) -> None:
    """What children who live elsewhere send to the old people in ``supported`` (a mask over people)."""
    sends = supported & (rng.random(d.people) < np.where(d.hardship[d.hh], 0.5, 0.95))
    add_income(d, rng, sends, "赡养费", yuan(rng, 900_000, 0.5, int(sends.sum())))


def money_by_household(d: Draft, counted: Mask, disregarded: tuple[str, ...]) -> Ints:
    """A rough income of each household over the year (fen): rows of people in ``counted``, kinds in ``disregarded`` and stale rows left out.

    For shaping the population only; what the law counts is for the rules to say.
    """
    t, codes = d.linked["收入"], d.words("收入.种类")
    rows = counted[t.at] & ~np.isin(t["种类"], [codes[k] for k in disregarded]) & (t["日期"] >= d.day - _YEAR)
    out = np.zeros(d.n, np.int64)
    np.add.at(out, d.hh[t.at[rows]], t["金额"][rows])
    return out


DISREGARDED = (
    "基础养老金", "五老补贴", "优抚金", "护理费", "残疾人补贴", "高龄补贴", "计生奖扶", "见义勇为奖", "奖助学金", "社会救助金", "慈善捐助",
)  # fmt: skip
"""Kinds that a rough income leaves out."""

__all__ = ["DISREGARDED", "add_income", "earn", "money_by_household", "support_elders"]
