"""A file appears whole or not at all, whenever the process is killed."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError


@contextmanager
def appearing(path: Path) -> Iterator[Path]:
    """Gives a hidden file beside ``path`` to write to; it takes its place, replacing what was there, only when all went well.

    Raises OSError where the folder cannot be written to or (on Windows) the file is open in another program.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield beside
        with beside.open("rb") as file:
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def book_appearing(path: Path, **options: bool) -> Iterator[Any]:
    """A workbook of xlsxwriter that appears at ``path`` when all of it is written; ``options`` are xlsxwriter's. Raises OSError as ``appearing`` does.

    It is packed in memory: on a full disk a half-packed file would otherwise fail a second time when it is thrown away, in a trace of its own.
    """
    packed = io.BytesIO()
    with appearing(path) as beside:
        book = xlsxwriter.Workbook(packed, {"strings_to_formulas": False, "strings_to_urls": False, **options})
        yield book
        try:
            book.close()
        except FileCreateError as error:
            # Of the temporary files. It is none of Python's own file errors, for which everybody is prepared.
            raise error.args[0] from None
        beside.write_bytes(packed.getbuffer())
