"""Households on record as an import leaves them: one act, one statement each, out of the synthetic county's facts.

    county's part ──documents()──> what is said of each household and person ──record()──> registry rows

Written straight into the registry's tables, for tests and bench of what reads them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from doudi.packs import Pack
from doudi.rules import compile_book
from doudi.rules.types import Kind
from doudi.screening.facts import ALL_COMPLETE, COMPLETE, HIGH, LOW, PARENT, EntityFacts, FactsSchema, schema_of
from doudi.screening.parts import open_facts
from doudi.screening.synthetic import county

MONTH = date(2024, 7, 1)


@dataclass(frozen=True)
class Said:
    """What is said of one household (``parent`` None) or person."""

    id: int
    parent: int | None
    values: dict[str, Any]
    tables: dict[str, Any]


def facts_of_county(folder: Path, pack: Pack, households: int, seed: int = 1) -> dict[str, pa.Table]:
    """One part of synthetic facts, made once a folder."""
    schema = schema_of(pack.book)
    if not (folder / "manifest.json").exists():
        county(folder, pack, compile_book(pack.book, MONTH), households=households, seed=seed)
    return next(iter(open_facts(folder, schema))).read()


def documents(schema: FactsSchema, tables: Mapping[str, pa.Table], entity: str) -> Iterator[Said]:
    """Every row of ``entity`` (the root or its people) with its linked tables, in the order of the table."""
    of = schema.of(entity)
    linked = [c for c in schema.children(entity) if c.file != "person"]
    rows: dict[str, dict[int, list[dict[str, Any]]]] = {}
    for child in linked:
        own: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for row in tables[child.file].to_pylist():
            own[row[PARENT]].append(_values(row, child))
        rows[child.entity.name] = own
    for row in tables[of.file].to_pylist():
        said = {}
        for child in linked:
            name = child.entity.name
            complete = _complete(row.get(COMPLETE + name) or 0, child)
            if complete or rows[name][row["id"]]:
                said[name] = {"complete": complete, "rows": rows[name][row["id"]]}
        yield Said(row["id"], row.get(PARENT), _values(row, of), said)


def _values(row: Mapping[str, Any], entity: EntityFacts) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for c in entity.columns:
        name, value = c.fact.name, row.get(c.fact.name)
        if value is not None:
            out[name] = _plain(value, c.fact.type.kind)
        elif row.get(name + LOW) is not None:
            out[name] = {
                "lo": _plain(row[name + LOW], c.fact.type.kind), "hi": _plain(row[name + HIGH], c.fact.type.kind)
            }  # fmt: skip
    return out


def _plain(value: Any, kind: Kind) -> Any:
    if kind is Kind.AREA:
        return f"{value:012d}"
    return value.isoformat() if isinstance(value, date) else value


def _complete(bits: int, child: EntityFacts) -> bool | list[str]:
    if bits == ALL_COMPLETE:
        return True
    kinds = next((c.values for c in child.columns if c.fact.name == child.entity.kind), ())
    return [kind for k, kind in enumerate(kinds) if bits >> k & 1]


def record(schema: FactsSchema, tables: Mapping[str, pa.Table], at: datetime, since: date = date(2024, 1, 1)) -> int:
    """All of ``tables`` on record by one act, under the ids that they have; gives the act. Inside a transaction that may write everything."""
    from doudi.server.registry.models import Act, Household, Membership, Person, Residence, Statement

    act = Act.objects.create(kind="import", on=since, recorded_at=at, name="系统")
    households = list(documents(schema, tables, "户"))
    people = list(documents(schema, tables, "人"))
    areas = {h.id: h.values.get("户籍地", "451229101001") for h in households}
    Household.objects.bulk_create([Household(id=h.id, number=f"H{h.id}", area=areas[h.id]) for h in households])
    Residence.objects.bulk_create(
        [Residence(household_id=h.id, area=areas[h.id], since=since, act=act) for h in households]
    )
    Person.objects.bulk_create([Person(id=p.id, name=f"某{p.id}", area=areas[p.parent or 0]) for p in people])
    Membership.objects.bulk_create(
        [Membership(household_id=p.parent or 0, person_id=p.id, since=since, act=act) for p in people]
    )
    Statement.objects.bulk_create(
        [
            *(Statement(household_id=h.id, since=since, act=act, source="导入", values=h.values, tables=h.tables) for h in households),
            *(Statement(person_id=p.id, since=since, act=act, source="导入", values=p.values, tables=p.tables) for p in people),
        ],
        batch_size=5000,
    )  # fmt: skip
    return act.id
