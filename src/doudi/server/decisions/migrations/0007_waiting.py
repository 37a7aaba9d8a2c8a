"""Items that wait, counted by list from an index alone: it holds what the row policy asks, too."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("decisions", "0006_receipts"),)
    operations = (
        migrations.AddIndex(
            "workitem", models.Index(fields=["state", "area", "code", "first_run", "other_area"], name="work_item_waiting")
        ),
        migrations.AddIndex(
            "workitem",
            models.Index(condition=~models.Q(other_area=""), fields=["other_area", "id"], name="work_item_other_area"),
        ),
    )
