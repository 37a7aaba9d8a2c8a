"""Slips as they are made at counters, one kind each: what a person's second record looks like."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from functools import cache

from pypinyin import Style, lazy_pinyin

from bench.server.people import Somebody
from doudi.screening.workbook.idnumber import check_character
from doudi.server.lib.idnumber import eighteen, fifteen
from doudi.server.registry.duplicates.core.lookalikes import GROUPS
from doudi.server.registry.duplicates.core.lunar import written_as_common

# As such surnames are heard, and as their character is usually read.
_SURNAMES_HEARD = {
    "单": "善山丹", "区": "欧曲", "仇": "裘求愁", "解": "谢姐", "查": "扎茶", "盖": "葛改", "翟": "宅狄", "缪": "妙谬", "乐": "岳勒",
    "覃": "秦谭琴", "曾": "增", "任": "仁人", "冼": "显洗", "种": "虫众", "员": "云元", "尉": "魏",
}  # fmt: skip


@cache
def _by_sound() -> dict[str, list[str]]:
    """Syllable -> characters in use: those of GB 2312's first level, which holds the common ones by reading."""
    found: dict[str, list[str]] = defaultdict(list)
    for high in range(0xB0, 0xD8):
        for low in range(0xA1, 0xFF):
            try:
                c = bytes((high, low)).decode("gb2312")
            except UnicodeDecodeError:
                continue
            found[lazy_pinyin(c, style=Style.NORMAL)[0]].append(c)
    return found


def _another(chance: random.Random, choices: list[str], but: str) -> str | None:
    rest = [c for c in choices if c != but]
    return chance.choice(rest) if rest else None


def _with(name: str, at: int, c: str) -> str:
    return name[:at] + c + name[at + 1 :]


def homophone(chance: random.Random, one: Somebody) -> dict[str, object] | None:
    at = chance.randrange(1, len(one.name))
    c = _another(chance, _by_sound()[lazy_pinyin(one.name[at], style=Style.NORMAL)[0]], one.name[at])
    return {"name": _with(one.name, at, c), "number": ""} if c else None


def accent(chance: random.Random, one: Somebody) -> dict[str, object] | None:
    at = chance.randrange(1, len(one.name))
    syllable = lazy_pinyin(one.name[at], style=Style.NORMAL)[0]
    for a, b in (("zh", "z"), ("sh", "s"), ("ch", "c"), ("l", "n")):
        if syllable.startswith(a):
            other = b + syllable[len(a) :]
            break
    else:
        other = (
            syllable[:-1]
            if syllable.endswith("ng") and syllable[-3] in "aei"
            else syllable + "g"
            if syllable.endswith(("an", "en", "in"))
            else ""
        )
    c = _another(chance, _by_sound().get(other, []), one.name[at])
    return {"name": _with(one.name, at, c), "number": ""} if c else None


def look_alike(chance: random.Random, one: Somebody) -> dict[str, object] | None:
    at = [k for k, c in enumerate(one.name) if any(c in g for g in GROUPS)]
    if not at:
        return None
    k = chance.choice(at)
    group = next(g for g in GROUPS if one.name[k] in g)
    return {"name": _with(one.name, k, _another(chance, list(group), one.name[k]) or one.name[k]), "number": ""}


def surname_reading(chance: random.Random, one: Somebody) -> dict[str, object] | None:
    heard = _SURNAMES_HEARD.get(one.name[0])
    return {"name": chance.choice(heard) + one.name[1:], "number": ""} if heard else None


def order(_: random.Random, one: Somebody) -> dict[str, object] | None:
    if len(one.name) != 3 or one.name[1] == one.name[2]:
        return None
    return {"name": one.name[0] + one.name[2] + one.name[1], "number": ""}


def _real(text: str) -> int:
    from datetime import date

    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return 0
    return int(text) if 19200101 <= int(text) <= 20261101 else 0


def month_day(_: random.Random, one: Somebody) -> dict[str, object] | None:
    t = str(one.born)
    born = _real(t[:4] + t[6:] + t[4:6])
    return {"born": born, "number": ""} if born and born != one.born else None


def birth_digit(chance: random.Random, one: Somebody) -> dict[str, object] | None:
    t, k = str(one.born), chance.randrange(2, 8)
    born = _real(_with(t, k, chance.choice("0123456789")))
    return {"born": born, "number": ""} if born and born != one.born else None


def birth_swap(chance: random.Random, one: Somebody) -> dict[str, object] | None:
    t, k = str(one.born), chance.randrange(2, 7)
    born = _real(t[:k] + t[k + 1] + t[k] + t[k + 2 :])
    return {"born": born, "number": ""} if born and born != one.born else None


def farmers(chance: random.Random, one: Somebody) -> dict[str, object] | None:
    written = written_as_common(one.born)
    return {"born": chance.choice(written), "number": ""} if written else None


def number_same(chance: random.Random, one: Somebody) -> dict[str, object] | None:
    return {"name": _with(one.name, len(one.name) - 1, chance.choice("甲乙丙丁"))} if one.number else None


def number_fifteen(_: random.Random, one: Somebody) -> dict[str, object] | None:
    old = fifteen(one.number) if one.number else None
    return {"number": eighteen(old), "name": _with(one.name, 0, "某")} if old else None


def _born_in(number: str, one: Somebody) -> dict[str, object] | None:
    born = _real(number[6:14])
    return {"number": number, "born": born} if born and number != one.number else None


def number_digit(chance: random.Random, one: Somebody) -> dict[str, object] | None:
    """Half of them with a check character made anew, as some systems did on import."""
    if not one.number:
        return None
    first = _with(one.number[:17], chance.randrange(2, 17), chance.choice("0123456789"))
    return _born_in(first + (check_character(first) if chance.random() < 0.5 else one.number[17]), one)


def number_swap(chance: random.Random, one: Somebody) -> dict[str, object] | None:
    if not one.number:
        return None
    k = chance.randrange(2, 16)
    first = one.number[:k] + one.number[k + 1] + one.number[k] + one.number[k + 2 : 17]
    return _born_in(first + (check_character(first) if chance.random() < 0.5 else one.number[17]), one)


def number_fifteen_digit(chance: random.Random, one: Somebody) -> dict[str, object] | None:
    old = fifteen(one.number) if one.number else None
    number = eighteen(_with(old, chance.randrange(2, 15), chance.choice("0123456789"))) if old else None
    return _born_in(number, one) if number else None


def sound_and_birth(chance: random.Random, one: Somebody) -> dict[str, object] | None:
    a, b = homophone(chance, one), birth_digit(chance, one)
    return {**a, **b} if a and b else None


SLIPS: dict[str, Callable[[random.Random, Somebody], dict[str, object] | None]] = {
    "same number, another name": number_same,
    "number of 15 digits, another surname": number_fifteen,
    "number: one digit wrong": number_digit,
    "number: digits swapped": number_swap,
    "number of 15 digits, one wrong": number_fifteen_digit,
    "name: homophone": homophone,
    "name: homophone with an accent": accent,
    "name: look-alike": look_alike,
    "name: surname reading": surname_reading,
    "name: characters swapped": order,
    "birth: day and month swapped": month_day,
    "birth: one digit wrong": birth_digit,
    "birth: digits swapped": birth_swap,
    "birth: farmers' calendar": farmers,
    "two slips: homophone and a digit of birth": sound_and_birth,
}
"""Where a slip is in name or birth date, the second record has no identity number: with it nothing would need to be found."""
