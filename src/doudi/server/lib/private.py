"""Files and folders for their owner alone: what is on record is nobody else's on the machine."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import IO

_OTHERS = 0o077


def keep_to_ourselves() -> None:
    """Whatever this process writes from now on, and every process that it starts, is its owner's alone."""
    os.umask(_OTHERS)


def own_folder(folder: Path) -> None:
    """Makes the folder, and those above it that are not there, for their owner alone. One that is there and open to everybody is closed; one
    that an administrator opened to a group only is left so."""
    for missing in reversed([f for f in (folder, *folder.parents) if not f.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)
    _close(folder)


def own_file(path: Path) -> None:
    """The same of a file that is there; one that is not is left."""
    if path.exists():
        _close(path)


def new_file(path: Path) -> IO[bytes]:
    """A new file, open for writing, for its owner alone. Raises FileExistsError."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _close(path: Path) -> None:
    mode = path.stat().st_mode
    if mode & 0o007:
        # Only its owner may; whoever merely works in it leaves that to them.
        with suppress(PermissionError):
            path.chmod(mode & 0o7700)
