"""What is missing: the unknown leaves under a value that is not known, or that rests on an assumption, and could still change it.

Supplying every one of them makes the value known, unless a leaf of another kind than a fact or a table (a standard, a division by
zero, an empty table) stands in the way. For that law an assumed value counts as one that may still turn: under an assumed
condition both branches are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from doudi.rules.calendar import from_day
from doudi.rules.nodes import (
    Among,
    And,
    Arith,
    Between,
    Compare,
    Const,
    DateCalc,
    Default,
    Extreme,
    Firm,
    If,
    Inside,
    Known,
    Leaf,
    Node,
    Not,
    Or,
    Read,
    Round,
    Scale,
    Standard,
    Table,
)
from doudi.rules.ruleset import Key
from doudi.rules.scalar.evaluate import Run
from doudi.rules.scalar.lookups import key_names
from doudi.rules.scalar.rows import Live, Path
from doudi.rules.scalar.tables import completeness


class Missing(NamedTuple):
    """A missing leaf and the row that it is of; a standard belongs to no row and has path ``()``."""

    leaf: Leaf
    path: Path


Variable = tuple[Key, Live]
Found = Missing | Variable


class Finder:
    """Finds what is missing in one run; what was found for a variable is kept."""

    def __init__(self, run: Run) -> None:
        self.run = run
        # Leaves are kept by number: hundreds are put together for one household, and a number is far quicker to compare.
        self._leaves: dict[Missing, int] = {}
        self._under: dict[Variable, tuple[int, ...]] = {}

    def missing(self, *variables: Variable) -> tuple[Missing, ...]:
        """What is missing for variables, each a key and a row, in the order in which the formulas mention it; empty where all are known and
        none rests on an assumption."""
        numbers = dict.fromkeys(n for variable in variables for n in self._numbers(variable))
        if not numbers:
            return ()
        leaves = tuple(self._leaves)
        return tuple(leaves[n] for n in numbers)

    def _numbers(self, wanted: Variable) -> tuple[int, ...]:
        """Variables wait on a list of their own and not on Python's stack, so that a chain of hundreds of rules is no trouble."""
        under = self._under
        waiting: list[tuple[Variable, tuple[Found, ...]]] = []
        if wanted not in under:
            waiting.append((wanted, tuple(self._ask(*wanted))))
        while waiting:
            variable, found = waiting[-1]
            first = next((f for f in found if not isinstance(f, Missing) and f not in under), None)
            if first is not None:
                waiting.append((first, tuple(self._ask(*first))))
                continue
            waiting.pop()
            numbers: dict[int, None] = {}
            for f in found:
                if isinstance(f, Missing):
                    numbers[self._leaves.setdefault(f, len(self._leaves))] = None
                else:
                    numbers.update(dict.fromkeys(under[f]))
            under[variable] = tuple(numbers)
        return under[wanted]

    def _ask(self, key: Key, r: Live) -> Iterator[Found]:
        if settled(self.run.v(key, r)):
            return
        laid_down = self.run.fixed.get((key, r.path))
        variable = self.run.program.ruleset.variables[key]
        if laid_down is not None:
            yield from laid_down.missing
        elif variable.origin == "fact":
            yield Missing(Leaf("fact", *key), r.path)
        elif variable.node is None:
            yield Missing(Leaf("rule", *key), r.path)
        else:
            yield from self.under(variable.node, r, (key, r))

    def under(self, node: Node, r: Live, owner: Variable) -> Iterator[Found]:
        """What is missing under ``node`` on row ``r``, one variable deep; ``owner`` is the variable whose formula it stands in."""
        if not settled(self.run.of_node(node, r)):
            yield from ASKERS[type(node)](self, node, r, owner)


def settled(v: tuple[object, object, bool]) -> bool:
    """Known, and not by assumption."""
    return v[0] == v[1] and not v[2]


Owner = Variable


def _parts(f: Finder, node: Node, r: Live, owner: Owner) -> Iterator[Found]:
    """Most nodes: everything below that is itself not settled."""
    for part in node.parts:
        yield from f.under(part, r, owner)


def _nothing(_finder: Finder, _node: Const, _row: Live, _owner: Owner) -> Iterator[Found]:
    yield from ()


def _read(_finder: Finder, node: Read, r: Live, _owner: Owner) -> Iterator[Found]:
    while r.entity != node.entity:
        r = r.parent
    yield (node.entity, node.name), r


def _if(f: Finder, node: If, r: Live, owner: Owner) -> Iterator[Found]:
    c = f.run.of_node(node.c, r)
    if settled(c):
        yield from f.under(node.a if c[0] else node.b, r, owner)
    else:
        yield from _parts(f, node, r, owner)


def _arith(f: Finder, node: Arith, r: Live, owner: Owner) -> Iterator[Found]:
    yield from _parts(f, node, r, owner)
    if node.op == "/":
        lo, hi, _ = f.run.of_node(node.b, r)
        if lo == hi == 0:
            (entity, name), row = owner
            yield Missing(Leaf("zero", entity, name), row.path)


def _default(f: Finder, node: Default | Known, r: Live, owner: Owner) -> Iterator[Found]:
    """Once x is supplied, what stood in for it no longer matters."""
    yield from f.under(node.x, r, owner)


def _standard(f: Finder, node: Standard | Scale, r: Live, owner: Owner) -> Iterator[Found]:
    yield from _parts(f, node, r, owner)
    run = f.run
    area, day = ((0, 0, False) if node.area is None else run.of_node(node.area, r)), run.of_node(node.at, r)
    if area[0] != area[1] or day[0] != day[1]:
        return
    first, last, _ = (0, 0, False) if node.key is None else run.of_node(node.key, r)
    ruleset = run.program.ruleset
    keys, at = key_names(ruleset, node), from_day(int(day[0]))
    # Where the key is open, a key without a value is missing too: knowing the key would not help a household that has it.
    for key in keys[int(first) : int(last) + 1]:
        found = ruleset.standards[node.name].find(int(area[0]), key, at)
        if found.value is None:
            detail = f"{area_word(f.run, int(area[0]))}/{key}/{at.isoformat()}"
            yield Missing(Leaf("stale" if found.why == "stale" else "standard", "", node.name, detail), ())


def area_word(run: Run, code: int) -> str:
    """The name of a division, or its twelve digits where the ruleset does not name it."""
    return next((a.name for a in run.program.ruleset.book.areas if a.code == code), f"{code:012d}")


def _table(f: Finder, node: Table, r: Live, owner: Owner) -> Iterator[Found]:
    run = f.run
    listed = completeness(node)(r)
    if not listed:
        yield Missing(Leaf("table", r.entity, node.entity), r.path)
    empty = True
    for row in r.kids[node.entity]:
        where = (1, 1, False) if node.where is None else run.of_node(node.where, row)
        if settled(where) and not where[1]:
            continue
        empty = False
        if node.op == "all" and node.value is not None and _certain(run.of_node(node.value, row)):
            continue
        for asked in node.parts:
            yield from f.under(asked, row, owner)
    if empty and listed and node.op in ("max", "min", "latest"):
        yield Missing(Leaf("empty", r.entity, node.entity), r.path)


def _certain(v: tuple[object, object, bool]) -> bool:
    """True, and not by assumption: whether the row is in then no longer matters to 全部."""
    return settled(v) and v[0] == 1


ASKERS: dict[type[Node], Callable[[Finder, Any, Live, Owner], Iterator[Found]]] = {
    Const: _nothing,
    Read: _read,
    Standard: _standard,
    Scale: _standard,
    Not: _parts,
    And: _parts,
    Or: _parts,
    Compare: _parts,
    Among: _parts,
    Inside: _parts,
    Between: _parts,
    Arith: _arith,
    Extreme: _parts,
    Round: _parts,
    If: _if,
    DateCalc: _parts,
    Table: _table,
    Default: _default,
    Known: _default,
    Firm: _default,
}
