"""Many rows at once: keys taken in blocks, rows copied in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Field, JSONField, Model


def take_ids(model: type[Model], n: int) -> Sequence[int]:
    """``n`` keys of ``model``, ascending, that nobody else gets. Inside the caller's transaction."""
    if n == 0:
        return ()
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SELECT nextval(pg_get_serial_sequence('{table}', 'id')) FROM generate_series(1, %s)", [n])
            return [row[0] for row in cursor.fetchall()]
        # The one writer that SQLite allows is us; rows written under these keys move the counter on by themselves.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = cursor.fetchone()
        return range((last[0] if last else 0) + 1, (last[0] if last else 0) + n + 1)


def write_rows(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Rows of plain values, in the order of ``columns`` (names of model fields). Inside the caller's transaction.

    On PostgreSQL rows are copied into a temporary table and inserted from there: COPY itself is refused where row-level security holds, and so the
    rows pass the same policies as any other.
    """
    fields = [model._meta.get_field(name) for name in columns]
    assert all(isinstance(f, Field) for f in fields)
    into = ", ".join(f'"{f.column}"' for f in fields if isinstance(f, Field))
    loose = [i for i, f in enumerate(fields) if isinstance(f, JSONField)]
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            marks = ", ".join("?" * len(fields))
            # Past Django's wrapper, which rewrites each statement's marks: dates as text, as Django itself stores them.
            cursor.connection.cursor().executemany(
                f"INSERT INTO {table} ({into}) VALUES ({marks})", (_sqlite(row, loose) for row in rows)
            )
            return
        waiting = f"waiting_{table}"
        cursor.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {waiting} (LIKE {table}) ON COMMIT DELETE ROWS")
        cursor.execute(f"ALTER TABLE {waiting} ALTER COLUMN id DROP NOT NULL")
        with cursor.copy(f"COPY {waiting} ({into}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(_postgresql(row, loose) if loose else row)
        cursor.execute(f"INSERT INTO {table} ({into}) SELECT {into} FROM {waiting}")
        cursor.execute(f"TRUNCATE {waiting}")


def _sqlite(row: Sequence[Any], loose: Sequence[int]) -> list[Any]:
    out = [value.isoformat() if hasattr(value, "isoformat") else value for value in row]
    for i in loose:
        out[i] = _json(out[i])
    return out


def _postgresql(row: Sequence[Any], loose: Sequence[int]) -> list[Any]:
    out = list(row)
    for i in loose:
        out[i] = _json(out[i])
    return out


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
