"""The small wrongs that what stands beside formulas could hold: one conflict, household of one or bearer of the cost changed at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from doudi.rules import Book, Where
from doudi.rules.declared import Conflict, Funding
from doudi.rules.ruleset import Key


@dataclass(frozen=True)
class Beside:
    """A book with one such change. It can only matter to what rests on ``touches``; all of it where that is empty."""

    name: str
    zh: str
    en: str
    where: Where
    book: Book
    touches: frozenset[Key]


def of_book(book: Book, pack: str) -> Iterator[Beside]:
    """Every such change to what ``pack`` says. No days are named, for a pack below may leave it fewer of them. What only says that
    two go together changes nothing."""
    yield from _conflicts(book, pack)
    yield from _derived(book, pack)
    yield from _funding(book, pack)


def _conflicts(book: Book, pack: str) -> Iterator[Beside]:
    of = {p.name: p.entity for p in book.programmes}
    for i, conflict in enumerate(book.conflicts):
        if conflict.pack != pack or conflict.kind == "cumulate":
            continue
        named = (*conflict.programmes, *conflict.by, *(name for leg in conflict.legs for name in leg))
        touches = frozenset((of[name], said.format(name)) for name in named for said in ("享受{}", "{}实发"))
        for zh, en, changed in _of_conflict(conflict):
            rest = (*book.conflicts[:i], *changed, *book.conflicts[i + 1 :])
            new = replace(book, conflicts=rest)
            yield Beside(conflict.name, zh, en, conflict.where, new, touches)


def _of_conflict(conflict: Conflict) -> Iterator[tuple[str, str, tuple[Conflict, ...]]]:
    yield "整条去掉", "the whole conflict dropped", ()
    if conflict.kind == "bar":
        yield "两边对换", "the sides changed over", (replace(conflict, programmes=conflict.by, by=conflict.programmes),)
    for name, rest in _each_dropped(conflict.programmes):
        yield f"去掉“{name}”", f"“{name}” dropped", (replace(conflict, programmes=rest),)
    for name, rest in _each_dropped(conflict.by):
        yield f"去掉“{name}”", f"“{name}” dropped", (replace(conflict, by=rest),)
    for i, leg in enumerate(conflict.legs):
        for name, rest in _each_dropped(leg):
            legs = (*conflict.legs[:i], rest, *conflict.legs[i + 1 :])
            yield f"去掉“{name}”", f"“{name}” dropped", (replace(conflict, legs=legs),)


def _each_dropped(names: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each name and the others, where there are any."""
    for name in names:
        if len(names) > 1:
            yield name, tuple(n for n in names if n != name)


def _derived(book: Book, pack: str) -> Iterator[Beside]:
    for i, one in enumerate(book.derived):
        if one.pack == pack:
            other = replace(one, counts_in_original=not one.counts_in_original)
            new = replace(book, derived=(*book.derived[:i], other, *book.derived[i + 1 :]))
            yield Beside(
                one.name,
                "是否仍计入原户取反",
                "counting in the household negated",
                one.where,
                new,
                frozenset(),
            )


def _funding(book: Book, pack: str) -> Iterator[Beside]:
    for i, programme in enumerate(book.programmes):
        for j, version in enumerate(programme.versions):
            if version.pack != pack:
                continue
            for k, funding in enumerate(version.funding):
                if len(funding.shares) < 2:
                    continue
                changed = (*version.funding[:k], _changed_over(funding), *version.funding[k + 1 :])
                versions = (*programme.versions[:j], replace(version, funding=changed), *programme.versions[j + 1 :])
                programmes = (*book.programmes[:i], replace(programme, versions=versions), *book.programmes[i + 1 :])
                levels = "、".join(s.level for s in funding.shares)
                touches = frozenset((programme.entity, f"{programme.name}实发·{s.level}") for s in funding.shares)
                yield Beside(
                    programme.name, f"{levels} 负担互换", f"{levels}: the bearers changed over", programme.where, replace(book, programmes=programmes), touches
                )  # fmt: skip


def _changed_over(funding: Funding) -> Funding:
    """Each level bears what the next one bore."""
    levels = [s.level for s in funding.shares]
    moved = (*levels[1:], levels[0])
    return replace(
        funding, shares=tuple(replace(s, level=level) for s, level in zip(funding.shares, moved, strict=True))
    )
