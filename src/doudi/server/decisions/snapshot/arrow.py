"""Drivers that hand over Arrow (ADBC), beside Django's connection: several read at once, all of them the same state of the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pyarrow as pa
from django.db import connection

from doudi.server.lib.acting import SETTING, written
from doudi.server.lib.scope import Scope

_AS_BOUND = {"household": pa.int64(), "person": pa.int64(), "subject": pa.int64(), "id": pa.int64(), "act": pa.int64()}


@dataclass(frozen=True)
class Source:
    """Where Arrow is read from. On PostgreSQL ``state`` names the state that a transaction still open has exported: whoever reads sees
    what that transaction sees, under ``scope``, whatever is committed meanwhile. SQLite's readers tell by the acts what came later."""

    uri: str
    postgresql: bool
    state: str
    scope: Scope

    @contextmanager
    def open(self) -> Iterator[Reading]:
        import adbc_driver_postgresql.dbapi
        import adbc_driver_sqlite.dbapi

        driver: Any = adbc_driver_postgresql.dbapi if self.postgresql else adbc_driver_sqlite.dbapi
        with driver.connect(self.uri, autocommit=True) as opened, opened.cursor() as cursor:
            if self.postgresql:
                cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                cursor.execute(f"SET TRANSACTION SNAPSHOT '{self.state}'")
                cursor.execute(f"SET LOCAL {SETTING} = '{written(self.scope)}'")
                # One reader to a processor already: helpers of its own would only be in the way of the others.
                cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
            else:
                cursor.execute("BEGIN")
            yield Reading(cursor)
            cursor.execute("ROLLBACK")


@dataclass(frozen=True)
class Reading:
    """An open connection, for one thread."""

    cursor: Any

    def table(self, sql: str) -> pa.Table:
        """The answer, numbers as 64-bit numbers and text as text, whatever the driver made of the first rows."""
        self.cursor.execute(sql)
        found: pa.Table = self.cursor.fetch_arrow_table()
        kinds = [_AS_BOUND.get(f.name, pa.string()) for f in found.schema]
        columns = [_plain(c, kind) for c, kind in zip(found.columns, kinds, strict=True)]
        return pa.Table.from_arrays(columns, names=found.column_names)


def _plain(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    if isinstance(column.type, pa.BaseExtensionType):
        column = pa.chunked_array([c.storage for c in column.chunks], column.type.storage_type)
    return column if column.type == kind else column.cast(kind)


@contextmanager
def source(scope: Scope) -> Iterator[Source]:
    """Inside ``acting``: the database of Django's connection as it is in the transaction that is open. What that transaction itself wrote and has
    not committed is not seen."""
    settings = connection.settings_dict
    if connection.vendor != "postgresql":
        yield Source(str(settings["NAME"]), False, "", scope)
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_export_snapshot()")
        state = str(cursor.fetchone()[0])
    yield Source(_uri(settings), True, state, scope)


def _uri(settings: dict[str, Any]) -> str:
    who = quote(settings["USER"], safe="") + (f":{quote(settings['PASSWORD'], safe='')}" if settings["PASSWORD"] else "")
    more = [f"host={quote(settings['HOST'], safe='/')}"] if settings["HOST"] else []
    more += [f"port={settings['PORT']}"] if settings["PORT"] else []
    return f"postgresql://{who}@/{quote(settings['NAME'], safe='')}" + (f"?{'&'.join(more)}" if more else "")
