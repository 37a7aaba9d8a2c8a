"""The head's one row; and on SQLite, which knows no roles, triggers that refuse what the application's role may not do on PostgreSQL."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def head(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("audit", "Head").objects.create(id=1)


def guard(_: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            editor.execute(
                f"CREATE TRIGGER audit_entry_no_{verb.lower()} BEFORE {verb} ON audit_entry "
                "BEGIN SELECT RAISE(ABORT, 'entries of the record are never changed or deleted'); END"
            )
        editor.execute(
            "CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head "
            "BEGIN SELECT RAISE(ABORT, 'the head of the record is never deleted'); END"
        )


def unguard(_: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "sqlite":
        for trigger in ("audit_entry_no_update", "audit_entry_no_delete", "audit_head_no_delete"):
            editor.execute(f"DROP TRIGGER {trigger}")


class Migration(migrations.Migration):
    dependencies = (("audit", "0001_initial"),)
    operations = (migrations.RunPython(head, migrations.RunPython.noop), migrations.RunPython(guard, unguard))
