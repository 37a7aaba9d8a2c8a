"""Names and numbers of people who do not exist: the same person always gets the same ones.

Surnames as they are common in Guangxi; identity numbers begin with 99, a province that is not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from doudi.server.lib.idnumber import check_character

_SURNAMES = (
    ("韦", 14), ("蓝", 12), ("黄", 10), ("覃", 9), ("罗", 6), ("陆", 6), ("蒙", 5), ("唐", 4), ("卢", 3), ("潘", 3), ("梁", 4), ("陈", 4), ("李", 4),
    ("王", 3), ("农", 3), ("莫", 3), ("石", 2), ("杨", 3), ("廖", 2), ("张", 2), ("刘", 2), ("周", 1), ("何", 2), ("吴", 2), ("邓", 1), ("谭", 1),
    ("班", 2), ("岑", 1), ("侬", 1), ("欧阳", 1),
)  # fmt: skip
_MALE = "建国明华强军勇志伟文武福生德贵荣光辉海林东春成龙祥宝昌永忠正平安宏宇杰浩天翔健康"
_FEMALE = "美丽花秀英芳兰梅桂月凤玉珍琴娟霞燕红艳萍莲香彩云雪晓婷欣怡佳慧敏静颖洁"
_BOTH = "小金春新庆文永晓少志家世佳子宇"
# Whoever married in keeps the own name; a parent or grandparent may be of either family.
_OWN_NAME = {"配偶", "非亲属", "其他亲属"}
_SET_OFF = {"父母": 0.5, "祖父母": 0.5, "兄弟姐妹": 0.05, "子女": 0.08, "孙子女": 0.1, "监测成员": 0.1}


@dataclass(frozen=True)
class Named:
    """``number`` is an identity number with a right check character, ``phone`` empty for those who have none."""

    name: str
    number: str
    phone: str


class Namer:
    """Names the people of a county. Numbers count up by township, birthday and sex: a township named as a whole, in the order of its facts,
    gets the same numbers whether others were named before it or not."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._next: dict[tuple[str, date, bool], int] = {}

    def named(self, household: int, person: int, *, relation: str, male: bool, born: date, township: str) -> Named:
        """Who the person ``person`` of ``household`` is; ``township`` has nine digits, of which the number keeps the last three behind its 99."""
        home = Random(f"{self.seed}:{household}")
        family = _surname(home)
        own = Random(f"{self.seed}:{household}:{person}")
        apart = relation in _OWN_NAME or own.random() < _SET_OFF.get(relation, 0.0)
        surname = _surname(own) if apart else family
        letters = _MALE if male else _FEMALE
        given = own.choice(letters)
        if own.random() < 0.86:
            given = own.choice(_BOTH + letters) + given
        key = (township, born, male)
        count = self._next[key] = self._next.get(key, -1) + 1
        # Five hundred of one birthday and sex have a sequence number; the sixth digit of the division tells further ones apart.
        body = f"99{township[6:9]}{count // 500}{born:%Y%m%d}{2 * (count % 500) + int(male):03d}"
        phone = f"1{own.choice('35789')}{own.randrange(10**9):09d}" if born.year < 2010 and own.random() < 0.6 else ""
        return Named(surname + given, body + check_character(body), phone)


def _surname(random: Random) -> str:
    return random.choices([s for s, _ in _SURNAMES], [w for _, w in _SURNAMES])[0]
