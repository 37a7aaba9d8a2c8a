"""How far the cells of a sheet reach, seen before they are read.

The reader of cells makes room for every cell between the first and the last one that holds something. A blank typed into the last cell
of an otherwise small sheet would ask for 17 thousand million of them, and the process would end without a word.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.parsers import expat

_ROW = re.compile(rb'<row r="(\d+)"')
_WIDE = re.compile(rb'<c r="([B-Z][A-Z]|[A-Z]{3})\d')
"""A cell right of column AZ. Looked for because most sheets have none, which is seen much faster than reading every cell."""
_NARROW = 52


def reach(path: Path, sheet: str, most: int) -> tuple[int, int]:
    """Rows and columns up to the last cell that holds something: never fewer, and no more where they would be above ``most`` cells.

    Raises zipfile.BadZipFile, KeyError, expat.ExpatError, OSError or ValueError where the file is damaged.
    """
    with zipfile.ZipFile(path) as archive:
        data = archive.read(sheet_parts(archive)[sheet])
    rows, columns = _roughly(data)
    return (rows, columns) if rows * columns <= most else _exactly(data)


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name to the name of its part in the archive. Raises KeyError where the workbook lacks a part of its own."""
    targets: dict[str, str] = {}
    sheets: dict[str, str] = {}

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship":
            target = attributes["Target"]
            targets[attributes["Id"]] = (
                target.lstrip("/") if target.startswith("/") else posixpath.normpath("xl/" + target)
            )

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            sheets[attributes["name"]] = next((v for k, v in attributes.items() if k.rpartition(":")[2] == "id"), "")

    walk(archive.read("xl/_rels/workbook.xml.rels"), relation)
    walk(archive.read("xl/workbook.xml"), sheet)
    return {name: targets[key] for name, key in sheets.items() if key in targets}


def walk(data: bytes, start: Callable[[str, dict[str, str]], None]) -> None:
    """Every element of an XML text, its name without a prefix. Raises expat.ExpatError."""
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda tag, attributes: start(tag.rpartition(":")[2], attributes)
    parser.Parse(data, True)  # noqa: FBT003 - the C function takes it by position only


def column_number(reference: str) -> int:
    """From 0; the letters of ``AB12`` say 27."""
    number = 0
    for letter in reference:
        if not letter.isalpha():
            break
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letters(column: int) -> str:
    """``AB`` for 27."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _roughly(data: bytes) -> tuple[int, int]:
    """Counts cells without a value too. A sheet that is not written as spreadsheets write it is taken to reach everywhere."""
    plain = data.count(b"<row ") == data.count(b'<row r="') and data.count(b"<c ") == data.count(b'<c r="')
    if not plain or any(odd in data for odd in (b"<row>", b"<c>", b":sheetData")):
        return 1 << 20, 1 << 14
    rows = max(map(int, _ROW.findall(data)), default=0)
    wide = {letters.decode() for letters in _WIDE.findall(data)}
    return rows, max(map(column_number, wide), default=_NARROW - 1) + 1


def _exactly(data: bytes) -> tuple[int, int]:
    row = rows = columns = 0
    column = -1

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, rows, columns
        if tag == "row":
            row, column = int(attributes.get("r", row + 1)), -1
        elif tag == "c":
            column = column_number(attributes["r"]) if "r" in attributes else column + 1
        elif tag in ("v", "is", "f"):
            rows, columns = max(rows, row), max(columns, column + 1)

    walk(data, start)
    return rows, columns
