"""Bringing the database up to this version, as the role that owns its tables."""

from __future__ import annotations

import os

from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

from doudi.server.lib.environment import Environment, read
from doudi.server.operations.grants import grant


def as_owner() -> Environment:
    """To be called before Django is set up: this process speaks to the database as its owner. Gives the environment as it was."""
    environment = read()
    if environment.postgresql:
        os.environ["DOUDI_DATABASE"] = environment.owner
    return environment


def waiting() -> list[str]:
    """Migrations that this version has and the database has not."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def ahead() -> list[str]:
    """Migrations that the database has and this version does not know: it was used by a newer one."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    return sorted(
        f"{a}.{n}" for a, n in executor.loader.applied_migrations if (a, n) not in executor.loader.disk_migrations
    )


def migrate(application_role: str) -> list[str]:
    """Applies what is waiting and grants ``application_role`` what it needs (PostgreSQL). Gives the names of what was applied."""
    names = waiting()
    call_command("migrate", verbosity=0, interactive=False)
    grant(application_role)
    return names
