"""Appending to the record. Nothing else writes its tables, and nothing changes or deletes an entry."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper

from doudi.server.audit.key_check import check_keys, note_keys
from doudi.server.audit.sealing import COLUMNS, canonical, entry_mac, head_mac, moment
from doudi.server.audit.selectors import Page, Search, search
from doudi.server.audit.verbs import SEARCHED, Verb, sentences
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import now
from doudi.server.lib.refusals import Refused
from doudi.server.lib.scrub import scrub

__all__ = ["Act", "RecordBroken", "check_keys", "look_up", "record", "record_many"]

_INSERT = f"INSERT INTO audit_entry ({', '.join(COLUMNS)}, mac) VALUES ({', '.join(['%s'] * (len(COLUMNS) + 1))})"
_WIDTHS = {"name": 80, "post": 160, "address": 80}


@dataclass(frozen=True)
class Act:
    """One entry to be: what ``record`` takes. ``params`` holds surrogate keys, codes and numbers, never what a person is called or known by."""

    household: int | None = None
    person: int | None = None
    area: str = ""
    why: str = ""
    count: int = 1
    digest: str = ""
    params: dict[str, object] = field(default_factory=dict)


class RecordBroken(Refused):
    """The head of the chain is not what was written there: nothing is appended to a record that somebody else has changed."""

    def __init__(self) -> None:
        super().__init__(
            "record-broken",
            "操作记录的链头被改动过，没有办理；请停止办理业务，执行 doudi audit verify 查明。",
            "The head of the record was altered, and nothing was done; stop work and run doudi audit verify to see what happened.",
        )


def record(
    by: Actor, verb: Verb, *, household: int | None = None, person: int | None = None, area: str = "", why: str = "", count: int = 1,
    digest: str = "", **params: object,
) -> int:  # fmt: skip
    """Appends one sentence and gives its number. Inside the caller's transaction, as its last step: whoever appends next waits until it ends.

    ``household``, ``person`` and ``area`` (empty: that of who acts) are what an auditor searches by; ``count`` and ``digest`` let one entry stand
    for a batch.
    """
    return record_many(by, verb, [Act(household, person, area, why, count, digest, params)])


def record_many(by: Actor, verb: Verb, acts: Iterable[Act]) -> int:
    """Appends a sentence an act, under one lock; gives the number of the last, or that of the head where there were none."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an act is recorded within the transaction that does it")
    at = now()
    made = [_row(by, verb, act) for act in acts]
    with connection.cursor() as cursor:
        chain, seq, last = _locked_head(cursor)
        if not made:
            return seq
        rows: list[list[Any]] = []
        for columns in made:
            seq += 1
            last = entry_mac((seq, moment(at), *columns), last)
            rows.append([seq, connection.ops.adapt_datetimefield_value(at), *columns, last])
        _insert(cursor, rows)
        cursor.execute(
            "UPDATE audit_head SET chain = %s, seq = %s, last = %s, mac = %s WHERE id = 1",
            [chain, seq, last, head_mac(chain, seq, last)],
        )
    return seq


def look_up(by: Actor, what: Search, *, before: int | None = None, limit: int = 50) -> Page:
    """Searches the record for somebody, which is recorded like any other showing. Raises as ``selectors.search`` does."""
    with transaction.atomic():
        page = search(by, what, before=before, limit=limit)
        record(by, SEARCHED, household=what.household, person=what.person, area=what.area, filters=what.said())
    return page


def _row(by: Actor, verb: Verb, act: Act) -> list[Any]:
    """The columns from ``official`` on."""
    area = act.area or by.stands()
    why = _kept(scrub(act.why))
    params = {k: scrub(v, codes=True) if isinstance(v, str) else v for k, v in act.params.items()}
    said = {
        "household": act.household, "person": act.person, "area": area, "count": act.count, "digest": act.digest, **params,
    }  # fmt: skip
    who = {"name": by.name, "post": by.post, "address": by.address}
    name, post, address = (_kept(text)[: _WIDTHS[column]] for column, text in who.items())
    zh, en = sentences(by, verb, why, said)
    return [
        by.official, name, post, address, verb.code, _kept(zh), _kept(en), why, act.household, act.person, area, _kept(canonical(params)),
        act.count, act.digest,
    ]  # fmt: skip


def _kept(text: str) -> str:
    """Text that every database keeps as it is: without null characters and halves of surrogate pairs, which PostgreSQL refuses."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _locked_head(cursor: CursorWrapper) -> tuple[str, int, bytes]:
    """The head's chain, length and last mac, locked until the transaction ends. Raises RecordBroken where it is not as it was written."""
    # On SQLite the transaction itself, begun as IMMEDIATE, is the lock.
    lock = " FOR UPDATE" if connection.vendor == "postgresql" else ""
    cursor.execute(f"SELECT chain, seq, last, mac FROM audit_head WHERE id = 1{lock}")
    found = cursor.fetchone()
    if found is None:
        raise RecordBroken
    chain, seq, last, sealed = str(found[0]), int(found[1]), bytes(found[2]), bytes(found[3])
    if (chain, seq, last, sealed) == ("", 0, b"", b""):
        note_keys()
        return uuid.uuid4().hex, 0, b""
    if not compare_digest(sealed, head_mac(chain, seq, last)):
        raise RecordBroken
    return chain, seq, last


def _insert(cursor: CursorWrapper, rows: Sequence[Sequence[Any]]) -> None:
    try:
        if len(rows) == 1:
            cursor.execute(_INSERT, list(rows[0]))
        else:
            cursor.executemany(_INSERT, rows)
    except IntegrityError:
        # There is an entry under a number that the head has not reached: the head was set back, or the entry was not written by us.
        raise RecordBroken from None
