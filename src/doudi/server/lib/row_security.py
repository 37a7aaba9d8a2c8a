"""Migration steps that switch row-level security on. They do nothing on SQLite."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import RunPython

ALL = "(SELECT current_setting('doudi.scope', true)) = '*'"
PREFIXES = "(SELECT string_to_array(current_setting('doudi.scope', true), ','))::text[]"
"""Sub-selects that depend on no row are worked out once a query: a row costs a comparison, and one who sees everything is not asked row by row."""


def within(*columns: str) -> str:
    """Any of the columns begins with a prefix of the scope that ``acting`` has set; without a scope nothing does. A scope never names the empty
    prefix: everything is written ``*``."""
    return " OR ".join([ALL, *(f"{column} ^@ ANY ({PREFIXES})" for column in columns)])


def only_seen(table: str, sees: str, writes: str = "") -> RunPython:
    """Rows of ``table`` are read where the SQL condition ``sees`` holds, and written where ``writes`` does (empty: the same)."""

    def forwards(_: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            editor.execute(f"CREATE POLICY {table}_seen ON {table} USING ({sees}) WITH CHECK ({writes or sees})")

    def backwards(_: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(f"DROP POLICY {table}_seen ON {table}")
            editor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")

    return RunPython(forwards, backwards)
