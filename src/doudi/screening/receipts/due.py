"""Who should be paid what: a second, simple reading of the rules, written apart from them in plain array arithmetic.

It exists so that made-up receipts are mostly right and so that the evaluators have somebody to disagree with. It
knows every fact (nothing is unknown to it) and only the programmes that are paid monthly. Amounts are fen, whole
numbers throughout.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from doudi.screening.generate.dates import ages, month_back
from doudi.screening.generate.draft import Draft
from doudi.screening.generate.sheet import Ints, Mask
from doudi.screening.receipts.terms import Terms

_NEVER_COUNTS = ("优抚金", "残疾人补贴", "计生奖扶", "见义勇为奖", "奖助学金", "社会救助金", "基础养老金")
_GONE = ("死亡", "失踪", "查找不到")
YUAN = 100


@dataclass
class Due:
    """By household: ``heads``, income a head a month, ``low`` (on the guarantee) and its sum ``guarantee``, ``marginal``, ``exit``.

    By person: ``counted``, ``destitute`` and the sums due. ``alone`` are people decided as a household of one, ``own`` is
    what such a household is paid.
    """

    heads: Ints
    per_head: Ints
    property_fits: Mask
    low: Mask
    guarantee: Ints
    marginal: Mask
    exit: Ints
    counted: Mask
    destitute: Mask
    alone: Mask
    own: Ints
    support: Ints
    aged: Ints
    living: Ints
    nursing: Ints
    old_service: Ints
    unable_old: Ints
    orphan: Ints
    unattended: Ints

    def alone_in_all(self, d: Draft) -> Ints:
        """By household: what its households of one are paid."""
        return _by_household(d, self.own, self.alone)


def reckon(d: Draft, t: Terms) -> Due:
    """What everybody in ``d`` is due in its month."""
    line = np.where(d.urban, *t.line).astype(np.int64)
    counted = _counted(d, t)
    heads = d.per_household(counted)
    income = _incomes(d, t)
    per_head = half_up(_by_household(d, income, counted), 12 * np.maximum(heads, 1))
    fits, fits_marginal = (
        _property(d, t, line, heads, t.deposit_months),
        _property(d, t, line, heads, t.marginal_deposit_months),
    )
    orphan, unattended = _children(d, t)
    destitute = counted & _destitute(d, t, line, counted, fits) & ~orphan & ~unattended
    all_destitute = (heads > 0) & (d.per_household(counted & ~destitute) == 0)
    low = (heads > 0) & (per_head < line) & fits & ~all_destitute
    marginal = (heads > 0) & (per_head < times(line, t.marginal)) & fits_marginal & ~low & ~all_destitute
    paid = counted & ~destitute & ~_refuses(d, t)
    payees = d.per_household(paid)
    gap = np.maximum(line - per_head, 0) * payees
    guarantee = np.where(low & (payees > 0), np.maximum(gap, t.least), 0)

    grave, severe = _grades(d)
    alone = _alone(d, t, line, income, marginal, severe) & ~destitute
    member = (counted & low[d.hh]) | alone
    own = np.where(alone & ~_refuses(d, t), np.maximum(line[d.hh] - half_up(income, 12), t.least), 0)
    support = np.where(destitute, half_up(times(line, t.destitute), YUAN)[d.hh] * YUAN, 0)
    share = np.where(paid & low[d.hh], guarantee[d.hh] // np.maximum(payees, 1)[d.hh], 0)
    hard_up = (member | (counted & marginal[d.hh])) & ~destitute & d.alive & (d.age >= t.old)
    certified = d.alive & (grave >= 0) & (d.person["工伤护理"] == 0) & ~destitute
    certified &= d.person["补贴申请日"] < month_back(d.day, -1)
    nurses = certified & (grave <= 1) & (d.person["需护理六个月"] != 0)
    nursing = np.where(nurses, np.array(t.nursing)[grave], 0)
    old_service = np.where(hard_up, t.old_service, 0)
    unable_old = np.where(hard_up & (d.person["自理丧失项数"] >= t.unable), t.unable_old, 0)
    by_nursing = nursing >= old_service + unable_old
    return Due(
        heads, per_head, fits, low, guarantee, marginal, _exit(d, t, line, per_head, fits, heads), counted, destitute, alone, own,
        support=support,
        aged=np.where(d.alive, aged_if_alive(d, t), 0),
        living=np.where(certified & member & ~orphan, np.array(t.living)[grave], 0),
        nursing=np.where(by_nursing, nursing, 0),
        old_service=np.where(by_nursing, 0, old_service),
        unable_old=np.where(by_nursing, 0, unable_old),
        orphan=np.where(orphan, t.orphan, 0),
        unattended=np.where(unattended & ~orphan, np.maximum(t.orphan - share, 0), 0),
    )  # fmt: skip


def half_up(a: Ints, b: Ints | int) -> Ints:
    """``a / b`` to the nearest whole, halves up."""
    out: Ints = (2 * a + b) // (2 * np.asarray(b, np.int64))
    return out


def times(a: Ints, share: Fraction) -> Ints:
    """``a * share`` to the nearest whole, halves up."""
    return half_up(a * share.numerator, share.denominator)


def _counted(d: Draft, t: Terms) -> Mask:
    p, relation, stage = d.person, d.words("人.关系"), d.words("人.在读阶段")
    core = (p["关系"] == relation["户主"]) | (p["关系"] == relation["配偶"])
    child = p["关系"] == relation["子女"]
    studies = (p["全日制"] != 0) & (p["在读阶段"] >= stage["小学"]) & (p["在读阶段"] <= stage["本科"])
    dependent = child & ((d.age < t.grown) | studies | (p["能独立生活"] == 0))
    together = (p["法定义务"] != 0) & (p["共同生活"] != 0)
    here = d.alive & (p["不计入情形"] == d.words("人.不计入情形")["无不计入"])
    out: Mask = here & (core | dependent | together)
    return out


def _incomes(d: Draft, t: Terms) -> Ints:
    """What counts of each person's income in a year."""
    rows, kinds, p = d.linked["收入"], d.words("收入.种类"), d.person
    recent = rows["日期"] >= month_back(d.day, 12)
    counts = recent & ~np.isin(rows["种类"], [kinds[k] for k in _NEVER_COUNTS])
    all_kinds = rows.total("金额", counts)
    labour = rows.total("金额", counts & ((rows["种类"] == kinds["工资"]) | (rows["种类"] == kinds["经营"])))
    received = rows.total("金额", counts & (rows["种类"] == kinds["赡养费"]))
    urban = d.urban[d.hh]
    able = (p["劳动能力"] == d.words("人.劳动能力")["有劳动能力"]) & (p["在读阶段"] == d.words("人.在读阶段")["不在读"])
    able &= (d.age >= t.works_from) & (d.age < t.works_until)
    year = np.where(urban, t.assessed[0] * t.assessed_months[0], t.assessed[1] * t.assessed_months[1])
    assessed = np.where(able & (p["收入无法核实"] != 0), np.maximum(year - labour, 0), 0)
    due, _ = _supporters(d, t)
    maintained = np.zeros(d.people, np.int64)
    np.add.at(maintained, d.linked["赡养人"].at, due)
    spent, outgo = d.linked["支出"], d.words("支出.种类")
    looked_back = (spent["日期"] >= month_back(d.day, 12)) & (spent["日期"] <= d.household["申请日期"][d.hh[spent.at]])
    cost = spent.total("金额", (spent["种类"] == outgo["就业成本"]) & looked_back)
    cost = np.minimum(cost, times(labour + assessed, t.work_cost_cap))
    out: Ints = all_kinds + assessed + np.maximum(maintained - received, 0) - cost
    return out


def _supporters(d: Draft, t: Terms) -> tuple[Ints, Mask]:
    """By row of 赡养人: maintenance due in a year, and whether able to support at all."""
    rows, states, town = d.linked["赡养人"], d.words("赡养人.情形"), d.words("赡养人.城乡")

    def one_of(*names: str) -> Mask:
        return np.isin(rows["情形"], [states[x] for x in names])

    poor = rows["年收入"] < np.where(d.urban[d.hh[rows.at]], *t.disposable)
    unable = one_of("特困对象", "低保老年", "未成年人")
    within = one_of("低保重病重残", "服刑无财产", "无民事能力", "失踪人") | (one_of("重残无业", "七十岁以上") & poor)
    unable |= (rows["财产超限"] == 0) & within
    kept = np.where(rows["城乡"] == town["城市"], *t.kept) * rows["家庭人口"] * 12
    due = times(np.maximum(rows["年收入"] - kept, 0), t.maintenance)
    return np.where(unable, 0, due), ~unable


def _property(d: Draft, t: Terms, line: Ints, heads: Ints, months: int) -> Mask:
    rows, kinds = d.linked["财产"], d.words("财产.种类")

    def of(*names: str) -> Mask:
        return np.isin(rows["种类"], [kinds[x] for x in names])

    money = half_up(rows.total("价值", of("存款", "证券")), np.maximum(heads, 1))
    things = (
        (rows.count(of("机动车")) <= t.cars)
        & (rows.count(of("住房")) <= t.houses)
        & (rows.count(of("商铺")) <= t.shops)
    )
    fits: Mask = things & (money <= line * months) & (rows.total("价值", of("企业出资")) <= t.shares)
    return fits


def _destitute(d: Draft, t: Terms, line: Ints, counted: Mask, fits: Mask) -> Mask:
    """Cannot work, has no income, has nobody able to support: inside the household or out."""
    rows, kinds, grades = d.linked["残疾"], d.words("残疾.类别"), d.words("残疾.等级")
    mind = (rows["类别"] == kinds["智力"]) | (rows["类别"] == kinds["精神"])
    fitting = mind & (rows["等级"] <= grades["三级"])
    fitting |= (rows["类别"] == kinds["肢体"]) & (rows["等级"] <= grades["二级"])
    fitting |= (rows["类别"] == kinds["视力"]) & (rows["等级"] == grades["一级"])
    unable = (d.age >= t.old) | (rows.count(fitting) > 0) | (d.age < t.destitute_child)
    income, sorts = d.linked["收入"], d.words("收入.种类")
    own = income["日期"] >= month_back(d.day, 12)
    own &= ~np.isin(income["种类"], [sorts[k] for k in (*_NEVER_COUNTS, "高龄补贴")])
    poor = half_up(income.total("金额", own), 12) < line[d.hh]
    relation = d.words("人.关系")
    owes = np.isin(d.person["关系"], [relation[x] for x in ("户主", "配偶", "父母", "子女")]) | (
        d.person["法定义务"] != 0
    )
    supports = counted & owes & (~(unable | (d.age < t.grown)) | ~poor)
    child = d.person["关系"] == relation["子女"]
    # Grown brothers and sisters owe each other nothing.
    supported = np.where(child & (d.age >= t.grown), d.any_of(supports & ~child)[d.hh], d.any_of(supports)[d.hh])
    _, able = _supporters(d, t)
    outside = d.linked["赡养人"].count(able) > 0
    return unable & poor & ~supported & ~outside & fits[d.hh]


def _children(d: Draft, t: Terms) -> tuple[Mask, Mask]:
    """Orphans, and children whose parents both do not care for them (orphans included)."""
    codes = d.words("人.父亲状况")
    minor = d.alive & (d.age < t.grown)
    gone = [codes[x] for x in _GONE]
    father, mother = d.person["父亲状况"], d.person["母亲状况"]
    caring = (father == codes["正常履责"]) | (mother == codes["正常履责"])
    return minor & np.isin(father, gone) & np.isin(mother, gone), minor & ~caring


def _refuses(d: Draft, t: Terms) -> Mask:
    p = d.person
    able = p["劳动能力"] == d.words("人.劳动能力")["有劳动能力"]
    out: Mask = able & (p["在业"] == 0) & (p["拒绝就业次数"] >= t.refusals)
    return out


def _grades(d: Draft) -> tuple[Ints, Mask]:
    """The gravest grade of each person (0 for grade 1, -1 without a certificate), and who counts as severely
    disabled.
    """
    rows, kinds = d.linked["残疾"], d.words("残疾.类别")
    grave = np.full(d.people, 9, np.int64)
    np.minimum.at(grave, rows.at, rows["等级"])
    mind = (rows["类别"] == kinds["智力"]) | (rows["类别"] == kinds["精神"])
    severe = rows.count((rows["等级"] <= 1) | (mind & (rows["等级"] == 2))) > 0
    return np.where(grave == 9, -1, grave), severe


def _alone(d: Draft, t: Terms, line: Ints, income: Ints, marginal: Mask, severe: Mask) -> Mask:
    # What the family owns was looked at for the marginal household.
    own = half_up(income, 12) < line[d.hh]
    out: Mask = marginal[d.hh] & (severe | (d.person["重病"] != 0)) & own & _counted(d, t)
    return out


def aged_if_alive(d: Draft, t: Terms) -> Ints:
    """The old-age allowance of everybody at their age this month, the dead as if they lived."""
    since = d.families.birth.astype("datetime64[D]").astype("datetime64[M]") + t.aged_delay
    age = ages(since.astype("datetime64[D]").astype(np.int64), d.day)
    out = np.zeros(d.people, np.int64)
    for years, amount in t.aged:
        out[age >= years] = amount
    return out


def _exit(d: Draft, t: Terms, line: Ints, per_head: Ints, fits: Mask, heads: Ints) -> Ints:
    h, rows = d.household, d.linked["历次决定"]
    stopped = ~h.unknown["低保停发日"] & (h["因就业超标"] != 0) & (heads > 0)
    stopped &= (h["低保停发日"] > month_back(d.day, t.exit_months)) & (h["低保停发日"] < month_back(d.day, -1))
    good = (rows["结果"] == d.words("历次决定.结果")["决定符合"]) & (rows["月份"] < d.day)
    last = np.zeros(d.n, np.int64)
    order = np.argsort(rows["月份"], kind="stable")
    order = order[good[order]]
    last[rows.at[order]] = rows["金额"][order]
    amount = half_up(times(last, t.exit_share), YUAN) * YUAN
    return np.where(stopped & (last > 0) & (per_head >= line) & fits, amount, 0)


def _by_household(d: Draft, amounts: Ints, who: Mask) -> Ints:
    out = np.zeros(d.n, np.int64)
    np.add.at(out, d.hh[who], amounts[who])
    return out
