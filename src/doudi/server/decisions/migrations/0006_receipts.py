"""Whether anybody in a run receives anything: where nobody does, the month's receipts are not on record yet."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("decisions", "0005_simulation"),)
    operations = (migrations.AddField("run", "receipts", models.BooleanField(default=True)),)
