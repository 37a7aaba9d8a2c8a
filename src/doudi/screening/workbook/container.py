"""Is this file a workbook that can be trusted to be read? Says plainly what it is when it is not."""

from __future__ import annotations

import codecs
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.parsers import expat

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum

from doudi.screening.workbook.findings import BadWorkbook, Finding
from doudi.screening.workbook.reach import column_letters, reach

MAX_UNPACKED_MB = 1024
"""A workbook of 300,000 full rows unpacks to about 500 MB; what passes this is a mistake or an attack."""

BOMB_MB, BOMB_RATIO = 64, 120
"""Real ledgers unpack to some twelve times their size; past these both it was made to fill a machine's memory."""

MOST_CELLS = 20_000_000
"""Cells up to the last one of a sheet, blank ones too: some 300,000 rows of a ledger's widest sheet, for which a gigabyte is needed."""

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OTHERS = {
    b"%PDF": "PDF",
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG": "PNG",
    b"{\\rt": "RTF",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
}
_ZIP_OTHERS = {
    "mimetype": "OpenDocument (.ods)",
    "xl/workbook.bin": ".xlsb",
    "word/document.xml": "Word (.docx)",
    "ppt/presentation.xml": "PowerPoint (.pptx)",
}


def bad(code: str, **args: str) -> BadWorkbook:
    return BadWorkbook([Finding(code, args=tuple(args.items()))])


def check(path: Path) -> None:
    """Raises ``BadWorkbook`` unless ``path`` is an unlocked .xlsx (or .xlsm) of sensible size; OSError when it cannot be opened at all."""
    with path.open("rb") as file:
        head = file.read(8)
        if not head:
            raise bad("empty-file")
        if head.startswith(_OLE):
            # Both old workbooks and new ones under a password come in this envelope; only the latter name the encrypted part.
            raise bad("password" if _ENCRYPTED in head + file.read(1 << 20) else "old-xls")
        for magic, kind in _OTHERS.items():
            if head.startswith(magic):
                raise bad("other-format", kind=kind)
        if not head.startswith(b"PK"):
            kind = _text(head + file.read(4096))
            raise bad("other-format", kind=kind) if kind else bad("not-a-workbook")
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = {i.filename: i.file_size for i in archive.infolist()}
            packed = sum(i.compress_size for i in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise bad("damaged") from None
    if "xl/workbook.xml" not in sizes:
        other = next((kind for name, kind in _ZIP_OTHERS.items() if name in sizes), None)
        raise bad("other-format", kind=other) if other else bad("not-a-workbook")
    unpacked = sum(sizes.values())
    if unpacked > MAX_UNPACKED_MB << 20:
        raise bad("too-big", limit=str(MAX_UNPACKED_MB))
    if unpacked > BOMB_MB << 20 and unpacked > BOMB_RATIO * packed:
        raise bad("swollen", times=f"{unpacked // max(packed, 1):,}")


def _text(head: bytes) -> str:
    """What kind of text a file is that begins with ``head``; empty where it is none."""
    if head.lstrip()[:1] == b"<":
        return "HTML/XML"
    if b"\0" in head:
        return ""
    for encoding in ("utf-8", "gb18030"):
        try:
            # Not final: the last character may have been cut.
            words = codecs.getincrementaldecoder(encoding)().decode(head)
        except UnicodeDecodeError:
            continue
        return "CSV" if any(mark in words for mark in ",\t;，") and "\n" in words else ""
    return ""


@contextmanager
def opened(path: Path) -> Iterator[CalamineWorkbook]:
    """The workbook, checked first. Raises ``BadWorkbook`` or OSError; also turns whatever the reader chokes on later into ``damaged``."""
    check(path)
    try:
        with CalamineWorkbook.from_path(path) as workbook:
            yield workbook
    except PasswordError:
        raise bad("password") from None
    except CalamineError:
        raise bad("damaged") from None


def worksheet_names(workbook: CalamineWorkbook) -> list[str]:
    """Names of the sheets that hold cells (no chart sheets), in the workbook's order."""
    return [s.name for s in workbook.sheets_metadata if s.typ is SheetTypeEnum.WorkSheet]


def worksheet(workbook: CalamineWorkbook, path: Path, name: str) -> CalamineSheet:
    """The sheet ``name`` of the workbook at ``path``. Raises ``BadWorkbook`` where its last cell lies so far off that reading would need all memory."""
    try:
        rows, columns = reach(path, name, MOST_CELLS)
    except (zipfile.BadZipFile, KeyError, expat.ExpatError, OSError, ValueError):
        raise bad("damaged") from None
    if rows * columns > MOST_CELLS:
        last = f"{column_letters(columns - 1)}{rows}"
        raise BadWorkbook([Finding("too-far", name, args=(("last", last), ("most", f"{MOST_CELLS:,}")))])
    return workbook.get_sheet_by_name(name)
