"""What happened to the household before: poverty registers, earlier decisions, sudden hardship, damage to the home."""

from __future__ import annotations

import numpy as np

from doudi.screening.generate.dates import month_back
from doudi.screening.generate.draft import Draft, chance, pick, yuan
from doudi.screening.generate.sheet import Ints

_HARDSHIPS = {
    "火灾": 0.08,
    "交通事故": 0.25,
    "溺水": 0.02,
    "突发重病": 0.35,
    "其他意外": 0.15,
    "刚性支出骤增": 0.1,
    "其他困境": 0.05,
}
_WATCHED = {"脱贫不稳定户": 0.35, "边缘易致贫户": 0.3, "突发严重困难户": 0.35}
GUARANTEE = "低保金"


def remember(d: Draft, rng: np.random.Generator, ratio: Ints) -> None:
    """Fills the registers of 户 and the tables 困境, 受灾 and 历次决定.

    ``ratio``: rough income per head in percent of the line.
    """
    n, h, w = d.n, d.household, d.words
    near = ratio < 160
    listed = ~d.urban & (rng.random(n) < d.shape.registered_poor * np.where(near, 1.7, 0.9))
    h["建档类别"] = np.where(listed, w("户.建档类别")["已脱贫"], w("户.建档类别")["非建档立卡"])
    watched = near & (rng.random(n) < np.where(listed, 0.16, 0.08))
    watch = w("户.监测类别")
    as_what = pick(rng, watch, _WATCHED, n)
    as_what[~listed & (as_what == watch["脱贫不稳定户"])] = watch["边缘易致贫户"]
    h["监测类别"] = np.where(watched, as_what, watch["非监测"])
    _hit(d, rng)

    stopped = (ratio >= 105) & (ratio < 260) & chance(rng, 0.012, n)
    h["因就业超标"] = stopped & chance(rng, 0.5, n)
    h["低保停发日"] = d.day
    h.blank("低保停发日", np.ones(n, bool))  # there is no date where nothing was stopped
    at = np.flatnonzero(stopped)
    stop(d, at, ago=rng.integers(0, 22, len(at)), lasted=rng.integers(6, 49, len(at)))


def stop(d: Draft, at: Ints, *, ago: Ints, lasted: Ints) -> None:
    """The guarantee of households ``at`` stopped ``ago`` whole months before the month of the part, after
    ``lasted`` months of it.
    """
    d.household["低保停发日"][at] = month_back(d.day, ago)
    d.household.unknown["低保停发日"][at] = False
    add_history(d, at, last_month_back=ago + 1, months=lasted, amount=d.line()[at])
    no = d.words("历次决定.结果")["决定不符合"]
    what = d.words("历次决定.项目")[GUARANTEE]
    d.linked["历次决定"].add(at, 项目=what, 月份=month_back(d.day, ago), 结果=no, 金额=0)


def add_history(
    d: Draft, at: Ints, *, last_month_back: Ints, months: Ints, amount: Ints, what: str = GUARANTEE
) -> None:
    """A favourable decision for each of ``months`` months, the last of them ``last_month_back`` before the month of
    the part.
    """
    row = np.repeat(np.arange(len(at)), months)
    # Oldest first: the k-th of m rows lies m - 1 - k months before the last.
    k = np.arange(len(row)) - np.repeat(np.cumsum(months) - months, months)
    back = last_month_back[row] + months[row] - 1 - k
    d.linked["历次决定"].add(
        at[row],
        项目=d.words("历次决定.项目")[what],
        月份=month_back(d.day, back),
        结果=d.words("历次决定.结果")["决定符合"],
        金额=amount[row],
    )


def _hit(d: Draft, rng: np.random.Generator) -> None:
    n = d.n
    hit = rng.random(n) < np.where(d.hardship, 0.05, 0.012)
    m = int(hit.sum())
    d.linked["困境"].add(
        hit,
        种类=pick(rng, d.words("困境.种类"), _HARDSHIPS, m),
        日期=d.day + 27 - rng.integers(0, 380, m),
        损失=yuan(rng, 1_500_000, 0.9, m),
        已救助=chance(rng, 0.4, m),
        受困人数=1 + rng.integers(0, np.maximum(d.per_household(d.alive)[hit], 1)),
    )
    damaged = ~d.urban & chance(rng, 0.004, n)
    m = int(damaged.sum())
    grade = pick(rng, d.words("受灾.房屋损毁"), {"一般损坏": 0.55, "严重损坏": 0.33, "倒塌": 0.12}, m)
    new = (grade == d.words("受灾.房屋损毁")["倒塌"]) | chance(rng, 0.15, m)
    way = d.words("受灾.重建方式")
    d.linked["受灾"].add(
        damaged,
        日期=d.day + 27 - rng.integers(0, 320, m),
        房屋损毁=grade,
        重建方式=np.where(new, way["新建"], way["修缮"]),
        重建费用=np.where(new, yuan(rng, 9_000_000, 0.3, m), yuan(rng, 1_800_000, 0.5, m)),
        纳入重建=chance(rng, 0.55, m),
    )
    d.household["冬春需救助"] = rng.random(n) < np.where(damaged, 0.5, np.where(d.hardship, 0.04, 0.004))
