"""The lists that matter, taken from a run by DuckDB: who is missed, who is wrongly in, whose amount changed, who cannot be decided and why.

Every row carries its reason as data (the first failing condition and by how much, what is missing); words are put to it by ``doudi.screening.reasons``.
"""

from __future__ import annotations

import glob
from dataclasses import dataclass
from pathlib import Path

import duckdb

from doudi.packs.screening_plan import ListPlan, ScreeningPlan
from doudi.rules.ruleset import ProgrammePlan, Ruleset
from doudi.screening.run import Run

MISSED, WRONGLY_IN, CHANGED, UNDECIDED = "应保未保", "应退未退", "金额变动", "无法判定"
KINDS = {
    MISSED: "Eligible, not receiving",
    WRONGLY_IN: "Receiving, no longer eligible",
    CHANGED: "Amount changed",
    UNDECIDED: "Cannot be decided",
}


def column(name: str) -> str:
    """A column's name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def parquet(folder: Path, *inside: str) -> str:
    """SQL that reads the files ``inside`` a folder, of which ``part-*`` stands for every part. The folder may be called ``台账[1]``, which
    DuckDB would take for a pattern as well."""
    return f"read_parquet({text('/'.join((glob.escape(str(folder)), *inside)))})"


@dataclass(frozen=True)
class Screened:
    """A run opened for questions: ``db`` has the views hh, pp (persons with their household's area), mm (missing) and dd (derived households)."""

    run: Run
    ruleset: Ruleset
    plan: ScreeningPlan
    db: duckdb.DuckDBPyConnection

    def table(self, entity: str) -> str:
        return "hh" if entity == self.ruleset.root else "pp"


def opened(run: Run, ruleset: Ruleset, plan: ScreeningPlan, threads: int = 2) -> Screened:
    """``run`` ready for questions. Only root and person programmes are summed up: others have no lists."""
    db = duckdb.connect(config={"threads": threads})
    area = column(plan.area[1])
    home, person, missing, derived, theirs = (
        parquet(run.folder, "part-*", f"{table}.parquet")
        for table in ("household", "person", "missing", "derived", "derived_missing")
    )
    db.execute(f"CREATE VIEW hh AS SELECT *, id AS household, {area} AS area FROM {home}")
    db.execute(
        f"CREATE VIEW pp AS SELECT p.*, p.parent AS household, h.{area} AS area FROM {person} p "
        f"JOIN (SELECT id, {area} FROM {home}) h ON h.id = p.parent"
    )
    # What a household of one lacks, the household lacks.
    db.execute(
        f"CREATE VIEW mm AS SELECT * FROM {missing} UNION ALL BY NAME "
        f"SELECT * EXCLUDE (derived) REPLACE (household AS entity_row) FROM {theirs}"
    )
    db.execute(f"CREATE VIEW dd AS SELECT * FROM {derived}")
    return Screened(run, ruleset, plan, db)


def standing(p: ProgrammePlan) -> str:
    """SQL for the list that a row of the programme stands on, null where on none."""
    has = column(f"{p.name}.granted")
    paid = column(f"{p.name}.paid") if p.amount else "NULL::BIGINT"
    received = column(p.received) if p.received else "NULL::BIGINT"
    missed = f"({has} = 1 AND {received} = 0{f' AND coalesce({paid}, 1) > 0' if p.amount else ''})"
    changed = f"({has} = 1 AND {received} > 0 AND {paid} <> {received})" if p.amount else "FALSE"
    wrongly = f"({has} = 0 AND {received} > 0)"
    # Where another programme bars this one anyway, whether its conditions are met is open and of no account: no paper would change the answer.
    undecided = f"({has} = 2)"
    return (
        f"CASE WHEN {undecided} THEN {text(UNDECIDED)} WHEN {wrongly} THEN {text(WRONGLY_IN)} "
        f"WHEN {missed} THEN {text(MISSED)} WHEN {changed} THEN {text(CHANGED)} END"
    )


def programme_rows(s: Screened, p: ProgrammePlan) -> str:
    """SQL for the rows of one programme that stand on a list."""
    kind = standing(p)
    paid = column(f"{p.name}.paid") if p.amount else "NULL::BIGINT"
    received = column(p.received) if p.received else "NULL::BIGINT"
    return (
        f"SELECT {kind} AS list, {text(p.name)} AS programme, {text(p.entity)} AS entity, id, household, area, {paid} AS paid, "
        f"{received} AS received, {column(f'{p.name}.failing')} AS failing, {column(f'{p.name}.margin')} AS margin, "
        f"{column(f'{p.name}.granted')} AS granted, {column(f'{p.name}.reason')}::VARCHAR AS why "
        f"FROM {s.table(p.entity)} WHERE {kind} IS NOT NULL"
    )


def listed(s: Screened) -> tuple[ProgrammePlan, ...]:
    """The programmes that can stand on a list: in force, with something that says what is received today, on households or people."""
    tables = {s.ruleset.root, *(e.name for e in s.ruleset.entities.values() if e.file == "person")}
    return tuple(p for p in s.ruleset.programmes if p.in_force and p.entity in tables)


def build(s: Screened, path: Path) -> dict[str, dict[str, int]]:
    """Write all programme lists to ``path`` (Parquet: list, programme, entity, id, household, area, paid, received, failing, margin, granted, missing)
    and return how many rows each list has, by programme. ``missing`` holds the names of what is missing, for rows that cannot be decided.
    """
    union = " UNION ALL BY NAME ".join(programme_rows(s, p) for p in listed(s))
    order = "CASE list " + " ".join(f"WHEN {text(k)} THEN {i}" for i, k in enumerate(KINDS)) + " END"
    s.db.execute(
        f"CREATE OR REPLACE TABLE lists AS WITH l AS ({union}), "
        "m AS (SELECT household, entity_row, programme, list(DISTINCT leaf_kind || '|' || leaf_entity || '.' || leaf_name ORDER BY "
        "leaf_kind || '|' || leaf_entity || '.' || leaf_name) AS missing FROM mm GROUP BY ALL) "
        "SELECT l.*, m.missing FROM l LEFT JOIN m ON m.household = l.household AND m.entity_row = l.id AND m.programme = l.programme "
        f"ORDER BY {order}, programme, area, l.household, l.id"
    )
    beside = path.with_name(path.name + ".tmp")
    s.db.execute(f"COPY lists TO {text(str(beside))} (FORMAT parquet, COMPRESSION zstd)")
    beside.replace(path)
    out: dict[str, dict[str, int]] = {kind: {} for kind in KINDS}
    for kind, programme, n in s.db.execute(
        "SELECT list, programme, count(*) FROM lists GROUP BY ALL ORDER BY ALL"
    ).fetchall():
        out[kind][programme] = n
    return out


def pack_list(s: Screened, x: ListPlan, limit: int | None = None) -> duckdb.DuckDBPyRelation:
    """The rows of a list that the pack asks for: id, household, area, whether it is certain, and the variables shown."""
    when = column(x.when)
    columns = ", ".join(column(name) for name in x.show)
    tail = f" LIMIT {limit}" if limit is not None else ""
    return s.db.sql(
        f"SELECT id, household, area, {when} AS certain{', ' + columns if columns else ''} FROM {s.table(x.entity)} "
        f"WHERE {when} OR {when} IS NULL ORDER BY area, household, id{tail}"
    )


def pack_counts(s: Screened) -> dict[str, tuple[int, int]]:
    """For each list of the pack: how many rows certainly stand on it, and of how many it is unknown."""
    out = {}
    for x in s.plan.lists:
        when = column(x.when)
        row = s.db.execute(
            f"SELECT count(*) FILTER ({when}), count(*) FILTER ({when} IS NULL) FROM {s.table(x.entity)}"
        ).fetchall()[0]
        out[x.name] = (int(row[0]), int(row[1]))
    return out
