"""What a text says of a division goes on under the codes that the division has been given since.

A new code, and what is split off, goes by what its one origin went by; from its day, until its own says otherwise. A merger is a decision: only
what all that were merged agree on goes on, and the rest has to be settled by whoever may.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from doudi.packs import spans
from doudi.packs.literals import Words
from doudi.packs.overlay import days_of, with_days
from doudi.packs.say import say
from doudi.rules.declared import Area, Bands, Book, StandardDecl, StandardLine
from doudi.rules.types import Type
from doudi.server.areas.shapes import Became


@dataclass(frozen=True)
class Heir:
    """A value that goes on under another code: ``line`` as it counts there, of the standard ``decl``."""

    decl: StandardDecl
    line: StandardLine


@dataclass(frozen=True)
class Unsettled:
    """``name`` (a standard, with its ``key``, or a named area) did not mean one thing in ``origins``, which were merged into ``into`` on ``on``."""

    name: str
    key: str
    into: str
    origins: tuple[str, ...]
    on: date


@dataclass(frozen=True)
class Handed:
    """What is laid over a text: values, and by the name of an area the codes (twelve digits) that it means besides."""

    heirs: tuple[Heir, ...] = ()
    areas: tuple[tuple[str, tuple[int, ...]], ...] = ()
    unsettled: tuple[Unsettled, ...] = ()


def spoken(book: Book) -> frozenset[str]:
    """The codes of the divisions that a text speaks of."""
    codes = {line.area for s in book.standards for line in s.lines}
    codes |= {code for a in book.areas for code in (a.members or (a.code,))}
    return frozenset(short(code) for code in codes if code > 0)


def handed(book: Book, changes: Sequence[Became]) -> Handed:
    """``changes``: what became of the divisions that ``book`` speaks of and of what they became, in their order."""
    heirs: list[Heir] = []
    open_: list[Unsettled] = []
    for decl in book.standards:
        if decl.kind != "standard" or decl.area is not None:
            found, left = _lines(decl, changes)
            heirs += found
            open_ += left
    areas: list[tuple[str, tuple[int, ...]]] = []
    for area in book.areas:
        if area.code == 0:
            continue
        added, left = _named(area, changes)
        areas += [(area.name, added)] if added else []
        open_ += left
    return Handed(tuple(heirs), tuple(areas), tuple(open_))


def _lines(decl: StandardDecl, changes: Iterable[Became]) -> tuple[list[Heir], list[Unsettled]]:
    held: dict[tuple[int, str], list[StandardLine]] = {}
    for line in decl.lines:
        held.setdefault((line.area, line.key), []).append(line)
    keys = sorted({line.key for line in decl.lines})
    heirs: list[Heir] = []
    open_: list[Unsettled] = []
    for c in changes:
        origins, into = [whole(code) for code in c.origins], whole(c.after)
        for key in keys:
            ours = [list(_from(held.get((code, key), ()), c.on)) for code in origins]
            own = held.get((into, key), [])
            if len({_said(lines) for lines in ours}) != 1:
                # A division that was there before has values of its own: whether these are for all who came is for somebody to say.
                if into in origins or not any(x.since is not None and x.since <= c.on for x in own):
                    open_.append(Unsettled(decl.name, key, c.after, c.origins, c.on))
            elif into not in origins:
                taken = [days_of(x) for x in own]
                pieces = [(x, piece) for x in ours[0] for piece in spans.cut(days_of(x), taken)]
                new = [with_days(replace(x, area=into), piece) for x, piece in pieces]
                heirs += [Heir(decl, x) for x in new]
                held[into, key] = [*own, *new]
    return heirs, open_


def _from(lines: Iterable[StandardLine], on: date) -> Iterator[StandardLine]:
    """What of ``lines`` counts on ``on`` and later."""
    for line in lines:
        days = spans.meet(days_of(line), spans.span(on, None))
        if days is not None:
            yield with_days(line, days)


def _said(lines: Iterable[StandardLine]) -> frozenset[Any]:
    return frozenset((x.since, x.until, x.review_by, x.value) for x in lines)


def _named(area: Area, changes: Iterable[Became]) -> tuple[tuple[int, ...], list[Unsettled]]:
    first = area.members or (area.code,)
    codes = {short(code) for code in first}
    added: list[int] = []
    open_: list[Unsettled] = []
    for c in changes:
        inside = [code for code in c.origins if code in codes]
        if not inside or c.after.startswith(tuple(codes)):
            continue
        if len(inside) < len(c.origins):
            open_.append(Unsettled(area.name, "", c.after, c.origins, c.on))
            continue
        codes.add(c.after)
        added.append(whole(c.after))
    return tuple(added), open_


def plain(heir: Heir, words: Words) -> str | dict[str, Any]:
    """The value as a pack writes it."""
    value, decl = heir.line.value, heir.decl
    if isinstance(value, Bands):
        assert decl.x is not None
        steps = {_one(at, decl.x, words): _one(there, decl.type, words) for at, there in value.steps}
        return {"bands": steps, "below": _one(value.below or Fraction(0), decl.type, words)}
    return _one(value, decl.type, words)


def _one(value: Fraction, kind: Type, words: Words) -> str:
    return say(int(value * kind.store_scale), kind, words)


def short(code: int) -> str:
    """A code of twelve digits as a prefix."""
    digits = f"{max(code, 0):012d}"
    return next((digits[:n] for n in (2, 4, 6, 9, 12) if code > 0 and not int(digits[n:] or 0)), "")


def whole(code: str) -> int:
    """A prefix as a code of twelve digits."""
    return int(code[:12].ljust(12, "0"))
