"""Row-level security's side of a scope: on PostgreSQL the database itself lets through only the rows in the actor's areas."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction

from doudi.server.lib.actor import Actor
from doudi.server.lib.scope import Scope

SETTING = "doudi.scope"
_SET: ContextVar[str | None] = ContextVar("scope", default=None)
"""The scope that the transaction under way in this thread has."""


def written(scope: Scope) -> str:
    """How a scope is said to the database: prefixes with commas between, ``*`` for everything, ``-`` for nothing."""
    return "*" if "" in scope.prefixes else ",".join(scope.prefixes) or "-"


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """Everything that reads or writes rows with an area runs inside. On PostgreSQL this is one transaction with the actor's scope set;
    outside of it those rows cannot be seen at all. On SQLite, which knows no such thing, selectors alone enforce areas and nothing is opened.
    """
    if connection.vendor != "postgresql":
        yield
        return
    scope = written(actor.scope)
    if _SET.get() == scope and connection.in_atomic_block:
        # Within a transaction under this very scope there is nothing to say.
        yield
        return
    within = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        # One question for both: what stands first is worked out first.
        cursor.execute("SELECT current_setting(%s, true), set_config(%s, %s, true)", [SETTING, SETTING, scope])
        before = cursor.fetchone()[0] or ""
        token = _SET.set(scope)
        try:
            yield
        finally:
            _SET.reset(token)
        # A transaction around this one goes on under the scope that it had. (After an error it is rolled back, scope and all; and where there is
        # none around it, the scope ends with it.)
        if within:
            cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, before])
