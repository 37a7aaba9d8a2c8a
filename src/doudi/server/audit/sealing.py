"""What the macs of the chain are taken over: one canonical text for an entry, a head, an anchor and a batch."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

from doudi.server.lib.hashes import mac, started
from doudi.server.lib.keys import keys

COLUMNS = (
    "seq", "at", "official", "name", "post", "address", "verb", "zh", "en", "why", "household", "person", "area", "params", "count", "digest",
)  # fmt: skip
"""The columns of an entry in the order in which they are sealed."""
Row = tuple[object, ...]
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def moment(at: datetime) -> str:
    """A moment as text that does not depend on the database's or the machine's zone."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:26]


def entry_mac(row: Row, before: bytes) -> bytes:
    """``row`` is an entry's columns in the order of COLUMNS, with ``at`` already as ``moment`` writes it."""
    return entry_macs()(row, before)


def entry_macs() -> Callable[[Row, bytes], bytes]:
    """``entry_mac`` with the key looked up once, for a million of them."""
    begun = started(keys().audit, b"entry")

    def made(row: Row, before: bytes) -> bytes:
        sealed = begun.copy()
        sealed.update(before + _encode(row).encode())
        return sealed.finalize()

    return made


def head_mac(chain: str, seq: int, last: bytes) -> bytes:
    return mac(keys().audit, b"head", f"{chain}\0{seq}\0".encode() + last)


def anchor_mac(line: Mapping[str, object], before: str) -> str:
    """Of a line of the anchors, all but its ``mac``, and the ``mac`` of the line before."""
    return mac(keys().audit, b"anchor", f"{before}\0{canonical(line)}".encode()).hex()


def digest(rows: Iterable[object]) -> str:
    """64 characters that stand for a batch: equal for equal rows in equal order, and for no other.

    A row is a dict, list or tuple of text, whole numbers, decimals, truths, dates, bytes and None. It is keyed, so that nobody can find out by
    trying whose numbers were in the batch. Rows are read once and not kept.
    """
    key = keys().audit
    made = b""
    for row in rows:
        made = mac(key, b"batch", made + canonical(row).encode())
    return (made or mac(key, b"batch", b"")).hex()


def canonical(value: object) -> str:
    """JSON with sorted names and no blanks. Raises TypeError for what has no one way of being written, floats among them."""
    return _encode(_plain(value))


def _plain(value: object) -> object:
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, Mapping):
        return {str(k): _plain(value[k]) for k in sorted(value, key=str)}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    raise TypeError(f"{type(value).__name__} has no one way of being written")
