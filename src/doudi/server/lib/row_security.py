"""Migration steps that switch row-level security on. They do nothing on SQLite."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import RunPython

SEES = """
CREATE OR REPLACE FUNCTION doudi_sees(VARIADIC codes text[]) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT current_setting('doudi.scope', true) = '*' OR EXISTS (
    SELECT 1 FROM unnest(string_to_array(current_setting('doudi.scope', true), ',')) AS prefix, unnest(codes) AS code
    WHERE code <> '' AND starts_with(code, prefix))
$$;
"""
"""Whether any of the codes lies in the scope that ``acting`` has set; without a scope nothing does."""


def only_seen(table: str, sees: str, writes: str = "") -> RunPython:
    """Rows of ``table`` are read where the SQL condition ``sees`` holds, and written where ``writes`` does (empty: the same)."""

    def forwards(_: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(SEES)
            editor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            editor.execute(f"CREATE POLICY {table}_seen ON {table} USING ({sees}) WITH CHECK ({writes or sees})")

    def backwards(_: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(f"DROP POLICY {table}_seen ON {table}")
            editor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")

    return RunPython(forwards, backwards)
