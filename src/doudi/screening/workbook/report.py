"""The report of faults: a workbook beside the ledger that says for each bad row what is wrong and how to mend it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from doudi.screening.workbook.findings import Finding
from doudi.screening.workbook.pen import Cell, Field, Pen, workbook, write_list

SUFFIX = "问题清单"
MOST_LISTED = 100_000
"""More findings than this are counted but not listed: the ledger is then wrong as a whole, not row by row."""


@dataclass(frozen=True)
class Source:
    """The ledger as a file: its name, and the first twelve digits of its SHA-256 by which a result can be told to be of it."""

    name: str
    digest: str

    @staticmethod
    def of(path: Path) -> Source:
        """Raises OSError where the file cannot be read."""
        with path.open("rb") as file:
            return Source(path.name, hashlib.file_digest(file, "sha256").hexdigest()[:12])


def write_report(
    path: Path, source: Source, findings: Sequence[Finding], held: int, good: int, made: date, lang: str = "zh"
) -> None:
    """Write the report to ``path``, whole or not at all. ``held`` and ``good`` count households. Raises OSError where it cannot be written."""
    faults = [f for f in findings if f.severity != "note"]
    with workbook(path, f"{source.name} {SUFFIX}", made) as pen:
        _faults(pen, source, faults, held=held, good=good, lang=lang)
        write_notes(pen, findings, lang)
        _kinds(pen, findings, lang)


def write_notes(pen: Pen, findings: Sequence[Finding], lang: str = "zh") -> None:
    """A sheet of what is worth a look but holds nobody back; none where there is nothing."""
    notes = [f for f in findings if f.severity == "note"]
    if notes:
        zh = lang == "zh"
        title = "提醒" if zh else "Notes"
        note = "不影响筛查，请核对。" if zh else "Nobody is held back for these; have a look."
        rows = [_row(i, f, lang)[:-1] for i, f in enumerate(notes[:MOST_LISTED], 1)]
        write_list(pen, pen.sheet(title), title, _fields(zh=zh)[:-1], rows, note)


def _fields(*, zh: bool) -> list[Field]:
    return [
        Field("序号" if zh else "No.", 6, "whole"),
        Field("工作表" if zh else "Sheet", 10, "centre"),
        Field("行" if zh else "Row", 7, "whole"),
        Field("列" if zh else "Column", 14, "centre"),
        Field("填写的内容" if zh else "What it holds", 22),
        Field("问题" if zh else "What is wrong", 42),
        Field("怎么改" if zh else "How to mend it", 46),
        Field("户编号" if zh else "Household", 14, "centre"),
        Field("处理" if zh else "Consequence", 14),
    ]


def _row(number: int, finding: Finding, lang: str) -> list[Cell]:
    zh = lang == "zh"
    consequence: Cell
    if finding.severity == "file":
        consequence = ("整个文件未筛查" if zh else "nothing screened", "bad")
    elif finding.household:
        consequence = ("整户扣留" if zh else "household held back", "open")
    else:
        consequence = ("这一行未使用" if zh else "row not used", "open")
    return [
        number,
        finding.sheet,
        finding.row or None,
        finding.column,
        finding.value,
        finding.what(lang),
        finding.mend(lang),
        finding.household,
        consequence,
    ]


def _faults(pen: Pen, source: Source, faults: Sequence[Finding], *, held: int, good: int, lang: str) -> None:
    zh = lang == "zh"
    whole_file = any(f.severity == "file" for f in faults)
    if whole_file:
        note = (
            "文件本身有问题，没有筛查任何一户。改正后重新运行。"
            if zh
            else "The file itself is faulty; nobody was screened. Mend it and run again."
        )
    elif zh:
        note = (
            f"共 {len(faults):,} 处问题，扣留 {held:,} 户；另有 {good:,} 户没有问题。改正后重新运行，扣留的户才会筛查。"
        )
    else:
        note = (
            f"{len(faults):,} faults; {held:,} households held back, {good:,} without fault. Mend them and run again."
        )
    if len(faults) > MOST_LISTED:
        note += f"（只列出前 {MOST_LISTED:,} 处）" if zh else f" (only the first {MOST_LISTED:,} are listed)"
    order = sorted(faults[:MOST_LISTED], key=lambda f: (f.severity != "file",))
    sheet = pen.sheet(SUFFIX if zh else "Faults")
    title = f"{source.name}　问题清单" if zh else f"{source.name}: faults"
    write_list(pen, sheet, title, _fields(zh=zh), [_row(i, f, lang) for i, f in enumerate(order, 1)], note)


def _kinds(pen: Pen, findings: Sequence[Finding], lang: str) -> None:
    zh = lang == "zh"
    fields = [
        Field("工作表" if zh else "Sheet", 12, "centre"),
        Field("列" if zh else "Column", 16, "centre"),
        Field("问题" if zh else "What is wrong", 60),
        Field("处数" if zh else "How many", 10, "whole"),
        Field("先看第几行" if zh else "First row", 12, "whole"),
    ]
    counts: Counter[tuple[str, str, str]] = Counter()
    first: dict[tuple[str, str, str], Finding] = {}
    for finding in findings:
        key = (finding.sheet, finding.column, finding.code)
        counts[key] += 1
        first.setdefault(key, finding)
    rows: list[list[Cell]] = [
        [sheet, column, first[sheet, column, code].what(lang), n, first[sheet, column, code].row or None]
        for (sheet, column, code), n in counts.most_common()
    ]
    title = "问题归类" if zh else "Kinds of fault"
    write_list(pen, pen.sheet(title), title, fields, rows)
