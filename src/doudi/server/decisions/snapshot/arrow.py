"""Tables read as Arrow beside Django's connection: several readers at once, all of them the same state of the database.

PostgreSQL by ADBC. Not SQLite: its driver brings a second SQLite library into the process. The two do not know of each other, but the system's
locks on a file belong to the whole process: when the one closes the file, the locks of the other are gone and its write-ahead log is removed under
it, and what Django commits from then on is lost without a word. So SQLite is read by the library that Django uses.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
from django.db import connection

from doudi.server.lib.acting import SETTING, written
from doudi.server.lib.scope import Scope

_NUMBERS = ("household", "parent", "id", "statement", "act")

_ROWS = 20_000


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
        with self._postgresql() if self.postgresql else self._sqlite() as reading:
            yield reading

    @contextmanager
    def _postgresql(self) -> Iterator[Reading]:
        import adbc_driver_postgresql.dbapi as adbc

        with adbc.connect(self.uri, autocommit=True) as opened, opened.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute(f"SET TRANSACTION SNAPSHOT '{self.state}'")
            cursor.execute(f"SET LOCAL {SETTING} = '{written(self.scope)}'")
            # One reader to a processor already: helpers of its own would only be in the way of the others. And to compile the areas'
            # conditions into machine code takes longer than a part's rows do.
            cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
            cursor.execute("SET LOCAL jit = off")
            cursor.execute("SET LOCAL work_mem = '64MB'")

            def table(sql: str) -> pa.Table:
                cursor.execute(sql)
                return cursor.fetch_arrow_table()

            yield Reading(table)
            cursor.execute("ROLLBACK")

    @contextmanager
    def _sqlite(self) -> Iterator[Reading]:
        # Used by one thread at a time, but closed by the one that opened the others.
        opened = sqlite3.connect(self.uri, uri=True, timeout=20, isolation_level=None, check_same_thread=False)
        try:
            opened.execute("BEGIN")

            def table(sql: str) -> pa.Table:
                found = opened.execute(sql)
                names = [d[0] for d in found.description]
                kinds = [kind_of(name) for name in names]
                batches = []
                while rows := found.fetchmany(_ROWS):
                    columns = zip(*rows, strict=True)
                    batches.append(
                        pa.record_batch([pa.array(c, k) for c, k in zip(columns, kinds, strict=True)], names=names)
                    )
                return pa.Table.from_batches(batches, pa.schema(list(zip(names, kinds, strict=True))))

            yield Reading(table)
        finally:
            opened.close()


@dataclass(frozen=True)
class Reading:
    """An open connection, for one thread."""

    ask: Callable[[str], pa.Table]

    def table(self, sql: str) -> pa.Table:
        """The answer, numbers as 64-bit numbers and text as text, whatever the driver made of the first rows."""
        found = self.ask(sql)
        columns = [_plain(c, kind_of(f.name)) for c, f in zip(found.columns, found.schema, strict=True)]
        return pa.Table.from_arrays(columns, names=found.column_names)


def kind_of(name: str) -> pa.DataType:
    return pa.int64() if name in _NUMBERS else pa.string()


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
        yield Source(f"{Path(settings['NAME']).absolute().as_uri()}?mode=ro", postgresql=False, state="", scope=scope)
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_export_snapshot()")
        state = str(cursor.fetchone()[0])
    yield Source(_uri(settings), postgresql=True, state=state, scope=scope)


def _uri(settings: dict[str, Any]) -> str:
    who = quote(settings["USER"], safe="") + (
        f":{quote(settings['PASSWORD'], safe='')}" if settings["PASSWORD"] else ""
    )
    more = [f"host={quote(settings['HOST'], safe='/')}"] if settings["HOST"] else []
    more += [f"port={settings['PORT']}"] if settings["PORT"] else []
    return f"postgresql://{who}@/{quote(settings['NAME'], safe='')}" + (f"?{'&'.join(more)}" if more else "")
