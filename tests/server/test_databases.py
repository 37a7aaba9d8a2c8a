"""The two databases that every test of the server runs on."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction

from doudi.server.audit.models import Entry


def test_migrated_and_reached(db: str) -> None:
    assert connection.vendor == db
    assert Entry.objects.count() == 0


def test_the_application_cannot_change_the_record(db: str) -> None:
    if db != "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA foreign_keys")
            assert cursor.fetchone() == (1,)
        return
    for statement in ("UPDATE audit_entry SET why = ''", "DELETE FROM audit_entry", "DELETE FROM registry_statement"):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_database_of_its_own(committed: dict[str, str]) -> None:
    assert Entry.objects.count() == 0
    assert committed
