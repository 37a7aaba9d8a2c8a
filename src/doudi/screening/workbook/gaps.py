"""What is missing, gathered: one line for each thing that a household lacks, with the programmes it holds up and its place in the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from doudi.screening.workbook.columns import PERSON
from doudi.screening.workbook.decided import Decided

OUTSIDE = frozenset({"standard", "stale", "rule"})
"""Kinds of missing thing that no office can supply: the pack has no figure."""


@dataclass
class Lack:
    """``home`` lacks ``name`` of ``entity`` (see ``doudi.rules.nodes.Leaf``); ``held_up`` are programmes, with the person where it is a person's and
    the kind of derived household where it is of one."""

    home: int
    kind: str
    entity: str
    name: str
    detail: str
    held_up: list[tuple[str, int | None, str]] = field(default_factory=list)
    rows: set[int] = field(default_factory=set)
    """Positions of the rows of ``entity`` that lack it."""


@dataclass
class NoFigure:
    """A standard or rule that is not in force: what it holds up, and for how many households."""

    kind: str
    name: str
    details: set[str] = field(default_factory=set)
    programmes: dict[str, None] = field(default_factory=dict)
    homes: set[int] = field(default_factory=set)


def gather(decided: Decided) -> tuple[list[Lack], list[NoFigure]]:
    """What the ledger lacks, by household in its order, and what the pack lacks."""
    entity_of = {p.name: p.entity for p in decided.ruleset.programmes}
    lacks: dict[tuple[int, str, str, str, str], Lack] = {}
    figures: dict[tuple[str, str], NoFigure] = {}
    for home, row, programme, kind, entity, name, detail, at, as_one in _leaves(decided):
        if kind in OUTSIDE:
            figure = figures.setdefault((kind, name), NoFigure(kind, name))
            figure.details.add(detail)
            figure.programmes[programme] = None
            figure.homes.add(home)
            continue
        lack = lacks.setdefault((home, kind, entity, name, detail), Lack(home, kind, entity, name, detail))
        held_up = (programme, row if as_one or entity_of[programme] == PERSON else None, as_one)
        if held_up not in lack.held_up:
            lack.held_up.append(held_up)
        if at is not None:
            lack.rows.add(at)
    return sorted(lacks.values(), key=lambda x: x.home), sorted(figures.values(), key=lambda x: -len(x.homes))


COLUMNS = ("household", "entity_row", "programme", "leaf_kind", "leaf_entity", "leaf_name", "detail", "leaf_row")
Leaf = tuple[int, int, str, str, str, str, str, int | None, str]


def _leaves(decided: Decided) -> Iterator[Leaf]:
    """Every missing leaf; the last names the kind of household of one that it is of, whose ``entity_row`` is always the person."""
    table = decided.tables["missing"]
    yield from zip(*(table[c].to_pylist() for c in COLUMNS), [""] * table.num_rows, strict=True)
    table = decided.tables["derived_missing"]
    yield from zip(*(table[c].to_pylist() for c in (*COLUMNS, "derived")), strict=True)
