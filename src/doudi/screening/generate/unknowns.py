"""What nobody supplied: amounts blank or known within bounds, tables not known to be complete, years without a birthday."""

from __future__ import annotations

import numpy as np

from doudi.screening.generate.dates import civil, day_of
from doudi.screening.generate.draft import Draft, chance
from doudi.screening.generate.sheet import Ints, Mask, Sheet

# Facts of linked tables that go missing, as multiples of the share of missing income-like facts.
_LINKED = (
    ("收入", "金额", 1.0), ("支出", "金额", 1.0), ("财产", "价值", 1.0), ("赡养人", "年收入", 1.5), ("赡养人", "财产超限", 1.5),
    ("赡养人", "家庭人口", 1.0), ("赡养人", "居住地", 1.0), ("困境", "损失", 1.0), ("受灾", "重建费用", 0.8), ("医疗", "合规费用", 0.3),
)  # fmt: skip
_BOUNDED = 0.5  # half of the missing amounts are known to within a half
_PERSON = (
    ("重病", 0.06),
    ("劳动能力", 0.1),
    ("能独立生活", 0.05),
    ("共同生活", 0.04),
    ("居住地", 0.15),
    ("居住证月数", 0.3),
)
# Completeness: linked table, multiple, and for tables kept by kind the kinds that are typically not yet checked.
# What was paid is always known: it stands in the office's own books.
_MARKS_PERSON: tuple[tuple[str, float, tuple[str, ...]], ...] = (
    ("收入", 0.22, ("工资", "经营", "转移", "赡养费")), ("支出", 0.4, ("医疗自付", "其他支出")), ("赡养人", 0.3, ()), ("残疾", 0.05, ()),
    ("身份", 0.03, ()), ("医疗", 0.3, ()),
)  # fmt: skip
_MARKS_HOUSEHOLD: tuple[tuple[str, float, tuple[str, ...]], ...] = (
    ("人", 0.12, ()), ("财产", 0.6, ("存款", "证券", "企业出资")), ("困境", 0.3, ()), ("受灾", 0.3, ()),
    ("历次决定", 0.3, ()),
)  # fmt: skip


def hide(d: Draft, rng: np.random.Generator, sheets: dict[str, Sheet]) -> None:
    """Makes facts of ``sheets`` (finished, by entity) unknown, except in households that were touched: those stay
    as planted.
    """
    share = d.shape.missing
    if share <= 0:
        return
    for entity, parent, fact, lo, hi in d.vague:
        s = sheets[entity]
        s.bound(fact, s.at == parent, np.full(s.n, lo), np.full(s.n, hi))
    free = ~d.touched
    free_person = free[d.hh]
    for entity, fact, times in _LINKED:
        s = sheets[entity]
        at = s.at if entity in ("财产", "困境", "受灾") else d.hh[s.at]
        rows = free[at] & chance(rng, share * times, s.n)
        if fact in ("金额", "价值", "年收入"):
            _vague(s, fact, rows, rng)
        else:
            s.blank(fact, rows)
    for fact, times in _PERSON:
        d.person.blank(fact, free_person & chance(rng, share * times, d.people))
    frail = (d.age >= 70) | d.severe
    d.person.blank("自理丧失项数", free_person & frail & chance(rng, share, d.people))
    for fact in ("父亲状况", "母亲状况"):
        absent = (d.families.father if fact == "父亲状况" else d.families.mother) < 0
        d.person.blank(fact, free_person & absent & (d.age < 18) & chance(rng, share * 2, d.people))
    year_only(d, free_person & chance(rng, d.shape.year_only, d.people))
    for table, times, kinds in _MARKS_PERSON:
        _unmark(d, rng, d.person, table, free_person & chance(rng, share * times, d.people), kinds)
    for table, times, kinds in _MARKS_HOUSEHOLD:
        _unmark(d, rng, d.household, table, free & chance(rng, share * times, d.n), kinds)


def year_only(d: Draft, who: Mask) -> None:
    """Of everyone in ``who`` only the year of birth is known.

    Of those dead and of small children the date is always known.
    """
    rows = who & d.alive & (d.age >= 3)
    birth = d.person["出生日期"]
    year, _, _ = civil(birth)
    one = np.ones_like(year)
    d.person.bound("出生日期", rows, day_of(year, one, one), day_of(year, one * 12, one * 31))


def all_but(d: Draft, entity: str, kinds: tuple[str, ...]) -> int:
    """The mark of a table kept by kind that is complete but for ``kinds``."""
    codes = d.words(f"{entity}.种类")
    return ((1 << len(codes)) - 1) & ~sum(1 << codes[k] for k in kinds)


def _unmark(d: Draft, rng: np.random.Generator, sheet: Sheet, table: str, rows: Mask, kinds: tuple[str, ...]) -> None:
    marks = sheet.complete[table]
    nothing = np.zeros(sheet.n, np.int64)
    if not kinds:
        marks[rows] = 0
        return
    # Mostly one kind is still open; sometimes nothing was looked at.
    open_kind = np.array([all_but(d, table, (k,)) for k in kinds], np.int64)[rng.integers(0, len(kinds), sheet.n)]
    marks[rows] = np.where(chance(rng, 0.3, sheet.n), nothing, open_kind)[rows]


def _vague(s: Sheet, fact: str, rows: Mask, rng: np.random.Generator) -> None:
    value: Ints = s[fact]
    within = rows & chance(rng, _BOUNDED, s.n)
    s.bound(fact, within, value // 200_000 * 100_000, (value * 3 // 200_000 + 1) * 100_000)
    s.blank(fact, rows)
