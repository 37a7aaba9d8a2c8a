"""Sets Django up for a command, a worker or the server: environment checked, keys loaded and found to fit the database."""

from __future__ import annotations

import os


def set_up() -> None:
    """Django alone, for commands that make or replace the database. Raises BadEnvironment."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doudi.server.config.settings")
    import django

    from doudi.server.config.logs import configure
    from doudi.server.lib.environment import read
    from doudi.server.lib.private import keep_to_ourselves

    keep_to_ourselves()
    configure(read().log)
    django.setup()


def start() -> None:
    """Once a process; again does nothing. Raises BadEnvironment, Refused where the database is away, KeysRefused for keys that do not fit."""
    set_up()
    from django.db import connections

    from doudi.server.audit.actions import check_keys
    from doudi.server.lib.refusals import Refused
    from doudi.server.operations.health import reachable

    database = reachable()
    if database.state == "down":
        raise Refused(database.code, database.zh, database.en)
    check_keys()
    # A server forks after this, and a connection cannot be shared between processes.
    connections.close_all()
