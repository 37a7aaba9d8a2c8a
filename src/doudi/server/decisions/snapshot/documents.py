"""Which rows of what is said stand for a household or person, and the document of those of whom several statements speak."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from operator import itemgetter
from typing import Any

import numpy as np
import pyarrow as pa

from doudi.server.decisions.snapshot.placed import Placed
from doudi.server.registry.facts import Said, resolve

_ALWAYS = datetime(1, 1, 1, tzinfo=UTC)
"""The statements given are those that were known: when each was recorded no longer matters."""


@dataclass(frozen=True)
class Documents:
    """``table``: what was read, with keep (the one row that stands for its subject), resolved_said and resolved_tables (in place of said and tables
    where several statements speak). ``disputed`` counts the facts that are unknown because equals disagree."""

    table: pa.Table
    disputed: int


def documents(read: pa.Table, entity: str, ranks: Mapping[str, int], placed: Placed) -> Documents:
    """``read``: id, statement, source, since, act, said, tables of subjects of ``entity``, all rows of one id together. Of nearly everybody one
    statement speaks, and what it says is neither copied nor looked into here; where several do, their divisions are ``placed`` here."""
    ids = read["id"].to_numpy()
    first = np.ones(len(ids), dtype=bool)
    first[1:] = ids[1:] != ids[:-1]
    # Rows of subjects with more than one: those that are not the first, and the first before them.
    several = ~first
    several[:-1] |= ~first[1:]
    said: list[str | None] | pa.Array = pa.nulls(len(ids), pa.string())
    tables: list[str | None] | pa.Array = said
    disputed = 0
    if several.any():
        said, tables, disputed = _resolved(read, np.flatnonzero(several), first, entity, ranks, placed)
    columns = {"keep": pa.array(first), "resolved_said": said, "resolved_tables": tables}
    for name, column in columns.items():
        read = read.append_column(name, column)
    return Documents(read, disputed)


def _resolved(
    read: pa.Table,
    rows: np.ndarray[Any, Any],
    first: np.ndarray[Any, Any],
    entity: str,
    ranks: Mapping[str, int],
    placed: Placed,
) -> tuple[pa.Array, pa.Array, int]:
    of: dict[int, list[Said]] = defaultdict(list)
    where: dict[int, int] = {}
    names = ("id", "statement", "source", "since", "act", "said", "tables")
    for at, row in zip(rows.tolist(), read.select(names).take(pa.array(rows)).to_pylist(), strict=True):
        if first[at]:
            where[row["id"]] = at
        of[row["id"]].append(
            Said(
                row["statement"], row["source"], date.fromisoformat(row["since"]), None, row["act"], _ALWAYS,
                values=json.loads(row["said"]), tables=json.loads(row["tables"]),
            )
        )  # fmt: skip
    said: list[str | None] = [None] * len(first)
    tables: list[str | None] = [None] * len(first)
    disputed = 0
    for subject, statements in of.items():
        values, linked, open_ = _counting(statements, entity, ranks, placed)
        said[where[subject]] = json.dumps(values, ensure_ascii=False)
        tables[where[subject]] = json.dumps(linked, ensure_ascii=False)
        disputed += open_
    return pa.array(said, pa.string()), pa.array(tables, pa.string()), disputed


def _counting(
    statements: list[Said], entity: str, ranks: Mapping[str, int], placed: Placed
) -> tuple[dict[str, Any], dict[str, Any], int]:
    """What ``resolve`` gives, and how much is disputed. Where no two statements are equals, each later word simply covers the weaker ones."""
    last = max(ranks.values(), default=0) + 1
    ordered = sorted((((-ranks.get(s.source, last), s.since), s) for s in statements), key=itemgetter(0))
    weights = {weight for weight, _ in ordered}
    if len(weights) < len(ordered):
        counts = resolve(statements, ranks, as_of=placed.as_of, knowing=None)
        since, since_tables = ({name: d.since for name, d in part.items()} for part in (counts.values, counts.tables))
        return (
            placed.values(entity, counts.plain(), since),
            placed.tables(entity, counts.plain_tables(), since_tables),
            len(counts.disputed),
        )
    values: dict[str, Any] = {}
    tables: dict[str, Any] = {}
    for _, s in ordered:
        values.update(placed.values(entity, s.values, s.since))
        tables.update(placed.tables(entity, s.tables, s.since))
    return values, tables, 0
