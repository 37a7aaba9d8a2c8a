"""The key that signs sessions: made on first use beside the other keys, so that it is never in the data folder nor in a backup."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def secret(folder: Path) -> str:
    """The secret in ``folder``. Two processes that start at once get the same."""
    path = folder / "session.key"
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        pass
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = folder / f".session.{secrets.token_hex(8)}"
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(64))
        file.flush()
        os.fsync(file.fileno())
    try:
        # A link fails where the other process was first, and is whole where it does not.
        os.link(beside, path)
    except FileExistsError:
        pass
    finally:
        beside.unlink()
    return path.read_text(encoding="ascii").strip()
