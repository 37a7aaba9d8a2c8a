"""The small wrongs that values and dates could hold: one value of a standard, or one first or last day, changed at a
time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import partial
from typing import Any

from doudi.packs.literals import Words
from doudi.packs.say import say
from doudi.rules import Book, Where
from doudi.rules.declared import Bands, StandardDecl, StandardLine
from doudi.rules.types import AREA, RATIO_UNIT, Kind, Type

DAY = timedelta(days=1)
_STEPS = ((1, "加", "plus"), (-1, "减", "less"))
_DAYS = ((1, "晚一天", "a day later"), (-1, "早一天", "a day earlier"))


@dataclass(frozen=True)
class Dated:
    """A book with one first or last day of a rule, programme, conflict or derived household moved; it can only
    matter on ``day``."""

    name: str
    text: str
    zh: str
    en: str
    where: Where
    book: Book
    day: date


@dataclass(frozen=True)
class Valued:
    """A standard with one of its values, thresholds or days changed."""

    text: str
    zh: str
    en: str
    where: Where
    decl: StandardDecl


def of_standard(decl: StandardDecl, pack: str, words: Words) -> Iterator[Valued]:
    """Every change to what ``pack`` says of a standard. One entry that serves several areas or keys is changed for
    all of them at once."""
    entries: dict[Where, list[StandardLine]] = defaultdict(list)
    for line in decl.lines:
        if line.pack == pack:
            entries[line.where].append(line)
    for lines in entries.values():
        text = _entry(decl, lines, words)
        values = dict.fromkeys(line.value for line in lines)
        for value in values:
            same = [line for line in lines if line.value == value]
            key = "、".join(dict.fromkeys(line.key for line in same if line.key)) if len(values) > 1 else ""
            for zh, en, new in _values(value, decl):
                yield _valued(
                    decl,
                    text,
                    same,
                    f"{key + ' ' if key else ''}{zh}",
                    f"{key + ' ' if key else ''}{en}",
                    partial(replace, value=new),
                )
        yield from _days(decl, text, lines)


def _entry(decl: StandardDecl, lines: list[StandardLine], words: Words) -> str:
    """Which entry it is: its areas, its days, and its value where it has but one."""
    areas = list(dict.fromkeys(line.area for line in lines))
    named = say(areas[0], AREA, words) if decl.area is not None or decl.kind != "standard" else ""
    more = f"等 {len(areas)} 地" if len(areas) > 1 else ""
    first, last = min(line.since or date.min for line in lines), max(line.until or date.max for line in lines)
    days = f"{'' if first == date.min else first}…{'' if last == date.max else last}"
    values = {line.value for line in lines}
    value = values.pop()
    one = isinstance(value, Fraction) and not values
    said = say(int(value * decl.type.store_scale), decl.type, words) if one and isinstance(value, Fraction) else ""
    return " ".join(part for part in (named + more, days if days != "…" else "", said) if part)


def _valued(
    decl: StandardDecl,
    text: str,
    lines: list[StandardLine],
    zh: str,
    en: str,
    change: Callable[[StandardLine], StandardLine],
) -> Valued:
    """The changed lines come first, so that they win over a neighbour whose days they now share."""
    gone = {id(line) for line in lines}
    new = [change(line) for line in lines]
    rest = [line for line in decl.lines if id(line) not in gone]
    return Valued(text, zh, en, lines[0].where, replace(decl, lines=(*new, *rest)))


def _values(value: Fraction | Bands, decl: StandardDecl) -> Iterator[tuple[str, str, Fraction | Bands]]:
    if decl.type.kind is Kind.TRUTH and isinstance(value, Fraction):
        yield "值取反", "value negated", 1 - value
        return
    if decl.type.kind is Kind.CATEGORY and isinstance(value, Fraction):
        yield "值改为类别的另一个值", "value becomes another of its category", (value + 1) % (decl.hi + 1)
        return
    said, said_en = _unit(decl.type)
    for step, zh, en in _STEPS:
        if isinstance(value, Fraction):
            yield f"值{zh}{said}", f"value {en} {said_en}", value + step * _step(decl.type)
            continue
        yield (
            f"起点以下{zh}{said}",
            f"below {en} {said_en}",
            replace(value, below=(value.below or 0) + step * _step(decl.type)),
        )
        for i, (x, y) in enumerate(value.steps):
            before, after = value.steps[:i], value.steps[i + 1 :]
            changed = replace(value, steps=(*before, (x, y + step * _step(decl.type)), *after))
            yield f"第 {i + 1} 档的值{zh}{said}", f"value of band {i + 1} {en} {said_en}", changed
            if decl.x is not None:
                moved = replace(value, steps=(*before, (x + step * _step(decl.x), y), *after))
                x_said, x_en = _unit(decl.x)
                yield f"第 {i + 1} 档的起点{zh}{x_said}", f"threshold {i + 1} {en} {x_en}", moved


def _step(kind: Type) -> Fraction:
    return Fraction(1, RATIO_UNIT) if kind.kind is Kind.RATIO else Fraction(1)


def _unit(kind: Type) -> tuple[str, str]:
    return {
        Kind.RATIO: ("万分之一", "1/10000"),
        Kind.MONEY: ("一分", "1 fen"),
        Kind.DATE: ("一天", "1 day"),
    }.get(kind.kind, ("1", "1"))


def _days(decl: StandardDecl, text: str, lines: list[StandardLine]) -> Iterator[Valued]:
    """The first and last day of an entry, and the day after which it is stale. Days inside (where an upper value
    begins) are not its own."""
    firsts = [line.since for line in lines]
    lasts = [line.until for line in lines]
    reviews = sorted({line.review_by for line in lines if line.review_by is not None})
    for step, zh, en in _DAYS:
        first = None if None in firsts else min(d for d in firsts if d is not None)
        last = None if None in lasts else max(d for d in lasts if d is not None)
        if first is not None:
            mine = [line for line in lines if line.since == first]
            yield _valued(
                decl, text, mine, f"起始日{zh}", f"first day {en}", partial(replace, since=first + step * DAY)
            )
        if last is not None:
            mine = [line for line in lines if line.until == last]
            yield _valued(decl, text, mine, f"截止日{zh}", f"last day {en}", partial(replace, until=last + step * DAY))
        for review in reviews:
            mine = [line for line in lines if line.review_by == review]
            moved = partial(replace, review_by=review + step * DAY)
            yield _valued(decl, text, mine, f"复核期限{zh}", f"review day {en}", moved)


def of_dates(book: Book, pack: str) -> Iterator[Dated]:
    """Every first and last day that ``pack`` gives to a rule, programme, conflict or derived household, moved by a
    day each way."""
    for i, rule in enumerate(book.rules):
        name = f"{rule.entity}.{rule.name}"
        for version, days in _spans(rule.versions, pack):
            for zh, en, day, versions in days:
                rules = (*book.rules[:i], replace(rule, versions=versions), *book.rules[i + 1 :])
                yield Dated(name, _span(version), zh, en, version.formula.where, replace(book, rules=rules), day)
    for i, programme in enumerate(book.programmes):
        for version, days in _spans(programme.versions, pack):
            for zh, en, day, versions in days:
                new = replace(programme, versions=versions)
                programmes = (*book.programmes[:i], new, *book.programmes[i + 1 :])
                where = version.conditions[0].formula.where if version.conditions else programme.where
                yield Dated(programme.name, _span(version), zh, en, where, replace(book, programmes=programmes), day)
    for conflict, days in _spans(book.conflicts, pack):
        for zh, en, day, conflicts in days:
            yield Dated(conflict.name, _span(conflict), zh, en, conflict.where, replace(book, conflicts=conflicts), day)
    for one, days in _spans(book.derived, pack):
        for zh, en, day, derived in days:
            yield Dated(one.name, _span(one), zh, en, one.where, replace(book, derived=derived), day)


def _span(version: Any) -> str:
    return f"{version.since or ''}…{version.until or ''}"


def _spans(versions: tuple[Any, ...], pack: str) -> Iterator[tuple[Any, list[tuple[str, str, date, tuple[Any, ...]]]]]:
    """For each version of ``pack``, its moved days: in words, the day that tells, and all versions with the moved
    one first."""
    for version in versions:
        if version.pack != pack:
            continue
        rest = tuple(v for v in versions if v is not version)
        out: list[tuple[str, str, date, tuple[Any, ...]]] = []
        for step, zh, en in _DAYS:
            if version.since is not None:
                moved = replace(version, since=version.since + step * DAY)
                tells = version.since if step > 0 else version.since - DAY
                out.append((f"起始日{zh}", f"first day {en}", tells, (moved, *rest)))
            if version.until is not None:
                moved = replace(version, until=version.until + step * DAY)
                tells = version.until if step < 0 else version.until + DAY
                out.append((f"截止日{zh}", f"last day {en}", tells, (moved, *rest)))
        yield version, out
