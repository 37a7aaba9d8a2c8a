"""The first page of the results: of what, by what, when, how many."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from doudi import __version__
from doudi.screening.workbook.columns import PERSON
from doudi.screening.workbook.decided import Decided
from doudi.screening.workbook.pen import Pen, harmless, lines
from doudi.screening.workbook.report import Source
from doudi.screening.workbook.words import Words


@dataclass(frozen=True)
class Basis:
    """What the decisions rest on. ``pack`` is the pack's name, ``zh`` and ``en`` what people call it."""

    source: Source
    pack: str
    zh: str
    en: str
    digest: str
    as_of: date
    month: date
    made: date


WIDTHS = (22, 14, 10, 10, 10, 10, 10, 16)


def write_overview(pen: Pen, decided: Decided, basis: Basis, words: Words) -> None:
    zh = words.zh
    sheet = pen.sheet("说明" if zh else "About")
    sheet.hide_gridlines(2)
    for j, across in enumerate(WIDTHS):
        sheet.set_column(j, j, across)
    sheet.set_row(0, 34)
    month = f"{basis.month.year} 年 {basis.month.month} 月" if zh else f"{basis.month:%Y-%m}"
    pen.put(sheet, 0, 0, f"{month}救助筛查结果" if zh else f"Results of screening for {month}", "title")
    row = _facts(pen, sheet, decided, basis, month, zh=zh)
    row = _tallies(pen, sheet, decided, words, row + 1)
    row = _notes(pen, sheet, decided, row + 1, zh=zh)
    for j, text in (
        enumerate(("经办人：", "", "审核人：", "", "", "日期："))
        if zh
        else enumerate(("Prepared by:", "", "Checked by:", "", "", "Date:"))
    ):
        if text:
            pen.put(sheet, row + 1, j, text, "plain")


def _facts(pen: Pen, sheet: Any, decided: Decided, basis: Basis, month: str, *, zh: bool) -> int:
    ledger = decided.ledger
    held, good = len(ledger.held), len(ledger.good)
    pairs = (
        ("台账", "Ledger", f"{basis.source.name}（SHA-256 {basis.source.digest}）"),
        ("政策包", "Pack", f"{basis.zh if zh else basis.en}（{basis.pack}，{basis.digest[:12]}）"),
        ("所属月", "Month", month),
        ("基准日", "As of", basis.as_of.isoformat()),
        ("制表日期", "Made on", basis.made.isoformat()),
        ("程序版本", "Engine", f"Doudi {__version__}"),
        ("筛查的家庭", "Households screened", f"{good:,}"),
        ("筛查的人", "People screened", f"{decided.of(PERSON).num_rows:,}"),
        ("扣留未筛的家庭", "Households held back", f"{held:,}"),
    )
    for i, (name, english, value) in enumerate(pairs, start=2):
        pen.put(sheet, i, 0, name if zh else english, "strong")
        sheet.merge_range(
            i,
            1,
            i,
            len(WIDTHS) - 1,
            harmless(value),
            pen.style("open left" if name.startswith("扣留") and held else "text"),
        )
    return len(pairs) + 2


def _tallies(pen: Pen, sheet: Any, decided: Decided, words: Words, row: int) -> int:
    zh = words.zh
    pen.put(sheet, row, 0, "各项目" if zh else "Programmes", "heading")
    headers = (
        ("项目", "对象", "周期", "符合", "享受", "不符合", "无法判定", "已确定金额（元）")
        if zh
        else ("Programme", "For", "Per", "Eligible", "Enjoyed", "Not", "Undecided", "Settled (yuan)")
    )
    row += 1
    for j, header in enumerate(headers):
        pen.put(sheet, row, j, header, "header")
    for t in decided.tallies():
        row += 1
        whom = "家庭" if t.plan.entity == decided.ruleset.root and not t.as_one else "个人"
        cells: tuple[tuple[str | int | None, str], ...] = (
            (words.programme(t.plan, t.as_one), "text"),
            (whom if zh else {"家庭": "household", "个人": "person"}[whom], "centre"),
            (t.plan.period if zh else {"月": "month", "年": "year", "次": "once"}[t.plan.period], "centre"),
            (t.yes, "whole"),
            (t.enjoyed, "whole"),
            (t.no, "whole"),
            (t.open, "open whole" if t.open else "whole"),
            (t.paid or None, "money"),
        )
        for j, (value, style) in enumerate(cells):
            pen.put(sheet, row, j, value, style)
    return row + 1


def _notes(pen: Pen, sheet: Any, decided: Decided, row: int, *, zh: bool) -> int:
    pen.put(sheet, row, 0, "怎样看" if zh else "How to read this", "heading")
    statuses = {c.status for d in decided.ruleset.book.standards for line in d.lines for c in line.cites}
    points = [
        (
            "本结果是按台账和政策包算出的筛查意见，不是审核确认决定；享受与否以审核确认为准。",
            "These are findings worked out from the ledger and the pack, not decisions of an authority.",
        ),
        (
            "“符合”是单看条件；“享受”是扣除互相排斥的项目之后。金额单位是元，精确到分。",
            "Eligible: by the conditions alone. Enjoyed: after programmes that exclude each other. Amounts are in yuan, exact to the fen.",
        ),
        (
            "“无法判定”不是不符合：台账缺少要紧的事项，缺什么、补在哪里见“无法判定清单”。不知道的没有当作零。",
            "Undecided is not a refusal: the ledger lacks something decisive, see the list. What is not known was not taken for zero.",
        ),
        (
            "扣留的家庭没有筛查，也没有计入任何合计，见“扣留的家庭”和另存的问题清单。",
            "Households held back were not screened and count in no sum.",
        ),
    ]
    if "demo" in statuses:
        points.append(
            (
                "本政策包含有演示用的标准数值，不能作为发放依据。",
                "The pack holds standards made up for demonstration; nothing may be paid by them.",
            )
        )
    across = sum(WIDTHS)
    for point in points:
        row += 1
        text = "· " + point[0 if zh else 1]
        sheet.merge_range(row, 0, row, len(WIDTHS) - 1, text, pen.style("plain"))
        sheet.set_row(row, 15.5 * lines(text, across))
    return row + 1
