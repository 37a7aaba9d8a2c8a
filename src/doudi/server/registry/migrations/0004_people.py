"""How many belong to a household today stands on its row: lists are filtered and sorted by it."""

from __future__ import annotations

from django.db import migrations, models

COUNTED = """
UPDATE registry_household SET people = (
  SELECT count(*) FROM registry_membership m WHERE m.household_id = registry_household.id AND m.withdrawn_id IS NULL
  AND m.since <= CURRENT_DATE AND (m.until IS NULL OR m.until > CURRENT_DATE))
"""


class Migration(migrations.Migration):
    dependencies = (("registry", "0003_pair"),)
    operations = (
        migrations.AddField("household", "people", models.IntegerField(default=0)),
        migrations.RunSQL(COUNTED, migrations.RunSQL.noop),
    )
