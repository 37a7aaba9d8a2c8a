"""One at a time: for rare acts whose rules look at many rows, where locking each row would not keep out what another is just adding; and for the
many acts beside each other that count on these not being done meanwhile."""

from __future__ import annotations

from zlib import crc32

from django.db import connection, transaction


def alone(what: str) -> None:
    """Until the transaction ends nobody else does ``what``: they wait here. On SQLite whoever writes is alone already."""
    _lock("pg_advisory_xact_lock", what)


def meanwhile_no(what: str) -> None:
    """Until the transaction ends nobody does ``what``, which is done ``alone``; any number of others may ask for the same. What is looked up after
    this stays so. To be asked for before any row is locked, as those do who are alone: else they wait for each other."""
    _lock("pg_advisory_xact_lock_shared", what)


def _lock(how: str, what: str) -> None:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a lock that ends with the transaction needs one")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {how}(%s, %s)", [0x646F75, crc32(what.encode()) & 0x7FFFFFFF])
