"""What the preview of an import tells: line by line, and what is wrong by kind. Kept in both languages, with what identifies people masked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from doudi.screening.workbook.findings import Finding
from doudi.screening.workbook.parse import mask_code
from doudi.server.areas.selectors import full_name_of
from doudi.server.exchange.models import Import, Line
from doudi.server.exchange.planning import Change, Plan

MOST_FAULTS, MOST_OTHERS, MOST_KINDS = 5_000, 500, 60
"""More lines than these are in the workbook of faults only; of what is new or changed only so many are shown as examples."""


class Told:
    """Gathers the lines of one preview."""

    def __init__(self, kept: Import) -> None:
        self._kept = kept
        self._lines: dict[str, list[Line]] = {"fresh": [], "changed": [], "fault": []}

    def plan(self, made: Plan, sheet: str) -> None:
        """What a step of the preview would do."""
        for h, _, _ in made.fresh:
            zh, en = f"新登记，{len(h.people)} 人", f"to be registered, {len(h.people)} people"
            self._add(Line(kind="fresh", sheet=sheet, row=h.row, code=mask_code(h.code)[:80], zh=zh, en=en))
        for h, _ in made.updates:
            change = made.changes[h.row]
            zh, en = _said(change, full_name_of(change.goes, self._kept.since) if change.goes else "")
            self._add(
                Line(kind="changed", sheet=sheet, row=h.row, code=mask_code(h.code)[:80], household=change.household, zh=zh, en=en)
            )  # fmt: skip

    def enrolled(self, rows: Iterable[tuple[int, str, int | None]]) -> None:
        """Of a list: (row, name masked, household) of everybody who would newly stand on the ledger."""
        for row, name, household in rows:
            self._add(Line(kind="fresh", row=row, code=name, household=household, zh="列入台账", en="to be entered"))

    def full(self, kind: str) -> bool:
        return len(self._lines[kind]) >= (MOST_FAULTS if kind == "fault" else MOST_OTHERS)

    def faults(self, findings: Sequence[Finding]) -> None:
        for f in findings:
            if f.severity == "note":
                continue
            if self.full("fault"):
                return
            self._add(
                Line(
                    kind="fault", sheet=f.sheet[:80], row=f.row, column=f.column[:80], code=f.household[:80], value=f.value[:200], zh=f.what("zh"),
                    en=f.what("en"), mend_zh=f.mend("zh"), mend_en=f.mend("en"),
                )
            )  # fmt: skip

    def keep(self) -> None:
        """Instead of what was told before. In the caller's transaction."""
        self._kept.lines.all().delete()
        Line.objects.bulk_create((x for part in self._lines.values() for x in part), batch_size=500)

    def _add(self, line: Line) -> None:
        if not self.full(line.kind):
            line.of = self._kept
            self._lines[line.kind].append(line)


def kinds_of(findings: Sequence[Finding]) -> list[list[str | int]]:
    """Faults by kind, the most frequent first, each with the first row that has it."""
    counts: Counter[tuple[str, str, str]] = Counter()
    first: dict[tuple[str, str, str], Finding] = {}
    for f in findings:
        if f.severity != "note":
            key = (f.sheet, f.column, f.code)
            counts[key] += 1
            first.setdefault(key, f)
    out: list[list[str | int]] = []
    for key, n in counts.most_common(MOST_KINDS):
        f = first[key]
        out.append([f.sheet, f.column, f.what("zh"), f.what("en"), f.mend("zh"), f.mend("en"), n, f.row])
    return out


def _said(change: Change, place: str) -> tuple[str, str]:
    """``place``: the name of where the household moves."""
    zh, en = [], []
    columns, newcomers, renamed = change.columns, change.newcomers, change.renamed
    if columns:
        more = "等" if len(columns) > 12 else ""
        zh.append("改了" + "、".join(columns[:12]) + more)
        en.append("changed: " + ", ".join(columns[:12]) + ("…" if more else ""))
    if newcomers:
        zh.append(f"新增成员 {newcomers} 人")
        en.append(f"{newcomers} people join")
    if renamed:
        zh.append(f"改名 {renamed} 人")
        en.append(f"{renamed} renamed")
    if place:
        zh.append(f"迁居到{place}（{change.goes}）")
        en.append(f"moves to {place} ({change.goes})")
    return "；".join(zh), "; ".join(en)
