"""The shape of facts in Parquet, derived from what a pack declares:

which columns, of which Arrow type, within which bounds.

One table an entity. Every table has ``id`` (int64, a surrogate: no name and no id number is ever stored here);
every table but the root's has ``parent`` (int64, the id of the row it belongs to). A fact is a column of its own
name, null where unknown:

=========  ===============================  =====================================================
kind       Arrow                            unit
=========  ===============================  =====================================================
是否       bool
整数       int32, int64 past its bounds     as declared
金额       int64                            fen
比例       int32                            ten-thousandths
日期       date32                           days
类别       dictionary<int8 or int16, str>   the value's name as declared
地区       int64                            twelve-digit code
=========  ===============================  =====================================================

A number or date of which only bounds are known is null, with ``<fact>|lo`` and ``<fact>|hi`` beside it. Whether a
linked table is complete stands on its parent: ``齐全|<entity>`` (int64) is -1 when all of it is, else the set of
complete kinds as bits (bit k: the kind with code k); 0 or null: nothing is known to be complete. Every fact column
may be left out, which is to leave it unknown.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa

from doudi.rules.declared import Book, Category, Entity, Fact
from doudi.rules.types import Kind

ID, PARENT = "id", "parent"
COMPLETE = "齐全|"
LOW, HIGH = "|lo", "|hi"
ALL_COMPLETE = -1
PART_HOUSEHOLDS = 16_384
"""The most households that one part may hold: the unit of streaming."""

_RANGED = (Kind.INTEGER, Kind.MONEY, Kind.RATIO, Kind.DATE)
_INT32 = 2**31 - 1


class FactsRefused(Exception):
    """Facts that must not be decided upon.

    ``zh`` and ``en`` say why in whole sentences; ``code`` is stable and machine-readable.
    """

    def __init__(self, code: str, zh: str, en: str) -> None:
        self.code, self.zh, self.en = code, zh, en
        super().__init__(f"{zh} / {en}")


@dataclass(frozen=True)
class Column:
    """One fact as stored. ``values`` are the names of a category in declared order, else empty."""

    fact: Fact
    arrow: pa.DataType
    values: tuple[str, ...] = ()

    @property
    def ranged(self) -> bool:
        """Whether bounds may be stored where the value is unknown."""
        return self.fact.type.kind in _RANGED


@dataclass(frozen=True)
class EntityFacts:
    """The columns of one entity.

    ``completeness`` maps each child entity to the number of its kinds (0: kept as a whole only).
    """

    entity: Entity
    columns: tuple[Column, ...]
    completeness: dict[str, int]

    @property
    def file(self) -> str:
        return self.entity.file

    @cached_property
    def arrow(self) -> pa.Schema:
        """Every column that may occur, in the order in which they are written."""
        fields = [pa.field(ID, pa.int64(), nullable=False)]
        if self.entity.of:
            fields.append(pa.field(PARENT, pa.int64(), nullable=False))
        for c in self.columns:
            fields.append(pa.field(c.fact.name, c.arrow))
            if c.ranged:
                fields += [pa.field(c.fact.name + LOW, c.arrow), pa.field(c.fact.name + HIGH, c.arrow)]
        fields += [pa.field(COMPLETE + child, pa.int64()) for child in self.completeness]
        return pa.schema(fields)

    @cached_property
    def few(self) -> frozenset[str]:
        """Whole-number columns that hold few different values: areas and sets of complete kinds."""
        areas = {c.fact.name for c in self.columns if c.fact.type.kind is Kind.AREA}
        return frozenset(areas | {COMPLETE + child for child in self.completeness})

    def conform(self, table: pa.Table) -> pa.Table:
        """``table`` with its columns in the declared order and of the declared types.

        Raises FactsRefused for a column that is not declared, a missing ``id`` or ``parent``, bounds of which one
        half is missing, or a value that does not fit its type. Category names not declared are found by
        ``doudi.screening.validate``.
        """
        names, declared = set(table.column_names), self.arrow
        if unknown := sorted(names - set(declared.names)):
            what = "、".join(unknown)
            raise FactsRefused(
                "unknown-column",
                f"“{self.file}”表中有未声明的列：{what}。",
                f"The table “{self.file}” has columns that are not declared: {', '.join(unknown)}.",
            )
        needed = {ID, PARENT} if self.entity.of else {ID}
        for name in names:
            if name.endswith((LOW, HIGH)):
                needed |= {name[: -len(LOW)] + LOW, name[: -len(LOW)] + HIGH}
        if missing := sorted(needed - names):
            raise FactsRefused(
                "missing-column",
                f"“{self.file}”表缺少列：{'、'.join(missing)}。",
                f"The table “{self.file}” lacks columns: {', '.join(missing)}.",
            )
        arrays, fields = [], []
        for field in declared:
            if field.name not in names:
                continue
            column = table.column(field.name)
            if column.type != field.type:
                try:
                    column = column.cast(field.type)
                except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as e:
                    raise FactsRefused(
                        "wrong-type",
                        f"“{self.file}”表的“{field.name}”列应为 {field.type}，实为 {column.type}。",
                        f"Column “{field.name}” of “{self.file}” should be {field.type} but is {column.type}.",
                    ) from e
            arrays.append(column)
            fields.append(field)
        return pa.Table.from_arrays(arrays, schema=pa.schema(fields))

    def empty(self) -> pa.Table:
        """A table of no rows with ``id`` (and ``parent``) only."""
        return self.arrow.empty_table().select([ID, PARENT] if self.entity.of else [ID])


@dataclass(frozen=True)
class FactsSchema:
    """All entities, parents before their children."""

    entities: tuple[EntityFacts, ...]

    @property
    def root(self) -> EntityFacts:
        return self.entities[0]

    def of(self, name: str) -> EntityFacts:
        """By the entity's name or the name of its file. Raises KeyError."""
        for e in self.entities:
            if name in (e.entity.name, e.file):
                return e
        raise KeyError(name)

    def children(self, name: str) -> tuple[EntityFacts, ...]:
        return tuple(e for e in self.entities if e.entity.of == name)

    @cached_property
    def description(self) -> dict[str, Any]:
        """The schema as plain data: what the manifest keeps and the digest is taken of."""
        return {
            e.file: {
                "entity": e.entity.name,
                "of": e.entity.of,
                "max_rows": e.entity.max_rows,
                "kind": e.entity.kind,
                "facts": {
                    c.fact.name: {
                        "type": str(c.fact.type),
                        "lo": c.fact.lo,
                        "hi": c.fact.hi,
                        **({"values": list(c.values)} if c.values else {}),
                    }
                    for c in e.columns
                },
            }
            for e in self.entities
        }

    @cached_property
    def digest(self) -> str:
        """Identifies the schema whatever machine it is worked out on."""
        text = json.dumps(self.description, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def schema_of(book: Book) -> FactsSchema:
    """The schema of the facts that ``book`` declares.

    The built-in truths 作为<派生户> are set by the evaluators and never stored.
    """
    categories = {c.name: c for c in book.categories}
    derived = {f"作为{d.name}" for d in book.derived}
    facts: dict[str, list[Column]] = {e.name: [] for e in book.entities}
    for f in book.facts:
        if f.name not in derived:
            facts[f.entity].append(_column(f, categories))
    kinds = {
        e.name: next((len(c.values) for c in facts[e.name] if c.fact.name == e.kind), 0)
        for e in book.entities
        if e.kind
    }
    return FactsSchema(
        tuple(
            EntityFacts(
                e, tuple(facts[e.name]), {c.name: kinds.get(c.name, 0) for c in book.entities if c.of == e.name}
            )
            for e in _parents_first(book.entities)
        )
    )


def alias(word: str, surrogate: int) -> str:
    """What a list shows where names are not held: ``户 000123``."""
    return f"{word} {surrogate:06d}"


def _column(fact: Fact, categories: dict[str, Category]) -> Column:
    match fact.type.kind:
        case Kind.TRUTH:
            return Column(fact, pa.bool_())
        case Kind.INTEGER:
            return Column(fact, pa.int32() if fact.lo >= -_INT32 and fact.hi <= _INT32 else pa.int64())
        case Kind.RATIO:
            return Column(fact, pa.int32())
        case Kind.DATE:
            return Column(fact, pa.date32())
        case Kind.CATEGORY:
            values = tuple(name for name, _ in categories[fact.type.category].values)
            return Column(fact, pa.dictionary(pa.int8() if len(values) < 128 else pa.int16(), pa.string()), values)
        case Kind.MONEY | Kind.AREA:
            return Column(fact, pa.int64())


def _parents_first(entities: tuple[Entity, ...]) -> list[Entity]:
    out: list[Entity] = []
    left = list(entities)
    while left:
        ready = [e for e in left if not e.of or any(e.of == o.name for o in out)]
        if not ready:
            raise ValueError(f"entities without a root: {', '.join(e.name for e in left)}")
        out += sorted(ready, key=lambda e: bool(e.of))
        left = [e for e in left if e not in ready]
    return out
