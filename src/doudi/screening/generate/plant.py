"""Puts hard cases among the households: each kind into a few that suit it, all that decides it known, and on record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from doudi.screening.facts import PART_HOUSEHOLDS
from doudi.screening.generate.draft import Draft, Planted
from doudi.screening.generate.sheet import Ints, Mask

_MONEY = ("收入", "支出", "医疗", "赡养人", "身份")
_HOME = ("财产", "困境", "受灾", "历次决定")


@dataclass(frozen=True)
class HardCase:
    """``where`` says which households suit (a mask), ``do`` makes the case of one and returns the person it is
    about, or -1.
    """

    kind: str
    where: Callable[[Suits], Mask]
    do: Callable[[Planter, int], int]
    unknown: bool = False
    """The case lives from something unknown; left out where everything is to be known."""


class Suits:
    """What can be asked of households when a place for a case is looked for.

    Only households without anything odd suit at all.
    """

    def __init__(self, d: Draft) -> None:
        self.d = d

    @cached_property
    def plain(self) -> Mask:
        """Everybody alive, counted and at one table; not moved, no earlier decisions; nothing planted yet."""
        d = self.d
        apart = d.person["不计入情形"] != d.words("人.不计入情形")["无不计入"]
        odd = d.any_of(~d.alive | apart | (d.person["共同生活"] == 0)) | (d.household["易地搬迁"] != 0)
        out: Mask = ~odd & (d.linked["历次决定"].count() == 0) & ~d.urban
        return out

    @cached_property
    def size(self) -> Ints:
        return self.d.per_household(self.d.alive)

    def has(self, since: int, until: int, at_least: int = 1) -> Mask:
        """Households with so many people of ``since`` to ``until`` whole years without disability or severe illness."""
        d = self.d
        return d.per_household(self.well & (d.age >= since) & (d.age <= until)) >= at_least

    @cached_property
    def well(self) -> Mask:
        d = self.d
        sound = (d.linked["残疾"].count() == 0) & (d.person["重病"] == 0)
        # Whoever the household owes nothing may not belong to it, which would be another case.
        out: Mask = sound & (d.person["自理丧失项数"] == 0) & d.alive & (d.person["法定义务"] != 0)
        return out

    @cached_property
    def all_well(self) -> Mask:
        out: Mask = self.d.per_household(~self.well) == 0
        return out

    def alone(self, since: int, until: int) -> Mask:
        """Households of one, of that age and well."""
        out: Mask = (self.size == 1) & self.has(since, until)
        return out


class Planter:
    """Changes one household at a time.

    Its tables are already cleared: ``income`` and its like put into them what the case needs.
    """

    def __init__(self, d: Draft, rng: np.random.Generator, suits: Suits) -> None:
        self.d, self.rng, self.suits = d, rng, suits
        self._first = np.searchsorted(d.hh, np.arange(d.n + 1))

    def members(self, h: int) -> Ints:
        return np.arange(self._first[h], self._first[h + 1])

    def well(self, h: int, since: int, until: int, *, head: bool = True) -> int:
        """Someone of household ``h`` who is well and of that age; the head only where ``head``.

        There is one: the case asked for it.
        """
        d, rows = self.d, self.members(h)
        fits = self.suits.well[rows] & (d.age[rows] >= since) & (d.age[rows] <= until)
        if not head:
            fits &= ~d.families.head[rows]
        return int(rows[fits][-1])

    def others(self, h: int, person: int) -> Ints:
        rows = self.members(h)
        out: Ints = rows[rows != person]
        return out

    def set(self, person: int, **facts: int | str) -> None:
        """Sets facts of 人; the name of a category's value stands for its code."""
        for name, value in facts.items():
            code = self.d.words(f"人.{name}")[value] if isinstance(value, str) else value
            self.d.person[name][person] = code
            if name in self.d.person.unknown:
                self.d.person.unknown[name][person] = False

    def set_household(self, h: int, **facts: int | str) -> None:
        for name, value in facts.items():
            code = self.d.words(f"户.{name}")[value] if isinstance(value, str) else value
            self.d.household[name][h] = code

    def add(self, table: str, row: int, **facts: int | str) -> None:
        """One row under person (or household) ``row``."""
        codes = {k: self.d.words(f"{table}.{k}")[v] if isinstance(v, str) else v for k, v in facts.items()}
        self.d.linked[table].add(np.array([row]), **codes)

    def income(self, h: int, percent: int, *, heads: int | None = None, over: int = 0, to: int | None = None) -> int:
        """The household's only counted income: ``percent`` of the line for each of ``heads`` (default: all), plus ``over`` fen a year.

        It goes to ``to``, else to a grown-up who is well, else to the head: wages to those of working age, other
        transfers to the old. Returns whom.
        """
        d, rows = self.d, self.members(h)
        amount = int(d.line()[h]) * 12 * (len(rows) if heads is None else heads) * percent // 100 + over
        if to is None:
            grown = rows[
                (d.age[rows] >= 18) & (d.age[rows] < 60) & self.suits.well[rows] & (d.person["在读阶段"][rows] == 0)
            ]
            to = int(grown[0]) if len(grown) else int(rows[d.families.head[rows]][0])
        works = bool(d.age[to] < 60)
        self.add("收入", to, 种类="工资" if works else "转移", 金额=amount, 日期=d.day - 20, 评估=0)
        if works:
            self.set(to, 在业=1)
        for row in rows:
            self.set(int(row), 收入无法核实=0)
        for row in rows[rows != to]:
            self.set(int(row), 在业=0, 外出务工=0)
        return to

    def disable(self, person: int, kind: str, grade: str) -> None:
        """A disability certificate, and what goes with a severe one."""
        self.add("残疾", person, 类别=kind, 等级=grade)
        if grade in ("一级", "二级"):
            self.set(person, 劳动能力="完全丧失", 能独立生活=0, 需护理六个月=1, 在业=0, 外出务工=0)
            self.d.severe[person] = True
        self.set(person, 补贴申请日=self.d.day - 400)


def plant(d: Draft, rng: np.random.Generator, cases: Sequence[HardCase]) -> None:
    """Makes every case in ``cases`` as often as the shape says, in households of its own, and records them in
    ``d.planted``.
    """
    suits = Suits(d)
    per_kind = how_many(d)
    free = suits.plain & ~d.touched
    chosen: list[tuple[HardCase, int]] = []
    for case in cases:
        if case.unknown and d.shape.missing <= 0:
            continue
        fit = np.flatnonzero(free & case.where(suits))
        for h in rng.permutation(fit)[:per_kind].tolist():
            free[h] = False
            chosen.append((case, h))
    mine = np.zeros(d.n, bool)
    mine[[h for _, h in chosen]] = True
    for table in _MONEY:
        d.linked[table].drop(mine[d.hh])
    for table in _HOME:
        d.linked[table].drop(mine)
    d.touched |= mine
    planter = Planter(d, rng, suits)
    for case, h in chosen:
        d.planted.append(Planted(h, case.do(planter, h), case.kind))


def how_many(d: Draft) -> int:
    """How often each kind is planted in this part."""
    return max(1, round(d.shape.plants * d.n / PART_HOUSEHOLDS)) if d.shape.plants else 0
