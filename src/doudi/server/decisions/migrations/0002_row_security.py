"""On PostgreSQL the database itself shows only the rows of the reader's areas.

A snapshot or run of a county holds no person and is seen by its townships too (what is in its files is narrowed by selectors); it is written only
by those whose areas hold all of it.
"""

from __future__ import annotations

from django.db import migrations

from doudi.server.lib.row_security import only_seen

ALL = "current_setting('doudi.scope', true) = '*' OR doudi_sees(area)"
ABOVE = "EXISTS (SELECT 1 FROM unnest(string_to_array(current_setting('doudi.scope', true), ',')) AS prefix WHERE starts_with(prefix, area) AND prefix <> '-')"
HERE = "doudi_sees(area, other_area)"


class Migration(migrations.Migration):
    dependencies = (("decisions", "0001_initial"),)
    operations = (
        only_seen("decisions_snapshot", f"{ALL} OR {ABOVE}", ALL),
        only_seen("decisions_run", f"{ALL} OR {ABOVE}", ALL),
        only_seen("decisions_repricing", f"{ALL} OR {ABOVE}", ALL),
        only_seen("decisions_workitem", HERE),
        only_seen("decisions_repricingline", HERE),
    )
