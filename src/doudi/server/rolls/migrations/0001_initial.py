"""Saved views and choices: each office's own."""

from __future__ import annotations

from django.db import migrations, models

import doudi.server.lib.stored
from doudi.server.lib.row_security import only_seen, within



class Migration(migrations.Migration):
    initial = True
    dependencies = ()
    operations = (
        migrations.CreateModel(
            name="Choice",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("official", models.BigIntegerField(db_index=True)),
                ("area", doudi.server.lib.stored.code_field()),
                ("of", models.CharField(max_length=10)),
                ("act", models.CharField(max_length=10)),
                ("params", models.JSONField(default=dict)),
                ("ids", models.JSONField(default=list)),
                ("on", models.DateField()),
                ("why", models.TextField(blank=True)),
                ("state", models.CharField(default="chosen", max_length=10)),
                ("job", models.BigIntegerField(null=True)),
                ("result", models.JSONField(default=dict)),
                ("made_at", models.DateTimeField()),
            ],
            options={"abstract": False},
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("official", models.BigIntegerField(db_index=True)),
                ("by_name", models.CharField(max_length=80)),
                ("area", doudi.server.lib.stored.code_field(db_index=True)),
                ("of", models.CharField(max_length=10)),
                ("name", models.CharField(max_length=60)),
                ("query", models.JSONField(default=dict)),
                ("shared", models.BooleanField(default=False)),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("official", "area", "name"), name="saved_view_once"),
                ],
            },
        ),
        only_seen("rolls_choice", within("area")),
        only_seen("rolls_savedview", within("area")),
    )
