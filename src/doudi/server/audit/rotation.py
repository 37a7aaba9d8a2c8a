"""Changing the field key: a new one seals from now on, and what older ones sealed is sealed anew, batch by batch.

Each batch is one transaction, and every value says by itself which key it is under; so it may be stopped anywhere and started again, any
number of times, while others go on working.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.models import BinaryField

from doudi.server.audit.actions import record
from doudi.server.audit.key_check import note_keys
from doudi.server.audit.models import KeyCheck
from doudi.server.audit.sealing import digest
from doudi.server.audit.verbs import KEY_ADDED, KEY_RETIRED, ROTATED
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.keys import LOOK_AGAIN, add_field_key, keys
from doudi.server.lib.moments import now
from doudi.server.lib.refusals import Refused
from doudi.server.lib.sealed import key_id, resealed

BATCH = 500
BYTES = 16 * 2**20
"""A batch has at most so many values, and so many bytes unless one value alone has more."""
SETTLED = LOOK_AGAIN + 1
"""Seconds after which no process seals with the key before any more."""


@dataclass(frozen=True)
class Column:
    """A column of sealed values, as the database calls it; ``key`` is the table's primary key."""

    table: str
    key: str
    name: str

    def __str__(self) -> str:
        return f"{self.table}.{self.name}"


@dataclass(frozen=True)
class _Glance:
    """A row by its primary key, the number of the key that its value is under, and the bytes of the value."""

    pk: Any
    number: int
    size: int


def sealed_columns() -> tuple[Column, ...]:
    """Every column of bytes whose name is ``cipher`` or ends so: what is sealed is named that way (see ``lib.sealed``)."""
    found = []
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            name = str(field.column)
            if isinstance(field, BinaryField) and (name == "cipher" or name.endswith("_cipher")):
                found.append(Column(model._meta.db_table, str(model._meta.pk.column), name))
    return tuple(sorted(found, key=str))


def held(by: Actor) -> dict[Column, Counter[int]]:
    """How many values of each column are under which key."""
    return {column: Counter(row.number for rows in _glances(by, column) for row in rows) for column in sealed_columns()}


def left(by: Actor) -> int:
    """How many values are under a key that is not the current one."""
    current = keys(fresh=True).current
    return sum(n for counted in held(by).values() for number, n in counted.items() if number != current)


def add_key(by: Actor) -> int:
    """A new field key, in use in this process at once and in all others within seconds. Gives its number."""
    number = add_field_key(settings.ENVIRONMENT.keys)
    keys(fresh=True)
    with transaction.atomic():
        note_keys()
        record(by, KEY_ADDED, key=f"field-{number}")
    return number


def reseal(by: Actor, *, progress: Callable[[int], None] | None = None, settle: float = SETTLED) -> int:
    """Seals everything anew that is not under the current key; gives the number of values. Again and after a stop it does what is left.

    ``settle`` is how long to wait for processes that may still seal with the key before, ere what they wrote meanwhile is done too.
    """
    keys(fresh=True)
    done = _pass(by, progress, 0)
    if done:
        time.sleep(settle)
    while more := _pass(by, progress, done):
        done += more
    return done


def retire(by: Actor, number: int) -> None:
    """Says that key ``number`` is needed no more, so that its file may be taken away. Raises Refused while any value is under it."""
    ring = keys(fresh=True)
    if number == ring.current:
        raise Refused(
            "key-in-use", f"field-{number}.key 是现用的密钥，先执行 doudi keys rotate。",
            f"field-{number}.key is the current key: run doudi keys rotate first.",
        )  # fmt: skip
    left = {str(column): counted[number] for column, counted in held(by).items() if counted[number]}
    if left:
        where = "、".join(f"{column}（{n}）" for column, n in left.items())
        raise Refused(
            "key-in-use", f"还有值用 field-{number}.key 加密：{where}；先执行 doudi keys rotate。",
            f"Values are still sealed with field-{number}.key: {', '.join(f'{c} ({n})' for c, n in left.items())}; run doudi keys rotate first.",
        )  # fmt: skip
    with transaction.atomic():
        if not KeyCheck.objects.filter(name=f"field-{number}", retired_at=None).update(retired_at=now()):
            raise Refused("no-such-key", f"没有在用的 field-{number}.key。", f"There is no field-{number}.key in use.")
        record(by, KEY_RETIRED, key=f"field-{number}")


def file_of(number: int) -> Path:
    folder: Path = settings.ENVIRONMENT.keys
    return folder / f"field-{number}.key"


def _pass(by: Actor, progress: Callable[[int], None] | None, before: int) -> int:
    done = 0
    for column in sealed_columns():
        for rows in _glances(by, column):
            old = [row for row in rows if row.number != keys().current]
            for batch in _batches(old):
                done += _batch(by, column, batch)
                if progress:
                    progress(before + done)
    return done


def _batches(rows: list[_Glance]) -> Iterator[list[Any]]:
    """Primary keys of values that are small enough together: one column may hold whole files."""
    batch: list[Any] = []
    size = 0
    for row in rows:
        if batch and (len(batch) == BATCH or size + row.size > BYTES):
            yield batch
            batch, size = [], 0
        batch.append(row.pk)
        size += row.size
    if batch:
        yield batch


def _batch(by: Actor, column: Column, rows: list[Any]) -> int:
    changed: list[Any] = []
    value, key, table = _q(column.name), _q(column.key), _q(column.table)
    with acting(by), transaction.atomic(), connection.cursor() as cursor:
        # Locked while they are sealed anew: what somebody writes meanwhile waits for it, and stays.
        lock = " FOR UPDATE" if connection.vendor == "postgresql" else ""
        marks = ", ".join(["%s"] * len(rows))
        cursor.execute(f"SELECT {key}, {value} FROM {table} WHERE {key} IN ({marks}) ORDER BY 1{lock}", rows)
        for pk, data in cursor.fetchall():
            if not data or key_id(bytes(data)) == keys().current:
                continue
            new = resealed(bytes(data), table=column.table, field=column.name)
            cursor.execute(f"UPDATE {table} SET {value} = %s WHERE {key} = %s", [new, pk])
            changed.append(pk)
        if changed:
            record(
                by, ROTATED, count=len(changed), digest=digest([pk] for pk in changed), field=str(column),
                key=f"field-{keys().current}",
            )  # fmt: skip
    return len(changed)


def _glances(by: Actor, column: Column) -> Iterator[list[_Glance]]:
    """Which key each value is under, in the order of the rows' keys; columns left empty are passed over."""
    after: Any = None
    value, key = _q(column.name), _q(column.key)
    while True:
        where = f"AND {key} > %s" if after is not None else ""
        with acting(by), connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {key}, substr({value}, 1, 3), length({value}) FROM {_q(column.table)} "
                f"WHERE {value} IS NOT NULL AND length({value}) > 0 {where} ORDER BY 1 LIMIT {BATCH}",
                [after] if after is not None else [],
            )
            rows = [_Glance(pk, key_id(bytes(head)), size) for pk, head, size in cursor.fetchall()]
        if not rows:
            return
        yield rows
        after = rows[-1].pk


def _q(name: str) -> str:
    return connection.ops.quote_name(name)
