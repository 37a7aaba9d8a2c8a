"""On PostgreSQL the database itself shows only the rows of the reader's areas.

A snapshot or run of a county holds no person and is seen by its townships too (what is in its files is narrowed by selectors); it is written only
by those whose areas hold all of it.
"""

from __future__ import annotations

from django.db import migrations

from doudi.server.lib.row_security import only_seen, within

HERE, OWN = within("area"), within("area", "other_area")
ABOVE = "EXISTS (SELECT 1 FROM unnest(string_to_array(current_setting('doudi.scope', true), ',')) AS prefix WHERE starts_with(prefix, area) AND prefix <> '-')"


class Migration(migrations.Migration):
    dependencies = (("decisions", "0001_initial"),)
    operations = (
        only_seen("decisions_snapshot", f"{HERE} OR {ABOVE}", HERE),
        only_seen("decisions_run", f"{HERE} OR {ABOVE}", HERE),
        only_seen("decisions_repricing", f"{HERE} OR {ABOVE}", HERE),
        only_seen("decisions_workitem", OWN),
        only_seen("decisions_repricingline", OWN),
    )
