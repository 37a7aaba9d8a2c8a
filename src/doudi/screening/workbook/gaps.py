"""What is missing, gathered: one line for each thing that a household lacks, with the programmes it holds up and its place in the ledger."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from doudi.screening.workbook.columns import COMPLETE, PERSON, word
from doudi.screening.workbook.decided import Decided
from doudi.screening.workbook.findings import row_list

OUTSIDE = frozenset({"standard", "stale", "rule"})
"""Kinds of missing thing that no office can supply: the pack has no figure."""


@dataclass
class Lack:
    """``home`` lacks ``name`` of ``entity`` (see ``doudi.rules.nodes.Leaf``); ``held_up`` are programmes, with the person where it is a person's."""

    home: int
    kind: str
    entity: str
    name: str
    detail: str
    held_up: list[tuple[str, int | None]] = field(default_factory=list)


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
    table = decided.tables["missing"]
    entity_of = {p.name: p.entity for p in decided.ruleset.programmes}
    lacks: dict[tuple[int, str, str, str, str], Lack] = {}
    figures: dict[tuple[str, str], NoFigure] = {}
    columns = ("household", "entity_row", "programme", "leaf_kind", "leaf_entity", "leaf_name", "detail")
    for home, row, programme, kind, entity, name, detail in zip(*(table[c].to_pylist() for c in columns), strict=True):
        if kind in OUTSIDE:
            figure = figures.setdefault((kind, name), NoFigure(kind, name))
            figure.details.add(detail)
            figure.programmes[programme] = None
            figure.homes.add(home)
            continue
        lack = lacks.setdefault((home, kind, entity, name, detail), Lack(home, kind, entity, name, detail))
        lack.held_up.append((programme, row if entity_of[programme] == PERSON else None))
    return sorted(lacks.values(), key=lambda x: x.home), sorted(figures.values(), key=lambda x: -len(x.homes))


class Places:
    """Where in the ledger the missing things of a household would stand."""

    def __init__(self, decided: Decided) -> None:
        self._ledger = decided.ledger
        self._ruleset = decided.ruleset
        self._rows: dict[str, dict[int, list[int]]] = {}

    def _of(self, entity: str, home: int) -> list[int]:
        if entity not in self._rows:
            rows: dict[int, list[int]] = defaultdict(list)
            spec = self._ruleset.entities[entity]
            for i in range(len(self._ledger.sheets[entity])):
                at = self._ledger.home_of(spec, i)
                if at is not None:
                    rows[at].append(i)
            self._rows[entity] = rows
        return self._rows[entity].get(home, [])

    def rows(self, lack: Lack) -> str:
        """The numbers of the rows of the household on which the thing is blank: ``5、7``; empty where none is."""
        if lack.kind == "fact":
            header = lack.name
        elif lack.kind == "table" and lack.name in self._ruleset.entities:
            header = word(self._ruleset.entities[lack.name]) + COMPLETE
        else:
            return ""
        parsed = self._ledger.sheets.get(lack.entity)
        if parsed is None or header not in parsed.values:
            return ""
        values = parsed.values[header]
        # -1 is a table that is wholly complete; any other mark, like a span of dates, may be what leaves the question open.
        blank = [
            i
            for i in self._of(lack.entity, lack.home)
            if not isinstance(values[i], int) or (lack.kind == "table" and values[i] != -1)
        ]
        return row_list(parsed.raw.rows[i] for i in blank)
