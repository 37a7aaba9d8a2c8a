"""On PostgreSQL the database itself shows only the exports all of whose areas the reader reaches; whose each is, the selectors ask."""

from __future__ import annotations

from django.db import migrations

from doudi.server.lib.row_security import ALL, PREFIXES, only_seen

REACHED = f"{ALL} OR (SELECT bool_and(p ^@ ANY ({PREFIXES})) FROM jsonb_array_elements_text(scope) p)"


class Migration(migrations.Migration):
    dependencies = (("exchange", "0004_export_scope"),)
    operations = (only_seen("exchange_export", REACHED),)
