"""Changing the record behind the application's back, as somebody would who owns the database but has not the keys."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
from django.db import connections, transaction

from doudi.server.audit.actions import record
from doudi.server.audit.verbs import Verb
from doudi.server.lib.actor import Actor
from doudi.server.lib.environment import django_database, read
from doudi.server.lib.scope import Scope

DID = Verb("test.did", "办理了{household}号家庭户的第{n}件事", "did thing {n} for household {household}")
CLERK = Actor(7, "韦青", "红河乡窗口经办人", Scope.of(["990102"]), frozenset(), "10.0.0.8")


def written(n: int) -> None:
    """``n`` acts, each in a transaction of its own."""
    for number in range(1, n + 1):
        with transaction.atomic():
            record(CLERK, DID, household=number, area="990102003", why=f"第{number}次", n=number)


def as_owner(env: dict[str, str], *statements: str) -> None:
    """Runs ``statements`` in one transaction as the role that owns the tables."""
    connections.close_all()
    if "DOUDI_DATABASE_OWNER" in env:
        at = django_database(read({"DOUDI_DATABASE": env["DOUDI_DATABASE_OWNER"]}))
        with psycopg.connect(
            dbname=str(at["NAME"]), user=str(at["USER"]), host=str(at["HOST"]), port=str(at["PORT"])
        ) as owner:
            for statement in statements:
                owner.execute(statement.encode())
        return
    with closing(sqlite3.connect(Path(env["DOUDI_HOME"]) / "doudi.sqlite3")) as owner_of_file, owner_of_file:
        for trigger in ("audit_entry_no_update", "audit_entry_no_delete", "audit_head_no_delete"):
            owner_of_file.execute(f"DROP TRIGGER IF EXISTS {trigger}")
        for statement in statements:
            owner_of_file.execute(statement)
