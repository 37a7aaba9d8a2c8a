"""On PostgreSQL the database itself shows only the imports, headers and comparisons of the reader's areas; lines and differences where their own import
or comparison is seen. An export has no area to be seen by: it belongs to who asked for it.
"""

from __future__ import annotations

from django.db import migrations

from doudi.server.lib.row_security import ALL, only_seen, within

HERE = within("area")


def of(owner: str, key: str) -> str:
    return f"{ALL} OR EXISTS (SELECT 1 FROM exchange_{owner} o WHERE o.id = {key})"


class Migration(migrations.Migration):
    dependencies = (("exchange", "0002_steps"),)
    operations = (
        only_seen("exchange_import", HERE),
        only_seen("exchange_header", HERE),
        only_seen("exchange_comparison", HERE),
        only_seen("exchange_line", of("import", "of_id")),
        only_seen("exchange_difference", of("comparison", "comparison_id")),
    )
