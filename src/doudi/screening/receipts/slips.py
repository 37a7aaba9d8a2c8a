"""Errors that offices make, put into receipts and recorded: who is paid too long, never, too little, twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from doudi.screening.generate.dates import month_back
from doudi.screening.generate.draft import Draft, Planted
from doudi.screening.generate.plant import how_many
from doudi.screening.generate.sheet import Ints, Mask
from doudi.screening.receipts.due import Due, aged_if_alive
from doudi.screening.receipts.terms import Terms

MISSED, WRONGLY_IN, CHANGED = "应保未保", "应退未退", "金额变动"

GUARANTEE, EXIT = "低保", "渐退帮扶"
SUPPORT, AGED, LIVING, NURSING = "特困供养", "高龄津贴", "残疾人生活补贴", "残疾人护理补贴"
OLD_SERVICE, UNABLE_OLD, ORPHAN, UNATTENDED = "养老服务补贴", "失能护理补贴", "孤儿基本生活", "无人抚养基本生活"
OF_HOUSEHOLD = (GUARANTEE, EXIT)


@dataclass
class Paid:
    """What is paid by programme, by row of 户 or 人; ``twice`` marks rows that are paid the sum a second time."""

    sums: dict[str, Ints]
    twice: dict[str, Mask] = field(default_factory=dict)


@dataclass(frozen=True)
class Office:
    """What a slip may look at. ``old`` are the terms before the last rise, or None where there was none."""

    d: Draft
    due: Due
    terms: Terms
    old: Terms | None
    paid: Paid

    @property
    def line(self) -> Ints:
        return np.where(self.d.urban, *self.terms.line).astype(np.int64)

    def plain(self) -> Mask:
        """Households without anybody decided as a household of one: those are paid apart."""
        return ~self.d.any_of(self.due.alone)

    def all_destitute(self) -> Mask:
        out: Mask = (self.due.heads > 0) & (self.d.per_household(self.due.counted & ~self.due.destitute) == 0)
        return out

    def old_guarantee(self) -> Ints:
        """The guarantee by the line before the last rise; 0 where it would not have been paid."""
        if self.old is None:
            return np.zeros(self.d.n, np.int64)
        rise = self.line - np.where(self.d.urban, *self.old.line)
        payees = np.maximum(self.line - self.due.per_head, 1)
        payees = self.due.guarantee // payees
        gap = np.maximum(self.line - rise - self.due.per_head, 0) * payees
        return np.where(self.due.low & (gap > self.terms.least) & (rise > 0), gap, 0)


@dataclass(frozen=True)
class Slip:
    """``where`` says to whom it can happen (a mask over the programme's rows), ``sums`` what is paid instead of
    what is due.
    """

    kind: str
    programme: str
    expected: str
    where: Callable[[Office], Mask]
    sums: Callable[[Office], Ints]
    twice: bool = False


def _nothing(o: Office) -> Ints:
    return np.zeros(max(o.d.n, o.d.people), np.int64)


def _as_due(programme: str) -> Callable[[Office], Ints]:
    return lambda o: o.paid.sums[programme]


def _flat(month: Callable[[Office], int]) -> Callable[[Office], Ints]:
    return lambda o: np.full(max(o.d.n, o.d.people), month(o), np.int64)


def _over_the_line(o: Office) -> Mask:
    out: Mask = (o.due.heads > 0) & (o.due.per_head * 10 >= o.line * 16) & (o.due.per_head < o.line * 4)
    return out


def _too_rich(o: Office) -> Mask:
    out: Mask = (o.due.heads > 0) & (o.due.per_head * 10 < o.line * 9) & ~o.due.property_fits & ~o.all_destitute()
    return out & o.plain() & ~o.due.marginal


def _died_before(o: Office) -> Mask:
    p = o.d.person
    return ~o.d.alive & (p["死亡日期"] < o.d.day)


def _died_alone(o: Office) -> Mask:
    nobody = o.d.per_household(o.d.alive) == 0
    out: Mask = _died_before(o) & nobody[o.d.hh] & (o.d.age >= 60)
    return out


def _low(o: Office) -> Mask:
    return o.due.low & (o.due.guarantee > 0) & (o.due.per_head * 10 <= o.line * 9)


def _exit_over(o: Office) -> Mask:
    h = o.d.household
    stopped = ~h.unknown["低保停发日"] & (h["低保停发日"] <= month_back(o.d.day, o.terms.exit_months))
    out: Mask = stopped & (h["因就业超标"] != 0) & (o.due.exit == 0)
    return out


def _grown_orphan(o: Office) -> Mask:
    age = o.d.age
    return o.d.alive & (age >= o.terms.grown) & (age < o.terms.grown + 3)


def _wrong_grade(o: Office) -> Ints:
    """The sum of the next grade: the lighter one, for the lightest the one before."""
    table = np.array(o.terms.living)
    place = np.abs(table[None, :] - o.due.living[:, None]).argmin(axis=1)
    out: Ints = table[np.where(place < len(table) - 1, place + 1, place - 1)]
    return out


SLIPS: tuple[Slip, ...] = (
    Slip("死亡后仍发特困金", SUPPORT, WRONGLY_IN, _died_alone, _flat(lambda o: max(o.due.support.max(), 60_000))),
    Slip("死亡后仍发高龄津贴", AGED, WRONGLY_IN, lambda o: _died_before(o) & (aged_if_alive(o.d, o.terms) > 0),
         lambda o: aged_if_alive(o.d, o.terms)),
    Slip("渐退期满仍发", EXIT, WRONGLY_IN, _exit_over, lambda o: o.line // 10_000 * 10_000),
    Slip("全家特困又领低保", GUARANTEE, WRONGLY_IN, lambda o: o.all_destitute() & o.plain(), lambda o: o.line // 2),
    Slip("符合特困未供养", SUPPORT, MISSED, lambda o: o.due.support > 0, _nothing),
    Slip("特困又领护理补贴", NURSING, WRONGLY_IN, lambda o: o.due.support > 0, _flat(lambda o: o.terms.nursing[1])),
    Slip("护理补贴未发", NURSING, MISSED, lambda o: o.due.nursing > 0, _nothing),
    Slip("生活补贴等级错", LIVING, CHANGED, lambda o: (o.due.living > 0) & (_wrong_grade(o) != o.due.living), _wrong_grade),
    Slip("高龄津贴档次错", AGED, CHANGED, lambda o: o.due.aged > o.terms.aged[0][1], _flat(lambda o: o.terms.aged[0][1])),
    Slip("高龄津贴未发", AGED, MISSED, lambda o: o.due.aged > 0, _nothing),
    Slip("高龄津贴发两次", AGED, CHANGED, lambda o: o.due.aged > 0, _as_due(AGED), twice=True),
    Slip("成年仍发孤儿费", ORPHAN, WRONGLY_IN, _grown_orphan, _flat(lambda o: o.terms.orphan)),
    Slip("财产超限仍发低保", GUARANTEE, WRONGLY_IN, _too_rich, lambda o: np.maximum(o.line - o.due.per_head, 0) * o.due.heads),
    Slip("低保按旧标准发", GUARANTEE, CHANGED, lambda o: (o.old_guarantee() > 0) & (o.old_guarantee() != o.due.guarantee),
         lambda o: o.old_guarantee()),
    Slip("低保发两次", GUARANTEE, CHANGED, _low, _as_due(GUARANTEE), twice=True),
    Slip("符合低保未纳入", GUARANTEE, MISSED, _low, _nothing),
    Slip("收入超标仍发低保", GUARANTEE, WRONGLY_IN, lambda o: _over_the_line(o) & o.plain(), lambda o: o.line * 2 // 5 * o.due.heads),
)  # fmt: skip
"""Rare ones first: they choose before the others take their households."""


def slip(o: Office, rng: np.random.Generator) -> None:
    """Makes every slip as often as the shape says, each in a household of its own where nothing else was planted."""
    d = o.d
    per_kind = how_many(d)
    for s in SLIPS:
        of_household = s.programme in OF_HOUSEHOLD
        free = ~d.touched if of_household else ~d.touched[d.hh]
        fit = rng.permutation(np.flatnonzero(free & s.where(o)))
        if not of_household:
            # One in each household, so that what is found there was put there once.
            fit = fit[np.sort(np.unique(d.hh[fit], return_index=True)[1])]
        rows = fit[:per_kind]
        o.paid.sums[s.programme][rows] = s.sums(o)[rows]
        if s.twice:
            mask = o.paid.twice.setdefault(s.programme, np.zeros(len(o.paid.sums[s.programme]), bool))
            mask[rows] = True
        households = rows if of_household else d.hh[rows]
        d.touched[households] = True
        for row, h in zip(rows.tolist(), households.tolist(), strict=True):
            d.planted.append(Planted(h, -1 if of_household else row, s.kind, s.programme, s.expected))
