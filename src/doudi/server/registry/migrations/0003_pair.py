"""What a decision on a pair rests on, and an index by birth date: on entry, people born on one day are looked through."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("registry", "0002_row_security"),)
    operations = (
        migrations.AddField("pair", "closed_at", models.DateTimeField(null=True)),
        migrations.AddField("pair", "decided_name", models.CharField(blank=True, default="", max_length=80), preserve_default=False),
        migrations.AddField("pair", "decided_post", models.CharField(blank=True, default="", max_length=160), preserve_default=False),
        migrations.AddField("pair", "why", models.TextField(blank=True, default=""), preserve_default=False),
        migrations.AddField("pair", "weighed", models.JSONField(default=list)),
        migrations.AddField("pair", "seen", models.BigIntegerField(null=True)),
        migrations.RunSQL(
            "CREATE INDEX registry_person_born ON registry_person (born)", "DROP INDEX registry_person_born"
        ),
    )
