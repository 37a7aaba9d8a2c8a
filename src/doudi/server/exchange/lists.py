"""A plain list of people: the first sheet of a workbook, with a column for the name and one for the id number, or for the birth date."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from doudi.screening.workbook.cells import tidy
from doudi.screening.workbook.columns import ID_NUMBER, NAME, is_remark, tidy_header
from doudi.screening.workbook.container import bad, opened, worksheet
from doudi.screening.workbook.findings import BadWorkbook
from doudi.screening.workbook.idnumber import BadIdNumber, parse
from doudi.server.exchange.headers import BORN
from doudi.server.exchange.matching import Theirs
from doudi.server.lib.blind import blind
from doudi.server.lib.refusals import Refused

HEADER_ROWS = 10
MOST_ROWS = 300_000
Key = Literal["id", "name"]
NEEDED: dict[Key, tuple[str, str]] = {"id": (NAME, ID_NUMBER), "name": (NAME, BORN)}


@dataclass(frozen=True)
class Row:
    """A row of a list, with its whole number, which stays in memory."""

    theirs: Theirs
    number: str


class NoHeader(Refused):
    """No row names the columns that are needed. ``headers``: those of the row that may have been meant as one."""

    def __init__(self, key: Key, headers: list[str]) -> None:
        first, second = NEEDED[key]
        super().__init__(
            "no-header", f"第一张工作表的前 {HEADER_ROWS} 行里没有同时写着“{first}”和“{second}”的表头（各一列）。",
            f"In the first {HEADER_ROWS} rows of the first sheet there is no header with one column {first} and one {second}.", field="file",
        )  # fmt: skip
        self.headers = headers


def read_list(path: Path, on: date, alias: Mapping[str, str] | None = None, key: Key = "id") -> list[Row]:
    """The first sheet of a workbook; a row without a usable number (by ``key`` name: birth date) has none. ``alias``: header -> what it stands for.

    Raises Refused for a file that is no such list.
    """
    try:
        sound(path)
        with opened(path) as book:
            sheet = worksheet(book, path, book.sheet_names[0])
            grid: list[list[Any]] = sheet.to_python(skip_empty_area=False)
            merged = list(sheet.merged_cell_ranges or [])
    except BadWorkbook as found:
        first = found.findings[0]
        raise Refused(first.code, first.said("zh"), first.said("en"), field="file") from None
    at, headers = _header(grid, alias or {}, key)
    if any(r[1][0] >= at for r in merged):
        first = bad("merged-cells", ranges="…").findings[0]
        raise Refused(first.code, first.said("zh"), first.said("en"), field="file")
    if len(grid) - at > MOST_ROWS:
        raise Refused(
            "too-many-rows",
            f"超过 {MOST_ROWS:,} 行，请分开办理。",
            f"More than {MOST_ROWS:,} rows: take it in parts.",
            field="file",
        )
    rows = [_row(n, headers, cells, on) for n, cells in enumerate(grid[at + 1 :], start=at + 2) if _filled(cells)]
    if not rows:
        first = bad("no-rows").findings[0]
        raise Refused(first.code, first.said("zh"), first.said("en"), field="file")
    return rows


def sound(path: Path) -> None:
    """Every part of the archive unpacks to what it says it does: one that unpacks to more is not read. Raises BadWorkbook."""
    if path.read_bytes()[:2] != b"PK":
        return
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(i.file_size for i in archive.infolist()) <= 1 << 30 and archive.testzip() is not None:
                raise bad("damaged")
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError):
        raise bad("damaged") from None


def _row(n: int, headers: list[str], cells: list[Any], on: date) -> Row:
    said = {h: c for h, c in zip(headers, cells, strict=False) if h and c != ""}
    raw = said.get(ID_NUMBER)
    try:
        known = parse(raw, on) if isinstance(raw, str) else None
    except BadIdNumber:
        known = None
    number = known.text if known else ""
    born = known.birth.isoformat() if known else _day(said.get(BORN))
    # A whole number that stands in another column would be kept readable.
    more = {
        h: tidy(c)
        for h, c in said.items()
        if h not in (NAME, ID_NUMBER, BORN) and not is_remark(h) and not _is_number(c, on)
    }
    name = "".join(tidy(said.get(NAME, "")).split())[:80]
    return Row(Theirs(n, name, born, blind("id", number) if number else b"", more), number)


def _is_number(value: Any, on: date) -> bool:
    try:
        return isinstance(value, str) and len(value) < 40 and bool(parse(value, on))
    except BadIdNumber:
        return False


def _day(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    digits = "".join(c if c.isdigit() else " " for c in tidy(value)).split() if isinstance(value, (str, float)) else []
    if len(digits) == 1 and len(digits[0]) == 8:
        digits = [digits[0][:4], digits[0][4:6], digits[0][6:]]
    try:
        return date(*map(int, digits[:3])).isoformat() if len(digits) >= 3 else ""
    except ValueError:
        return ""


def _header(grid: list[list[Any]], alias: Mapping[str, str], key: Key) -> tuple[int, list[str]]:
    best: list[str] = []
    for at, row in enumerate(grid[:HEADER_ROWS]):
        written = [tidy_header(c) if isinstance(c, str) else "" for c in row]
        headers = [alias.get(h, h) for h in written]
        if all(headers.count(needed) == 1 for needed in NEEDED[key]):
            return at, headers
        texts = [h for h in headers if h]
        if len(texts) > 1 and not best:
            best = texts
    known = {NAME, ID_NUMBER, BORN}
    raise NoHeader(key, [h[:80] for h in dict.fromkeys(best) if h not in known and not is_remark(h)][:60])


def _filled(cells: list[Any]) -> bool:
    return any(str(c).strip() for c in cells)
