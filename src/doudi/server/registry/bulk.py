"""Many rows at once: keys taken in blocks, rows copied in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import DateField, Field, Model


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
    """Rows of plain values (JSON as text), in the order of ``columns`` (names of model fields). Inside the caller's transaction.

    On PostgreSQL rows are copied into a temporary table and inserted from there: COPY itself is refused where row-level security holds, and so the
    rows pass the same policies as any other.
    """
    fields = [model._meta.get_field(name) for name in columns]
    into = ", ".join(f'"{f.column}"' for f in fields if isinstance(f, Field))
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            # Past Django's wrapper, which looks at each row's marks: dates as text, as Django itself stores them.
            dates = [i for i, f in enumerate(fields) if isinstance(f, DateField)]
            marks = ", ".join("?" * len(fields))
            insert = f"INSERT INTO {table} ({into}) VALUES ({marks})"
            cursor.connection.cursor().executemany(insert, (_dated(row, dates) for row in rows) if dates else rows)
            return
        waiting = f"waiting_{table}"
        cursor.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {waiting} (LIKE {table}) ON COMMIT DELETE ROWS")
        cursor.execute(f"ALTER TABLE {waiting} ALTER COLUMN id DROP NOT NULL")
        with cursor.copy(f"COPY {waiting} ({into}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(f"INSERT INTO {table} ({into}) SELECT {into} FROM {waiting}")
        cursor.execute(f"TRUNCATE {waiting}")


def _dated(row: Sequence[Any], dates: Sequence[int]) -> list[Any]:
    out = list(row)
    for i in dates:
        if out[i] is not None:
            out[i] = out[i].isoformat()
    return out


def held_among(model: type[Model], column: str, values: Sequence[Any], where: str) -> list[Any]:
    """Which of ``values`` rows of ``model`` hold in ``column``, where the SQL ``where`` does: thousands at once, which Django prepares one by one."""
    table = model._meta.db_table
    found: list[Any] = []
    with connection.cursor() as cursor:
        for k in range(0, len(values), 5_000):
            part = list(values[k : k + 5_000])
            among, given = (
                ("= ANY(%s)", [part])
                if connection.vendor == "postgresql"
                else (f"IN ({', '.join(['%s'] * len(part))})", part)
            )
            cursor.execute(f"SELECT {column} FROM {table} WHERE {column} {among} AND {where}", given)
            found += [row[0] for row in cursor.fetchall()]
    return found
