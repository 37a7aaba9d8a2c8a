"""Reads the registry part by part and writes the folder of facts, several parts in hand at once. Memory does not grow with the county."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from doudi.rules.block.ahead import ahead
from doudi.rules.declared import Entity
from doudi.screening.facts import PART_HOUSEHOLDS, FactsSchema
from doudi.screening.parts import Facts, FactsWriter
from doudi.server.areas.selectors import UNMOVED, Lineage
from doudi.server.decisions.snapshot.arrow import Reading, Source
from doudi.server.decisions.snapshot.documents import documents
from doudi.server.decisions.snapshot.pivot import Pivot
from doudi.server.decisions.snapshot.placed import Placed
from doudi.server.registry.selectors.snapshot import Question

ORIGIN = "registry"
PLACES = "places.parquet"
"""Beside the facts: which offices' households they are (household, area, other_area)."""
PART = PART_HOUSEHOLDS
THREADS = 2
"""DuckDB, Arrow and the drivers hold no lock of Python's while they work."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Frozen:
    """``disputed`` counts the facts that are unknown because equals disagree."""

    facts: Facts
    households: int
    people: int
    disputed: int


def freeze(
    source: Source,
    question: Question,
    schema: FactsSchema,
    ranks: Mapping[str, int],
    folder: Path,
    month: date,
    *,
    moves: Lineage = UNMOVED,
    progress: Progress | None = None,
    threads: int = THREADS,
) -> Frozen:
    """``ranks``: source -> rank; ``moves``: all that divisions ever became. What an earlier attempt left in ``folder`` is replaced; the folder is valid
    only once all of it is written."""
    writer = FactsWriter(folder, schema, month, origin=ORIGIN, overwrite=True)
    root = schema.root.entity.name
    person = next(c for c in schema.children(root) if c.file == "person").entity
    placed = Placed(schema, question.moment.as_of, moves)
    with ExitStack() as stack:
        mine = _Readers(source, placed, stack)
        with source.open() as reading:
            places = reading.table(question.households())
        ids = places["household"]
        spans = [
            (i, ids[at].as_py(), ids[min(at + PART, len(ids)) - 1].as_py())
            for i, at in enumerate(range(0, len(ids), PART))
        ]

        def one(span: tuple[int, int, int]) -> int:
            index, first, last = span
            reading, pivot = mine.of_this_thread()
            own = documents(reading.table(question.said_of_households(first, last)), root, ranks, placed)
            of = documents(reading.table(question.said_of_people(first, last)), person.name, ranks, placed)
            given = {root: own.table, person.name: of.table}
            _peopled(given, root, person)
            writer.part(index, pivot.tables(index, given))
            return own.disputed + of.disputed

        disputed = 0
        for done, found in enumerate(ahead(one, spans, threads), 1):
            disputed += found
            if progress is not None:
                progress(done, len(spans))
    if not spans:
        writer.part(0, {})
    writer.extra(PLACES, _coded(places))
    facts = writer.finish()
    return Frozen(facts, facts.rows[schema.root.file], facts.rows[person.file], disputed)


def _peopled(given: dict[str, pa.Table], root: str, person: Entity) -> None:
    """Keeps households with anybody in them. Of those with more people than the rules can read nobody is listed, so that nothing is decided."""
    people, households = given[person.name], given[root]
    parents, kept = people["parent"].to_numpy(), people["keep"].to_numpy()
    peopled, size = np.unique(parents[kept], return_counts=True)
    crowded = peopled[size > person.max_rows]
    ids = households["id"].to_numpy()
    given[root] = _with(households, "keep", households["keep"].to_numpy() & np.isin(ids, peopled)).append_column(
        "whole", pa.array(~np.isin(ids, crowded))
    )
    if len(crowded):
        given[person.name] = _with(people, "keep", kept & ~np.isin(parents, crowded))


def _with(table: pa.Table, name: str, values: np.ndarray[Any, Any]) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, pa.array(values))


def _coded(places: pa.Table) -> pa.Table:
    return pa.table(
        {
            name: places[name].dictionary_encode() if name != "household" else places[name]
            for name in places.column_names
        }
    )


class _Readers:
    """A connection and a DuckDB for each thread, all closed at the end."""

    def __init__(self, source: Source, placed: Placed, stack: ExitStack) -> None:
        self._source, self._placed, self._stack = source, placed, stack
        self._lock, self._own = threading.Lock(), threading.local()

    def of_this_thread(self) -> tuple[Reading, Pivot]:
        if not hasattr(self._own, "pair"):
            with self._lock:
                reading = self._stack.enter_context(self._source.open())
            self._own.pair = (reading, Pivot(self._placed))
        pair: tuple[Reading, Pivot] = self._own.pair
        return pair
