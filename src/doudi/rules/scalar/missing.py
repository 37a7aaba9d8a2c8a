"""What is missing: the unknown leaves under a value that is not known, or that rests on an assumption, and could still change it.

Supplying every one of them makes the value known, unless a leaf of another kind than a fact or a table (a standard, a division by
zero, an empty table) stands in the way. For that law an assumed value counts as one that may still turn: under an assumed
condition both branches are asked for.
"""

from __future__ import annotations

from collections.abc import Callable
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
        if wanted in under:
            return under[wanted]
        waiting = [(wanted, self._ask(*wanted), 0)]
        while waiting:
            variable, found, seen = waiting.pop()
            for at in range(seen, len(found)):
                f = found[at]
                if not isinstance(f, Missing) and f not in under:
                    # First what it rests on; then it goes on here.
                    waiting.append((variable, found, at))
                    waiting.append((f, self._ask(*f), 0))
                    break
            else:
                under[variable] = self._together(found)
        return under[wanted]

    def _together(self, found: list[Found]) -> tuple[int, ...]:
        numbers: dict[int, None] = {}
        for f in found:
            if isinstance(f, Missing):
                numbers[self._leaves.setdefault(f, len(self._leaves))] = None
            else:
                numbers.update(dict.fromkeys(self._under[f]))
        return tuple(numbers)

    def _ask(self, key: Key, r: Live) -> list[Found]:
        found: list[Found] = []
        if settled(self.run.v(key, r)):
            return found
        laid_down = self.run.fixed.get((key, r.path))
        variable = self.run.program.ruleset.variables[key]
        if laid_down is not None:
            found += laid_down.missing
        elif variable.origin == "fact":
            found.append(Missing(Leaf("fact", *key), r.path))
        elif variable.node is None:
            found.append(Missing(Leaf("rule", *key), r.path))
        else:
            self.under(variable.node, r, (key, r), found)
        return found

    def under(self, node: Node, r: Live, owner: Variable, found: list[Found]) -> None:
        """Adds to ``found`` what is missing under ``node`` on row ``r``, one variable deep; ``owner`` is the variable whose formula it stands in."""
        lo, hi, assumed = self.run.of_node(node, r)
        if lo != hi or assumed:
            ASKERS[type(node)](self, node, r, owner, found)


def settled(v: tuple[object, object, bool]) -> bool:
    """Known, and not by assumption."""
    return v[0] == v[1] and not v[2]


Owner = Variable
List = list[Found]


def _parts(f: Finder, node: Node, r: Live, owner: Owner, found: List) -> None:
    """Most nodes: everything below that is itself not settled."""
    for part in node.parts:
        f.under(part, r, owner, found)


def _nothing(_finder: Finder, _node: Const, _row: Live, _owner: Owner, _found: List) -> None:
    pass


def _read(_finder: Finder, node: Read, r: Live, _owner: Owner, found: List) -> None:
    while r.entity != node.entity:
        r = r.parent
    found.append(((node.entity, node.name), r))


def _if(f: Finder, node: If, r: Live, owner: Owner, found: List) -> None:
    c = f.run.of_node(node.c, r)
    if settled(c):
        f.under(node.a if c[0] else node.b, r, owner, found)
    else:
        _parts(f, node, r, owner, found)


def _arith(f: Finder, node: Arith, r: Live, owner: Owner, found: List) -> None:
    _parts(f, node, r, owner, found)
    if node.op == "/":
        lo, hi, _ = f.run.of_node(node.b, r)
        if lo == hi == 0:
            (entity, name), row = owner
            found.append(Missing(Leaf("zero", entity, name), row.path))


def _default(f: Finder, node: Default | Known, r: Live, owner: Owner, found: List) -> None:
    """Once x is supplied, what stood in for it no longer matters."""
    f.under(node.x, r, owner, found)


def _standard(f: Finder, node: Standard | Scale, r: Live, owner: Owner, found: List) -> None:
    _parts(f, node, r, owner, found)
    run = f.run
    area, day = ((0, 0, False) if node.area is None else run.of_node(node.area, r)), run.of_node(node.at, r)
    if area[0] != area[1] or day[0] != day[1]:
        return
    first, last, _ = (0, 0, False) if node.key is None else run.of_node(node.key, r)
    ruleset = run.program.ruleset
    keys, at = key_names(ruleset, node), from_day(int(day[0]))
    # Where the key is open, a key without a value is missing too: knowing the key would not help a household that has it.
    for key in keys[int(first) : int(last) + 1]:
        there = ruleset.standards[node.name].find(int(area[0]), key, at)
        if there.value is None:
            detail = f"{area_word(f.run, int(area[0]))}/{key}/{at.isoformat()}"
            found.append(Missing(Leaf("stale" if there.why == "stale" else "standard", "", node.name, detail), ()))


def area_word(run: Run, code: int) -> str:
    """The name of a division, or its twelve digits where the ruleset does not name it."""
    return next((a.name for a in run.program.ruleset.book.areas if a.code == code), f"{code:012d}")


def _table(f: Finder, node: Table, r: Live, owner: Owner, found: List) -> None:
    run = f.run
    listed = completeness(node)(r)
    if not listed:
        found.append(Missing(Leaf("table", r.entity, node.entity), r.path))
    empty = True
    for row in r.kids[node.entity]:
        where = (1, 1, False) if node.where is None else run.of_node(node.where, row)
        if settled(where) and not where[1]:
            continue
        empty = False
        if node.op == "all" and node.value is not None and _certain(run.of_node(node.value, row)):
            continue
        for asked in node.parts:
            f.under(asked, row, owner, found)
    if empty and listed and node.op in ("max", "min", "latest"):
        found.append(Missing(Leaf("empty", r.entity, node.entity), r.path))


def _certain(v: tuple[object, object, bool]) -> bool:
    """True, and not by assumption: whether the row is in then no longer matters to 全部."""
    return settled(v) and v[0] == 1


ASKERS: dict[type[Node], Callable[[Finder, Any, Live, Owner, List], None]] = {
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
