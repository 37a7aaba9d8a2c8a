"""Lines of repricings whose households or people have moved since, within the area that was decided again, lie where these are now: from here on
they follow them. Where that area got another code since, its lines stay under the old one, by which the offices there still see them."""

from __future__ import annotations

from django.db import migrations

LINES = "decisions_repricingline"


def follow(home: str, column: str, only: str) -> migrations.RunSQL:
    moved = (
        f"SELECT 1 FROM {home} h, decisions_repricing r WHERE h.id = {LINES}.{column} AND r.id = {LINES}.repricing_id "
        f"AND substr(h.area, 1, length(r.area)) = r.area AND (h.area <> {LINES}.area OR h.other_area <> {LINES}.other_area)"
    )
    found = {name: f"(SELECT h.{name} FROM {home} h WHERE h.id = {LINES}.{column})" for name in ("area", "other_area")}
    return migrations.RunSQL(
        f"UPDATE {LINES} SET area = {found['area']}, other_area = {found['other_area']} WHERE {only} AND EXISTS ({moved})",
        migrations.RunSQL.noop,
    )


class Migration(migrations.Migration):
    dependencies = (("decisions", "0008_carried"), ("registry", "0001_initial"))
    operations = (
        follow("registry_household", "household", "person = 0"),
        follow("registry_person", "person", "person <> 0"),
    )
