"""What a decision on a pair rests on, and an index by birth date: on entry, people born on one day are looked through."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

ALL = "(SELECT current_setting('doudi.scope', true)) = '*'"
EITHER = "EXISTS (SELECT 1 FROM registry_person o WHERE o.id IN (a_id, b_id))"


def seen_with_either(_: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """A pair is seen by whoever sees either of the two today, wherever they moved since it was found: their own policy applies inside."""
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP POLICY registry_pair_seen ON registry_pair")
        editor.execute(
            f"CREATE POLICY registry_pair_seen ON registry_pair USING ({ALL} OR {EITHER}) WITH CHECK ({ALL} OR {EITHER})"
        )


class Migration(migrations.Migration):
    dependencies = (("registry", "0002_row_security"),)
    operations = (
        migrations.AddField("pair", "closed_at", models.DateTimeField(null=True)),
        migrations.AddField("pair", "decided_name", models.CharField(blank=True, default="", max_length=80), preserve_default=False),
        migrations.AddField("pair", "decided_post", models.CharField(blank=True, default="", max_length=160), preserve_default=False),
        migrations.AddField("pair", "why", models.TextField(blank=True, default=""), preserve_default=False),
        migrations.AddField("pair", "weighed", models.JSONField(default=list)),
        migrations.AddField("pair", "seen", models.BigIntegerField(null=True)),
        migrations.RunPython(seen_with_either, migrations.RunPython.noop),
        migrations.RunSQL(
            "CREATE INDEX registry_person_born ON registry_person (born)", "DROP INDEX registry_person_born"
        ),
    )
