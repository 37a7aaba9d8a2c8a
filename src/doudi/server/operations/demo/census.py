"""The synthetic county's facts as households of people with names: from the Parquet that the rules read to what the registry is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from doudi.rules.types import Kind
from doudi.screening.facts import ALL_COMPLETE, COMPLETE, HIGH, ID, LOW, PARENT, Column, EntityFacts, FactsSchema
from doudi.screening.parts import Facts

HOUSEHOLD, PERSON = "户", "人"
HOME, ORIGIN, RELATION, BORN, SEX, HEAD = "居住地", "户籍地", "关系", "出生日期", "性别", "户主"
_UNKNOWN_BIRTH = date(1960, 1, 1)


@dataclass(frozen=True)
class Counted:
    """A person of the county as the facts have it. ``id`` is the surrogate key in the facts."""

    id: int
    relation: str
    male: bool
    born: date
    values: dict[str, Any]
    tables: dict[str, Any]


@dataclass(frozen=True)
class Home:
    """A household of the county; ``area`` and ``origin`` are twelve-digit codes of villages."""

    id: int
    area: str
    origin: str
    values: dict[str, Any]
    tables: dict[str, Any]
    people: tuple[Counted, ...]


def homes(facts: Facts, schema: FactsSchema, within: Collection[str] = ("",)) -> Iterator[Home]:
    """The households that live in divisions beginning with any of ``within``, in the order of the facts."""
    for part in facts:
        yield from _of_part(part.read(verify=False), schema, tuple(within))


def _of_part(tables: dict[str, pa.Table], schema: FactsSchema, within: tuple[str, ...]) -> Iterator[Home]:
    root, person = schema.of(HOUSEHOLD), schema.of(PERSON)
    places = tables[root.file].column(HOME).to_pylist()
    chosen = [i for i, code in enumerate(places) if f"{code or 0:012d}".startswith(within)]
    if not chosen:
        return
    households = tables[root.file].take(pa.array(chosen))
    ids = set(households.column(ID).to_pylist())
    people = _belonging(tables[person.file], ids)
    owners = {HOUSEHOLD: ids, PERSON: set(people.column(ID).to_pylist())}
    hanging: dict[str, dict[int, list[dict[str, Any]]]] = {}
    for e in schema.entities:
        if e.entity.name not in (HOUSEHOLD, PERSON) and e.file in tables:
            rows: dict[int, list[dict[str, Any]]] = defaultdict(list)
            table = _belonging(tables[e.file], owners[e.entity.of])
            for parent, values in zip(table.column(PARENT).to_pylist(), _values(e, table), strict=True):
                rows[parent].append(values)
            hanging[e.entity.name] = rows
    members: dict[int, list[Counted]] = defaultdict(list)
    for id_, parent, values, linked in zip(
        people.column(ID).to_pylist(), people.column(PARENT).to_pylist(), _values(person, people), _linked(person, people, schema, hanging), strict=True
    ):  # fmt: skip
        born = values.get(BORN)
        known = date.fromisoformat(born) if isinstance(born, str) else _UNKNOWN_BIRTH
        members[parent].append(
            Counted(id_, str(values.get(RELATION, "")), values.get(SEX) != "女", known, values, linked)
        )
    for id_, values, linked in zip(
        households.column(ID).to_pylist(), _values(root, households), _linked(root, households, schema, hanging), strict=True
    ):  # fmt: skip
        area = str(values.get(HOME) or values.get(ORIGIN) or "")
        yield Home(id_, area, str(values.get(ORIGIN) or area), values, linked, tuple(members[id_]))


def _belonging(table: pa.Table, parents: set[int]) -> pa.Table:
    return table.filter(pa.array([p in parents for p in table.column(PARENT).to_pylist()], pa.bool_()))


def _values(e: EntityFacts, table: pa.Table) -> list[dict[str, Any]]:
    """By row what is known of it, as statements hold it; what is unknown is not spoken of."""
    rows: list[dict[str, Any]] = [{} for _ in range(table.num_rows)]
    for c in e.columns:
        name = c.fact.name
        if name not in table.column_names:
            continue
        for row, value in zip(rows, table.column(name).to_pylist(), strict=True):
            if value is not None:
                row[name] = _written(c, value)
        if name + LOW in table.column_names:
            ends = zip(rows, table.column(name + LOW).to_pylist(), table.column(name + HIGH).to_pylist(), strict=True)
            for row, lo, hi in ends:
                if lo is not None and hi is not None and name not in row:
                    row[name] = {"lo": _written(c, lo), "hi": _written(c, hi)}
    return rows


def _written(c: Column, value: Any) -> Any:
    match c.fact.type.kind:
        case Kind.DATE:
            return value.isoformat()
        case Kind.AREA:
            return f"{value:012d}"
    return value


def _linked(
    e: EntityFacts, table: pa.Table, schema: FactsSchema, hanging: dict[str, dict[int, list[dict[str, Any]]]]
) -> list[dict[str, Any]]:
    """By row its linked tables: the rows, and how complete they are."""
    out: list[dict[str, Any]] = [{} for _ in range(table.num_rows)]
    ids = table.column(ID).to_pylist()
    for child in e.completeness:
        if child == PERSON or COMPLETE + child not in table.column_names:
            continue
        kinds = next((c.values for c in schema.of(child).columns if c.fact.name == schema.of(child).entity.kind), ())
        for row, id_, mark in zip(out, ids, table.column(COMPLETE + child).to_pylist(), strict=True):
            rows = hanging.get(child, {}).get(id_, [])
            if rows or mark:
                row[child] = {"complete": _complete(mark, kinds), "rows": rows}
    return out


def _complete(mark: int | None, kinds: tuple[str, ...]) -> bool | list[str]:
    if not mark:
        return False
    return True if mark == ALL_COMPLETE else [zh for bit, zh in enumerate(kinds) if mark >> bit & 1]
