"""All lists in one workbook: a sheet a list, every row with its reason, ready to be filtered and handed to a township."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from doudi.rules.declared import Area
from doudi.rules.types import Kind
from doudi.screening.lists import KINDS, Screened, pack_list
from doudi.screening.reasons import Reasons
from doudi.screening.workbook.atomic import book_appearing

MOST_ROWS = 200_000
"""Rows a sheet: a spreadsheet holds a million, but nobody opens one of that size gladly; the Parquet file beside it holds all."""

HEADS = (
    (("项目", "Programme"), 18), (("乡镇", "Township"), 12), (("村", "Village"), 14), (("户编号", "Household"), 11), (("人编号", "Person"), 11),
    (("应发（元）", "Due (CNY)"), 12), (("现发（元）", "Paid (CNY)"), 12), (("理由", "Reason"), 70),
)  # fmt: skip


def write_lists(s: Screened, areas: dict[int, Area], path: Path, lang: str = "zh") -> int:
    """Write the workbook to ``path``, whole or not at all; gives the number of rows."""
    reasons = Reasons(s.ruleset, lang)
    pick = 0 if lang == "zh" else 1
    total = 0
    with book_appearing(path, constant_memory=True) as book:
        head = book.add_format(
            {"bold": True, "bg_color": "#1f5f8b", "font_color": "#ffffff", "border": 1, "border_color": "#dfe4e8"}
        )
        money = book.add_format({"num_format": "#,##0.00"})
        for kind, english in KINDS.items():
            sheet = book.add_worksheet(kind if lang == "zh" else english[:31])
            for i, (words, width) in enumerate(HEADS):
                sheet.set_column(i, i, width)
                sheet.write_string(0, i, words[pick], head)
            n = 0
            for n, row in enumerate(_rows(s, kind), 1):
                plan = next(p for p in s.ruleset.programmes if p.name == row["programme"])
                sheet.write_string(n, 0, row["programme"] if lang == "zh" else plan.en)
                sheet.write_string(n, 1, _place(areas, row["area"], 1000, pick))
                sheet.write_string(n, 2, _place(areas, row["area"], 1, pick))
                sheet.write_number(n, 3, row["household"])
                if row["entity"] != s.ruleset.root:
                    sheet.write_number(n, 4, row["id"])
                for column, name in ((5, "paid"), (6, "received")):
                    if row[name] is not None:
                        sheet.write_number(n, column, row[name] / 100, money)
                sheet.write_string(n, 7, reasons.of(row))
            _finish(sheet, n, len(HEADS))
            total += n
        for x in s.plan.lists:
            total += _own(s, book, x, areas, head, money, pick)
    return total


def _rows(s: Screened, kind: str) -> Any:
    found = s.db.execute("SELECT * FROM lists WHERE list = ? LIMIT ?", [kind, MOST_ROWS])
    names = [d[0] for d in found.description or ()]
    while chunk := found.fetchmany(10_000):
        for row in chunk:
            yield dict(zip(names, row, strict=True))


def _own(s: Screened, book: Any, x: Any, areas: dict[int, Area], head: Any, money: Any, pick: int) -> int:
    """A sheet of one of the pack's own lists."""
    sheet = book.add_worksheet((x.name, x.en)[pick][:31])
    english = {(c.name, zh): en for c in s.ruleset.book.categories for zh, en in c.values if en}
    variables = [s.ruleset.variables[(x.entity, name)] for name in x.show]
    titles = [
        ("户编号", "Household")[pick],
        ("乡镇", "Township")[pick],
        ("村", "Village")[pick],
        ("是否确定", "Certain")[pick],
    ]
    for i, title in enumerate([*titles, *((v.name, v.en)[pick] for v in variables)]):
        sheet.set_column(i, i, 14)
        sheet.write_string(0, i, title, head)
    n = 0
    for n, row in enumerate(pack_list(s, x, MOST_ROWS).fetchall(), 1):
        sheet.write_number(n, 0, row[1])
        sheet.write_string(n, 1, _place(areas, row[2], 1000, pick))
        sheet.write_string(n, 2, _place(areas, row[2], 1, pick))
        sheet.write_string(n, 3, ("是", "yes")[pick] if row[3] else ("待定", "unsettled")[pick])
        for i, (v, value) in enumerate(zip(variables, row[4:], strict=True), 4):
            if value is None:
                sheet.write_string(n, i, ("未知", "unknown")[pick])
            elif v.type.kind is Kind.MONEY:
                sheet.write_number(n, i, value / 100, money)
            elif isinstance(value, bool):
                sheet.write_string(n, i, (("否", "是")[value], ("no", "yes")[value])[pick])
            elif isinstance(value, int):
                sheet.write_number(n, i, value)
            else:
                sheet.write_string(n, i, str(value) if pick == 0 else english.get((v.type.category, value), str(value)))
    _finish(sheet, n, 4 + len(variables))
    return n


def _finish(sheet: Any, rows: int, columns: int) -> None:
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(rows, 1), columns - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _place(areas: dict[int, Area], code: int | None, cut: int, pick: int) -> str:
    if code is None:
        return ("不详", "unknown")[pick]
    found = areas.get(code // cut * cut)
    if found is not None:
        return (found.name, found.en)[pick]
    return str(code)[-3:] if cut == 1 else str(code // cut * cut)
