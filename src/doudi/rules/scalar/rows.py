"""The facts of one household as given, checked against what the ruleset declares, and the indexed rows that formulas run over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from doudi.rules.faults import hint

if TYPE_CHECKING:
    from doudi.rules.ruleset import Ruleset, Variable
    from doudi.rules.scalar.values import V

RowId = int | str
Path = tuple[RowId, ...]
"""Ids from the household down, the household's own left out: ``()`` is the household, ``(12,)`` a person, ``(12, 3)`` an item of that person."""


@dataclass
class Row:
    """One household, person or item as it is known.

    ``facts``: stored units (see ``Type``); a pair is an interval; a fact left out is not known. ``complete``: for each linked table by the name of its
    entity, True when every row there is has been listed, or the codes of the kinds for which that holds; a table left out is not
    complete. ``rows``: the listed rows by entity. ``sources``: where a fact comes from, for explanations only: ``declared``, ``checked``, ``imported`` or
    any words, with ``@2024-06-01`` after it for the date.
    """

    id: RowId
    facts: dict[str, int | tuple[int, int]] = field(default_factory=dict)
    complete: dict[str, bool | frozenset[int]] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)


class FactError(ValueError):
    """A row that cannot be decided as given: says which row, which fact and why, in Chinese (``zh``) and English (``en``)."""

    def __init__(self, entity: str, path: Path, name: str, zh: str, en: str) -> None:
        self.entity, self.path, self.name, self.zh, self.en = entity, path, name, zh, en
        super().__init__(f"{zh} / {en}")


class Live:
    """A row being decided: ``v`` holds the value of each variable at its slot."""

    __slots__ = ("complete", "entity", "id", "kids", "parent", "path", "row", "v")

    def __init__(self, entity: str, row: Row, parent: Live | None, path: Path, v: list[V]) -> None:
        self.entity, self.row, self.path, self.v = entity, row, path, v
        self.id = row.id
        self.parent: Live = self if parent is None else parent
        self.kids: dict[str, Sequence[Live]] = {}
        self.complete: Mapping[str, bool | frozenset[int]] = row.complete


Facts = Mapping[str, Mapping[str, "Variable"]]


def declared_facts(ruleset: Ruleset) -> Facts:
    """The facts of each entity by name."""
    facts: dict[str, dict[str, Variable]] = {name: {} for name in ruleset.entities}
    for (entity, name), variable in ruleset.variables.items():
        if variable.origin == "fact":
            facts[entity][name] = variable
    return facts


def check(ruleset: Ruleset, facts: Facts, household: Row) -> None:
    """Raise FactError at the first thing in ``household`` that the ruleset does not allow. ``facts`` is ``declared_facts(ruleset)``."""
    flags = {plan.flag for plan in ruleset.derived}
    for flag in sorted(flags & household.facts.keys()):
        zh = f"“{flag}”由系统设定，不能填报"
        raise FactError(ruleset.root, (), flag, zh, f"“{flag}” is set by the system and cannot be supplied")
    _check_row(ruleset, facts, ruleset.root, household, ())


def _check_row(ruleset: Ruleset, facts: Facts, entity: str, row: Row, path: Path) -> None:
    declared = facts[entity]
    for name, given in row.facts.items():
        variable = declared.get(name)
        if variable is None or not _fits(variable, given):
            raise _fact_error(declared, entity, row, path, name, given)
    for table, marked in row.complete.items():
        _check_mark(ruleset, entity, row, path, table, marked)
    for table, rows in row.rows.items():
        _check_table(ruleset, entity, row, path, table)
        most = ruleset.entities[table].max_rows
        here, here_en = _place(entity, row, path)
        if len(rows) > most:
            zh = f"{here}的“{table}”有 {len(rows)} 行，最多 {most} 行"
            raise FactError(entity, path, table, zh, f"{here_en} lists {len(rows)} rows of “{table}”, at most {most}")
        seen: set[RowId] = set()
        for child in rows:
            if child.id in seen:
                zh = f"{here}的“{table}”里有两行的编号都是 {child.id}"
                raise FactError(entity, path, table, zh, f"{here_en} has two rows of “{table}” with the id {child.id}")
            seen.add(child.id)
            _check_row(ruleset, facts, table, child, (*path, child.id))


def _fits(variable: Variable, given: object) -> bool:
    lo, hi = given if isinstance(given, tuple) and len(given) == 2 else (given, given)
    return isinstance(lo, int) and isinstance(hi, int) and variable.lo <= lo <= hi <= variable.hi


def _check_table(ruleset: Ruleset, entity: str, row: Row, path: Path, table: str) -> None:
    linked = [e.name for e in ruleset.children(entity)]
    if table not in linked:
        zh, en = hint(table, linked)
        here, here_en = _place(entity, row, path)
        raise FactError(
            entity, path, table, f"{here}没有名为“{table}”的表{zh}", f"{here_en} has no table “{table}”{en}"
        )


def _check_mark(ruleset: Ruleset, entity: str, row: Row, path: Path, table: str, marked: bool | frozenset[int]) -> None:
    _check_table(ruleset, entity, row, path, table)
    if isinstance(marked, bool):
        return
    here, here_en = _place(entity, row, path)
    kind = ruleset.entities[table].kind
    if not kind:
        zh = f"{here}的“{table}”不分种类，齐全只能是“全部”或不填"
        raise FactError(
            entity, path, table, zh, f"{here_en}: “{table}” has no kinds; it is complete as a whole or not at all"
        )
    highest = ruleset.variables[table, kind].hi
    if not all(0 <= code <= highest for code in marked):
        zh = f"{here}的“{table}”标注齐全的种类不在“{kind}”之内"
        raise FactError(
            entity, path, table, zh, f"{here_en}: a kind marked complete for “{table}” is not a value of “{kind}”"
        )


def _fact_error(
    declared: Mapping[str, Variable], entity: str, row: Row, path: Path, name: str, given: object
) -> FactError:
    here, here_en = _place(entity, row, path)
    variable = declared.get(name)
    if variable is None:
        zh, en = hint(name, declared)
        return FactError(entity, path, name, f"{here}没有名为“{name}”的事实{zh}", f"{here_en} has no fact “{name}”{en}")
    ends = given if isinstance(given, tuple) else (given,)
    if len(ends) > 2 or not ends or not all(isinstance(end, int) for end in ends):
        zh = f"{here}的“{name}”应是整数或一对整数，现为 {given!r}"
        en = f"{here_en}: “{name}” must be an integer or a pair of integers, not {given!r}"
    elif ends[0] > ends[-1]:
        zh = f"{here}的“{name}”的区间下限 {ends[0]} 大于上限 {ends[-1]}"
        en = f"{here_en}: the interval of “{name}” begins at {ends[0]} and ends before it, at {ends[-1]}"
    else:
        said = str(ends[0]) if len(ends) == 1 else f"[{ends[0]}, {ends[1]}]"
        zh = f"{here}的“{name}”为 {said}，超出声明的范围 [{variable.lo}, {variable.hi}]"
        en = f"{here_en}: “{name}” is {said}, outside its declared range [{variable.lo}, {variable.hi}]"
    return FactError(entity, path, name, zh, en)


def _place(entity: str, row: Row, path: Path) -> tuple[str, str]:
    where = "/".join(str(part) for part in path) or str(row.id)
    return f"{entity} {where} ", f"{entity} {where}"
