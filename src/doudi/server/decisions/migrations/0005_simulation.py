"""Scenarios of changed standards, kept."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

import doudi.server.lib.stored
from doudi.server.lib.row_security import only_seen, within



class Migration(migrations.Migration):
    dependencies = (("decisions", "0004_figures"),)
    operations = (
        migrations.CreateModel(
            name="Simulation",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=120)),
                ("area", doudi.server.lib.stored.code_field(db_index=True)),
                ("as_of", models.DateField()),
                ("changes", models.JSONField(default=list)),
                ("proposal", models.BigIntegerField(db_index=True, null=True)),
                ("policy", models.CharField(blank=True, max_length=64)),
                ("after", models.CharField(blank=True, max_length=64)),
                ("state", models.CharField(db_index=True, default="writing", max_length=10)),
                ("effects", models.JSONField(default=dict)),
                ("job", models.BigIntegerField(null=True)),
                ("made_at", models.DateTimeField()),
                ("official", models.BigIntegerField(null=True)),
                ("by_name", models.CharField(max_length=80)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "snapshot",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="simulations",
                        to="decisions.snapshot",
                    ),
                ),
            ],
            options={"abstract": False},
        ),
        only_seen("decisions_simulation", within("area")),
    )
