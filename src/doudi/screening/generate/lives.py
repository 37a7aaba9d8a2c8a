"""What each person's life is like: school, disability, illness, ability to work, job, who went away, who died."""

from __future__ import annotations

import numpy as np

from doudi.screening.generate.dates import ages, day_of, month_back
from doudi.screening.generate.draft import Draft, chance, pick
from doudi.screening.generate.shape import by_age
from doudi.screening.generate.sheet import Ints, Mask

_KINDS = {"肢体": 0.56, "智力": 0.09, "精神": 0.1, "视力": 0.12, "听力": 0.11, "言语": 0.02}
_KINDS_YOUNG = {"肢体": 0.38, "智力": 0.3, "精神": 0.14, "视力": 0.06, "听力": 0.08, "言语": 0.04}
_GRADES = {"一级": 0.14, "二级": 0.28, "三级": 0.29, "四级": 0.29}
_SUBSIDY_SINCE = 96  # months: applications for the subsidies lie at most so far back


def live(d: Draft, rng: np.random.Generator) -> None:
    """Fills the facts of 人 that are about the person, and the table 残疾."""
    disabled = _health(d, rng)
    _school(d, rng)
    able = _ability(d, rng, disabled)
    _work(d, rng, able)
    _deaths(d, rng)


def _health(d: Draft, rng: np.random.Generator) -> Mask:
    n, p, w = d.people, d.person, d.words
    # Hardship and bad health go together: it is often why the earners fell away.
    heavier = np.where(d.hardship, 1.9, 0.92)[d.hh]
    disabled = rng.random(n) < np.array(by_age(d.shape.disabled))[d.age] * heavier
    ill = rng.random(n) < np.array(by_age(d.shape.ill))[d.age] * heavier
    who = np.flatnonzero(disabled)
    kinds, grades = w("残疾.类别"), w("残疾.等级")
    young = d.age[who] < 45
    kind = np.where(young, pick(rng, kinds, _KINDS_YOUNG, len(who)), pick(rng, kinds, _KINDS, len(who)))
    grade = pick(rng, grades, _GRADES, len(who))
    d.linked["残疾"].add(who, 类别=kind, 等级=grade)
    second = chance(rng, 0.08, len(who))
    other = (kind[second] + rng.integers(1, len(kinds), second.sum())) % len(kinds)
    d.linked["残疾"].add(who[second], 类别=other, 等级=pick(rng, grades, _GRADES, int(second.sum())))
    severe = np.zeros(n, bool)
    severe[who] = grade <= grades["二级"]
    mental = np.zeros(n, bool)
    mental[who] = (kind == kinds["智力"]) | (kind == kinds["精神"])
    d.severe = severe

    frail = np.clip((d.age - 74) / 45, 0, 0.6) + severe * 0.45 + ill * 0.15
    lost = np.where(rng.random(n) < frail, rng.binomial(6, np.clip(0.3 + severe * 0.25 + (d.age > 85) * 0.2, 0, 1)), 0)
    p["重病"] = ill
    p["自理丧失项数"] = lost
    p["需护理六个月"] = (severe & chance(rng, 0.85, n)) | (lost >= 4)
    p["工伤护理"] = severe & (d.age > 25) & chance(rng, 0.01, n)
    p["补贴申请日"] = month_back(d.day, rng.integers(1, _SUBSIDY_SINCE, n)) + rng.integers(0, 28, n)
    p.blank("补贴申请日", ~disabled)  # who has no certificate never applied: there is no date to be known
    p["能独立生活"] = (d.age >= 18) & ~(severe & (mental | (lost >= 4)) & chance(rng, 0.8, n))
    return disabled


def _school(d: Draft, rng: np.random.Generator) -> None:
    """Stages by the age on 1 September of the school year; one draw decides how far someone's schooling goes."""
    n, codes = d.people, d.words("人.在读阶段")
    year = d.month.year - (d.month.month < 9)
    begun = int(day_of(np.array([year]), np.array([9]), np.array([1]))[0])
    age = np.where(d.families.birth < begun, ages(d.families.birth, begun), -1)
    far = rng.random(n)
    stage = np.full(n, codes["不在读"], np.int64)
    for word, since, until, least in (
        ("学前", 3, 5, 0.12),
        ("小学", 6, 11, 0.003),
        ("初中", 12, 14, 0.008),
        ("中等职业", 15, 17, 0.12),
        ("普通高中", 15, 17, 0.5),
        ("大专", 18, 20, 0.62),
        ("本科", 18, 21, 0.8),
        ("研究生", 22, 24, 0.985),
    ):
        stage[(age >= since) & (age <= until) & (far >= least)] = codes[word]
    stage[d.severe & chance(rng, 0.6, n)] = codes["不在读"]
    studies = stage != codes["不在读"]
    d.person["在读阶段"] = stage
    d.person["全日制"] = studies & ~((stage >= codes["大专"]) & chance(rng, 0.04, n))
    # Whoever studies full-time lives on the family, adult or not.
    d.person["能独立生活"] = (d.person["能独立生活"] != 0) & ~studies


def _ability(d: Draft, rng: np.random.Generator, disabled: Mask) -> Mask:
    """Returns who could work: of age, able at least in part, not at school."""
    codes = d.words("人.劳动能力")
    draw = rng.random(d.people)
    ill = d.person["重病"] != 0
    partly = np.where(d.age >= 70, 0.45, np.where(d.age >= 60, 0.45, np.where(disabled | ill, 0.5, 0.01)))
    lost = np.where(d.age >= 70, 0.42, np.where(d.age >= 60, 0.12, np.where(ill, 0.35, 0.0)))
    lost = np.where(d.severe, 0.78, lost)
    partly = np.where(d.severe, 0.2, partly)
    ability = np.full(d.people, codes["有劳动能力"], np.int64)
    ability[draw < lost + partly] = codes["部分丧失"]
    # Children have no ability to work yet; the list has no word of their own for it.
    ability[(draw < lost) | (d.person["自理丧失项数"] >= 4) | (d.age < 16)] = codes["完全丧失"]
    d.person["劳动能力"] = ability
    studies = d.person["在读阶段"] != d.words("人.在读阶段")["不在读"]
    able: Mask = (ability != codes["完全丧失"]) & (d.age >= 16) & ~studies
    return able


def _work(d: Draft, rng: np.random.Generator, able: Mask) -> None:
    n, p = d.people, d.person
    whole = p["劳动能力"] == d.words("人.劳动能力")["有劳动能力"]
    fallen = d.hardship[d.hh]
    away = able & whole & ~fallen & (rng.random(n) < np.array(by_age(d.shape.away))[d.age])
    # A parent alone with small children mostly stays.
    small = d.any_of(d.age < 10)[d.hh] & (d.per_household((d.age >= 18) & (d.age < 65)) == 1)[d.hh]
    away &= ~(small & chance(rng, 0.7, n))
    local = np.where(d.urban[d.hh], 0.76, d.shape.local_job) * np.where(whole, 1, 0.3) * np.where(fallen, 0.12, 1.0)
    job = away | (able & (d.age < 62) & (rng.random(n) < local))
    # A family with hands does not sit idle: mostly somebody finds work near home.
    hands = able & ~job & (d.age >= 18) & (d.age < 62)
    needs = ~fallen & ~d.any_of(job)[d.hh] & chance(rng, 0.8, d.n)[d.hh]
    job |= _one_each(d, hands & needs)
    idle = able & ~job & (d.age < 60)
    p["外出务工"] = away
    p["在业"] = job
    p["拒绝就业次数"] = np.where(idle & chance(rng, 0.012, n), rng.integers(1, 5, n), 0)
    p["收入无法核实"] = able & whole & (d.age < 60) & ~away & chance(rng, 0.015, n)
    p["领失业金"] = idle & d.urban[d.hh] & chance(rng, 0.02, n)
    p["参加居民医保"] = ~chance(rng, 0.025, n)
    p["居住地"] = _residence(d, rng, away)
    p["居住证月数"] = np.where(away & chance(rng, 0.6, n), rng.integers(1, 97, n), 0)


def _one_each(d: Draft, who: Mask) -> Mask:
    """The first person of each household among ``who``."""
    rows = np.flatnonzero(who)
    out = np.zeros(d.people, bool)
    out[rows[np.unique(d.hh[rows], return_index=True)[1]]] = True
    return out


def _residence(d: Draft, rng: np.random.Generator, away: Mask) -> Ints:
    to = np.array(d.shape.away_to, np.int64) * 1_000_000
    elsewhere = away | ((d.age >= 65) & chance(rng, 0.012, d.people))
    home = d.household["居住地"][d.hh]
    return np.where(elsewhere, to[rng.integers(0, len(to), d.people)], home)


def _deaths(d: Draft, rng: np.random.Generator) -> None:
    n, p, months = d.people, d.person, d.shape.months_of_dead
    rate = np.array(by_age(d.shape.died_a_year))[d.age] * months / 12
    first, end = int(month_back(d.day, months - 1)), int(month_back(d.day, -1))
    when = first + (rng.random(n) * (end - first)).astype(np.int64)
    dead = (rng.random(n) < rate) & (d.families.birth < first)
    p["健在"] = ~dead
    p["死亡日期"] = when
    p["死亡地"] = p["居住地"]
    p.blank("死亡日期", ~dead)
    p.blank("死亡地", ~dead)
    p["其他丧葬待遇"] = dead & chance(rng, 0.05, n)
    p["骨灰撒海"] = dead & chance(rng, 0.01, n)
    p["殡葬五项费用"] = np.where(dead, 10_000 * rng.integers(12, 46, n), 0)
    for fact in ("在业", "外出务工"):
        p[fact] = (p[fact] != 0) & ~dead
    d.alive = ~dead
