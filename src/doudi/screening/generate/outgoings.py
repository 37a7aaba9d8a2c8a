"""What goes out: hospital bills and the family's share of them, schooling, care, houses, the cost of going to work."""

from __future__ import annotations

import numpy as np

from doudi.screening.generate.draft import Draft, chance, yuan
from doudi.screening.generate.sheet import Ints, Mask

_SO_FAR = 27  # days of the month that have passed when the facts are collected
_FIRST_BAND = 1_500_000  # critical-illness insurance takes over above about this own share in the year (fen)


def spend(d: Draft, rng: np.random.Generator) -> None:
    """Fills the tables 医疗 and 支出."""
    _bills(d, rng)
    n, stage, codes = d.people, d.person["在读阶段"], d.words("人.在读阶段")
    for word, median in (
        ("普通高中", 420_000),
        ("中等职业", 350_000),
        ("大专", 1_150_000),
        ("本科", 1_250_000),
        ("研究生", 1_200_000),
    ):
        at = d.alive & (stage == codes[word])
        _add(d, rng, at, "教育", yuan(rng, median, 0.25, int(at.sum())))
    care = d.alive & d.severe & chance(rng, 0.3, n)
    _add(d, rng, care, "残疾照护", yuan(rng, 450_000, 0.6, int(care.sum())))
    house = d.families.head & d.alive & chance(rng, 0.006, n)
    _add(d, rng, house, "住房重建", yuan(rng, 6_000_000, 0.5, int(house.sum())))
    away = (d.person["外出务工"] != 0) & chance(rng, 0.6, n)
    _add(d, rng, away, "就业成本", yuan(rng, 260_000, 0.4, int(away.sum())))
    other = d.families.head & d.alive & chance(rng, 0.03, n)
    _add(d, rng, other, "其他支出", yuan(rng, 200_000, 0.7, int(other.sum())))


def _bills(d: Draft, rng: np.random.Generator) -> None:
    ill = d.person["重病"] != 0
    stays = np.clip(0.03 + d.age / 650, 0, 0.2) + ill * 0.6 + d.severe * 0.05
    who = np.flatnonzero(d.alive & (rng.random(d.people) < stays))
    twice = who[chance(rng, 0.22, len(who))]
    at = np.concatenate([who, twice])
    cost = np.where(ill[at], yuan(rng, 3_600_000, 0.8, len(at)), yuan(rng, 520_000, 0.8, len(at)))
    basic = (cost * rng.integers(50, 76, len(at)) // 100_000) * 1000
    rest = cost - basic
    critical = np.where(rest > _FIRST_BAND, (rest - _FIRST_BAND) * 6 // 10_000 * 1000, 0)
    # Up to now, which is late in the month that the facts are of.
    when = d.day + _SO_FAR - rng.integers(0, 440, len(at))
    d.linked["医疗"].add(at, 日期=when, 合规费用=cost, 基本医保=basic, 大病保险=critical)
    # The own share is what insurance leaves, with some cost outside the catalogue on top.
    own = (rest - critical) * rng.integers(100, 126, len(at)) // 100_000 * 1000
    kind = d.words("支出.种类")["医疗自付"]
    d.linked["支出"].add(at, 种类=kind, 金额=own, 日期=when)
    clinic = d.alive & (rng.random(d.people) < np.clip(d.age / 160, 0.06, 0.5))
    _add(d, rng, clinic, "医疗自付", yuan(rng, 60_000, 0.8, int(clinic.sum())))


def _add(d: Draft, rng: np.random.Generator, who: Mask, kind: str, amount: Ints) -> None:
    when = d.day - rng.integers(1, 380, int(who.sum()))
    d.linked["支出"].add(who, 种类=d.words("支出.种类")[kind], 金额=amount, 日期=when)
