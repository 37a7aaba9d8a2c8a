"""From what was read to the Book that the rules room compiles: its parts, its digest, its English labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol, cast

from doudi.packs import normal
from doudi.packs.read_pack import COUNTRY
from doudi.packs.state import State
from doudi.rules import Book, Kind
from doudi.rules.declared import Area, Fact


class _Labelled(Protocol):
    en: str


def book_of(name: str, state: State) -> Book:
    book = Book(
        name=name,
        entities=tuple(state.entities.values()),
        views=tuple(state.views.values()),
        categories=tuple(state.categories.values()),
        areas=_areas(state),
        facts=tuple(_fact(f, state) for f in state.facts.values()),
        standards=tuple(state.standards.values()),
        rules=tuple(state.rules.values()),
        programmes=tuple(state.programmes.values()),
        conflicts=tuple(c for versions in state.conflicts.values() for c in versions),
        derived=tuple(d for versions in state.derived.values() for d in versions),
        labels=_labels(state),
    )
    return replace(book, digest=_digest(book))


def _areas(state: State) -> tuple[Area, ...]:
    known = tuple(state.areas.values())
    return known if COUNTRY in state.areas else (Area(COUNTRY, "China", 0), *known)


def _fact(fact: Fact, state: State) -> Fact:
    """A category may have grown since the fact was declared."""
    if fact.type.kind is not Kind.CATEGORY:
        return fact
    return replace(fact, hi=len(state.categories[fact.type.category].values) - 1)


def _digest(book: Book) -> str:
    """The same for the same content, whatever file and order it stands in."""
    parts = [
        [book.name, book.entities, book.views, book.categories],
        *(
            sorted(normal.canonical(thing) for thing in things)
            for things in (
                book.areas,
                book.facts,
                book.standards,
                book.rules,
                book.programmes,
                book.conflicts,
                book.derived,
            )
        ),
    ]
    return normal.digest(parts)


def _labels(state: State) -> dict[str, str]:
    """English words for Chinese names: bare names, ``实体.名称`` and ``类别.值``; and the Chinese title of each
    document as ``文件.<short name>``, the English of a clause's heading as ``条款.<heading>``."""
    out: dict[str, str] = {f"文件.{short}": document.zh for short, document in state.documents.items()}
    for e in state.entities.values():
        out[e.name] = e.en
        if e.table:
            out[e.table] = e.en
    for things in (
        state.views,
        state.categories,
        state.areas,
        state.standards,
        state.programmes,
        state.documents,
    ):
        for name, thing in cast(Mapping[str, _Labelled], things).items():
            out.setdefault(name, thing.en)
    for conflict in (c for versions in state.conflicts.values() for c in versions):
        out.setdefault(conflict.name, conflict.en)
    for derived in (d for versions in state.derived.values() for d in versions):
        out.setdefault(derived.name, derived.en)
    for variables in (state.facts, state.rules):
        for (entity, name), declared in cast(Mapping[tuple[str, str], _Labelled], variables).items():
            out[f"{entity}.{name}"] = declared.en
            out.setdefault(name, declared.en)
    for category in state.categories.values():
        for value, en in category.values:
            out[f"{category.name}.{value}"] = en
            out.setdefault(value, en)
    out |= {f"条款.{name}": en for (kind, name), en in state.english.items() if kind == "clauses"}
    return out
