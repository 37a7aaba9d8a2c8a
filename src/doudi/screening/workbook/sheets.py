"""From a workbook to the columns of each sheet. What is wrong with the file or the shape of a sheet is found here, all of it in one go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from python_calamine import CalamineSheet, CalamineWorkbook

from doudi.rules.faults import nearest
from doudi.screening.workbook.cells import Raw, tidy
from doudi.screening.workbook.columns import OWN_SHEETS, Column, Layout, Sheet, is_remark, tidy_header
from doudi.screening.workbook.container import opened, worksheet, worksheet_names
from doudi.screening.workbook.findings import BadWorkbook, Finding, Log, hints
from doudi.screening.workbook.hollow import Hollow, hollow_cells
from doudi.screening.workbook.reach import column_letters

HEADER_ROWS = 10
"""A title may stand above the header; further down than this nobody looks for one."""


Aliases = Mapping[str, Mapping[str, str]]
"""By entity name: a header as an office writes it (tidied) to the ledger's own header for it."""


@dataclass
class RawSheet:
    """The cells of a sheet by column, blank rows left out. ``rows`` are the row numbers that the spreadsheet shows."""

    sheet: Sheet
    title: str
    rows: list[int] = field(default_factory=list)
    cells: dict[str, list[Raw]] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    """Header to the number of its column in the spreadsheet, from 0."""
    hollow: dict[str, dict[int, Hollow]] = field(default_factory=dict)
    """By header, then by position in ``rows``."""

    def column(self, header: str) -> list[Raw]:
        """The cells below ``header``, blanks where the sheet has no such column."""
        return self.cells[header] if header in self.cells else [""] * len(self.rows)


def read_sheets(path: Path, layout: Layout, log: Log, aliases: Aliases | None = None) -> dict[str, RawSheet]:
    """Every sheet of the ledger by entity name; one that is not there is empty. Notes go to ``log``. Headers in ``aliases`` count as what they stand for.

    Raises ``BadWorkbook`` with every fault of the file as a whole, OSError where it cannot be opened.
    """
    faults: list[Finding] = []
    out: dict[str, RawSheet] = {}
    with opened(path) as workbook:
        found = _find(workbook, layout, faults, log)
        for entity, title in found.items():
            try:
                source = worksheet(workbook, path, title)
            except BadWorkbook as bad:
                faults += bad.findings
                continue
            raw = _read(source, layout.by_entity[entity], (aliases or {}).get(entity, {}), faults, log)
            if raw is not None:
                out[entity] = raw
    if faults:
        raise BadWorkbook(faults)
    hollow = hollow_cells(path, set(found.values()))
    for raw in out.values():
        _place_hollow(raw, hollow.get(raw.title, {}))
    for sheet in layout.sheets:
        out.setdefault(sheet.entity.name, RawSheet(sheet, sheet.title))
    empty = [s for s in (layout.households, layout.people) if not out[s.entity.name].rows]
    if empty:
        raise BadWorkbook(Finding("no-rows", out[s.entity.name].title) for s in empty)
    return out


@dataclass(frozen=True)
class Headed:
    """The header of a sheet as it was found: ``strange`` are headers that the sheet does not have."""

    entity: str
    title: str
    strange: tuple[str, ...]


def headed(path: Path, layout: Layout, aliases: Aliases | None = None) -> list[Headed]:
    """The headers of a workbook that need not be readable as a ledger; of a sheet without a recognisable header the first row that could be one.

    Raises ``BadWorkbook`` where the file is no workbook at all.
    """
    out = []
    with opened(path) as workbook:
        for name in worksheet_names(workbook):
            sheet = layout.by_name.get(tidy(name))
            if sheet is None:
                continue
            alias = (aliases or {}).get(sheet.entity.name, {})
            grid: list[list[Raw]] = worksheet(workbook, path, name).to_python(skip_empty_area=False, nrows=HEADER_ROWS)
            at = _header_row(grid, sheet, alias)
            if at is None:
                at = next(
                    (i for i, row in enumerate(grid) if sum(isinstance(v, str) and v.strip() != "" for v in row) > 1),
                    None,
                )
            headers = [_header(v, alias) for v in grid[at] if isinstance(v, str)] if at is not None else []
            strange = [h for h in headers if h and h not in sheet.by_header and not is_remark(h)]
            out.append(Headed(sheet.entity.name, name, tuple(dict.fromkeys(strange))))
    return out


def _find(workbook: CalamineWorkbook, layout: Layout, faults: list[Finding], log: Log) -> dict[str, str]:
    """Entity name to the name of its sheet in this workbook."""
    found: dict[str, str] = {}
    strangers: list[str] = []
    for name in worksheet_names(workbook):
        sheet = layout.by_name.get(tidy(name))
        if sheet is None:
            strangers.append(name)
        elif sheet.entity.name in found:
            faults.append(Finding("doubled-sheet", args=(("sheet", found[sheet.entity.name]), ("other", name))))
        else:
            found[sheet.entity.name] = name
    for sheet in layout.sheets:
        if sheet.required and sheet.entity.name not in found:
            listed = "、".join(strangers + list(found.values())) or "—"
            words = _instead(sheet.title, strangers)
            faults.append(Finding("no-sheet", args=(("sheet", sheet.title), ("found", listed), *words.items())))
    missing = [s for s in layout.sheets if s.entity.name not in found]
    for name in strangers:
        if tidy(name) in OWN_SHEETS or is_remark(tidy(name)):
            continue
        # Its rows would be left out, and where the people are marked 收入已列全, "no row" would count as no income.
        meant = next((s.title for s in missing if not s.required and _is_slip(tidy(name), s.title)), None)
        if meant is not None:
            faults.append(Finding("misspelt-sheet", args=(("sheet", name), ("meant", meant))))
        else:
            log.add(Finding("sheet-ignored", args=(("sheet", name), *hints(name, [s.title for s in missing]).items())))
    return found


def _read(
    source: CalamineSheet, sheet: Sheet, alias: Mapping[str, str], faults: list[Finding], log: Log
) -> RawSheet | None:
    grid: list[list[Raw]] = source.to_python(skip_empty_area=False)
    at = _header_row(grid, sheet, alias)
    if at is None:
        if not grid and not sheet.required:
            return None
        keys = "、".join(c.header for c in sheet.columns if c.filled)
        faults.append(Finding("no-header", source.name, args=(("n", str(HEADER_ROWS)), ("keys", keys))))
        return None
    # A title over the table may be merged; the table itself may not.
    merged = [r for r in source.merged_cell_ranges or [] if r[1][0] >= at]
    if merged:
        ranges = "、".join(f"{_cell(*a)}:{_cell(*b)}" for a, b in merged[:10]) + ("…" if len(merged) > 10 else "")
        faults.append(Finding("merged-cells", source.name, args=(("ranges", ranges),)))
        return None
    places = _columns(source.name, [_header(str(v), alias) for v in grid[at]], at, sheet, faults, log)
    across = list(places.values())
    _say_nameless(source.name, grid, at, log)
    body = [(n, row) for n, row in enumerate(grid[at + 1 :], start=at + 2) if _filled(row, across)]
    cells = {header: [row[j] for _, row in body] for header, j in places.items()}
    return RawSheet(sheet, source.name, [n for n, _ in body], cells, places)


def _say_nameless(title: str, grid: list[list[Raw]], at: int, log: Log) -> None:
    """Cells below a blank header are nobody's: say so, they may have been meant."""
    for j, header in enumerate(grid[at]):
        if header == "":
            row = next((n for n, row in enumerate(grid[at + 1 :], start=at + 2) if row[j] != ""), None)
            if row is not None:
                log.add(Finding("column-nameless", title, row, "", (("column", column_letters(j)),)))


def _filled(row: list[Raw], places: Sequence[int]) -> bool:
    for j in places:
        value = row[j]
        if value != "" and not (isinstance(value, str) and tidy(value) == ""):
            return True
    return False


def _header(text: str, alias: Mapping[str, str]) -> str:
    written = tidy_header(text)
    return alias.get(written, written)


def _header_row(grid: list[list[Raw]], sheet: Sheet, alias: Mapping[str, str]) -> int | None:
    """The first row that holds the columns which may not be blank; failing that, the first that holds any of them."""
    keys = {c.header for c in sheet.columns if c.filled}
    rows = [{_header(v, alias) for v in row if isinstance(v, str)} for row in grid[:HEADER_ROWS]]
    whole = [i for i, row in enumerate(rows) if keys <= row]
    some = [i for i, row in enumerate(rows) if len(row & set(sheet.by_header)) > 1]
    return next(iter(whole + some), None)


def _columns(title: str, headers: list[str], at: int, sheet: Sheet, faults: list[Finding], log: Log) -> dict[str, int]:
    """Header to column number, for the columns of the ledger; says what is missing, doubled, misspelt or not for us."""
    places: dict[str, int] = {}
    strangers: list[tuple[str, int]] = []
    for j, header in enumerate(headers):
        if header not in sheet.by_header:
            if header and not is_remark(header):
                strangers.append((header, j))
        elif header in places:
            cells = f"{_cell(at, places[header])}、{_cell(at, j)}"
            faults.append(Finding("doubled-column", title, at + 1, header, (("column", header), ("places", cells))))
        else:
            places[header] = j
    absent = [c for c in sheet.columns if c.header not in places]
    claimed: set[str] = set()
    for header, _ in strangers:
        near = nearest(header, [c.header for c in absent])
        if near is not None and _is_slip(header, near):
            claimed.add(near)
            words = hints(header, [near])
            faults.append(Finding("misspelt-column", title, at + 1, header, (("column", header), *words.items())))
        else:
            log.add(Finding("column-ignored", title, at + 1, header, (("column", header),)))
    for column in absent:
        if column.required and column.header not in claimed:
            faults.append(_missing(title, at, column, [h for h, _ in strangers]))
    return places


def _is_slip(written: str, meant: str) -> bool:
    """Whether one is the other with something before or behind it (金额(万元)), or differs in a single character (出身日期)."""
    if meant in written:
        return len(meant) > 1
    return len(written) == len(meant) > 2 and sum(a != b for a, b in zip(written, meant, strict=True)) == 1


def _missing(title: str, at: int, column: Column, strangers: list[str]) -> Finding:
    words = _instead(column.header, strangers)
    return Finding("missing-column", title, at + 1, column.header, (("column", column.header), *words.items()))


def _instead(wanted: str, found: list[str]) -> dict[str, str]:
    """What is found where the name ``wanted`` is missing, if any of it comes near."""
    near = nearest(wanted, found)
    return {"hint_zh": f"；是不是“{near}”？" if near else "", "hint_en": f"; is it “{near}”?" if near else ""}


def _place_hollow(raw: RawSheet, cells: dict[tuple[int, int], Hollow]) -> None:
    if not cells:
        return
    positions = {row: i for i, row in enumerate(raw.rows)}
    headers = {j: header for header, j in raw.places.items()}
    for (row, j), why in cells.items():
        if row in positions and j in headers:
            raw.hollow.setdefault(headers[j], {})[positions[row]] = why


def _cell(row: int, column: int) -> str:
    """``B7`` for row 6 and column 1, both from 0."""
    return f"{column_letters(column)}{row + 1}"
