"""From which areas an export was read: it is fetched only in a post that reaches them. Of what was exported before that is not known."""

from __future__ import annotations

from django.db import migrations, models

import doudi.server.exchange.models


class Migration(migrations.Migration):
    dependencies = (("exchange", "0003_row_security"),)
    operations = (
        migrations.AddField("export", "scope", models.JSONField(default=doudi.server.exchange.models._everything)),
    )
