"""How well the lists of a screening find what was planted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pyarrow as pa

Key = tuple[int, int, str, str]


@dataclass(frozen=True)
class Score:
    """``found`` of ``planted`` errors by kind stand on the list that must show them.

    ``listed`` rows stand on the lists in all, ``explained`` of them were planted, by list."""

    planted: dict[str, int]
    found: dict[str, int]
    listed: dict[str, int]
    explained: dict[str, int]

    @property
    def recall(self) -> float:
        """Share of planted errors found; 1 where none was planted."""
        return sum(self.found.values()) / max(sum(self.planted.values()), 1) if self.planted else 1.0

    @property
    def precision(self) -> float:
        """Share of listed rows that were planted; 1 where nothing is listed."""
        return sum(self.explained.values()) / max(sum(self.listed.values()), 1) if self.listed else 1.0


def score(planted: pa.Table, lists: pa.Table) -> Score:
    """``planted`` as ``planted.parquet`` has it; ``lists`` with columns list, programme, household and id (the household's own where the
    programme is its). Lists on which nothing could be expected (无法判定) are left out."""
    errors = [r for r in planted.to_pylist() if r["expected"]]
    kinds = {r["expected"] for r in errors}
    rows: set[Key] = set()
    listed: Counter[str] = Counter()
    names = ("household", "id", "programme", "list")
    for h, i, programme, name in zip(*(lists.column(n).to_pylist() for n in names), strict=True):
        if name in kinds:
            rows.add((h, i, programme, name))
            listed[name] += 1
    found: Counter[str] = Counter()
    explained: Counter[str] = Counter()
    for r in errors:
        key = (r["household"], r["household"] if r["person"] is None else r["person"], r["programme"], r["expected"])
        if key in rows:
            found[r["kind"]] += 1
            explained[r["expected"]] += 1
    return Score(dict(Counter(r["kind"] for r in errors)), dict(found), dict(listed), dict(explained))
