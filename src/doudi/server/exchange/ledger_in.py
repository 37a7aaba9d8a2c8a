"""A ledger's good households in the registry's own shapes: each whole, with the values as statements hold them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from doudi.rules.calendar import from_day
from doudi.rules.declared import Entity
from doudi.rules.types import Kind
from doudi.screening.workbook.cells import Stored
from doudi.screening.workbook.columns import PERSON, Column
from doudi.screening.workbook.ledger import RELATION, Ledger
from doudi.screening.workbook.parse import Parsed

HOME, ORIGIN = "居住地", "户籍地"
"""Facts of the household by which the pack tells where it lives, and where it is registered."""


@dataclass(frozen=True)
class PersonIn:
    """A row of the people's sheet with what hangs from it. ``number`` is the identity number in normal form."""

    name: str
    number: str
    born: date | None
    male: bool
    relation: str
    head: bool
    values: dict[str, Any]
    tables: dict[str, Any]


@dataclass(frozen=True)
class HouseholdIn:
    """``code`` is the 户编号 as the office writes it; ``area`` and ``other_area`` are division codes, empty where the ledger does not say; ``row``
    is where it stands on the sheet."""

    code: str
    area: str
    other_area: str
    values: dict[str, Any]
    tables: dict[str, Any]
    people: tuple[PersonIn, ...]
    row: int


def division(code: int) -> str:
    """A stored twelve-digit area as a division's own code, without the zeros that fill it up: 451229105000 -> 451229105."""
    text = f"{code:012d}"
    for length in (12, 9, 6, 4, 2):
        shorter = {12: 9, 9: 6, 6: 4, 4: 2, 2: 0}[length]
        if set(text[shorter:length]) != {"0"}:
            return text[:length]
    return ""


def households(ledger: Ledger) -> Iterator[HouseholdIn]:
    """The households without a fault, in the order of the sheet."""
    reader = _Reader(ledger)
    for home in ledger.good:
        yield reader.household(home)


class _Reader:
    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.members = ledger.members()
        self.heads = ledger.heads()
        # By entity: owner's position -> positions of the rows that hang from it.
        self.hanging: dict[str, dict[int, list[int]]] = {}
        for sheet in ledger.layout.items:
            rows: dict[int, list[int]] = {}
            for at, owner in enumerate(ledger.owners[sheet.entity.name]):
                if owner is not None:
                    rows.setdefault(owner, []).append(at)
            self.hanging[sheet.entity.name] = rows

    def household(self, home: int) -> HouseholdIn:
        parsed = self.ledger.households
        area, origin = (self._area(parsed, name, home) for name in (HOME, ORIGIN))
        return HouseholdIn(
            code=parsed.codes[home],
            area=area or origin,
            other_area=origin
            if area and origin and not area.startswith(origin) and not origin.startswith(area)
            else "",
            values=self._values(parsed, home),
            tables=self._tables(parsed, home),
            people=tuple(self._person(p, head=p == self.heads[home]) for p in self.members.get(home, [])),
            row=parsed.raw.rows[home],
        )

    def _person(self, at: int, *, head: bool) -> PersonIn:
        parsed = self.ledger.people
        values = self._values(parsed, at)
        return PersonIn(
            name=parsed.names[at], number=parsed.ids[at], born=parsed.births[at], male=parsed.males[at],
            relation=str(values.get(RELATION, "")), head=head, values=values,
            tables=self._tables(parsed, at),
        )  # fmt: skip

    def _area(self, parsed: Parsed, name: str, at: int) -> str:
        stored = parsed.values.get(name)
        value = stored[at] if stored else None
        return division(value) if isinstance(value, int) else ""

    def _values(self, parsed: Parsed, at: int) -> dict[str, Any]:
        """What the row says; a blank cell says nothing."""
        out = {}
        for column in parsed.raw.sheet.columns:
            if column.fact is not None and (value := parsed.values[column.header][at]) is not None:
                out[column.fact.name] = self._written(column, value)
        return out

    def _tables(self, parsed: Parsed, at: int) -> dict[str, Any]:
        """Linked tables of which the ledger has rows, or of which it says how complete they are."""
        out: dict[str, Any] = {}
        for column in parsed.raw.sheet.columns:
            if column.child is None or column.child.name == PERSON:
                continue
            rows = self._rows(column.child, at)
            mark = parsed.values[column.header][at]
            if rows or mark:
                out[column.child.name] = {"complete": self._complete(column.child, mark), "rows": rows}
        return out

    def _rows(self, entity: Entity, owner: int) -> list[dict[str, Any]]:
        parsed = self.ledger.sheets[entity.name]
        return [self._values(parsed, at) for at in self.hanging[entity.name].get(owner, [])]

    def _complete(self, entity: Entity, mark: Stored) -> bool | list[str]:
        if not isinstance(mark, int) or mark == 0:
            return False
        if mark == -1:
            return True
        kind = next(f for f in self.ledger.layout.book.facts if f.entity == entity.name and f.name == entity.kind)
        names = self.ledger.layout.categories[kind.type.category].values
        return [zh for code, (zh, _) in enumerate(names) if mark >> code & 1]

    def _written(self, column: Column, value: int | tuple[int, int]) -> Any:
        assert column.fact is not None
        if isinstance(value, tuple):
            return {"lo": self._written(column, value[0]), "hi": self._written(column, value[1])}
        kind = column.fact.type
        match kind.kind:
            case Kind.TRUTH:
                return bool(value)
            case Kind.CATEGORY:
                return self.ledger.layout.categories[kind.category].values[value][0]
            case Kind.DATE:
                return from_day(value).isoformat()
            case Kind.AREA:
                return f"{value:012d}"
        return value
