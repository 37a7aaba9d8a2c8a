"""Divisions from a workbook: previewed, then all or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import transaction

from doudi.server.areas import timeline, verbs
from doudi.server.areas.access import CHANGE, TREE, may_change
from doudi.server.areas.actions.ensuring import begin, ever
from doudi.server.areas.actions.sheet import Row, read
from doudi.server.areas.levels import COUNTY, above, level_above
from doudi.server.areas.models import Division
from doudi.server.areas.shapes import BEGINNING, Change, Preview, RowFault
from doudi.server.audit.actions import record
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.alone import alone
from doudi.server.lib.refusals import Refused

SHOWN = 5


class RowsRefused(Refused):
    """A workbook with faults, of which nothing was taken in; ``preview`` holds every one."""

    def __init__(self, preview: Preview) -> None:
        self.preview = preview
        zh = "".join(f"第 {f.row} 行{f.column}：{f.zh}" for f in preview.faults[:SHOWN])
        en = " ".join(f"Row {f.row}{' ' + f.column if f.column else ''}: {f.en}" for f in preview.faults[:SHOWN])
        n = len(preview.faults)
        super().__init__(
            "bad-rows",
            f"工作簿有 {n} 处错误，没有导入任何一行。{zh}",
            f"The workbook has {n} faults; nothing was taken in. {en}",
        )


def preview(*, by: Actor, path: Path, on: date) -> Preview:
    """What ``load_workbook`` would do. Raises Refused for a file that is no workbook or has none of the columns."""
    by.require(CHANGE)
    with acting(by):
        return _plan(by, path, on).preview


def load_workbook(*, by: Actor, path: Path, on: date, why: str = "") -> Preview:
    """Adds, renames and ends divisions as the first sheet says: columns 代码 and 名称, and 上级 (only compared), 起 and 止 where one likes. ``on`` is
    since when, where a row does not say. The same file again changes nothing. Raises RowsRefused with every fault of every row, and then
    nothing was done.
    """
    by.require(CHANGE)
    with acting(by), transaction.atomic():
        alone(TREE)
        plan = _plan(by, path, on)
        if plan.preview.faults:
            raise RowsRefused(plan.preview)
        if plan.preview.changes:
            _carry_out(by, plan, why)
        return plan.preview


@dataclass(frozen=True)
class _Plan:
    preview: Preview
    add: Mapping[str, tuple[str, date, date | None]]
    rename: tuple[tuple[Division, str, date], ...]
    end: tuple[tuple[Division, date], ...]


def _carry_out(by: Actor, plan: _Plan, why: str) -> None:
    may_change(by, plan.add)
    begin(dict(plan.add))
    for old, name, on in plan.rename:
        timeline.replace([old], [timeline.row(old.code, name, old.parent, on)], on)
    for old, on in plan.end:
        timeline.replace(list(Division.objects.filter(code=old.code, until=None)), [], on)
    p = plan.preview
    record(
        by,
        verbs.IMPORTED,
        why=why,
        count=len(p.changes),
        added=p.count("add"),
        renamed=p.count("rename"),
        ended=p.count("end"),
    )


def _plan(by: Actor, path: Path, on: date) -> _Plan:
    sheet = read(path)
    faults = list(sheet.faults)
    rows: dict[str, Row] = {}
    for row in sheet.rows:
        first = rows.setdefault(row.code, row)
        if first is not row:
            faults.append(
                RowFault(
                    row.number,
                    "代码",
                    f"{row.code} 在第 {first.number} 行已经写过。",
                    f"{row.code} stands in row {first.number} already.",
                )
            )
    open_ = {d.code: d for part in timeline.chunks(rows) for d in Division.objects.filter(code__in=part, until=None)}
    known = ever(rows)
    upper = ever({c for code in rows for c in above(code)}) | set(rows)
    names = timeline.named({level_above(c) for c in rows if level_above(c)}, on) | {c: r.name for c, r in rows.items()}
    add: dict[str, tuple[str, date, date | None]] = {}
    renames, ends, changes = [], [], []
    unchanged = 0
    for code, row in sorted(rows.items()):
        faults += _wrong(by, row, upper, names)
        old = open_.get(code)
        since = row.since or on
        if old is None and code in known:
            unchanged += 1  # it has ended; a workbook does not bring it back
        elif old is None:
            begun = row.since or (BEGINNING if row.until else on)
            if row.until is not None and row.until <= begun:
                faults.append(
                    RowFault(
                        row.number, "止", f"应在 {begun.isoformat()} 之后。", f"It must be after {begun.isoformat()}."
                    )
                )
            add[code] = (row.name, begun, row.until)
            changes.append(Change(row.number, "add", code, row.name, "", add[code][1]))
        else:
            if old.name != row.name:
                faults += _late(row, "起", since, old)
                renames.append((old, row.name, since))
                changes.append(Change(row.number, "rename", code, row.name, old.name, since))
            if row.until is not None:
                faults += _late(row, "止", row.until, old)
                ends.append((old, row.until))
                changes.append(Change(row.number, "end", code, row.name, old.name, row.until))
            unchanged += old.name == row.name and row.until is None
    faults += _left_below(rows, [old for old, _ in ends])
    faults.sort(key=lambda f: f.row)
    shown = Preview(tuple(sorted(changes, key=lambda c: c.row)), unchanged, tuple(faults), sheet.ignored)
    return _Plan(shown, add, tuple(renames), tuple(ends))


def _wrong(by: Actor, row: Row, upper: set[str], names: Mapping[str, str]) -> list[RowFault]:
    """What is wrong with a row by itself and with what is above it."""
    found = []
    if not by.scope.covers(row.code):
        found.append(
            RowFault(row.number, "代码", f"{row.code} 不在您的管辖范围内。", f"{row.code} is not in your areas.")
        )
    over = level_above(row.code)
    if over and over not in upper and len(row.code) > COUNTY:
        found.append(
            RowFault(
                row.number,
                "代码",
                f"上级 {over} 没有登记，表里也没有。",
                f"The division above, {over}, is neither entered nor in the sheet.",
            )
        )
    told = next((c for c in reversed(above(row.code)) if c in upper), "")
    if row.parent and row.parent not in (told, names.get(told, "")):
        found.append(
            RowFault(
                row.number, "上级",
                f"按代码，上级应是 {told or '（无）'}{names.get(told, '')}，表里写的是{row.parent}。",
                f"By its code it lies in {told or 'nothing'} {names.get(told, '')}, but the sheet says {row.parent}.",
            )
        )  # fmt: skip
    return found


def _late(row: Row, column: str, day: date, old: Division) -> list[RowFault]:
    """A change on or before the day that the present row began. A name may be mended on that very day."""
    if day > old.since or (column == "起" and day == old.since):
        return []
    began = old.since.isoformat()
    zh = f"{old.code}现在的名称“{old.name}”自 {began} 起，变更日期应在它之后。"
    return [
        RowFault(
            row.number,
            column,
            zh,
            f"{old.code} has its present name {old.name} since {began}; the change must be later.",
        )
    ]


def _left_below(rows: Mapping[str, Row], ending: list[Division]) -> list[RowFault]:
    """Divisions that end while something below them goes on."""
    found = []
    ended = {d.code for d in ending}
    for old in ending:
        left = Division.objects.filter(parent=old.code, until=None).exclude(code__in=ended).order_by("code").first()
        if left is not None:
            row = rows[old.code]
            found.append(
                RowFault(
                    row.number,
                    "止",
                    f"下级 {left.code} {left.name} 还在。",
                    f"{left.code} {left.name} below it goes on.",
                )
            )
    return found
