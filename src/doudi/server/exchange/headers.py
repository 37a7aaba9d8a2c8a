"""What the headers of an office's workbook stand for, and which of them nobody knows."""

from __future__ import annotations

from pathlib import Path

from doudi.screening.workbook.columns import ID_NUMBER, NAME, layout
from doudi.screening.workbook.ledger import Ledger
from doudi.screening.workbook.sheets import Aliases, Headed, headed
from doudi.server.exchange.models import Header, Import
from doudi.server.policybook.selectors import policy

LIST = "名单"
"""In place of an entity, for the headers of a plain list of people."""
BORN = "出生日期"
LIST_COLUMNS = (NAME, ID_NUMBER, BORN)
"""What a list may say that we understand; every further column is kept under its own header."""
MOST = 200


def aliases(area: str) -> Aliases:
    """Headers that stand for others in workbooks of ``area``, by entity. What is to be left out stands for nothing the ledger has."""
    out: dict[str, dict[str, str]] = {}
    for (entity, written), meant in remembered(area).items():
        out.setdefault(entity, {})[written] = meant or f"备注（{written}）"
    return out


def remembered(area: str) -> dict[tuple[str, str], str]:
    """(entity, header) -> the column that it was said to stand for, empty: none."""
    return {(h.entity, h.written): h.meant for h in Header.objects.filter(area=area).order_by("id")}


def columns_of(kept: Import) -> dict[str, tuple[str, ...]]:
    """Entity -> the columns that a header of its sheet may stand for."""
    if kept.what == "list":
        return {LIST: LIST_COLUMNS}
    shape = layout(policy(kept.since).pack.book)
    return {s.entity.name: tuple(c.header for c in s.columns) for s in shape.sheets}


def titles_of(kept: Import) -> dict[str, str]:
    """Entity -> what its sheet is called."""
    if kept.what == "list":
        return {LIST: LIST}
    return {s.entity.name: s.title for s in layout(policy(kept.since).pack.book).sheets}


def strangers_of(ledger: Ledger) -> list[tuple[str, str]]:
    """(entity, header) of every column of a ledger that was read and nobody knows."""
    titles = {parsed.raw.title: entity for entity, parsed in ledger.sheets.items()}
    ignored = [f for f in ledger.log if f.code == "column-ignored" and f.sheet in titles]
    return list(dict.fromkeys((titles[f.sheet], f.column) for f in ignored))[:MOST]


def strangers_in(path: Path, kept: Import) -> list[tuple[str, str]]:
    """The same of a workbook that could not be read as a ledger. Only of sheets that lack a column: elsewhere nothing can be meant by them."""
    found: list[Headed] = headed(path, layout(policy(kept.since).pack.book), aliases(kept.area))
    return [(h.entity, written) for h in found for written in h.strange][:MOST]
