"""A synthetic county written out as a ledger and read again: the same facts, to the fen, the unknown bounds and the marks of completeness."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path
from typing import Any

from doudi.packs import load
from doudi.rules import compile_book
from doudi.rules.types import Kind
from doudi.screening.facts import COMPLETE, HIGH, LOW, schema_of
from doudi.screening.synthetic import county
from doudi.screening.validate import validate
from doudi.screening.workbook.columns import ID_NUMBER, NAME, PERSON, Column, Layout, Sheet, layout
from doudi.screening.workbook.idnumber import check_character
from doudi.screening.workbook.reading import read_ledger
from doudi.screening.workbook.tables import batches
from tests.unit.screening.workbook.offices import Rows, save

AS_OF = date(2024, 7, 1)
Row = dict[str, Any]


def facts(folder: Path) -> tuple[Layout, dict[str, list[Row]]]:
    pack = load("demo")
    made = county(folder, pack, compile_book(pack.book, AS_OF), households=120, seed=5)
    rows: dict[str, list[Row]] = {}
    for part in made:
        for name, table in part.read().items():
            rows.setdefault(name, []).extend(table.to_pylist())
    return layout(pack.book), rows


def numbers(people: list[Row]) -> dict[int, str]:
    """An identity number for each person that agrees with what is known of birth and sex; then both are known of everybody."""
    chance = random.Random(1)
    out: dict[int, str] = {}
    for person in people:
        born = person["出生日期"] or person.get("出生日期|lo") or date(1970, 1, 1)
        male = person["性别"] == "男" if person["性别"] else True
        serials = (chance.randrange(500) * 2 + male for _ in range(10_000))
        first = next(
            f for s in serials if (f := f"990000{born:%Y%m%d}{s:03d}") + check_character(f) not in out.values()
        )
        out[person["id"]] = first + check_character(first)
        person |= {"出生日期": born, "出生日期|lo": None, "出生日期|hi": None, "性别": "男" if male else "女"}
    return out


def cell(shape: Layout, column: Column, row: Row) -> Any:
    """A stored value as an office would write it."""
    if column.child is not None:
        mark = row.get(COMPLETE + column.child.name)
        if not mark or mark == -1:
            return "是" if mark else None
        kind = next(f for f in shape.book.facts if (f.entity, f.name) == (column.child.name, column.child.kind))
        values = shape.categories[kind.type.category].values
        return "、".join(zh for k, (zh, _) in enumerate(values) if mark >> k & 1)
    assert column.fact is not None
    value, low, high = (row.get(column.header + end) for end in ("", LOW, HIGH))
    match column.fact.type.kind:
        case Kind.DATE:
            return value.isoformat() if value else low and str(low.year)
        case Kind.MONEY if low is not None and high is not None:
            return f"{low / 100:.2f}～{high / 100:.2f}"
        case Kind.MONEY:
            return value if value is None else value / 100
        case Kind.TRUTH:
            return value if value is None else "是" if value else "否"
        case Kind.AREA:
            return next((a.name for a in shape.book.areas if a.code == value), value and str(value))
    return value


def written(shape: Layout, sheet: Sheet, rows: list[Row], ids: dict[int, str]) -> Rows:
    def key(column: Column, row: Row) -> Any:
        who = row["id"] if sheet is shape.people else row.get("parent", 0)
        if column.key in (NAME, ID_NUMBER):
            return ids[who] if column.key == ID_NUMBER else "某人"
        return f"H{row['id'] if sheet is shape.households else row['parent']}"

    body = [[key(c, row) if c.key else cell(shape, c, row) for c in sheet.columns] for row in rows]
    return [[c.header for c in sheet.columns], *body]


def test_a_county_through_a_ledger_and_back(tmp_path: Path) -> None:
    shape, rows = facts(tmp_path / "facts")
    ids = numbers(rows["person"])
    sheets = {s.title: written(shape, s, rows.get(s.entity.file, []), ids) for s in shape.sheets}
    ledger = read_ledger(save(tmp_path / "台账.xlsx", sheets), shape.book, date(2024, 7, 31))
    assert [f.said("en") for f in ledger.log if f.severity != "note"] == []
    (tables,) = batches(ledger)
    assert validate(schema_of(shape.book), tables) == []
    assert tables[shape.by_entity[PERSON].entity.file].num_rows > 300
    for name, table in tables.items():
        read = [_plain(row) for row in table.to_pylist()]
        assert read == [_plain(row) for row in rows.get(name, [])], name


def _plain(row: Row) -> Row:
    """What is known: surrogate ids differ, and a mark of nothing complete is as good as none."""
    return {
        k: v
        for k, v in row.items()
        if v is not None and k not in ("id", "parent") and not (k.startswith(COMPLETE) and v == 0)
    }
