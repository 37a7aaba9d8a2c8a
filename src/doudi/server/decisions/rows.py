"""The facts of one household, as resolved, as the row that the scalar evaluator decides. ``snapshot.pivot`` does the same for a whole county in DuckDB.

A value of another type than the declared one, outside its bounds or not in its category is unknown and told among ``unfit``: a pack may have become
narrower since it was stated. Nothing unknown is ever taken for nought. A division is read under the code that it has on the day decided about: the
statement keeps the code that it was given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from doudi.rules.calendar import to_day
from doudi.rules.scalar import Path, Row
from doudi.rules.types import Kind
from doudi.screening.facts import Column, EntityFacts, FactsSchema
from doudi.server.registry.facts import Candidate, Decided, Resolved
from doudi.server.registry.selectors.views import HouseholdFacts

RELATION = "关系"
"""The fact that a membership itself tells where no statement does."""
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,17}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class Where:
    """A fact (or a linked table, by its entity's name) of the row at ``path`` of an entity."""

    entity: str
    path: Path
    name: str


@dataclass
class Made:
    """``row`` and where it is from. ``origins``: the statement that counts, by fact and by linked table. ``disputed``: what equals disagree on, with
    every rival. ``unfit``: what was stated and cannot be. ``elsewhere``: members whom the reader may not see, and of whom all is unknown."""

    row: Row
    facts: HouseholdFacts
    origins: dict[Where, Candidate] = field(default_factory=dict)
    disputed: dict[Where, tuple[Candidate, ...]] = field(default_factory=dict)
    unfit: dict[Where, Any] = field(default_factory=dict)
    elsewhere: tuple[int, ...] = ()

    def placed(self, column: Column, value: int | tuple[int, int], since: date) -> int | tuple[int, int]:
        """A division as it is called on the day of the facts; any other value as it is."""
        if column.fact.type.kind is not Kind.AREA or not isinstance(value, int):
            return value
        return self.facts.moves.now(value, since, self.facts.as_of)


def made(schema: FactsSchema, facts: HouseholdFacts) -> Made:
    """The household's row and whatever must be said about it."""
    root = schema.root
    person = next(c for c in schema.children(root.entity.name) if c.file == "person")
    out = Made(Row(facts.household), facts)
    _subject(out, schema, root, out.row, (), facts.facts)
    name = person.entity.name
    if len(facts.members) > person.entity.max_rows:
        out.row.rows[name] = []
        out.unfit[Where(root.entity.name, (), name)] = len(facts.members)
        return out
    out.row.complete[name] = True
    out.row.rows[name] = []
    relations = next((c.values for c in person.columns if c.fact.name == RELATION), ())
    # In the order of a snapshot.
    for m in sorted(facts.members, key=lambda m: m.person):
        row = Row(m.person)
        _subject(out, schema, person, row, (m.person,), m.facts)
        if m.relation in relations and RELATION not in row.facts:
            row.facts[RELATION] = relations.index(m.relation)
            out.disputed.pop(Where(name, (m.person,), RELATION), None)
        out.row.rows[name].append(row)
    out.elsewhere = tuple(m.person for m in facts.members if m.elsewhere)
    return out


def _subject(out: Made, schema: FactsSchema, entity: EntityFacts, row: Row, path: Path, said: Resolved) -> None:
    columns = {c.fact.name: c for c in entity.columns}
    for name, decided in said.values.items():
        where = Where(entity.entity.name, path, name)
        column = columns.get(name)
        if not _speaks(out, where, decided) or column is None:
            continue
        value = fitting(column, decided.value)
        if value is None:
            out.unfit[where] = decided.value
            continue
        row.facts[name] = out.placed(column, value, decided.since)
        row.sources[name] = f"{decided.source}@{decided.since.isoformat()}"
    children = {c.entity.name: c for c in schema.children(entity.entity.name) if c.file != "person"}
    for name, decided in said.tables.items():
        where = Where(entity.entity.name, path, name)
        child = children.get(name)
        if _speaks(out, where, decided) and child is not None:
            _table(out, row, where, child, decided)


def _speaks(out: Made, where: Where, decided: Decided) -> bool:
    if decided.disputed:
        out.disputed[where] = decided.rivals
        return False
    if decided.value is None:
        return False
    out.origins[where] = decided.by
    return True


def _table(out: Made, row: Row, where: Where, child: EntityFacts, decided: Decided) -> None:
    name, given = child.entity.name, decided.value
    rows = given.get("rows") or []
    if len(rows) > child.entity.max_rows:
        out.unfit[where] = len(rows)
        return
    complete = completeness(child, given.get("complete"))
    if complete:
        row.complete[name] = complete
    row.rows[name] = [_linked(out, child, i, where.path, values, decided) for i, values in enumerate(rows, 1)]


def _linked(out: Made, child: EntityFacts, i: int, path: Path, values: Mapping[str, Any], decided: Decided) -> Row:
    row = Row(i)
    for column in child.columns:
        name = column.fact.name
        value = values.get(name)
        if value is None:
            continue
        fit = fitting(column, value)
        if fit is None:
            out.unfit[Where(child.entity.name, (*path, i), name)] = value
            continue
        row.facts[name] = out.placed(column, fit, decided.since)
        row.sources[name] = f"{decided.source}@{decided.since.isoformat()}"
    return row


def completeness(child: EntityFacts, given: Any) -> bool | frozenset[int]:
    """True, the codes of the complete kinds, or False."""
    if given is True:
        return True
    kinds = next((c.values for c in child.columns if c.fact.name == child.entity.kind), ())
    if not isinstance(given, list):
        return False
    return frozenset(kinds.index(k) for k in given if k in kinds) or False


def fitting(column: Column, value: Any) -> int | tuple[int, int] | None:
    """A stated value in stored units; None where it does not fit what the pack declares."""
    if isinstance(value, dict):
        if not column.ranged:
            return None
        lo, hi = (_stored(column, value.get(end)) for end in ("lo", "hi"))
        return (lo, hi) if lo is not None and hi is not None and lo <= hi else None
    return _stored(column, value)


def _stored(column: Column, value: Any) -> int | None:
    """Numbers and truths written as text count as such; anything else of another type does not."""
    fact, said = column.fact, _text(value)
    found: int | None
    match fact.type.kind:
        case Kind.TRUTH:
            return {"true": 1, "false": 0}.get(said)
        case Kind.CATEGORY:
            return column.values.index(said) if said in column.values else None
        case Kind.DATE:
            found = _day(said)
        case _:
            found = int(said) if _WHOLE.fullmatch(said) else None
    return found if found is not None and fact.lo <= found <= fact.hi else None


def _text(value: Any) -> str:
    """As JSON would write it, text without its quotes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | str) else ""


def _day(said: str) -> int | None:
    try:
        return to_day(date.fromisoformat(said)) if _DAY.fullmatch(said) else None
    except ValueError:
        return None
