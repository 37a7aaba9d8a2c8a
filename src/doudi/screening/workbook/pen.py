"""How our workbooks look, and how a text from outside is put into a cell without becoming a formula."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

from doudi.screening.workbook.atomic import book_appearing

FONT = "微软雅黑"
INK, PAPER, BAND, LINE = "#1F3A5F", "#FFFFFF", "#EAF0F7", "#B8C4D3"
GREEN, AMBER, RED, GREY = "#DDF0E0", "#FFF2CC", "#F8DCDC", "#EDEDED"

_BASE: dict[str, Any] = {"font_name": FONT, "font_size": 10, "valign": "vcenter"}
_CELL = _BASE | {"border": 1, "border_color": LINE}
STYLES: dict[str, dict[str, Any]] = {
    "title": _BASE | {"font_size": 16, "bold": True, "font_color": INK, "valign": "vcenter"},
    "heading": _BASE | {"font_size": 12, "bold": True, "font_color": INK},
    "plain": _BASE | {"text_wrap": True},
    "quiet": _BASE | {"font_color": "#5A6675", "text_wrap": True},
    "note": _BASE | {"font_color": "#5A6675"},
    "header": _CELL
    | {"bold": True, "font_color": PAPER, "bg_color": INK, "text_wrap": True, "valign": "vcenter", "align": "center"},
    "optional": _CELL
    | {"bold": True, "font_color": INK, "bg_color": BAND, "text_wrap": True, "valign": "vcenter", "align": "center"},
    "mark": _CELL
    | {"bold": True, "font_color": INK, "bg_color": AMBER, "text_wrap": True, "valign": "vcenter", "align": "center"},
    "frame": {"border": 1, "border_color": LINE},
    "text": _CELL | {"text_wrap": True},
    "strong": _CELL | {"text_wrap": True, "bold": True},
    "centre": _CELL | {"align": "center", "text_wrap": True},
    "whole": _CELL | {"num_format": "#,##0"},
    "money": _CELL | {"num_format": "#,##0.00"},
    "open money": _CELL | {"num_format": "#,##0.00", "bg_color": AMBER},
    "good": _CELL | {"align": "center", "bg_color": GREEN, "text_wrap": True},
    "open": _CELL | {"align": "center", "bg_color": AMBER, "text_wrap": True},
    "open left": _CELL | {"bg_color": AMBER, "text_wrap": True},
    "open whole": _CELL | {"bg_color": AMBER, "num_format": "#,##0"},
    "bad": _CELL | {"align": "center", "bg_color": RED, "text_wrap": True},
    "none": _CELL | {"align": "center", "font_color": "#5A6675", "text_wrap": True},
    "typed": {"font_name": FONT, "font_size": 10, "num_format": "@"},
    "typed money": {"font_name": FONT, "font_size": 10, "num_format": "#,##0.00"},
    "typed plain": {"font_name": FONT, "font_size": 10},
}

LONGEST = 32_000
"""A cell holds at most 32,767 characters."""


def harmless(text: str) -> str:
    """``text`` with an apostrophe before it where a spreadsheet (now, or after a trip through CSV) would take it for a formula."""
    text = text[:LONGEST]
    return "'" + text if text[:1] in ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n") else text


class Pen:
    """Writes one workbook. Money is given in fen."""

    def __init__(self, book: Any, title: str, made: date) -> None:
        self.book = book
        self.book.set_properties(
            {"title": title, "company": "Doudi 兜底", "created": datetime(made.year, made.month, made.day, tzinfo=UTC)}
        )
        self._formats: dict[str, Any] = {}

    def style(self, name: str) -> Any:
        if name not in self._formats:
            self._formats[name] = self.book.add_format(STYLES[name])
        return self._formats[name]

    def sheet(self, name: str, *, landscape: bool = True) -> Any:
        """A sheet set up to be printed on A4: one page wide, page numbers at the foot, no gridlines on screen."""
        sheet = self.book.add_worksheet(name)
        sheet.set_paper(9)
        if landscape:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.set_footer(f"&L&9{name}&R&9&P / &N")
        return sheet

    def put(self, sheet: Any, row: int, column: int, value: str | int | None, style: str) -> None:
        if value is None or value == "":
            sheet.write_blank(row, column, None, self.style(style))
        elif isinstance(value, str):
            sheet.write_string(row, column, harmless(value), self.style(style))
        else:
            # The spreadsheet's own number; fen below 2^53 / 100 come out exact to the last digit shown.
            sheet.write_number(row, column, value / 100 if style.endswith("money") else value, self.style(style))


@contextmanager
def workbook(path: Path, title: str, made: date) -> Iterator[Pen]:
    """A workbook that appears at ``path`` when all of it is written. The same content gives the same bytes."""
    # In memory: no temporary file of names is left anywhere by a killed run.
    with book_appearing(path, in_memory=True) as book:
        yield Pen(book, title, made)


@dataclass(frozen=True)
class Field:
    """A column of a list: its header, width in characters and how its cells look."""

    header: str
    width: float
    style: Literal["text", "strong", "centre", "whole", "money"] = "text"


Cell = str | int | None | tuple[str | int | None, str]
"""A value in the style of its field, or (value, style)."""

LINE_HEIGHT = 15.0
"""Points for one line of text at our size."""

ROOM = 1.05
"""Narrow characters of our font for each unit of a column's width."""


def width(text: str) -> int:
    """In narrow characters; a Chinese one is as wide as two (and has two bytes here)."""
    return len(text.encode("gb18030", "replace"))


def lines(text: str, across: float) -> int:
    """How many lines ``text`` takes in a cell ``across`` characters wide."""
    return sum(max(1, math.ceil(width(line) / (across * ROOM))) for line in text.split("\n"))


def write_list(
    pen: Pen, sheet: Any, title: str, fields: Sequence[Field], rows: Sequence[Sequence[Cell]], note: str = ""
) -> None:
    """A titled list: header frozen, repeated on every printed page, with filters."""
    sheet.hide_gridlines(2)
    sheet.set_default_row(18)
    sheet.set_row(0, 30)
    pen.put(sheet, 0, 0, title, "title")
    pen.put(sheet, 1, 0, note or " ", "note")
    for j, field in enumerate(fields):
        sheet.set_column(j, j, field.width)
        pen.put(sheet, 2, j, field.header, "header")
    sheet.set_row(2, 32)
    for i, row in enumerate(rows, start=3):
        tall = 1
        for j, (field, cell) in enumerate(zip(fields, row, strict=True)):
            value, style = cell if isinstance(cell, tuple) else (cell, field.style)
            if (value is None or value == "") and not style.startswith("open"):
                continue
            pen.put(sheet, i, j, value, style)
            if isinstance(value, str) and (len(value) * 2 > field.width or "\n" in value):
                tall = max(tall, lines(value, field.width))
        if tall > 1:
            # Not every program makes rows grow with their text; 409 points is the most a row can be.
            sheet.set_row(i, min(409.0, LINE_HEIGHT * tall + 2))
    # Blank cells are not written, which takes a third of the time; the frame comes from one rule over the whole list.
    frame = {"type": "no_errors", "format": pen.style("frame")}
    sheet.conditional_format(3, 0, max(3, len(rows) + 2), len(fields) - 1, frame)
    sheet.freeze_panes(3, min(2, len(fields)))
    sheet.repeat_rows(2)
    sheet.autofilter(2, 0, max(2, len(rows) + 2), len(fields) - 1)
    if not rows:
        pen.put(sheet, 3, 0, "（无）", "note")
