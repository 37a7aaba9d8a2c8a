"""What was found of households and people that have moved since lies where they are now: from here on it follows them."""

from __future__ import annotations

from django.db import migrations


def follow(table: str, home: str, column: str, only: str = "") -> migrations.RunSQL:
    moved = f"SELECT 1 FROM {home} h WHERE h.id = {table}.{column} AND (h.area <> {table}.area OR h.other_area <> {table}.other_area)"
    found = {name: f"(SELECT h.{name} FROM {home} h WHERE h.id = {table}.{column})" for name in ("area", "other_area")}
    return migrations.RunSQL(
        f"UPDATE {table} SET area = {found['area']}, other_area = {found['other_area']} WHERE {only}EXISTS ({moved})",
        migrations.RunSQL.noop,
    )


class Migration(migrations.Migration):
    dependencies = (("decisions", "0007_waiting"), ("registry", "0001_initial"))
    operations = (
        follow("decisions_workitem", "registry_household", "household", "person = 0 AND "),
        follow("decisions_workitem", "registry_person", "person", "person <> 0 AND "),
        follow("decisions_standing", "registry_household", "household"),
    )
