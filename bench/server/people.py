"""People who do not exist, in households and villages, for measuring: surnames by clan, given names by weight, twins, namesakes, identity numbers
that begin with 99. A function of the seed alone."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from doudi.screening.workbook.idnumber import check_character

# Shares in ten-thousandths of the commonest surnames, after the yearly report of the Ministry of Public Security, rounded; Guangxi's own added.
_TABLE = """
王721 李719 张683 刘538 陈453 杨308 赵229 黄223 周212 吴205 徐145 孙138 胡131 朱126 高121 林118 何117 郭115 马110 罗105 梁100 宋81 郑78 谢72 韩68 唐65 冯64 于62
董61 萧59 程57 曹57 袁54 邓54 许54 傅51 沈50 曾50 彭49 吕47 苏47 卢47 蒋47 蔡46 贾42 丁42 魏42 薛42 叶42 阎41 余41 潘41 杜40 戴38 夏37 钟36 汪36 田36 任36 姜35
范35 方34 石34 姚34 谭33 廖33 邹33 熊32 金32 陆31 郝30 孔30 白29 崔29 康28 毛28 邱28 秦27 江27 史27 顾26 侯26 邵26 孟25 龙25 万24 段24 雷24 钱23 汤22 尹22 黎22
易21 常20 武20 乔20 贺19 赖19 龚19 文18 韦150 覃120 蒙60 莫60 农55 蓝50 甘30 闭10 岑12 单8 区8 仇5 解6 查5 盖3 朴2 翟8 缪3 尉1 乐2 召1 冼5 褚3 员1 种1
"""
_SURNAMES = _TABLE.split()
_MALE = (
    "伟强军勇杰涛磊明超刚平辉健俊峰华建文波斌龙飞鹏宇浩志国庆海生林德荣成东光亮新才宏"
    "利祥春金福贵忠良云世福胜学永兴安康宁山仁义松根水江河泽民权昌家玉柏耀祖钧旭旺毅凯翔鑫帆森"
)
_FEMALE = "芳娜秀敏静丽艳娟霞燕玲桂英梅红兰萍凤珍玉华琴云莲春莉雪婷琳洁慧颖菊香月美翠珠倩佳丹晶欣妮彩爱花清小媛琼瑶莹蓉蕾薇怡晴青素淑惠婉妹姣英巧秋冬蔓荣"
_BOTH = (
    "子文晓小思雨一志海建国家玉新春明嘉宇欣雅若梓诗可佳永德世光天正立成心安宁元启景少仁学庆善美桂金银万有长大中先朝克"
)


@dataclass(frozen=True, slots=True)
class Somebody:
    """``number`` is empty where there is none; ``born`` is YYYYMMDD."""

    id: int
    name: str
    sex: str
    born: int
    number: str
    area: str
    household: int


class County:
    """Villages of some 1,500 people: four counties, as many townships as needed; half a village bears one surname of its own."""

    def __init__(self, people: int, seed: int = 20) -> None:
        self.people, self.chance = people, random.Random(seed)
        self.surnames = [s.rstrip("0123456789") for s in _SURNAMES]
        self.shares = [int("".join(c for c in s if c.isdigit())) for s in _SURNAMES]
        villages = max(12, people // 1500)
        self.villages = [f"9901{k % 4 + 1:02}{100 + k // 48:03}{200 + k // 4 % 12:03}" for k in range(villages)]
        self._taken: dict[tuple[str, int], int] = {}
        self.next_id = 1

    def households(self) -> Iterator[list[Somebody]]:
        chance = self.chance
        clans = {v: chance.choices(self.surnames, self.shares)[0] for v in self.villages}
        number = 0
        while self.next_id <= self.people:
            number += 1
            village = chance.choice(self.villages)
            father = clans[village] if chance.random() < 0.5 else self.surname()
            yield self._family(number, village, father)

    def surname(self) -> str:
        return self.chance.choices(self.surnames, self.shares)[0]

    def _family(self, household: int, village: str, surname: str) -> list[Somebody]:
        chance = self.chance
        year = chance.randint(1940, 1995)
        members = [self._one(household, village, surname + self._given("男"), "男", year)]
        if chance.random() < 0.85:
            members.append(
                self._one(household, village, self.surname() + self._given("女"), "女", year + chance.randint(-3, 5))
            )
        shared = chance.choice(_BOTH) if chance.random() < 0.35 else ""
        birth = year + chance.randint(20, 30)
        for _ in range(chance.choices((0, 1, 2, 3), (3, 3, 3, 1))[0]):
            if birth > 2025:
                break
            sex = chance.choice("男女")
            child = self._one(household, village, surname + self._given(sex, shared), sex, birth)
            members.append(child)
            if chance.random() < 0.012:
                while (twin := surname + self._given(sex, shared or child.name[1])) == child.name:
                    pass
                members.append(self._one(household, village, twin, sex, birth, child.born))
            birth += chance.randint(1, 6)
        return members

    def _given(self, sex: str, first: str = "") -> str:
        chance = self.chance
        own = _MALE if sex == "男" else _FEMALE
        # Characters come by weight: the front ones are several times as common as the rear ones.
        last = own[int(chance.expovariate(3 / len(own))) % len(own)]
        if not first and chance.random() < 0.18:
            return last
        middle = first or (_BOTH if chance.random() < 0.6 else own)[int(chance.expovariate(1 / 22)) % 50]
        return middle + last

    def _one(self, household: int, village: str, name: str, sex: str, year: int, born: int = 0) -> Somebody:
        chance = self.chance
        if not born:
            # One in forty old people was given the first of January.
            first = year < 1965 and chance.random() < 0.025
            day = date(year, 1, 1).toordinal() + (0 if first else chance.randrange(365))
            when = date.fromordinal(day)
            born = when.year * 10000 + when.month * 100 + when.day
        number = ""
        if chance.random() < (0.95 if born < 20080000 else 0.8):
            number = self._number(village[:6], born, sex)
        self.next_id += 1
        return Somebody(self.next_id - 1, name, sex, born, number, village, household)

    def _number(self, county: str, born: int, sex: str) -> str:
        # Numbers of one day and place follow one another, as stations gave them out.
        at = self._taken.get((county, born), self.chance.randrange(1, 60))
        self._taken[county, born] = at + 1
        sequence = at * 2 + (1 if sex == "男" else 0)
        first = f"{county}{born}{sequence % 1000:03}"
        return first + check_character(first)

    def copy(self, one: Somebody, **changed: object) -> Somebody:
        """The same person once more under another id: mostly in the same village, seldom in another county; in another household."""
        chance = self.chance
        where = chance.choices((12, 9, 6, 4), (60, 25, 10, 5))[0]
        near = [v for v in self.villages if v[:where] == one.area[:where]] if where < 12 else [one.area]
        self.next_id += 1
        # A household of its own: numbers below nought are no household of the county.
        again = replace(one, id=self.next_id - 1, area=chance.choice(near), household=-self.next_id)
        return replace(again, **changed)  # type: ignore[arg-type]
