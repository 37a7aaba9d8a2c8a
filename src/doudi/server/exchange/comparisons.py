"""The list of another body held against one of our ledgers; what does not agree becomes a work list."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from doudi.screening.workbook.cells import tidy
from doudi.screening.workbook.columns import ID_NUMBER, NAME, tidy_header
from doudi.screening.workbook.container import opened
from doudi.screening.workbook.findings import BadWorkbook
from doudi.screening.workbook.idnumber import BadIdNumber, parse
from doudi.server.audit.actions import record
from doudi.server.exchange import verbs
from doudi.server.exchange.matching import Found, Ours, Theirs, compare
from doudi.server.exchange.models import Comparison, Difference
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.blind import blind, mask
from doudi.server.lib.moments import now
from doudi.server.lib.refusals import NotAllowed, NotFound, Refused
from doudi.server.lib.sealed import seal
from doudi.server.policybook.selectors import policy
from doudi.server.registry.selectors.numbers import people_on

PERMISSION = "exchange.import"
HEADER_ROWS = 10
MOST_ROWS = 300_000
STATES = ("done", "dismissed")


@dataclass(frozen=True)
class ComparisonView:
    """``counts``: here, there, differs, likely, and rows without a usable number (no-number)."""

    id: int
    name: str
    body: str
    ledger: str
    area: str
    on: date
    counts: dict[str, int]
    open: int
    made_at: datetime


@dataclass(frozen=True)
class DifferenceView:
    """See the model Difference. ``fields``: column -> (ours, theirs)."""

    id: int
    kind: str
    person: int | None
    area: str
    name: str
    shown: str
    row: int | None
    fields: dict[str, tuple[str, str]]
    state: str
    why: str


@dataclass(frozen=True)
class Row:
    """A row of the other list, with its whole number, which stays in memory."""

    theirs: Theirs
    number: str


def compare_list(*, by: Actor, path: Path, name: str, body: str, ledger: str, area: str, on: date) -> ComparisonView:
    """Holds the first sheet of a workbook, with 姓名 and 身份证号 and any further columns, against who stands on ``ledger`` on the day ``on`` in ``area``.

    Nobody's record is changed. The same file again gives the comparison that there is. Raises NotAllowed, Refused for a file or ledger that cannot be used.
    """
    by.require(PERMISSION)
    if not by.scope.covers(area):
        raise NotAllowed(
            "area-not-yours", f"{area} 不在您的管辖范围内。", f"{area} is not among your areas.", field="area"
        )
    if ledger not in {x.code for x in policy(on).ledgers}:
        raise Refused("ledger-unknown", f"没有“{ledger}”这本台账。", f"There is no ledger “{ledger}”.", field="ledger")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    rows = read_list(path, on)
    with acting(by), transaction.atomic():
        before = Comparison.objects.filter(digest=digest, ledger=ledger, area=area, on=on).first()
        if before is not None:
            return _view(before)
        ours = [
            Ours(p.person, p.name, p.born.isoformat() if p.born else "", p.blinds, p.area, {str(k): str(v) for k, v in p.details.items()})
            for p in people_on(by, ledger, on=on, area=area)
        ]  # fmt: skip
        found = compare(ours, [r.theirs for r in rows])
        numbers = {r.theirs.row: r.number for r in rows}
        counts = {k: sum(f.kind == k for f in found) for k in ("here", "there", "differs", "likely")}
        counts["no-number"] = sum(not r.theirs.blind for r in rows)
        made = Comparison.objects.create(
            name=Path(name).name[:120], body=body[:80], ledger=ledger, area=area, on=on, digest=digest, counts=counts, official=by.official, made_at=now()
        )  # fmt: skip
        Difference.objects.bulk_create((_difference(made, f, numbers) for f in found), batch_size=1_000)
        record(by, verbs.COMPARED, area=area, count=len(found), digest=digest, ledger=ledger)
        return _view(made)


def comparisons(reader: Actor, *, limit: int = 50) -> list[ComparisonView]:
    """The latest first."""
    reader.require(PERMISSION)
    return [_view(c) for c in Comparison.objects.filter(reader.scope.q("area")).order_by("-id")[:limit]]


def differences(
    reader: Actor, comparison: int, *, kind: str = "", state: str = "open", after: int | None = None, limit: int = 50
) -> list[DifferenceView]:
    """Rows of a comparison of the reader's areas; ``after``: the id of the last one of the page before. Recorded as shown."""
    reader.require(PERMISSION)
    of = Comparison.objects.filter(reader.scope.q("area"), pk=comparison).first()
    if of is None:
        raise NotFound(
            "comparison-unknown",
            f"您的辖区内没有 {comparison} 号比对。",
            f"There is no comparison {comparison} in your areas.",
        )
    rows = Difference.objects.filter(comparison=of).order_by("id")
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(id__gt=after) if after is not None else rows
    found = [_row(d) for d in rows[:limit]]
    if found:
        with transaction.atomic():
            record(reader, verbs.DIFFERENCES_SEEN, area=of.area, count=len(found), id=of.id)
    return found


def settle(*, by: Actor, difference: int, state: str, why: str) -> DifferenceView:
    """The difference was dealt with (done) or is none (dismissed). Raises NotFound, Refused without a reason or where another settled it otherwise."""
    by.require(PERMISSION)
    if state not in STATES or not why.strip():
        raise Refused("no-reason", "请选择办结方式并说明情况。", "Choose how it is settled and say why.", field="why")
    with transaction.atomic():
        found = Difference.objects.select_for_update().filter(by.scope.q("comparison__area"), pk=difference).first()
        if found is None:
            raise NotFound(
                "difference-unknown",
                f"您的辖区内没有 {difference} 号差异。",
                f"There is no difference {difference} in your areas.",
            )
        if found.state == state:
            return _row(found)
        if found.state != "open":
            raise Refused("settled", "这条差异已由别人办结。", "Somebody else has settled this difference.")
        found.state, found.why, found.decided_by, found.decided_at = state, why.strip(), by.official, now()
        found.save(update_fields=["state", "why", "decided_by", "decided_at"])
        record(by, verbs.DECIDED, person=found.person, area=found.area, why=why, id=found.id, state=state)
        return _row(found)


def read_list(path: Path, on: date) -> list[Row]:
    """The first sheet of a workbook with 姓名 and 身份证号; a row without a usable number has none. Raises Refused for a file that is no such list."""
    try:
        with opened(path) as book:
            grid: list[list[Any]] = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except BadWorkbook as bad:
        first = bad.findings[0]
        raise Refused(first.code, first.said("zh"), first.said("en"), field="path") from None
    at, headers = _header(grid)
    if len(grid) - at > MOST_ROWS:
        raise Refused(
            "too-many-rows",
            f"超过 {MOST_ROWS:,} 行，请分开比对。",
            f"More than {MOST_ROWS:,} rows: compare in parts.",
            field="path",
        )
    who, what = headers.index(NAME), headers.index(ID_NUMBER)
    rows = []
    for n, cells in enumerate(grid[at + 1 :], start=at + 2):
        if not any(str(c).strip() for c in cells):
            continue
        text = tidy(cells[what]).upper() if isinstance(cells[what], str) else ""
        try:
            known = parse(text, on)
            number, born = known.text, known.birth.isoformat()
        except BadIdNumber:
            number, born = "", ""
        more = {h: tidy(c) for h, c in zip(headers, cells, strict=True) if h and h not in (NAME, ID_NUMBER) and c != ""}
        name = "".join(tidy(cells[who]).split())[:80]
        rows.append(Row(Theirs(n, name, born, blind("id", number) if number else b"", more), number))
    return rows


def _header(grid: list[list[Any]]) -> tuple[int, list[str]]:
    for at, row in enumerate(grid[:HEADER_ROWS]):
        headers = [tidy_header(c) if isinstance(c, str) else "" for c in row]
        if headers.count(NAME) == headers.count(ID_NUMBER) == 1:
            return at, headers
    raise Refused(
        "no-header", f"第一张工作表的前 {HEADER_ROWS} 行里没有同时写着“{NAME}”和“{ID_NUMBER}”的表头（各一列）。",
        f"In the first {HEADER_ROWS} rows of the first sheet there is no header with one column {NAME} (name) and one {ID_NUMBER} (id number).", field="path",
    )  # fmt: skip


def _difference(made: Comparison, f: Found, numbers: dict[int, str]) -> Difference:
    number = numbers.get(f.theirs.row, "") if f.theirs else ""
    return Difference(
        comparison=made, kind=f.kind, person=f.ours.person if f.ours else None, area=f.ours.area if f.ours else made.area,
        name=f.theirs.name if f.theirs else f.ours.name if f.ours else "", shown=mask("id", number) if number else "",
        cipher=seal(number, table="exchange_difference", field="cipher") if number and f.kind in ("there", "likely") else b"",
        fields={k: list(v) for k, v in f.fields.items()}, row=f.theirs.row if f.theirs else None,
    )  # fmt: skip


def _view(c: Comparison) -> ComparisonView:
    waiting = Difference.objects.filter(comparison=c, state="open").count()
    return ComparisonView(c.id, c.name, c.body, c.ledger, c.area, c.on, c.counts, waiting, c.made_at)


def _row(d: Difference) -> DifferenceView:
    return DifferenceView(
        d.id, d.kind, d.person, d.area, d.name, d.shown, d.row, {k: (v[0], v[1]) for k, v in d.fields.items()}, d.state, d.why
    )  # fmt: skip
