"""The rows of a workbook of divisions, each cell read or explained."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from unicodedata import normalize

from doudi.screening.workbook.container import opened, worksheet, worksheet_names
from doudi.screening.workbook.findings import BadWorkbook
from doudi.server.areas.access import proper_name
from doudi.server.areas.levels import is_code, normal_code
from doudi.server.areas.shapes import RowFault
from doudi.server.lib.refusals import Refused

MOST_ROWS = 1_000_000
_COLUMNS = {
    "code": ("代码", "区划代码", "行政区划代码", "统计用区划代码", "code"),
    "name": ("名称", "区划名称", "单位名称", "name"),
    "parent": ("上级", "上级代码", "上级名称", "parent"),
    "since": ("起", "起始日期", "自", "since"),
    "until": ("止", "终止日期", "至", "until"),
}
_HEADS = {word: key for key, words in _COLUMNS.items() for word in words}
_DATE = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?")
Cell = object


@dataclass(frozen=True)
class Row:
    number: int
    code: str
    name: str
    parent: str
    since: date | None
    until: date | None


@dataclass(frozen=True)
class Sheet:
    rows: tuple[Row, ...]
    faults: tuple[RowFault, ...]
    ignored: tuple[str, ...]


def read(path: Path) -> Sheet:
    """The first sheet. Raises Refused where the file is no workbook, or its first row lacks 代码 or 名称."""
    try:
        with opened(path) as workbook:
            names = worksheet_names(workbook)
            cells = worksheet(workbook, path, names[0]).to_python(skip_empty_area=False) if names else []
    except BadWorkbook as bad:
        raise Refused(
            "bad-workbook", " ".join(f.said("zh") for f in bad.findings), " ".join(f.said("en") for f in bad.findings)
        ) from None
    except OSError as error:
        raise Refused(
            "unreadable", f"文件打不开：{error.strerror}", f"The file cannot be opened: {error.strerror}"
        ) from None
    heads = [_text(c).lower() for c in cells[0]] if cells else []
    at = {_HEADS[h]: i for i, h in reversed(list(enumerate(heads))) if h in _HEADS}
    lacking = [_COLUMNS[key][0] for key in ("code", "name") if key not in at]
    if lacking:
        raise Refused(
            "no-columns",
            f"第一个工作表的第一行应写列名，缺少：{'、'.join(lacking)}。列名有代码、名称，可以有上级、起、止。",
            f"The first row of the first sheet must name the columns; {', '.join(lacking)} is missing. They are 代码, 名称, and 上级, 起, 止 where one likes.",
        )
    if len(cells) > MOST_ROWS:
        raise Refused(
            "too-many-rows", f"超过 {MOST_ROWS} 行，请分开导入。", f"More than {MOST_ROWS} rows: import them in parts."
        )
    rows: list[Row] = []
    faults: list[RowFault] = []
    for number, line in enumerate(cells[1:], start=2):
        if any(_text(c) for c in line):
            _row(number, {key: line[i] if i < len(line) else "" for key, i in at.items()}, rows, faults)
    return Sheet(tuple(rows), tuple(faults), tuple(h for i, h in enumerate(heads) if h and i not in at.values()))


def _row(number: int, cells: dict[str, Cell], rows: list[Row], faults: list[RowFault]) -> None:
    before = len(faults)
    code = normal_code(_text(cells["code"]))
    if not is_code(code):
        said = code or "（空）"
        faults.append(
            RowFault(
                number, "代码", f"“{said}”不是区划代码：应为 2、4、6、9、12 或 15 位数字。",
                f"“{said}” is no division code: write 2, 4, 6, 9, 12 or 15 digits.",
            )
        )  # fmt: skip
    name = _text(cells["name"])
    try:
        name = proper_name(name)
    except Refused as error:
        faults.append(RowFault(number, "名称", error.zh, error.en))
    days: dict[str, date | None] = {}
    for key, column in (("since", "起"), ("until", "止")):
        try:
            days[key] = _date(cells.get(key, ""))
        except ValueError:
            said = _text(cells[key])
            faults.append(
                RowFault(
                    number,
                    column,
                    f"“{said}”不是日期，请写成 2024-07-01。",
                    f"“{said}” is no date: write it like 2024-07-01.",
                )
            )
    since, until = days.get("since"), days.get("until")
    if since is not None and until is not None and until <= since:
        faults.append(RowFault(number, "止", "止应在起之后。", "止 (until) must be after 起 (since)."))
    if len(faults) == before:
        rows.append(Row(number, code, name, _parent(_text(cells.get("parent", ""))), since, until))


def _parent(text: str) -> str:
    code = normal_code(text)
    return code if is_code(code) else text


def _text(cell: Cell) -> str:
    """A cell as text. A whole number is a code that the spreadsheet took for a number: exact up to fifteen digits, which all codes have."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    return normalize("NFKC", str(cell)).strip()


def _date(cell: Cell) -> date | None:
    """Raises ValueError."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = _text(cell)
    if not text:
        return None
    found = _DATE.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return date(*(int(part) for part in found.groups()))


def columns() -> Sequence[str]:
    """The names of the columns, for a blank workbook."""
    return [words[0] for words in _COLUMNS.values()]
