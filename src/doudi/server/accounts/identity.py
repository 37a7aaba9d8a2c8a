"""An id number as it is kept: found by its blind index, sealed, shown masked."""

from __future__ import annotations

from datetime import date

from doudi.server.lib.blind import blind, mask
from doudi.server.lib.idnumber import read
from doudi.server.lib.sealed import seal

FIELD = "cipher"


def identified(text: str, *, table: str, on: date) -> tuple[bytes, bytes, str]:
    """Blind index, sealed number, masked number. Raises Refused for what is no id number of somebody born by ``on``."""
    number = read(text, on=on).text
    return blind("id", number), seal(number, table=table, field=FIELD), mask("id", number)
