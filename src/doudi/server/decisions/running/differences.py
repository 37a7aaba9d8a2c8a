"""What two runs answer differently, by household or person and programme: answers of ``before`` with these differences laid over them are ``after``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from doudi.screening.lists import column, parquet, text
from doudi.server.decisions.snapshot.freeze import PLACES
from doudi.server.lib.scope import Scope

NEW, STOPPED, AMOUNT, ANSWER, CLASS = "新增", "停发", "金额变动", "结论变动", "类别变动"
KINDS = {
    NEW: "newly granted", STOPPED: "stopped", AMOUNT: "amount changed", ANSWER: "answer changed", CLASS: "class changed",
}  # fmt: skip
ABSENT = -1
"""In place of an answer: the household or person is not in that run."""


@dataclass(frozen=True)
class Side:
    """A run's files and those of its snapshot; ``household_class`` is the variable that tells the class."""

    run: Path
    facts: Path
    household_class: str


@contextmanager
def compared(before: Side, after: Side, scope: Scope) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database with the table ``differences``: programme (empty: the class), household, person (0: the household), area, other_area, kind,
    granted_before, granted_after (0 no, 1 yes, 2 unknown, -1 not there), paid_before, paid_after (fen, null: unknown or none), class_before,
    class_after (null: unknown or not there); only households whose offices, after or else before, are in ``scope``."""
    db = duckdb.connect(config={"threads": 2})
    try:
        for name, side in (("before", before), ("after", after)):
            db.execute(f"CREATE TABLE {name}_places AS SELECT * FROM {parquet(side.facts, PLACES)}")
        db.execute(
            "CREATE TABLE places AS SELECT household, coalesce(a.area, b.area) AS area, coalesce(a.other_area, b.other_area) AS other_area "
            "FROM after_places a FULL JOIN before_places b USING (household)"
        )
        parts = []
        for table in ("household", "person"):
            parts += [
                _programme(p, table, before, after)
                for p in sorted(_programmes(before, table) | _programmes(after, table))
            ]
        parts.append(_class(before, after))
        db.execute(
            "CREATE TABLE differences AS SELECT d.*, p.area, p.other_area FROM ("
            + " UNION ALL ".join(parts)
            + f") d JOIN places p USING (household) WHERE {_within(scope)} ORDER BY household, person, programme"
        )
        yield db
    finally:
        db.close()


def _programmes(side: Side, table: str) -> set[str]:
    found = sorted(side.run.glob(f"part-*/{table}.parquet"))
    names = pq.read_schema(found[0]).names if found else []
    return {n.removesuffix(".granted") for n in names if n.endswith(".granted")}


def _rows(side: Side, programme: str, table: str) -> str:
    household = "id" if table == "household" else "parent"
    granted, paid = column(f"{programme}.granted"), column(f"{programme}.paid")
    if programme not in _programmes(side, table):
        granted, paid = "0::TINYINT", "NULL"
    return (
        f"SELECT id, {household} AS household, {granted} AS granted, {paid}::BIGINT AS paid FROM {_files(side, table)}"
    )


def _files(side: Side, table: str) -> str:
    return parquet(side.run, "part-*", f"{table}.parquet")


def _programme(programme: str, table: str, before: Side, after: Side) -> str:
    return (
        f"SELECT {text(programme)} AS programme, coalesce(a.household, b.household) AS household, "
        f"{'0' if table == 'household' else 'coalesce(a.id, b.id)'}::BIGINT AS person, "
        f"CASE WHEN a.granted = 1 AND b.granted IS DISTINCT FROM 1 THEN '{NEW}' WHEN b.granted = 1 AND a.granted IS DISTINCT FROM 1 THEN '{STOPPED}' "
        f"WHEN a.granted = 1 THEN '{AMOUNT}' ELSE '{ANSWER}' END AS kind, "
        f"coalesce(b.granted, {ABSENT})::TINYINT AS granted_before, coalesce(a.granted, {ABSENT})::TINYINT AS granted_after, "
        "b.paid AS paid_before, a.paid AS paid_after, NULL::VARCHAR AS class_before, NULL::VARCHAR AS class_after "
        f"FROM ({_rows(after, programme, table)}) a FULL JOIN ({_rows(before, programme, table)}) b USING (id) "
        "WHERE a.granted IS DISTINCT FROM b.granted OR a.paid IS DISTINCT FROM b.paid"
    )


def _class(before: Side, after: Side) -> str:
    rows = [
        f"SELECT id, {column(s.household_class)}::VARCHAR AS class, 0 AS there FROM {_files(s, 'household')}"
        for s in (after, before)
    ]
    return (
        f"SELECT '' AS programme, id AS household, 0::BIGINT AS person, '{CLASS}' AS kind, coalesce(b.there, {ABSENT})::TINYINT, "
        f"coalesce(a.there, {ABSENT})::TINYINT, NULL::BIGINT, NULL::BIGINT, b.class, a.class "
        f"FROM ({rows[0]}) a FULL JOIN ({rows[1]}) b USING (id) "
        "WHERE a.class IS DISTINCT FROM b.class OR a.there IS DISTINCT FROM b.there"
    )


def _within(scope: Scope) -> str:
    if "" in scope.prefixes:
        return "TRUE"
    return (
        " OR ".join(f"starts_with({c}, '{p}')" for p in scope.prefixes for c in ("p.area", "p.other_area")) or "FALSE"
    )
