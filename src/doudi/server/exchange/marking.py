"""The workbook that goes back to the office: its own sheets, the faulty cells marked, what is wrong and how to mend it written beside the row.

Mended, it can be handed in again as it stands: the columns and the sheet that we add begin with 备注, which nobody reads as facts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from doudi.screening.workbook.cells import Raw
from doudi.screening.workbook.columns import tidy_header
from doudi.screening.workbook.container import opened, worksheet, worksheet_names
from doudi.screening.workbook.findings import Finding
from doudi.screening.workbook.pen import Field, Pen, width, workbook, write_list

MOST_CELLS = 1_500_000
"""A larger workbook is not given back whole; the list of faults says where each is."""
COLUMN, SHEET = "备注（问题）", "备注（问题清单）"
HEADER_ROWS = 10
MOST_LISTED = 50_000
_WIDTH = 46


def mark(
    path: Path, target: Path, name: str, findings: Sequence[Finding], made: date, *, only_first: bool = False
) -> bool:
    """Writes the workbook at ``path`` to ``target`` with ``findings`` marked; False where it is too large. Values, no formulas and no pictures.

    ``only_first``: a plain list, whose findings name no sheet. Raises BadWorkbook for what is no workbook.
    """
    faults = [f for f in findings if f.severity != "note"]
    with opened(path) as book:
        names = worksheet_names(book)[:1] if only_first else worksheet_names(book)
        grids: list[tuple[str, list[list[Raw]]]] = []
        cells = 0
        for title in names:
            grid: list[list[Raw]] = worksheet(book, path, title).to_python(skip_empty_area=False)
            cells += len(grid) * max((len(r) for r in grid[:HEADER_ROWS]), default=0)
            if cells > MOST_CELLS:
                return False
            grids.append((title, grid))
    with workbook(target, name, made) as pen:
        for title, grid in grids:
            if title not in (COLUMN, SHEET):
                _sheet(pen, title, grid, [f for f in faults if f.sheet == title or (only_first and not f.sheet)])
        _list(pen, faults, SHEET, "改好后可直接用本工作簿重新导入；这一页和“备注（问题）”列不会被读取。")
    return True


def _sheet(pen: Pen, title: str, grid: list[list[Raw]], faults: list[Finding]) -> None:
    sheet = pen.sheet(title)
    across = max((len(row) for row in grid), default=0)
    at, places = _header(grid, faults)
    kept = (
        next(
            (j for j, h in enumerate(grid[at]) if isinstance(h, str) and tidy_header(h) == tidy_header(COLUMN)), across
        )
        if grid
        else across
    )
    by_row: dict[int, list[Finding]] = defaultdict(list)
    for f in faults:
        if f.row:
            by_row[f.row].append(f)
    if grid:
        sheet.freeze_panes(at + 1, 0)
    for i, row in enumerate(grid):
        wrong = by_row.get(i + 1, [])
        marked = {places[f.column] for f in wrong if f.column in places}
        for j, value in enumerate(row):
            if j != kept:
                _put(pen, sheet, i, j, value, "header" if i == at else "bad" if j in marked else "typed")
        if wrong:
            text = "\n".join(
                dict.fromkeys(f"{f.column + '：' if f.column else ''}{f.what()}。{f.mend()}" for f in wrong)
            )
            pen.put(sheet, i, kept, text, "open left")
            for f in wrong:
                if f.column in places:
                    sheet.write_comment(i, places[f.column], f"{f.what()}。{f.mend()}", {"x_scale": 2})
    if grid:
        pen.put(sheet, at, kept, COLUMN, "mark")
    sheet.set_column(kept, kept, _WIDTH)
    for j in range(across):
        if j != kept:
            longest = max((width(str(row[j])) for row in grid[:60] if j < len(row)), default=0)
            sheet.set_column(j, j, min(40, max(10, longest + 2)))


def _header(grid: list[list[Raw]], faults: list[Finding]) -> tuple[int, Mapping[str, int]]:
    """The row of the header, from 0, and its columns by their tidied names: the row of the first ten that knows most of the faults' columns."""
    wanted = {f.column for f in faults}
    best, at = -1, 0
    for i, row in enumerate(grid[:HEADER_ROWS]):
        texts = {tidy_header(v) for v in row if isinstance(v, str) and v.strip()}
        score = len(texts & wanted) * 100 + len(texts)
        if score > best:
            best, at = score, i
    if not grid:
        return 0, {}
    return at, {tidy_header(v): j for j, v in reversed(list(enumerate(grid[at]))) if isinstance(v, str) and v.strip()}


def _put(pen: Pen, sheet: Any, row: int, column: int, value: Raw, style: str) -> None:
    if isinstance(value, str):
        # An empty cell is only drawn where it is to be seen.
        if value != "" or style == "bad":
            pen.put(sheet, row, column, value, style)
    elif isinstance(value, bool):
        pen.put(sheet, row, column, "是" if value else "否", style)
    elif isinstance(value, (int, float)):
        text = f"{value:.0f}" if float(value).is_integer() else repr(value)
        # Digits beyond what a spreadsheet's number holds stay as they were read: as text.
        if len(text) > 15:
            pen.put(sheet, row, column, text, style)
        else:
            sheet.write_number(row, column, value, pen.style("typed plain" if style == "typed" else style))
    elif isinstance(value, (datetime, date)):
        whole = not isinstance(value, datetime) or value.time() == time()
        pen.put(sheet, row, column, value.strftime("%Y-%m-%d" if whole else "%Y-%m-%d %H:%M:%S"), style)
    elif isinstance(value, (time, timedelta)):
        pen.put(sheet, row, column, str(value), style)


def write_faults(path: Path, name: str, findings: Sequence[Finding], made: date) -> None:
    """The list of faults alone, with what is worth a look but holds nobody back on a sheet of its own."""
    faults = [f for f in findings if f.severity != "note"]
    notes = [f for f in findings if f.severity == "note"]
    with workbook(path, name, made) as pen:
        _list(pen, faults, "问题清单", f"{name}：改好后重新导入。")
        if notes:
            _list(pen, notes, "提醒", "不影响导入，请核对。")


def _list(pen: Pen, findings: Sequence[Finding], title: str, note: str) -> None:
    fields = [
        Field("序号", 6, "whole"), Field("工作表", 10, "centre"), Field("行", 7, "whole"), Field("列", 14, "centre"), Field("填写的内容", 22),
        Field("问题", 42), Field("怎么改", 46), Field("户编号", 16, "centre"),
    ]  # fmt: skip
    rows = [
        [i, f.sheet, f.row or None, f.column, f.value, f.what(), f.mend(), f.household]
        for i, f in enumerate(findings[:MOST_LISTED], 1)
    ]
    if len(findings) > MOST_LISTED:
        note += f"共 {len(findings):,} 处，只列出前 {MOST_LISTED:,} 处。"
    write_list(pen, pen.sheet(title), title.removeprefix("备注").strip("（）"), fields, rows, note)
