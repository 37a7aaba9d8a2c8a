"""How each household stood at the last screening, to filter lists by."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

import doudi.server.lib.stored
from doudi.server.lib.row_security import only_seen, within


class Migration(migrations.Migration):
    dependencies = (("decisions", "0002_row_security"),)
    operations = (
        migrations.CreateModel(
            name="Standing",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("household", models.BigIntegerField(unique=True)),
                ("area", doudi.server.lib.stored.code_field()),
                ("other_area", doudi.server.lib.stored.code_field()),
                ("kind", models.CharField(blank=True, max_length=40)),
                ("due", models.BigIntegerField(null=True)),
                ("open", models.IntegerField(default=0)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="standings", to="decisions.run"
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["kind", "household"], name="standing_kind")]},
        ),
        only_seen("decisions_standing", within("area", "other_area")),
    )
