"""Where each person stands in the household: relation, residence, duties, what became of a child's parents."""

from __future__ import annotations

import numpy as np

from doudi.screening.generate import families as fam
from doudi.screening.generate.draft import Draft, chance, pick
from doudi.screening.generate.places import communities
from doudi.screening.generate.sheet import Ints

_PIVOT_HEADS = ("户主", "配偶", "父母", "父母", "子女", "子女", "子女", "子女", "兄弟姐妹", "祖父母")
_ELDER_HEADS = ("子女", "其他亲属", "户主", "配偶", "孙子女", "孙子女", "孙子女", "孙子女", "子女", "父母")

# A parent who is not on the child's register, by how the household looks.
_GONE = {
    "死亡": 0.4,
    "失联六月": 0.14,
    "服刑在押": 0.05,
    "失踪": 0.03,
    "查找不到": 0.02,
    "强制戒毒": 0.02,
    "正常履责": 0.34,
}
_LEFT_BEHIND = {"正常履责": 0.82, "死亡": 0.08, "失联六月": 0.05, "服刑在押": 0.03, "重残": 0.01, "强制戒毒": 0.01}


def settle_households(d: Draft, rng: np.random.Generator) -> None:
    """Facts of 户 that say where it is and how it came there. ``户籍地`` is already there."""
    h, n = d.household, d.n
    moved = ~d.urban & chance(rng, d.shape.relocated, n)
    h["城乡"] = np.where(d.urban, d.words("户.城乡")["城市"], d.words("户.城乡")["农村"])
    h["易地搬迁"] = moved
    h["居住地"] = np.where(moved, communities(rng, d.places, d.place), h["户籍地"])
    # A screening asks what each household would get if it applied now.
    h["申请日期"] = d.day


def stand(d: Draft, rng: np.random.Generator) -> None:
    """Facts of 人 that tie the person to the household."""
    n, p, w, f = d.people, d.person, d.words, d.families
    relation = w("人.关系")
    as_pivot = np.array([relation[x] for x in _PIVOT_HEADS], np.int64)
    as_elder = np.array([relation[x] for x in _ELDER_HEADS], np.int64)
    code = np.where(f.elder_heads[f.hh], as_elder[f.slot], as_pivot[f.slot])
    is_child = (f.slot >= fam.CHILD) & (f.slot < fam.SIBLING)
    code[f.skips[f.hh] & is_child] = relation["孙子女"]
    code[f.head] = relation["户主"]
    p["关系"] = code
    p["出生日期"] = f.birth
    p["性别"] = np.where(f.male, w("人.性别")["男"], w("人.性别")["女"])
    p["户籍地"] = d.household["户籍地"][f.hh]
    grown = (d.age >= 25) & ((f.slot == fam.SIBLING) | is_child)
    # Brothers and sisters who went away have split off; others seldom.
    split = (grown & chance(rng, 0.03, n)) | ((f.slot == fam.SIBLING) & (p["外出务工"] != 0))
    p["已分家"] = split
    p["共同生活"] = ~split
    p["法定义务"] = code != relation["兄弟姐妹"]
    p["机构养育"] = False
    # Supporters are drawn apart from the register: whoever on it is not among them owes nothing.
    p["册上亲人无供养义务"] = True
    apart = pick(
        rng, w("人.不计入情形"), {"服刑": 0.62, "强制隔离戒毒": 0.24, "宣告失踪": 0.11, "宗教教职三年以上": 0.03}, n
    )
    adult = (d.age >= 18) & (d.age < 70) & ~f.head & d.alive
    gone = adult & (rng.random(n) < np.where(f.male, 0.0035, 0.0006))
    p["不计入情形"] = np.where(gone, apart, w("人.不计入情形")["无不计入"])
    for fact in ("外出务工", "在业"):
        p[fact] = (p[fact] != 0) & ~gone
    alone = d.per_household(d.alive)[f.hh] == 1
    willing = (d.age >= 60) & alone & chance(rng, 0.14, n)
    p["供养意愿"] = np.where(willing, w("人.供养意愿")["集中供养"], w("人.供养意愿")["分散供养"])
    p["父亲状况"] = _parent(d, rng, f.father)
    p["母亲状况"] = _parent(d, rng, f.mother)
    _lower_packs(d, rng)


def _lower_packs(d: Draft, rng: np.random.Generator) -> None:
    """Facts that only some packs declare."""
    n, p = d.people, d.person
    dependent = (d.age >= 18) & (p["在业"] == 0) & (p["能独立生活"] == 0)
    asks = dependent & d.severe & ~d.families.head & chance(rng, 0.4, n)
    for fact, truth in (("靠家庭供养", dependent), ("能单独立户", (d.age >= 18) & ~dependent), ("申请按单人户", asks)):
        if p.declared(fact):
            p[fact] = truth
    if p.declared("原供养类别"):
        codes = d.words("人.原供养类别")
        lone = (d.age >= 68) & (d.per_household(d.alive)[d.hh] == 1) & chance(rng, 0.2, n)
        p["原供养类别"] = np.where(
            lone, np.where(d.urban[d.hh], codes["城市三无"], codes["农村五保"]), codes["无原供养"]
        )


def _parent(d: Draft, rng: np.random.Generator, row: Ints) -> Ints:
    """What a parent is to the child: read from the parent's own facts where on the same register, drawn where not."""
    n, p, w = d.people, d.person, d.words
    codes, why = w("人.父亲状况"), w("人.不计入情形")
    minor = d.age < 18
    skipped = d.families.skips[d.hh]
    state = np.where(skipped, pick(rng, codes, _LEFT_BEHIND, n), pick(rng, codes, _GONE, n))
    # Of grown people nobody asks; what is likely at their age is put there so that nothing is unknown without need.
    state[~minor] = np.where(rng.random(n) < (d.age - 25) / 55, codes["死亡"], codes["正常履责"])[~minor]
    known = row >= 0
    at = np.where(known, row, 0)
    own = np.full(n, codes["正常履责"], np.int64)
    own[d.severe[at]] = codes["重残"]
    own[p["重病"][at] != 0] = codes["患重病"]
    for reason, word in (("服刑", "服刑在押"), ("强制隔离戒毒", "强制戒毒"), ("宣告失踪", "失踪")):
        own[p["不计入情形"][at] == why[reason]] = codes[word]
    own[~d.alive[at]] = codes["死亡"]
    return np.where(known, own, state)
