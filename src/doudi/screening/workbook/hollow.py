"""Cells that are not what the reader of values gives: formula errors, formulas whose value was never computed, percentages.

The reader of values gives an empty text for ``#N/A`` and for a formula that a program wrote without computing it. Taken as blank, that is
"not known", and nobody would be told. A percentage it gives as the fraction behind it. So the sheet's own XML is looked at, but only where
it holds an error, a formula or a cell shown as a percentage at all.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Literal
from xml.parsers import expat

from doudi.screening.workbook.container import bad
from doudi.screening.workbook.percent import percent_styles
from doudi.screening.workbook.reach import column_number, sheet_parts

Hollow = Literal["formula-error", "formula-empty", "percentage"]
_SIGNS = (b't="e"', b"t='e'", b"<f", b":f")
"""Without any of these in its text a sheet holds neither an error nor a formula. Looking for them is far quicker than reading the XML."""


def hollow_cells(path: Path, sheets: set[str]) -> dict[str, dict[tuple[int, int], Hollow]]:
    """For each of ``sheets`` those cells by (row from 1, column from 0). Raises ``BadWorkbook`` where the XML is broken."""
    found: dict[str, dict[tuple[int, int], Hollow]] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            percent = percent_styles(archive)
            signs = (*_SIGNS, *(f' s="{style}"'.encode() for style in percent))
            for name, part in sheet_parts(archive).items():
                if name in sheets:
                    data = archive.read(part)
                    found[name] = _scan(data, percent) if any(sign in data for sign in signs) else {}
    except (zipfile.BadZipFile, KeyError, expat.ExpatError, OSError, ValueError):
        raise bad("damaged") from None
    return found


def _scan(data: bytes, percent: frozenset[int]) -> dict[tuple[int, int], Hollow]:
    found: dict[tuple[int, int], Hollow] = {}
    # The cell being read: its reference, its type, whether it has a formula and whether it has a value. Cells may leave out their reference;
    # they then follow the one before.
    row = 0
    column = -1
    kind = ""
    formula = value = inside = shown_percent = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, kind, formula, value, inside, shown_percent
        tag = tag.rpartition(":")[2]
        if tag == "row":
            row, column = int(attributes.get("r", row + 1)), -1
        elif tag == "c":
            column = column_number(attributes["r"]) if "r" in attributes else column + 1
            kind, formula, value = attributes.get("t", "n"), False, False
            shown_percent = int(attributes.get("s", "0")) in percent
        elif tag == "f":
            formula = True
        elif tag in ("v", "is"):
            # A formula may well give an empty text: the cell then says that it is a text.
            inside, value = True, value or kind == "str"

    def text(data: str) -> None:
        nonlocal value
        value = value or (inside and bool(data))

    def end(tag: str) -> None:
        nonlocal inside
        tag = tag.rpartition(":")[2]
        if tag in ("v", "is"):
            inside = False
        if tag != "c":
            return
        if kind == "e":
            found[row, column] = "formula-error"
        elif formula and not value:
            found[row, column] = "formula-empty"
        elif shown_percent and value and kind == "n":
            found[row, column] = "percentage"

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.Parse(data, True)  # noqa: FBT003 - the C function takes it by position only
    return found
