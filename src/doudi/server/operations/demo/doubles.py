"""People whom an old ledger has once more, as it happens in every office: what the search for double records finds in the demonstration."""

from __future__ import annotations

from datetime import date
from random import Random

from doudi.server.operations.demo.people import Named

_ONE_IN = 150
"""Of how many households one head stands on record twice."""
_SOUNDS_LIKE = dict(
    zip(
        "建国勇志伟文福荣辉成龙永忠平安宏翔健康丽花秀英芳兰梅桂凤珍燕红艳萍云雪佳静洁新庆晓金",
        "健囯咏智玮闻富蓉晖城隆咏中萍桉洪祥建慷莉华绣瑛方岚玫贵奉真雁洪焰平芸学嘉靖杰欣清小今",
        strict=True,
    )
)
"""A letter of a given name, and one that is heard or read for it."""


def double_of(seed: int, household: int, who: Named, born: date) -> tuple[Named, date] | None:
    """What the old ledger says of the head ``who`` of ``household``: no number, and the name or the birthday with a slip. None for most."""
    chance = Random(f"double:{seed}:{household}")
    if chance.randrange(_ONE_IN):
        return None
    letters = [i for i, c in enumerate(who.name) if i and c in _SOUNDS_LIKE]
    if letters and chance.random() < 0.6:
        at = chance.choice(letters)
        return Named(who.name[:at] + _SOUNDS_LIKE[who.name[at]] + who.name[at + 1 :], "", ""), born
    return Named(who.name, "", who.phone), _slipped(born)


def _slipped(born: date) -> date:
    """Month and day changed places where that is a day; otherwise a year too late."""
    if born.day <= 12 and born.day != born.month:
        return born.replace(month=born.day, day=born.month)
    return born.replace(year=born.year + 1, day=min(born.day, 28))
