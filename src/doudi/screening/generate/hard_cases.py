"""The hard cases: families over which offices argue, each as plain as can be, so that it is hard for one reason only."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from doudi.screening.generate.dates import ages, civil, day_of, month_back
from doudi.screening.generate.past import stop
from doudi.screening.generate.places import communities
from doudi.screening.generate.plant import HardCase, Planter, Suits
from doudi.screening.generate.sheet import Mask
from doudi.screening.generate.ties import add_supporters
from doudi.screening.generate.unknowns import all_but, year_only

Where = Callable[[Suits], Mask]
Do = Callable[[Planter, int], int]

_AFAR = 440300_000000


def _family(s: Suits) -> Mask:
    """Three or more, all well, with two people of working age."""
    return s.all_well & (s.size >= 3) & s.has(20, 56, 2)


def _two(s: Suits) -> Mask:
    return s.all_well & (s.size >= 2)


def _old_alone(s: Suits) -> Mask:
    return s.alone(62, 88)


def _pension(p: Planter, h: int) -> int:
    """An old person alone with the basic pension and nothing else; returns who."""
    who = int(p.members(h)[0])
    p.add("收入", who, 种类="基础养老金", 金额=12 * 13_100, 日期=p.d.day - 10, 评估=0)
    p.add("财产", h, 种类="住房", 价值=4_000_000)
    p.set(who, 劳动能力="完全丧失", 在业=0, 外出务工=0)
    return who


def _one_person(p: Planter, h: int) -> int:
    who = p.well(h, 20, 56, head=False)
    p.disable(who, "肢体", "一级")
    p.income(h, 125, to=int(p.others(h, who)[0]))
    return who


def _one_person_ill(p: Planter, h: int) -> int:
    who = p.well(h, 20, 56, head=False)
    p.set(who, 重病=1, 劳动能力="完全丧失", 在业=0, 外出务工=0, 能独立生活=0)
    p.income(h, 130, to=int(p.others(h, who)[0]))
    return who


def _supporter(p: Planter, who: int, *, income: int, state: str = "一般") -> None:
    code = p.d.words("赡养人.情形")[state]
    far = np.array([True])
    add_supporters(p.d, p.rng, np.array([who]), state=np.array([code]), income=np.array([income]), far=far)


def _far_supporter(p: Planter, h: int) -> int:
    who = _pension(p, h)
    _supporter(p, who, income=6_000_000)
    return who


def _unknown_supporter(p: Planter, h: int) -> int:
    who = _pension(p, h)
    p.d.person.complete["赡养人"][who] = 0
    return who


def _income_vague(p: Planter, h: int) -> int:
    who = p.income(h, 100)
    # Bounds on both sides of the line: neither yes nor no until the paper comes.
    year = int(p.d.line()[h]) * 12 * len(p.members(h))
    p.d.vague.append(("收入", who, "金额", year * 6 // 10, year * 14 // 10))
    return who


def _income_open(p: Planter, h: int) -> int:
    who = p.income(h, 70)
    p.d.person.complete["收入"][who] = all_but(p.d, "收入", ("工资",))
    return who


def _property_open(p: Planter, h: int) -> int:
    p.income(h, 70)
    p.d.household.complete["财产"][h] = all_but(p.d, "财产", ("存款", "机动车"))
    return -1


def _student(stage: str, since: int, until: int) -> tuple[Where, Do]:
    def where(s: Suits) -> Mask:
        return s.all_well & s.has(since, until) & s.has(38, 58)

    def do(p: Planter, h: int) -> int:
        who = p.well(h, since, until)
        p.set(who, 在读阶段=stage, 全日制=1, 能独立生活=0, 在业=0, 外出务工=0)
        p.add("支出", who, 种类="教育", 金额=1_200_000, 日期=p.d.day - 250)
        p.income(h, 92, to=p.well(h, 38, 58))
        return who

    return where, do


def _death(months_ago: int) -> Do:
    def do(p: Planter, h: int) -> int:
        who = p.well(h, 60, 95)
        first = int(month_back(p.d.day, months_ago))
        p.set(who, 健在=0, 死亡日期=first + int(p.rng.integers(0, 27)), 死亡地=int(p.d.person["居住地"][who]))
        p.set(who, 殡葬五项费用=280_000, 在业=0, 外出务工=0)
        p.d.alive[who] = False
        # Below the line without the dead: the others alone are counted.
        p.income(h, 85, heads=len(p.members(h)) - 1, to=int(p.others(h, who)[0]))
        return who

    return do


def _disregarded(identity: str, paid_as: str, month: int, since: int, until: int) -> tuple[Where, Do]:
    def where(s: Suits) -> Mask:
        return s.has(since, until) & (s.size >= 2)

    def do(p: Planter, h: int) -> int:
        who = p.well(h, since, until)
        p.add("身份", who, 种类=identity, 月补助=month)
        p.add("收入", who, 种类=paid_as, 金额=12 * month, 日期=p.d.day - 15, 评估=0)
        p.income(h, 88, to=int(p.others(h, who)[0]))
        return who

    return where, do


def _apart(reason: str) -> Do:
    def do(p: Planter, h: int) -> int:
        who = p.well(h, 20, 56, head=False)
        p.set(who, 不计入情形=reason, 在业=0, 外出务工=0)
        # Under the line if the absent one counts, over it if not: who counts decides.
        rest = len(p.members(h)) - 1
        p.income(h, 100, heads=rest, over=12 * rest * 100, to=int(p.others(h, who)[0]))
        return who

    return do


def _after_years(ago: int, *, by_job: bool) -> Do:
    def do(p: Planter, h: int) -> int:
        p.income(h, 125)
        at = np.array([h])
        stop(p.d, at, ago=np.array([ago]), lasted=np.array([36]))
        p.set_household(h, 因就业超标=int(by_job))
        return -1

    return do


def _child(father: str, mother: str) -> Do:
    def do(p: Planter, h: int) -> int:
        rows = p.members(h)
        children = rows[p.d.age[rows] < 18]
        for child in children.tolist():
            p.set(child, 父亲状况=father, 母亲状况=mother)
        p.income(h, 60)
        return int(children[0])

    return do


def _too_much(p: Planter, h: int) -> int:
    p.income(h, 55)
    p.add("财产", h, 种类="机动车", 价值=18_000_000)
    p.add("财产", h, 种类="存款", 价值=30_000_000)
    return -1


def _destitute(p: Planter, h: int) -> int:
    return _pension(p, h)


def _destitute_disabled(p: Planter, h: int) -> int:
    who = int(p.members(h)[0])
    p.disable(who, "肢体", "一级")
    p.add("财产", h, 种类="住房", 价值=3_000_000)
    return who


def _rigid(p: Planter, h: int) -> int:
    who = p.income(h, 180)
    year = int(p.d.line()[h]) * 12 * len(p.members(h))
    cost = year * 4
    p.add("医疗", who, 日期=p.d.day - 60, 合规费用=cost, 基本医保=cost // 2, 大病保险=cost // 10)
    p.add("支出", who, 种类="医疗自付", 金额=cost - cost // 2 - cost // 10, 日期=p.d.day - 60)
    return who


def _edge(over: int) -> Do:
    def do(p: Planter, h: int) -> int:
        # One fen a month a head above or below: the smallest difference that there is.
        p.income(h, 100, over=12 * len(p.members(h)) * over)
        return -1

    return do


def _birthday(years: int) -> Do:
    def do(p: Planter, h: int) -> int:
        who = int(p.members(h)[0])
        year, month = np.array([p.d.month.year - years]), np.array([p.d.month.month])
        _born(p, who, int(day_of(year, month, np.array([15]))[0]))
        p.income(h, 160)
        return who

    return do


def _born(p: Planter, who: int, day: int) -> None:
    p.set(who, 出生日期=day)
    p.d.families.birth[who] = day
    p.d.age[who] = ages(np.array([day]), p.d.day)[0]


def _leap_day(p: Planter, h: int) -> int:
    who = int(p.members(h)[0])
    year = int(civil(p.d.person["出生日期"][[who]])[0][0])
    leap = np.array([year - year % 4])
    _born(p, who, int(day_of(leap, np.array([2]), np.array([29]))[0]))
    p.income(h, 150)
    return who


def _year_only(p: Planter, h: int) -> int:
    who = int(p.members(h)[0])
    _born(p, who, int(day_of(np.array([p.d.month.year - 80]), np.array([8]), np.array([20]))[0]))
    mask = np.zeros(p.d.people, bool)
    mask[who] = True
    year_only(p.d, mask)
    p.income(h, 160)
    return who


def _elsewhere(p: Planter, h: int) -> int:
    who = _pension(p, h)
    p.set(who, 居住地=_AFAR)
    return who


def _refuses(p: Planter, h: int) -> int:
    who = p.well(h, 20, 56, head=False)
    p.income(h, 60, to=int(p.others(h, who)[0]))
    p.set(who, 拒绝就业次数=3)
    return who


def _fire(p: Planter, h: int) -> int:
    p.income(h, 140)
    p.add("困境", h, 种类="火灾", 日期=p.d.day - 12, 损失=4_000_000, 已救助=0, 受困人数=len(p.members(h)))
    return -1


def _collapse(p: Planter, h: int) -> int:
    p.income(h, 80)
    p.add("受灾", h, 日期=p.d.day - 25, 房屋损毁="倒塌", 重建方式="新建", 重建费用=9_000_000, 纳入重建=1)
    return -1


def _moved(p: Planter, h: int) -> int:
    p.income(h, 90)
    seat = int(communities(p.rng, p.d.places, p.d.place[[h]])[0])
    p.set_household(h, 易地搬迁=1, 居住地=seat)
    for row in p.members(h).tolist():
        p.set(row, 居住地=seat)
    return -1


def _two_disabled(p: Planter, h: int) -> int:
    first = p.well(h, 20, 56, head=False)
    second = int([r for r in p.members(h).tolist() if r != first][-1])
    p.disable(first, "智力", "二级")
    p.disable(second, "精神", "三级")
    p.income(h, 75, to=int(next(r for r in p.members(h).tolist() if r not in (first, second))))
    return first


def _watched(p: Planter, h: int) -> int:
    p.income(h, 170)
    p.set_household(h, 监测类别="边缘易致贫户")
    return -1


_student_bachelor = _student("本科", 18, 22)
_student_postgraduate = _student("研究生", 22, 26)
_OLD_REVOLUTIONARY = _disregarded("革命五老", "五老补贴", 120_000, 89, 110)
_VETERAN = _disregarded("参战参试退役人员", "优抚金", 95_000, 60, 78)

HARD_CASES: tuple[HardCase, ...] = (
    HardCase("革命五老补贴不计收入", *_OLD_REVOLUTIONARY),
    HardCase("优抚金不计收入", *_VETERAN),
    HardCase("重残单人户", _family, _one_person),
    HardCase("重病单人户", _family, _one_person_ill),
    HardCase("赡养人在外省", _old_alone, _far_supporter),
    HardCase("赡养人情况不明", _old_alone, _unknown_supporter, unknown=True),
    HardCase("特困老年人", _old_alone, _destitute),
    HardCase("特困残疾人", lambda s: s.alone(25, 59), _destitute_disabled),
    HardCase("收入金额不明", _family, _income_vague, unknown=True),
    HardCase("收入未查全", _family, _income_open, unknown=True),
    HardCase("财产未查全", _family, _property_open, unknown=True),
    HardCase("只知出生年份", lambda s: s.alone(72, 88), _year_only, unknown=True),
    HardCase("在读本科生", *_student_bachelor),
    HardCase("在读研究生", *_student_postgraduate),
    HardCase("本月死亡", lambda s: s.has(60, 95) & (s.size >= 2), _death(0)),
    HardCase("上月死亡", lambda s: s.has(60, 95) & (s.size >= 2), _death(1)),
    HardCase("服刑人员", _family, _apart("服刑")),
    HardCase("强制隔离戒毒人员", _family, _apart("强制隔离戒毒")),
    HardCase("宣告失踪人员", _family, _apart("宣告失踪")),
    HardCase("多年低保后超标", _family, _after_years(4, by_job=False)),
    HardCase("就业后超标", _family, _after_years(4, by_job=True)),
    HardCase("刚停发低保", _family, _after_years(0, by_job=False)),
    HardCase("孤儿", lambda s: s.has(1, 15) & s.d.families.skips, _child("死亡", "死亡")),
    HardCase("事实无人抚养儿童", lambda s: s.has(1, 15) & s.d.families.skips, _child("服刑在押", "失联六月")),
    HardCase("财产超限", _family, _too_much),
    HardCase("刚性支出过大", _family, _rigid),
    HardCase("线上一分", _family, _edge(1)),
    HardCase("线下一分", _family, _edge(-1)),
    HardCase("正好在线上", _family, _edge(0)),
    HardCase("本月满八十周岁", lambda s: s.alone(66, 90), _birthday(80)),
    HardCase("本月满一百周岁", lambda s: s.alone(75, 100), _birthday(100)),
    HardCase("闰日出生", lambda s: s.alone(60, 84), _leap_day),
    HardCase("老人住外省", _old_alone, _elsewhere),
    HardCase("拒绝就业", _family, _refuses),
    HardCase("突遭火灾", _two, _fire),
    HardCase("房屋倒塌", _two, _collapse),
    HardCase("易地搬迁户", _two, _moved),
    HardCase("一户多残", lambda s: s.all_well & (s.size >= 4) & s.has(20, 56, 3), _two_disabled),
    HardCase("监测户未纳入", _family, _watched),
)
"""Rare ones first: they choose before the others take their households."""
