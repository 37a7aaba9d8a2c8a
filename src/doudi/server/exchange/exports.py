"""Lists to take away as workbooks: which there are, which columns each has, and their rows, page after page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, TypeVar

from doudi.screening.workbook.pen import Cell, Field, workbook, write_list
from doudi.server.areas.selectors import names_of
from doudi.server.exchange.comparing import comparison, differences
from doudi.server.exchange.receiving import ledger_of
from doudi.server.exchange.views import DifferenceView
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import Refused
from doudi.server.registry.selectors import households, ledger_list, people
from doudi.server.registry.selectors.lists import count_households, count_people, counts_by_ledger
from doudi.server.registry.selectors.numbers import masked_numbers, whole_numbers
from doudi.server.registry.selectors.rolls import count_roll
from doudi.server.registry.selectors.views import EnrolmentRow, HouseholdRow, Page, PersonRow
from doudi.server.rolls import asked as rolls
from doudi.server.rolls.export import fields_of
from doudi.server.rolls.export import pages as roll_pages
from doudi.server.rolls.export import title_of as title_of_roll

What = Literal["households", "people", "ledger", "roll", "comparison"]
STEP = 1_000
MOST = 500_000
"""Rows that a workbook may hold; more are taken by township."""
R = TypeVar("R")
Row = dict[str, Cell]


@dataclass(frozen=True)
class Column:
    """A column that may be chosen; ``whole``: with whole numbers only for who may have them."""

    code: str
    zh: str
    en: str
    width: float
    style: Literal["text", "strong", "centre", "whole", "money"] = "text"


_PERSON = (
    Column("name", "姓名", "Name", 12), Column("sex", "性别", "Sex", 6, "centre"), Column("born", "出生日期", "Born", 12, "centre"),
    Column("id", "身份证号", "Id number", 21, "centre"),
)  # fmt: skip
_PLACE = (Column("place", "地区", "Place", 20), Column("code", "地区代码", "Code", 16, "centre"))
COLUMNS: dict[What, tuple[Column, ...]] = {
    "households": (
        Column("number", "户编号", "Number", 18, "centre"), Column("head", "户主", "Head", 12), Column("people", "人口", "Members", 8, "whole"), *_PLACE,
    ),
    "people": (*_PERSON, *_PLACE),
    "ledger": (
        Column("number", "户编号", "Household", 18, "centre"), *_PERSON, *_PLACE, Column("since", "列入日期", "Since", 12, "centre"),
        Column("until", "止期", "Until", 12, "centre"), Column("details", "台账自有的列", "The ledger's own columns", 14),
    ),
    "roll": (),
    "comparison": (
        Column("kind", "情形", "What", 14, "centre"), Column("name", "姓名", "Name", 12), Column("id", "对方名单上的号码", "Number on their list", 21, "centre"),
        Column("row", "对方名单第几行", "Row of their list", 10, "whole"), Column("fields", "不同之处（我方／对方）", "What differs (ours / theirs)", 44),
        *_PLACE, Column("state", "办结", "Settled", 10, "centre"), Column("why", "办结说明", "Why", 30),
    ),
}  # fmt: skip
TITLES: dict[What, tuple[str, str]] = {
    "households": ("家庭名册", "Households"), "people": ("人员名册", "People"), "ledger": ("台账名册", "Ledger"),
    "roll": ("筛选后的名册", "Filtered list"), "comparison": ("名单比对差异", "Differences of lists"),
}  # fmt: skip
KINDS = {
    "here": ("只在我方台账", "only on our ledger"), "there": ("只在对方名单", "only on their list"), "differs": ("两边不一致", "they differ"),
    "likely": ("疑似号码写错", "a slip in the number?"),
}  # fmt: skip
_STATES = {"open": ("未办", "open"), "done": ("已办结", "done"), "dismissed": ("不是差异", "no difference")}


@dataclass(frozen=True)
class Asked:
    """What is to be taken away, by whom; ``columns`` empty: all of them. ``roll``: the filter of a filtered list, whose columns are its own."""

    by: Actor
    what: What
    on: date
    area: str = ""
    ledger: str = ""
    comparison: int | None = None
    columns: tuple[str, ...] = ()
    unmasked: bool = False
    why: str = ""
    lang: str = "zh"
    roll: rolls.Asked | None = None

    def word(self, pair: tuple[str, str]) -> str:
        return pair[0] if self.lang == "zh" else pair[1]

    def wants(self, column: str) -> bool:
        return not self.columns or column in self.columns


def check(asked: Asked) -> None:
    """Raises Refused for a list, ledger or column that there is not, and for a filtered list whose filter may not be kept; NotAllowed for a filter by
    what is not the reader's to know."""
    if asked.what not in COLUMNS:
        raise Refused("what-unknown", "请选择导出什么。", "Choose what to export.", field="what")
    if asked.what == "ledger":
        if not asked.ledger:
            raise Refused("no-ledger", "请指明是哪一本台账。", "Say which ledger.", field="ledger")
        ledger_of(asked.ledger, asked.on)
    if asked.what == "roll":
        if asked.roll is None or asked.roll.text or asked.roll.keys is not None:
            raise Refused(
                "no-filter",
                "按姓名或号码查找的结果、逐条选出的行不能在后台导出，请改用地区、台账等条件。",
                "What was searched for by name or number, or chosen line by line, is not exported in the background: narrow the list by place, ledger and so on.",
                field="what",
            )
        asked.roll.sieve(asked.by, asked.on)
    unknown = set(asked.columns) - {c.code for c in COLUMNS[asked.what]}
    if unknown:
        raise Refused("column-unknown", "没有这样的列。", "There is no such column.", field="columns")


def title_of(asked: Asked) -> str:
    if asked.what == "ledger":
        found = ledger_of(asked.ledger, asked.on)
        return found.zh if asked.lang == "zh" else found.en
    if asked.roll is not None:
        return title_of_roll(asked.roll, zh=asked.lang == "zh")
    return asked.word(TITLES[asked.what])


def total_of(asked: Asked) -> int:
    """About how many rows there will be, to show how far it is."""
    a = asked
    if a.what == "households":
        return count_households(a.by, on=a.on, area=a.area)
    if a.what == "people":
        return count_people(a.by, on=a.on, area=a.area)
    if a.what == "ledger":
        return counts_by_ledger(a.by, on=a.on, area=a.area).get(a.ledger, 0)
    if a.roll is not None:
        return count_roll(a.by, a.roll.sieve(a.by, a.on), of=a.roll.of, on=a.on, most=MOST).n
    return sum(comparison(a.by, a.comparison or 0).counts.get(k, 0) for k in KINDS)


def rows_of(asked: Asked, tell: Callable[[int], None]) -> list[Row]:
    """Every row; ``tell`` is called with how many there are so far, between pages. Raises Refused for more than a workbook holds."""
    makers: dict[What, Callable[[Asked], Iterator[list[Row]]]] = {
        "households": _households, "people": _people, "ledger": _ledger, "roll": _roll, "comparison": _differences,
    }  # fmt: skip
    rows: list[Row] = []
    for page in makers[asked.what](asked):
        rows += page
        if len(rows) > MOST:
            raise Refused(
                "too-many-rows",
                f"超过 {MOST:,} 行，请分乡镇导出。",
                f"More than {MOST:,} rows: export township by township.",
                field="area",
            )
        tell(len(rows))
    return rows


def write(asked: Asked, rows: list[Row], path: Path, made: date) -> None:
    """The workbook, whole or not at all."""
    title = title_of(asked)
    chosen = [c for c in COLUMNS[asked.what] if asked.wants(c.code)]
    fields = [] if asked.roll is None else fields_of(asked.roll, zh=asked.lang == "zh")
    codes = [str(n) for n in range(len(fields))]
    for column in chosen:
        if column.code == "details":
            own = sorted({k for r in rows for k in r if k.startswith("details:")})
            codes += own
            fields += [Field(k.removeprefix("details:"), column.width) for k in own]
        else:
            codes.append(column.code)
            fields.append(Field(asked.word((column.zh, column.en)), column.width, column.style))
    space = "　" if asked.lang == "zh" else "  "
    note = space.join((asked.on.isoformat(), asked.by.post, asked.by.name))
    with workbook(path, title, made) as pen:
        write_list(pen, pen.sheet(_sheet_name(title)), title, fields, [[r.get(c) for c in codes] for r in rows], note)


def _sheet_name(title: str) -> str:
    """What a spreadsheet takes as the name of a sheet."""
    return "".join(" " if c in "[]:*?/\\'" else c for c in title)[:31].strip() or "1"


def _households(a: Asked) -> Iterator[list[Row]]:
    """A household has no number of its own that identifies anybody."""

    def page(after: int | None) -> Page[HouseholdRow]:
        return households(a.by, on=a.on, area=a.area, after=after, limit=STEP)

    for found in _pages(page):
        names = names_of({h.area for h in found}, a.on)
        yield [{"number": h.number, "head": h.head, "people": h.people, **_place(h.area, names)} for h in found]


def _people(a: Asked) -> Iterator[list[Row]]:
    def page(after: int | None) -> Page[PersonRow]:
        return people(a.by, on=a.on, area=a.area, after=after, limit=STEP)

    for found in _pages(page):
        numbers, names = _numbers(a, [p.id for p in found]), names_of({p.area for p in found}, a.on)
        yield [_person(p, numbers, names) for p in found]


def _ledger(a: Asked) -> Iterator[list[Row]]:
    def page(after: int | None) -> Page[EnrolmentRow]:
        return ledger_list(a.by, a.ledger, on=a.on, area=a.area, after=after, limit=STEP)

    for found in _pages(page):
        numbers = _numbers(a, [e.person.id for e in found if e.person])
        names = names_of({x.area for e in found if (x := e.person or e.household)}, a.on)
        yield [_enrolled(e, numbers, names) for e in found]


def _enrolled(e: EnrolmentRow, numbers: dict[int, str], names: dict[str, str]) -> Row:
    home = e.household
    row: Row = {"number": home.number if home else None}
    if e.person:
        row |= _person(e.person, numbers, names)
    elif home:
        row |= {"name": home.head, **_place(home.area, names)}
    row |= {"since": e.since.isoformat(), "until": e.until.isoformat() if e.until else None}
    return row | {f"details:{k}": str(v) for k, v in e.details.items()}


def _roll(a: Asked) -> Iterator[list[Row]]:
    assert a.roll is not None
    for page in roll_pages(a.by, a.roll, a.on):
        yield [{str(n): cell for n, cell in enumerate(cells)} for cells in page]


def _differences(a: Asked) -> Iterator[list[Row]]:
    after: int | None = None
    while found := differences(a.by, a.comparison or 0, state="", after=after, limit=STEP):
        names = names_of({d.area for d in found}, a.on)
        yield [_difference(a, d, names) for d in found]
        after = found[-1].id


def _difference(a: Asked, d: DifferenceView, names: dict[str, str]) -> Row:
    colon = "：" if a.lang == "zh" else ": "
    fields = "\n".join(f"{k}{colon}{ours}／{theirs}" for k, (ours, theirs) in d.fields.items())
    return {
        "kind": a.word(KINDS[d.kind]), "name": d.name, "id": d.shown, "row": d.row, "fields": fields, **_place(d.area, names),
        "state": a.word(_STATES[d.state]), "why": d.why,
    }  # fmt: skip


def _numbers(a: Asked, ids: list[int]) -> dict[int, str]:
    if not a.wants("id"):
        return {}
    return whole_numbers(a.by, ids, why=a.why) if a.unmasked else masked_numbers(a.by, ids)


def _person(p: PersonRow, numbers: dict[int, str], names: dict[str, str]) -> Row:
    return {
        "name": p.name, "sex": p.sex, "born": p.born.isoformat() if p.born else None, "id": numbers.get(p.id), **_place(p.area, names)
    }  # fmt: skip


def _place(area: str, names: dict[str, str]) -> Row:
    return {"place": names.get(area, ""), "code": area}


def _pages(page: Callable[[int | None], Page[R]]) -> Iterator[Iterable[R]]:
    after: int | None = None
    while True:
        found = page(after)
        yield found.rows
        if found.after is None:
            return
        after = found.after
