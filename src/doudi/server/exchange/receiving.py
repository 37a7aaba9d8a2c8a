"""What every file that is handed in goes through first: how large it may be, whose area it is for, which of the ledgers it speaks of."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from django.conf import settings

from doudi.packs.registers import Ledger
from doudi.server.exchange.kept import alone
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotAllowed, Refused
from doudi.server.lib.sealed import seal, unseal
from doudi.server.policybook.selectors import policy

PERMISSION = "exchange.import"


def most() -> int:
    """Bytes that a file may have. A workbook of 300,000 full rows is about 40 MB."""
    return int(settings.ENVIRONMENT.upload_mb) << 20


def too_large(size: int) -> Refused:
    """``size`` in bytes."""
    return Refused(
        "file-too-large", f"文件有 {size / (1 << 20):,.0f} MB，最多 {most() >> 20} MB；请按乡镇分开。",
        f"The file has {size / (1 << 20):,.0f} MB, at most {most() >> 20} MB can be taken; split it by township.", field="file",
    )  # fmt: skip


def check(by: Actor, path: Path, area: str) -> tuple[bytes, str]:
    """The file and its SHA-256. Raises NotAllowed for an area that is not the actor's, Refused for a file that is too large or empty."""
    by.require(PERMISSION)
    if not area or not by.scope.covers(area):
        raise NotAllowed(
            "area-not-yours",
            f"“{area}”不在您的管辖范围内，不能在那里办理。",
            f"“{area}” is not among your areas.",
            field="area",
        )
    size = path.stat().st_size
    if size > most():
        raise too_large(size)
    if not size:
        raise Refused(
            "empty-file", "文件是空的（0 字节）；请重新导出或重新拷贝。", "The file is empty (0 bytes); export or copy it again.", field="file"
        )  # fmt: skip
    data = path.read_bytes()
    return data, hashlib.sha256(data).hexdigest()


def ledger_of(code: str, on: date) -> Ledger:
    """Raises Refused for a ledger that the policy of the day does not keep."""
    found = next((x for x in policy(on).ledgers if x.code == code), None)
    if found is None:
        raise Refused("ledger-unknown", f"没有“{code}”这本台账。", f"There is no ledger “{code}”.", field="ledger")
    return found


def sealed(data: bytes, table: str) -> bytes:
    return seal(base64.b64encode(data).decode(), table=table, field="cipher")


@contextmanager
def opened(cipher: bytes, table: str) -> Iterator[Path]:
    """The file as it was handed in, readable only here and gone afterwards."""
    with alone(base64.b64decode(unseal(bytes(cipher), table=table, field="cipher")), "ledger.xlsx") as path:
        yield path
