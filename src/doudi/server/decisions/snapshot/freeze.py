"""Reads the registry part by part and writes the folder of facts, several parts in hand at once. Memory does not grow with the county."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from doudi.rules.block.ahead import ahead
from doudi.screening.facts import PART_HOUSEHOLDS, FactsSchema
from doudi.screening.parts import Facts, FactsWriter
from doudi.server.decisions.snapshot.arrow import Reading, Source
from doudi.server.decisions.snapshot.asked import Question
from doudi.server.decisions.snapshot.documents import documents, laid_out
from doudi.server.decisions.snapshot.pivot import Pivot

ORIGIN = "registry"
PLACES = "places.parquet"
"""Beside the facts: which offices' households they are (household, area, other_area)."""
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
    progress: Progress | None = None,
    threads: int = THREADS,
    part: int = PART_HOUSEHOLDS,
) -> Frozen:
    """``ranks``: source -> rank. What an earlier attempt left in ``folder`` is replaced; the folder is valid only once all of it is written."""
    writer = FactsWriter(folder, schema, month, origin=ORIGIN, overwrite=True)
    root = schema.root.entity.name
    person = next(c for c in schema.children(root) if c.file == "person").entity
    with ExitStack() as stack:
        mine = _Readers(source, schema, stack)
        with source.open() as reading:
            places = reading.table(question.households())
        ids = places["household"]
        spans = [
            (i, ids[at].as_py(), ids[min(at + part, len(ids)) - 1].as_py())
            for i, at in enumerate(range(0, len(ids), part))
        ]

        def one(span: tuple[int, int, int]) -> int:
            index, first, last = span
            reading, pivot = mine.of_this_thread()
            members = reading.table(question.members(first, last))
            here = _here(ids, first, last)
            members = members.filter(pc.is_in(members["household"], value_set=here))
            here, crowded = _peopled(here, members, person.max_rows)
            members = members.filter(pc.invert(pc.is_in(members["household"], value_set=crowded)))
            own = documents(reading.table(question.statements("household", first, last)), ranks, question.moment.as_of)
            of = documents(reading.table(question.statements("person", first, last)), ranks, question.moment.as_of)
            given = {
                root: pa.table(
                    {"id": here, **laid_out(pa.chunked_array([here]), own.table), "whole": pc.invert(pc.is_in(here, value_set=crowded))}
                ),
                person.name: pa.table(
                    {"id": members["person"], "parent": members["household"], **laid_out(members["person"], of.table)}
                ),
            }  # fmt: skip
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


def _here(ids: pa.ChunkedArray, first: int, last: int) -> pa.Array:
    return ids.filter(pc.and_(pc.greater_equal(ids, first), pc.less_equal(ids, last))).combine_chunks()


def _peopled(households: pa.Array, members: pa.Table, most: int) -> tuple[pa.Array, pa.Array]:
    """Households with anybody in them, and those with more people than the rules can read: of these nobody is listed, and nothing is decided."""
    counts = pc.value_counts(members["household"].combine_chunks())
    peopled = counts.field("values")
    crowded = peopled.filter(pc.greater(counts.field("counts"), most))
    return households.filter(pc.is_in(households, value_set=peopled)), crowded


def _coded(places: pa.Table) -> pa.Table:
    return pa.table(
        {name: places[name].dictionary_encode() if name != "household" else places[name] for name in places.column_names}
    )


class _Readers:
    """A connection and a DuckDB for each thread, all closed at the end."""

    def __init__(self, source: Source, schema: FactsSchema, stack: ExitStack) -> None:
        self._source, self._schema, self._stack = source, schema, stack
        self._lock, self._own = threading.Lock(), threading.local()

    def of_this_thread(self) -> tuple[Reading, Pivot]:
        if not hasattr(self._own, "pair"):
            with self._lock:
                reading = self._stack.enter_context(self._source.open())
            self._own.pair = (reading, Pivot(self._schema))
        pair: tuple[Reading, Pivot] = self._own.pair
        return pair
