"""Whether the record is still what was written: every entry, the head, and the anchors outside the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Max, Min

from doudi.server.audit.anchors import Anchor, read, standing
from doudi.server.audit.models import Entry, Head
from doudi.server.audit.sealing import COLUMNS, Row, entry_macs, head_mac, moment

_STEP = 5_000
"""Entries read at a time: memory does not grow with the record."""
SAID_AT_MOST = 200
"""Faults kept with their sentences; the rest are only counted."""
_WHERE = "FROM audit_entry WHERE seq > %s AND seq <= %s ORDER BY seq"


@dataclass(frozen=True)
class Fault:
    """``seq`` is the entry meant, or the first of several; None where the head or the anchors are meant."""

    code: str
    seq: int | None
    zh: str
    en: str


@dataclass(frozen=True)
class Report:
    """``found`` counts all faults, of which the first stand in ``faults``; ``restored`` are the backups that were put back, as noted."""

    entries: int
    length: int
    anchors: int
    anchored: Anchor | None
    restored: tuple[Anchor, ...]
    faults: tuple[Fault, ...]
    found: int

    @property
    def whole(self) -> bool:
        return self.found == 0


class _Faults:
    def __init__(self) -> None:
        self.kept: list[Fault] = []
        self.found = 0

    def add(self, code: str, seq: int | None, zh: str, en: str) -> None:
        self.found += 1
        if len(self.kept) < SAID_AT_MOST:
            self.kept.append(Fault(code, seq, zh, en))


def length() -> int:
    """How many entries the head says there are."""
    return Head.objects.filter(id=1).values_list("seq", flat=True).first() or 0


def verify(*, folder: Path | None = None, progress: Callable[[int], None] | None = None) -> Report:
    """Reads the whole record while others go on working. ``progress`` is told now and then how many entries were read.

    ``folder`` holds the anchors where it is not the settings' one.
    """
    faults = _Faults()
    # In this order: entries that are there before the head is read are within its length, whoever appends meanwhile.
    ends = Entry.objects.aggregate(lowest=Min("seq"), highest=Max("seq"))
    lowest = 1 if ends["lowest"] is None else ends["lowest"]
    highest = ends["highest"] or 0
    written = read(folder)
    chain, length, last = _head(faults)
    for number in written.damaged:
        faults.add(
            "anchor-altered", None, f"锚点文件第 {number} 行被改动过，或它前面少了一行。",
            f"Line {number} of the anchors was altered, or a line before it is missing.",
        )  # fmt: skip
    expected = _expected(written.anchors, chain, length, faults)
    if lowest < 1:
        faults.add(
            "inserted", lowest, f"第 {lowest} 条不可能是系统写的。", f"Entry {lowest} cannot have been written by the system.",
        )  # fmt: skip
    if highest > length:
        faults.add(
            "inserted", length + 1, f"链头到第 {length} 条为止，数据库里却有第 {highest} 条。",
            f"The head ends at entry {length}, but the database holds entry {highest}.",
        )  # fmt: skip
    entries = _walk(length, last, expected, faults, progress)
    return Report(
        entries, length, len(written.anchors), written.anchors[-1] if written.anchors else None,
        tuple(a for a in written.anchors if a.kind == "restored"), tuple(faults.kept), faults.found,
    )  # fmt: skip


def _head(faults: _Faults) -> tuple[str, int, bytes]:
    heads = list(Head.objects.order_by("id")[:2])
    head = heads[0] if heads and heads[0].id == 1 else None
    if head is None or len(heads) > 1:
        faults.add("head", None, "链头应当只有一行。", "The head must be one row.")
    if head is None:
        return "", 0, b""
    chain, seq, last, sealed = head.chain, head.seq, bytes(head.last), bytes(head.mac)
    if (chain, seq, last, sealed) != ("", 0, b"", b"") and not compare_digest(sealed, head_mac(chain, seq, last)):
        faults.add("head", None, "链头被改动过。", "The head was altered.")
    return chain, seq, last


def _expected(anchors: tuple[Anchor, ...], chain: str, length: int, faults: _Faults) -> dict[int, str]:
    """Macs that entries must have because they were anchored."""
    if not anchors:
        return {}
    anchored, macs = standing(anchors)
    if anchored != chain:
        faults.add(
            "other-record", None,
            f"锚点记的是另一份操作记录（{anchors[-1].day} 时有 {anchors[-1].seq} 条）：数据库被清空或换掉了，或锚点目录属于别的数据库。",
            f"The anchors are of another record (of {anchors[-1].seq} entries on {anchors[-1].day}): the database was emptied or exchanged, or "
            "the folder of anchors is another database's.",
        )  # fmt: skip
        return {}
    beyond = [seq for seq in macs if seq > length]
    if beyond:
        faults.add(
            "removed-tail", length + 1, f"末尾少了记录：锚点里记到第 {max(beyond)} 条，链头只到第 {length} 条。",
            f"Entries were removed at the end: {max(beyond)} were anchored, the head ends at {length}.",
        )  # fmt: skip
    return macs


def _walk(
    length: int, last: bytes, anchored: dict[int, str], faults: _Faults, progress: Callable[[int], None] | None
) -> int:
    """Checks every entry up to the head; gives their number."""
    entries, at, before = 0, 0, b""
    sure, made = True, entry_macs()
    for row, sealed in _entries(length):
        entries += 1
        seq = row[0]
        if seq != at + 1:
            _missing(at + 1, seq - 1, faults)
            sure = False
        # The entry after a gap cannot be checked against the mac before it; that something is missing has been said.
        if sure and not _fits(row, before, sealed, made):
            faults.add(
                "altered", seq, f"第 {seq} 条与写下时不符：被改动、插入或调换过。",
                f"Entry {seq} is not what was written there: it was altered, inserted or moved.",
            )  # fmt: skip
        if seq in anchored and anchored[seq] != sealed.hex():
            faults.add(
                "not-as-anchored", seq, f"第 {seq} 条与锚点不符：它之前的记录被换成了另一段。",
                f"Entry {seq} does not agree with its anchor: what leads up to it was exchanged.",
            )  # fmt: skip
        at, before, sure = seq, sealed, True
        if progress and (entries % _STEP == 0 or seq == length):
            progress(entries)
    if at < length:
        _missing(at + 1, length, faults)
    elif length and before != last:
        faults.add("head", length, "链头与最后一条记录不符。", "The head does not agree with the last entry.")
    return entries


def _missing(first: int, last: int, faults: _Faults) -> None:
    zh = f"第 {first} 条" if first == last else f"第 {first} 至 {last} 条"
    en = f"Entry {first} is" if first == last else f"Entries {first} to {last} are"
    faults.add("removed", first, f"{zh}被删掉了。", f"{en} missing.")


def _fits(row: Row, before: bytes, sealed: bytes, made: Callable[[Row, bytes], bytes]) -> bool:
    try:
        return compare_digest(made(row, before), sealed)
    except (TypeError, ValueError, UnicodeEncodeError):
        return False  # SQLite keeps anything in any column; what cannot even be written as text was never sealed


def _entries(length: int) -> Iterator[tuple[tuple[Any, ...], bytes]]:
    """Rows up to ``length`` in order, as they were sealed, with their macs."""
    # A span and not the next so many: a database that has no statistics yet would sort all that is left for each step.
    at = _next(0, length)
    while at is not None:
        end = min(at + _STEP - 1, length)
        for row in _some(at - 1, end):
            sealed = row[-1]
            yield (
                (row[0], _moment(row[1]), *row[2:-1]),
                bytes(sealed) if isinstance(sealed, bytes | memoryview) else b"",
            )
        at = _next(end, length)


def _next(after: int, length: int) -> int | None:
    """The next entry that there is: many may be missing."""
    return Entry.objects.filter(seq__gt=after, seq__lte=length).order_by("seq").values_list("seq", flat=True).first()


def _some(after: int, end: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        try:
            cursor.execute(_rows(), [after, end])
            return list(cursor.fetchall())
        except DatabaseError:
            if connection.vendor != "sqlite":
                raise
            # Text that is no text fails the whole step there: the rows are read one by one, and what cannot be read fits no mac.
            cursor.execute(f"SELECT seq {_WHERE}", [after, end])
            return [_one(cursor, seq) for (seq,) in cursor.fetchall()]


def _rows() -> str:
    # On SQLite a moment is text; as an expression it comes back as that text, whatever stands there.
    columns = ["at || ''" if c == "at" and connection.vendor == "sqlite" else c for c in COLUMNS]
    return f"SELECT {', '.join(columns)}, mac {_WHERE}"


def _one(cursor: CursorWrapper, seq: int) -> tuple[Any, ...]:
    try:
        cursor.execute(_rows(), [seq - 1, seq])
        return tuple(cursor.fetchall()[0])
    except DatabaseError:
        cursor.execute("SELECT mac FROM audit_entry WHERE seq = %s", [seq])
        return (seq, *[None] * (len(COLUMNS) - 1), cursor.fetchone()[0])


def _moment(at: object) -> object:
    """As ``sealing.moment`` writes it: SQLite keeps moments as text."""
    if isinstance(at, datetime):
        return moment(at)
    if isinstance(at, str):
        return at.replace(" ", "T") if len(at) > 19 else at.replace(" ", "T") + ".000000"
    return at
