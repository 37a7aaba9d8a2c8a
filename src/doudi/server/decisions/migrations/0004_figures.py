"""Figures of runs by division, on PostgreSQL only those of the reader's areas."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

import doudi.server.lib.stored
from doudi.server.lib.row_security import only_seen, within

_NUMBERS = ("items", "households", "people", "uncounted", "amount", "low", "high", "unsummed")
# Figures of everything have an empty code, which only those see who see everything.
_SEEN = within("area")


class Migration(migrations.Migration):
    dependencies = (("decisions", "0003_standing"),)
    operations = (
        migrations.AddField("run", "figured", models.BooleanField(default=False)),
        migrations.CreateModel(
            name="RunFigure",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("level", models.SmallIntegerField()),
                ("area", doudi.server.lib.stored.code_field()),
                ("measure", models.CharField(max_length=12)),
                ("key", models.CharField(blank=True, max_length=60)),
                *((name, models.BigIntegerField()) for name in _NUMBERS),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="figures", to="decisions.run"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("run", "level", "area", "measure", "key"), name="run_figure_once")
                ]
            },
        ),
        only_seen("decisions_runfigure", _SEEN),
    )
