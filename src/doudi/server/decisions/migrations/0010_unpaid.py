"""Where a run's month has no receipts on record: in all of its area, as was told until now, or in some townships of it, which screenings from now on tell."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models


def _told_where(apps: Any, editor: Any) -> None:
    for run in apps.get_model("decisions", "Run").objects.using(editor.connection.alias).filter(receipts=False):
        run.unpaid = [run.area]
        run.save(update_fields=["unpaid"])


class Migration(migrations.Migration):
    dependencies = (("decisions", "0009_lines_carried"),)
    operations = (
        migrations.AddField("run", "unpaid", models.JSONField(default=list)),
        migrations.RunPython(_told_where, migrations.RunPython.noop),
        migrations.RemoveField("run", "receipts"),
    )
