"""A filtered list, exported in the background, keeps the words of its filter."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("exchange", "0005_export_security"),)
    operations = (migrations.AddField("export", "filter", models.JSONField(default=dict)),)
