"""The comparison set once more, one household at a time in Decimal yuan: slow, and as plain as the words of the set.

It shares nothing with the integer oracle but the facts and the lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal, localcontext

import numpy as np

from bench.comparison.columns import HOUSEHOLD_ANSWERS, PERSON_ANSWERS, Answers, Households, Ints, People
from bench.comparison.names import AS_OF, CLASSES, GRADES, KINDS, REGISTRATIONS, counties, dated_lines

ZERO, FEN, YUAN = Decimal(0), Decimal("0.01"), Decimal(1)


@dataclass
class _Person:
    birth: date
    alive: bool
    kind: str
    grade: str
    able: bool
    supporter: bool
    wages: Decimal
    other_income: Decimal
    spending: Decimal


def answers_one_by_one(h: Households, p: People, which: Ints | None = None) -> list[dict[str, list[int]]]:
    """For each household of ``which`` (all, if None): its answers by name as integers, fen for money; a person's answers as
    lists in the order of the people."""
    chosen = range(len(h.id)) if which is None else [int(i) for i in which]
    with localcontext() as context:
        context.prec = 50
        return [_household(h, p, i) for i in chosen]


def differences(h: Households, p: People, a: Answers, which: Ints | None = None) -> list[str]:
    """One sentence for every answer of ``a`` that is not what the loop says."""
    chosen = range(len(h.id)) if which is None else [int(i) for i in which]
    out = []
    for i, said in zip(chosen, answers_one_by_one(h, p, which), strict=True):
        people = slice(int(h.start[i]), int(h.start[i + 1]))
        for name in HOUSEHOLD_ANSWERS + PERSON_ANSWERS:
            column = np.asarray(getattr(a, name)).astype(np.int64)
            found = [int(column[i])] if name in HOUSEHOLD_ANSWERS else column[people].tolist()
            if found != said[name]:
                out.append(f"household {h.id[i]}: {name} is {found}, by hand {said[name]}")
    return out


def _household(h: Households, p: People, i: int) -> dict[str, list[int]]:
    people = [_person(p, k) for k in range(int(h.start[i]), int(h.start[i + 1]))]
    line = _line(counties()[int(h.county[i])][0], REGISTRATIONS[int(h.registration[i])])
    deposits = _yuan(h.deposits[i])
    alive = [x for x in people if x.alive]
    heads = len(alive)
    poorest = [x for x in alive if _destitute(x)]
    income = sum((_counted(x) for x in alive), ZERO)
    spending = sum((x.spending for x in alive), ZERO)
    not_all_destitute = len(poorest) < heads
    modest = int(h.cars[i]) == 0 and int(h.houses[i]) <= 1

    low = marginal = hardship = False
    low_amount = ZERO
    if heads > 0 and not_all_destitute and modest:
        per_head = _round(income / heads, FEN)
        low = per_head < line and deposits <= 24 * line * heads
        marginal = not low and per_head < line * Decimal("1.5") and deposits <= 36 * line * heads
        left = _round((income - spending) / heads, FEN)
        hardship = not low and not marginal and left < line and deposits <= 36 * line * heads
    if low:
        # Multiplied before divided: a third of a yuan has no Decimal, a third of three has.
        low_amount = _round((line * heads - income) * (heads - len(poorest)) / heads, YUAN)

    support, topup, old_age, living, nursing = [], [], [], [], []
    for x in people:
        poor, severe, age = x.alive and _destitute(x), x.grade in ("一级", "二级"), _age(x.birth)
        support.append(_round(line * Decimal("1.3"), YUAN) if poor else ZERO)
        topup.append(_round(line * _rate(x), FEN) if low and x.alive and not poor else ZERO)
        band = 1100 if age >= 100 else 200 if age >= 90 else 100 if age >= 80 else 0
        old_age.append(Decimal(band) if x.alive else ZERO)
        may = x.alive and not poor and x.grade != "无残疾"
        living.append(Decimal(120 if severe else 100) if may and (low or marginal) else ZERO)
        nursing.append(Decimal(150 if x.grade == "一级" else 100) if may and severe else ZERO)
    paid = [low_amount, *support, *topup, *old_age, *living, *nursing]
    all_destitute = heads > 0 and not not_all_destitute
    by_priority = {"特困户": all_destitute, "低保户": low, "边缘户": marginal, "支出户": hardship, "其他户": True}
    family_class = next(name for name, holds in by_priority.items() if holds)
    return {
        "low": [int(low)],
        "low_amount": [_fen(low_amount)],
        "marginal": [int(marginal)],
        "hardship": [int(hardship)],
        "total": [_fen(sum(paid, ZERO))],
        "family_class": [CLASSES.index(family_class)],
        "destitute": [int(x.alive and _destitute(x)) for x in people],
        "support": [_fen(x) for x in support],
        "topup": [_fen(x) for x in topup],
        "old_age": [_fen(x) for x in old_age],
        "living": [_fen(x) for x in living],
        "nursing": [_fen(x) for x in nursing],
    }


def _person(p: People, k: int) -> _Person:
    return _Person(
        birth=date(1970, 1, 1) + timedelta(days=int(p.birth[k])),
        alive=bool(p.alive[k]),
        kind=KINDS[int(p.kind[k])],
        grade=GRADES[int(p.grade[k])],
        able=bool(p.able[k]),
        supporter=bool(p.supporter[k]),
        wages=_yuan(p.wages[k]),
        other_income=_yuan(p.farm[k]) + _yuan(p.transfer[k]) + _yuan(p.pension[k]),
        spending=_yuan(p.medical[k]) + _yuan(p.education[k]),
    )


def _age(birth: date) -> int:
    had_birthday = (AS_OF.month, AS_OF.day) >= (birth.month, birth.day)
    return AS_OF.year - birth.year - (0 if had_birthday else 1)


def _counted(x: _Person) -> Decimal:
    wages = _round(x.wages * Decimal("0.7"), FEN) if x.grade in ("一级", "二级") else x.wages
    return wages + x.other_income


def _destitute(x: _Person) -> bool:
    age = _age(x.birth)
    weak = age >= 60 or age < 16 or x.grade in ("一级", "二级")
    return weak and not x.able and _counted(x) == 0 and not x.supporter


def _rate(x: _Person) -> Decimal:
    if x.grade in ("一级", "二级"):
        return Decimal("0.3")
    if _age(x.birth) >= 70 or (x.grade == "三级" and x.kind in ("智力", "精神")):
        return Decimal("0.2")
    return Decimal("0.1") if _age(x.birth) < 18 else ZERO


def _line(county: str, registration: str) -> Decimal:
    (fen,) = (
        fen
        for c, r, since, until, fen in dated_lines()
        if c == county and r == registration and since <= AS_OF and (until is None or until >= AS_OF)
    )
    return _yuan(fen)


def _yuan(fen: int | np.int64) -> Decimal:
    return Decimal(int(fen)) / 100


def _fen(yuan: Decimal) -> int:
    fen = yuan * 100
    if fen != int(fen):
        raise ValueError(f"{yuan} is not whole fen")
    return int(fen)


def _round(x: Decimal, unit: Decimal) -> Decimal:
    """Halves up, towards plus infinity, as the rules language says; Decimal's own ROUND_HALF_UP takes negatives the other way."""
    return ((x / unit) + Decimal("0.5")).to_integral_value(ROUND_FLOOR) * unit
