"""What ties people to others and to the state: supporters outside the household, registered identities, what the
family owns.
"""

from __future__ import annotations

import numpy as np

from doudi.screening.generate.draft import Draft, chance, pick, yuan
from doudi.screening.generate.earnings import add_income, support_elders
from doudi.screening.generate.sheet import Ints, Mask

_STATES = {
    "一般": 0.924, "特困对象": 0.004, "低保重病重残": 0.012, "低保老年": 0.014, "重残无业": 0.014, "服刑无财产": 0.006,
    "无民事能力": 0.006, "失踪人": 0.006, "未成年人": 0.006,
    "七十岁以上": 0.008,
}  # fmt: skip

# Kind, men (True), women (False) or both (None), ages, share of those, fen a month, the kind of income it is paid as.
_IDENTITIES: tuple[tuple[str, bool | None, int, int, float, int, str], ...] = (
    ("革命五老", None, 89, 120, 0.03, 120_000, "五老补贴"),
    ("残疾军人", True, 30, 95, 0.0012, 240_000, "优抚金"),
    ("复员军人", True, 88, 120, 0.05, 190_000, "优抚金"),
    ("带病回乡退伍军人", True, 50, 90, 0.003, 90_000, "优抚金"),
    ("参战参试退役人员", True, 58, 78, 0.012, 95_000, "优抚金"),
    ("烈士遗属", None, 45, 100, 0.0006, 230_000, "优抚金"),
    ("因公牺牲病故军人遗属", None, 35, 95, 0.0002, 200_000, "优抚金"),
    ("三红遗属", None, 84, 110, 0.001, 80_000, "优抚金"),
    ("老复员军人遗孀", False, 84, 110, 0.012, 60_000, "优抚金"),
    ("六十年代退职职工", None, 84, 105, 0.012, 55_000, "转移"),
    ("矽肺病人员", True, 50, 82, 0.0015, 50_000, "转移"),
)


def tie(d: Draft, rng: np.random.Generator) -> None:
    """Fills 赡养人 (with what they send, in 收入) and 身份 (with what they pay)."""
    _supporters(d, rng)
    for kind, male, since, until, share, month, paid_as in _IDENTITIES:
        who = d.alive & (d.age >= since) & (d.age <= until) & chance(rng, share, d.people)
        if male is not None:
            who &= d.families.male == male
        identify(d, rng, who, kind, month, paid_as)


def identify(d: Draft, rng: np.random.Generator, who: Mask, kind: str, month: int, paid_as: str) -> None:
    """Registers everyone in ``who`` as ``kind`` with ``month`` fen a month, paid these twelve months as income
    ``paid_as``.
    """
    d.linked["身份"].add(who, 种类=d.words("身份.种类")[kind], 月补助=month)
    add_income(d, rng, who, paid_as, 12 * month)


def add_supporters(d: Draft, rng: np.random.Generator, at: Ints, *, state: Ints, income: Ints, far: Mask) -> None:
    """One supporter for each row of 人 in ``at``; ``income`` fen a year; ``far``: in another province."""
    n = len(at)
    towns = d.words("赡养人.城乡")
    away = np.array(d.shape.away_to, np.int64)[rng.integers(0, len(d.shape.away_to), n)] * 1_000_000
    d.linked["赡养人"].add(
        at,
        情形=state,
        年收入=income,
        家庭人口=rng.integers(1, 7, n),
        城乡=np.where(chance(rng, 0.3, n), towns["城市"], towns["农村"]),
        居住地=np.where(far, away, d.household["户籍地"][d.hh[at]]),
        财产超限=chance(rng, 0.16, n) & (income > 2_000_000),
    )


def _supporters(d: Draft, rng: np.random.Generator) -> None:
    old = d.alive & (d.age >= 60)
    grown = d.any_of(d.alive & (d.age >= 18) & (d.age < 60))[d.hh]
    never_married = ~grown & (rng.random(d.people) < np.where(d.families.male, 0.34, 0.06))
    alone = d.per_household(d.alive)[d.hh] == 1
    never_married &= alone
    many = np.where(grown, rng.binomial(4, 0.3, d.people), 1 + rng.binomial(4, 0.4, d.people))
    many = np.where(old & ~never_married, many, 0)
    at = np.repeat(np.arange(d.people), many)
    income = yuan(rng, 3_300_000, 0.55, len(at))
    state = pick(rng, d.words("赡养人.情形"), _STATES, len(at))
    poor = state != d.words("赡养人.情形")["一般"]
    income[poor] = income[poor] // 10_000 * 1000
    add_supporters(d, rng, at, state=state, income=income, far=chance(rng, 0.36, len(at)))
    support_elders(d, rng, (many > 0) & (~grown | chance(rng, 0.25, d.people)))


def own(d: Draft, rng: np.random.Generator, ratio: Ints) -> None:
    """Fills 财产. ``ratio`` is each household's rough income per head in percent of the line."""
    n, kinds = d.n, d.words("财产.种类")
    well = ratio > 180
    scale = np.clip(ratio, 30, 500) / 100

    def add(who: Mask, kind: str, value: Ints) -> None:
        d.linked["财产"].add(who, 种类=kinds[kind], 价值=value)

    saves = rng.random(n) < np.where(well, 0.75, 0.45)
    add(saves, "存款", (yuan(rng, 600_000, 1.1, n) * scale).astype(np.int64)[saves] // 1000 * 1000)
    house = rng.random(n) < np.where(d.urban, 0.86, 0.985)
    worth = np.where(d.urban, 25_000_000, 7_000_000)
    add(house, "住房", (worth[house] * rng.integers(50, 160, int(house.sum())) // 10_000_000) * 100_000)
    second = house & (rng.random(n) < np.where(well, 0.05, 0.006))
    add(second, "住房", yuan(rng, 14_000_000, 0.5, int(second.sum())))
    shares = (
        ("机动车", 0.26, 0.035, 5_500_000, 0.6),
        ("商铺", 0.011, 0.0008, 20_000_000, 0.5),
        ("企业出资", 0.008, 0.0006, 10_000_000, 0.9),
        ("证券", 0.008, 0.0008, 2_000_000, 1.0),
        ("大型农机", 0.008, 0.002, 4_000_000, 0.5),
        ("其他财产", 0.006, 0.002, 500_000, 0.8),
    )
    for kind, rich, poor, median, spread in shares:
        has = rng.random(n) < np.where(well, rich, poor)
        add(has, kind, yuan(rng, median, spread, int(has.sum())))
    rides = d.any_of(d.severe & d.alive) & chance(rng, 0.04, n)
    add(rides, "代步车", yuan(rng, 400_000, 0.3, int(rides.sum())))
