"""How each household of a finished run stands: its class, what it is due in all, how many of its answers are open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from doudi.packs.screening_plan import ScreeningPlan
from doudi.screening.lists import column, parquet
from doudi.server.decisions.snapshot.freeze import PLACES

CHUNK = 5_000


@dataclass(frozen=True)
class Stands:
    """``kind`` is empty where the class could not be told; ``due`` in fen a month, None: not known."""

    household: int
    area: str
    other_area: str
    kind: str
    due: int | None
    open: int


def standings(run: Path, snapshot: Path, plan: ScreeningPlan) -> Iterator[Stands]:
    """Every household of the run in the folder ``run``, in the order of their keys.

    An answer is open where a programme is neither granted nor refused, of the household or of a member.
    """
    db = duckdb.connect(config={"threads": 2})
    try:
        home, person = (parquet(run, "part-*", f"{t}.parquet") for t in ("household", "person"))
        found = db.execute(
            f"SELECT h.id, p.area, p.other_area, h.{column(plan.household_class[1])}::VARCHAR, h.{column(plan.total[1])}::BIGINT, "
            f"{_open(db, home)} + coalesce(m.open, 0) FROM {home} h JOIN {parquet(snapshot, PLACES)} p ON p.household = h.id "
            f"LEFT JOIN (SELECT parent, sum({_open(db, person)})::BIGINT AS open FROM {person} GROUP BY parent) m ON m.parent = h.id ORDER BY h.id"
        )
        while rows := found.fetchmany(CHUNK):
            for household, area, other, kind, due, waiting in rows:
                yield Stands(household, area, other or "", kind or "", due, waiting)
    finally:
        db.close()


def _open(db: duckdb.DuckDBPyConnection, table: str) -> str:
    """SQL for how many programmes of a row are open."""
    described = db.execute(f"DESCRIBE SELECT * FROM {table}").fetchall()
    granted = [name for name, *_ in described if name.endswith(".granted")]
    return " + ".join(f"({column(name)} = 2)::BIGINT" for name in granted) or "0"
