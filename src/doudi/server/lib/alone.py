"""One at a time: for rare acts whose rules look at many rows, where locking each row would not keep out what another is just adding."""

from __future__ import annotations

from zlib import crc32

from django.db import connection, transaction


def alone(what: str) -> None:
    """Until the transaction ends nobody else does ``what``: they wait here. On SQLite whoever writes is alone already."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a lock that ends with the transaction needs one")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [0x646F75, crc32(what.encode()) & 0x7FFFFFFF])
