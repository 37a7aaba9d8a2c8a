"""A filtered list as a workbook: exactly the lines that the filter lets through, or those that were chosen, with numbers masked. Here it is written
while one waits; what of it a list made in the background needs, too, is there for ``exchange``."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from django.db import transaction

from doudi.screening.workbook.pen import Cell, Field, workbook, write_list
from doudi.server.areas.selectors import names_of
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import Refused
from doudi.server.registry.selectors.record import showing
from doudi.server.rolls import verbs
from doudi.server.rolls.asked import HOUSEHOLD, Asked
from doudi.server.rolls.selectors import Line, roll

PERMISSION = "exchange.export"
MOST = 5_000
"""Lines that are written while one waits; longer lists are exported in the background."""
_STEP = 500


def export_roll(*, by: Actor, asked: Asked, on: date, lang: str = "zh") -> tuple[bytes, int]:
    """The workbook and how many lines it holds. Recorded.

    Raises NotAllowed, Refused for a list that is too long.
    """
    by.require(PERMISSION)
    zh = lang == "zh"
    title = title_of(asked, zh=zh)
    with transaction.atomic(), showing(by, verbs.EXPORTED, area=asked.area, whole=True) as shown:
        rows: list[list[Cell]] = []
        for page in pages(by, asked, on):
            rows += page
            if len(rows) > MOST:
                raise Refused(
                    "too-many-rows", f"超过 {MOST:,} 行，请加筛选条件，或在名册上用“导出所列”在后台生成。",
                    f"More than {MOST:,} lines: narrow the list, or have it made in the background by “Export these” on the list.", field="area",
                )  # fmt: skip
        shown.count = len(rows)
        with tempfile.TemporaryDirectory(prefix="doudi-roll-") as scratch:
            path = Path(scratch) / "roll.xlsx"
            note = f"{on.isoformat()}　{by.post}" if zh else f"{on.isoformat()} {by.post}"
            with workbook(path, title, on) as pen:
                write_list(pen, pen.sheet(title[:31]), title, fields_of(asked, zh=zh), rows, note)
            return path.read_bytes(), len(rows)


def title_of(asked: Asked, *, zh: bool) -> str:
    return ("家庭名册" if zh else "Households") if asked.of == HOUSEHOLD else ("人员名册" if zh else "People")


def pages(by: Actor, asked: Asked, on: date) -> Iterator[list[list[Cell]]]:
    """The cells of every line, some hundred lines at a time, each page recorded as shown. Raises NotAllowed."""
    after: int | None = None
    while True:
        page = roll(by, asked, on=on, after=after, limit=_STEP)
        names = names_of({_area(x) for x in page.lines}, on)
        yield [_row(x, names) for x in page.lines]
        if page.after is None:
            return
        after = page.after


def _area(x: Line) -> str:
    return x.home.household.area if x.home else x.one.person.area if x.one else ""


def fields_of(asked: Asked, *, zh: bool) -> list[Field]:
    """What the cells of a line are."""
    home = [Field("户编号" if zh else "Household", 18, "centre")]
    if asked.of == HOUSEHOLD:
        first = [*home, Field("户主" if zh else "Head", 12), Field("人口" if zh else "Members", 8, "whole")]
    else:
        first = [
            Field("姓名" if zh else "Name", 12), Field("性别" if zh else "Sex", 6, "centre"), Field("出生日期" if zh else "Born", 12, "centre"),
            Field("身份证号" if zh else "Id number", 21, "centre"), *home, Field("与户主关系" if zh else "Relation", 12),
        ]  # fmt: skip
    return [
        *first, Field("地区" if zh else "Place", 20), Field("台账" if zh else "Ledgers", 24),
        Field("列入日期" if zh else "Since", 12, "centre"), Field("上次筛查类别" if zh else "Class at the last screening", 18),
        Field("筛查基准日" if zh else "Screened as of", 12, "centre"),
    ]  # fmt: skip


def _row(x: Line, names: dict[str, str]) -> list[Cell]:
    first: list[Cell]
    if x.home is not None:
        h, ledgers, since = x.home.household, x.home.ledgers, x.home.since
        first = [h.number, h.head, h.people]
    else:
        assert x.one is not None
        p, ledgers, since = x.one.person, x.one.ledgers, x.one.since
        born = p.born.isoformat() if p.born else None
        first = [p.name, p.sex, born, x.one.number or None, x.one.household_number or None, x.one.relation]
    stood = x.stood
    return [
        *first, names.get(_area(x), ""), "、".join(ledgers), since.isoformat() if since else None, stood.kind if stood else None,
        stood.as_of.isoformat() if stood else None,
    ]  # fmt: skip
