"""The blank ledger for a pack: every sheet and column it declares, with explanations, drop-downs and bounds."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from doudi.rules.declared import Book
from doudi.rules.types import Kind
from doudi.screening.workbook.columns import (
    GUIDE_SHEET,
    ID_NUMBER,
    LISTS_SHEET,
    NAME,
    Column,
    Layout,
    Sheet,
    layout,
    tidy_header,
)
from doudi.screening.workbook.guide import INTRODUCTION, english, explained, lines
from doudi.screening.workbook.pen import LINE_HEIGHT, Field, Pen, width, workbook
from doudi.screening.workbook.pen import lines as lines_in
from doudi.screening.workbook.reach import column_letters

ROWS = 60_000
"""How far down formats and drop-downs reach."""

_INLINE = 200
"""A drop-down whose values are longer together (a spreadsheet allows 255 characters) is kept on a hidden sheet."""


def write_template(path: Path, book: Book, made: date, lang: str = "zh", name: tuple[str, str] = ("", "")) -> None:
    """Write the blank ledger to ``path``, whole or not at all; ``made`` is the date in its properties. Explanations in ``lang`` (zh, en);
    ``name`` is what the pack is called, Chinese and English.

    Sheet and column names are the pack's Chinese names in either language. Raises OSError where it cannot be written.
    """
    shape = layout(book)
    called = name[0 if lang == "zh" else 1] or book.name
    with workbook(path, f"{called} 台账模板" if lang == "zh" else f"{called} ledger", made) as pen:
        guide = pen.sheet(GUIDE_SHEET)
        _guide(pen, guide, shape, called, lang)
        sheets = [(spec, pen.sheet(spec.title)) for spec in shape.sheets]
        lists = _Lists(pen)
        for spec, sheet in sheets:
            _sheet(pen, sheet, shape, spec, lists, lang)
        lists.sheet.hide()
        guide.activate()


class _Lists:
    """The hidden sheet with the values of long drop-downs, each list once."""

    def __init__(self, pen: Pen) -> None:
        self._pen = pen
        self.sheet = pen.sheet(LISTS_SHEET)
        self._at: dict[tuple[str, ...], str] = {}

    def source(self, values: tuple[str, ...]) -> list[str] | str:
        if sum(len(v) + 1 for v in values) <= _INLINE and not any("," in v for v in values):
            return list(values)
        if values not in self._at:
            column = len(self._at)
            for i, value in enumerate(values):
                self.sheet.write_string(i, column, value)
            letters = column_letters(column)
            self._at[values] = f"={LISTS_SHEET}!${letters}$1:${letters}${len(values)}"
        return self._at[values]


def _guide(pen: Pen, sheet: Any, shape: Layout, name: str, lang: str) -> None:
    zh = lang == "zh"
    fields = [
        Field("工作表" if zh else "Sheet", 11, "strong"),
        Field("列" if zh else "Column", 16, "strong"),
        Field("是否必填" if zh else "Needed", 14),
        Field("怎么填" if zh else "How to fill it in", 70),
        Field("举例" if zh else "Example", 18),
        Field("英文" if zh else "In English", 34),
    ]
    sheet.hide_gridlines(2)
    for j, field in enumerate(fields):
        sheet.set_column(j, j, field.width)
    sheet.set_row(0, 34)
    pen.put(
        sheet,
        0,
        0,
        f"救助筛查台账　填写说明（政策包：{name}）"
        if zh
        else f"Ledger for screening: how to fill it in (pack: {name})",
        "title",
    )
    row = 2
    for heading, points in INTRODUCTION:
        pen.put(sheet, row, 0, heading[0 if zh else 1], "heading")
        row += 1
        for point in points:
            text = "· " + point[0 if zh else 1]
            sheet.merge_range(row, 0, row, len(fields) - 1, text, pen.style("plain"))
            # Merged cells do not grow with their text by themselves.
            sheet.set_row(row, 15.5 * (1 + width(text) // 165))
            row += 1
        row += 1
    pen.put(sheet, row, 0, "各列说明" if zh else "Every column", "heading")
    row += 1
    for j, field in enumerate(fields):
        pen.put(sheet, row, j, field.header, "header")
    first = row + 1
    for line in lines(shape, lang):
        row += 1
        for j, text in enumerate((line.sheet, line.header, line.need, line.how, line.example, line.english)):
            pen.put(sheet, row, j, text, fields[j].style)
        tall = max(lines_in(line.how, 70), lines_in(line.english, 34))
        if tall > 1:
            sheet.set_row(row, LINE_HEIGHT * tall + 2)
    sheet.autofilter(first - 1, 0, row, len(fields) - 1)


def _sheet(pen: Pen, sheet: Any, shape: Layout, spec: Sheet, lists: _Lists, lang: str) -> None:
    sheet.set_row(0, 34)
    for j, column in enumerate(spec.columns):
        style = "header" if column.required else "mark" if column.child else "optional"
        pen.put(sheet, 0, j, column.header, style)
        how, example = explained(shape, spec, column, lang)
        note = f"{column.header}　{english(column)}\n{how}\n{'例' if lang == 'zh' else 'e.g.'}：{example}"
        sheet.write_comment(
            0, j, note, {"x_scale": 2.2, "y_scale": 1 + width(note) / 220, "font_size": 9, "author": "Doudi"}
        )
        sheet.set_column(j, j, _column_width(column), pen.style(_typed(column)))
        _validate(sheet, shape, column, j, lists)
    keys = sum(1 for c in spec.columns if c.key)
    sheet.freeze_panes(1, keys)
    sheet.repeat_rows(0)
    sheet.set_tab_color("#1F3A5F" if spec.required else "#B8C4D3")


def _column_width(column: Column) -> float:
    if column.key == ID_NUMBER:
        return 22
    if column.key == NAME:
        return 11
    return max(10.0, width(column.header) + 3)


def _typed(column: Column) -> str:
    """Everything but amounts and whole numbers is text: a year typed into a date cell would silently become a day in 1905."""
    if column.fact is not None and column.fact.type.kind is Kind.MONEY:
        return "typed money"
    if column.fact is not None and column.fact.type.kind is Kind.INTEGER:
        return "typed plain"
    return "typed"


def _validate(sheet: Any, shape: Layout, column: Column, j: int, lists: _Lists) -> None:
    options: dict[str, Any] | None = None
    if column.child is not None:
        # Names of kinds are allowed too, so what is not in the list is only asked about.
        options = {
            "validate": "list",
            "source": ["是", "否"],
            "error_type": "information" if column.child.kind else "stop",
        }
    elif column.fact is not None:
        fact = column.fact
        match fact.type.kind:
            case Kind.TRUTH:
                options = {"validate": "list", "source": ["是", "否"]}
            case Kind.CATEGORY:
                values = tuple(v for v, _ in shape.categories[fact.type.category].values)
                options = {"validate": "list", "source": lists.source(values)}
            case Kind.AREA:
                named = tuple(a.name for a in shape.book.areas if a.code > 0)
                if named:
                    options = {"validate": "list", "source": lists.source(named), "error_type": "information"}
            case Kind.MONEY:
                options = {
                    "validate": "decimal",
                    "criteria": "between",
                    "error_type": "warning",
                    "minimum": fact.lo / 100,
                    "maximum": fact.hi / 100,
                }
            case Kind.INTEGER:
                options = {
                    "validate": "integer",
                    "criteria": "between",
                    "error_type": "warning",
                    "minimum": fact.lo,
                    "maximum": fact.hi,
                }
    if options is not None:
        named_header = tidy_header(column.header)
        options |= {
            "error_title": named_header[:32],
            "error_message": "请按“填写说明”填写；不知道请留空。 See 填写说明; blank if not known.",
        }
        sheet.data_validation(1, j, ROWS, j, options)
