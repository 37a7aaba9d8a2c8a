"""Workbooks kept for somebody to fetch: sealed, for so many days, then gone."""

from __future__ import annotations

import base64
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from doudi.server.exchange.models import Kept
from doudi.server.lib.moments import now
from doudi.server.lib.sealed import seal, unseal

_PLACE = {"table": "exchange_kept", "field": "cipher"}


def keep(path: Path, name: str, days: int) -> int:
    """Takes the file at ``path`` into keeping for ``days``; gives its id. The file itself is left where it is."""
    kept = Kept.objects.create(
        name=name[:200], cipher=seal(base64.b64encode(path.read_bytes()).decode(), **_PLACE), until=now() + timedelta(days=days)
    )  # fmt: skip
    return kept.id


def fetch(kept: int | None) -> tuple[str, bytes] | None:
    """Its name and what it holds; None where there is none, or it was thrown away."""
    found = Kept.objects.filter(pk=kept, until__gt=now()).first() if kept is not None else None
    if found is None:
        return None
    return found.name, base64.b64decode(unseal(bytes(found.cipher), **_PLACE))


def drop(*kept: int | None) -> None:
    """Throws away what is not needed any more."""
    Kept.objects.filter(pk__in=[k for k in kept if k is not None]).delete()


def purge(at: datetime) -> int:
    """Throws away everything whose days are over; gives how many."""
    return Kept.objects.filter(until__lte=at).delete()[0]


@contextmanager
def alone(data: bytes = b"", name: str = "list.xlsx") -> Iterator[Path]:
    """A path in a folder of its own, holding ``data`` if there is any, readable only here and gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="doudi-") as folder:
        path = Path(folder) / name
        if data:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
        yield path
