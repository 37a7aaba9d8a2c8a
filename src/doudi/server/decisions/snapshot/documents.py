"""One document for each household and person out of the statements about them: what counts, in the shape of a statement."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.compute as pc

from doudi.server.registry.facts import Said, resolve

_ALWAYS = datetime(1, 1, 1, tzinfo=UTC)
"""The statements given are those that were known: when each was recorded no longer matters."""


@dataclass(frozen=True)
class Documents:
    """``table``: subject, said, tables. ``disputed`` counts the facts that are unknown because equals disagree."""

    table: pa.Table
    disputed: int


def documents(statements: pa.Table, ranks: Mapping[str, int], as_of: date) -> Documents:
    """Of nearly everybody one statement counts, and it is the document as it stands; only where there are more is anything worked out."""
    chosen = statements.select(["subject", "said", "tables"])
    counts = pc.value_counts(statements["subject"].combine_chunks())
    several = counts.field("values").filter(pc.greater(counts.field("counts"), 1))
    if not len(several):
        return Documents(chosen, 0)
    many = pc.is_in(statements["subject"], value_set=several)
    merged, disputed = _merged(statements.filter(many), ranks, as_of)
    return Documents(pa.concat_tables([chosen.filter(pc.invert(many)), merged]), disputed)


def _merged(statements: pa.Table, ranks: Mapping[str, int], as_of: date) -> tuple[pa.Table, int]:
    of: dict[int, list[Said]] = defaultdict(list)
    for row in statements.to_pylist():
        of[row["subject"]].append(
            Said(
                row["id"], row["source"], date.fromisoformat(row["since"]), None, row["act"], _ALWAYS,
                values=json.loads(row["said"]), tables=json.loads(row["tables"]),
            )
        )  # fmt: skip
    said, tables, disputed = [], [], 0
    for subject in of:
        counts = resolve(of[subject], ranks, as_of=as_of, knowing=None)
        said.append(json.dumps(counts.plain(), ensure_ascii=False))
        tables.append(json.dumps(counts.plain_tables(), ensure_ascii=False))
        disputed += len(counts.disputed)
    table = pa.table({"subject": pa.array(list(of), pa.int64()), "said": pa.array(said), "tables": pa.array(tables)})
    return table.cast(statements.select(["subject", "said", "tables"]).schema), disputed


def laid_out(ids: pa.ChunkedArray, found: pa.Table) -> dict[str, pa.ChunkedArray]:
    """The documents in the order of ``ids``; of whom nothing is said has an empty one."""
    at = pc.index_in(ids, value_set=found["subject"].combine_chunks())
    return {name: pc.fill_null(found[name].take(at), "{}") for name in ("said", "tables")}
