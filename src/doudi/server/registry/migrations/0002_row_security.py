"""On PostgreSQL the database itself shows only the rows of the reader's areas: a person's or household's own row by its areas, what belongs
to it where its own row is seen.
"""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from doudi.server.lib.row_security import ALL, only_seen, within

def belongs(*owners: str) -> str:
    """The row of any of the owners is seen: their own policies apply inside."""
    seen = (
        f"EXISTS (SELECT 1 FROM registry_{owner} o WHERE o.id = {owner}{key})"
        for owner, key in (o.split("/") for o in owners)
    )
    return " OR ".join([ALL, *seen])


def terms_by_character(_: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Searches look for ranges of terms, which only an order by character gives, whatever the database's own collation. SQLite's is so."""
    if editor.connection.vendor == "postgresql":
        editor.execute('ALTER TABLE registry_term ALTER COLUMN term TYPE varchar(120) COLLATE "C"')


class Migration(migrations.Migration):
    dependencies = (("registry", "0001_initial"),)
    operations = (
        migrations.RunPython(terms_by_character, migrations.RunPython.noop),
        only_seen("registry_person", within("area", "other_area")),
        only_seen("registry_household", within("area", "other_area")),
        only_seen("registry_term", within("area")),
        only_seen("registry_pair", within("area_a", "area_b")),
        only_seen("registry_personname", belongs("person/_id")),
        only_seen("registry_identifier", belongs("person/_id")),
        only_seen("registry_residence", belongs("household/_id")),
        only_seen("registry_membership", belongs("household/_id", "person/_id")),
        only_seen("registry_statement", belongs("household/_id", "person/_id")),
        only_seen("registry_enrolment", belongs("household/_id", "person/_id")),
        only_seen("registry_acton", belongs("household/", "person/")),
    )
