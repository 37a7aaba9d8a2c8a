"""The tables of an area as a workbook: a sheet a table, figures as numbers, what is not known as a dash."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

import xlsxwriter

from doudi.server.web.figures.page import Dashboard
from doudi.server.web.figures.tables import NONE, Cell, Table
from doudi.server.web.words import T, said

_FORMATS = {"money": "#,##0.00", "share": "0.0%", "count": "#,##0"}


def workbook(d: Dashboard, tables: Sequence[Table], on: date, by: str) -> bytes:
    """All of ``tables`` and a first sheet that says of what, by which screening, and who took it out when."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        styles = {kind: book.add_format({"num_format": f}) for kind, f in _FORMATS.items()}
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        _cover(book.add_worksheet(said("说明", "About")), d, on, by, bold)
        for table in tables:
            _sheet(book.add_worksheet(str(table.title)[:31].replace("：", " ").replace(":", " ")), table, styles, bold)
    return out.getvalue()


def _cover(sheet: Any, d: Dashboard, on: date, by: str, bold: Any) -> None:
    assert d.now is not None
    rows = (
        (T("地区", "Area"), d.full_name),
        (T("月份", "Month"), f"{d.now.run.month:%Y-%m}"),
        (T("筛查", "Screening"), str(d.now.run.id)),
        (T("按什么政策", "Under the policy"), d.now.run.policy[:12]),
        (T("导出", "Taken out"), f"{on.isoformat()} {by}"),
        (
            T("金额", "Sums"),
            said("元；未知的没有计入，另列户数或份数", "in yuan; what is not known is not in them and counted apart"),
        ),
        (T("“—”", "“—”"), said("没有这项数字，不是零", "there is no such figure; it is not nought")),
    )
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 60)
    for i, (name, value) in enumerate(rows):
        sheet.write_string(i, 0, str(name), bold)
        sheet.write_string(i, 1, value)


def _sheet(sheet: Any, table: Table, styles: dict[str, Any], bold: Any) -> None:
    for i, head in enumerate(table.heads):
        sheet.write_string(0, i, str(head.text), bold)
        sheet.set_column(i, i, 26 if not head.numeric else 14)
    rows = [*table.rows, *([table.foot] if table.foot else [])]
    for n, row in enumerate(rows, 1):
        for i, cell in enumerate(row):
            _write(sheet, n, i, cell, styles)
    if table.note is not None:
        sheet.write_string(len(rows) + 2, 0, str(table.note))
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _write(sheet: Any, n: int, i: int, cell: Cell, styles: dict[str, Any]) -> None:
    if isinstance(cell.value, int):
        value = cell.value / {"money": 100, "share": 10_000}.get(cell.kind, 1)
        sheet.write_number(n, i, value, styles.get(cell.kind))
    else:
        sheet.write_string(n, i, NONE if cell.value is None else cell.shown)
