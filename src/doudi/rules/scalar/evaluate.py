"""Running a program over one household: the value of every variable on every row, all kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from doudi.rules.ruleset import Key
from doudi.rules.scalar.rows import Live, Path, Row, check
from doudi.rules.scalar.values import TRUE, V, Value, natural, stored
from doudi.rules.types import Kind

if TYPE_CHECKING:
    from doudi.rules.nodes import Node
    from doudi.rules.scalar.missing import Missing
    from doudi.rules.scalar.program import Program


class Fixed(NamedTuple):
    """A value laid down from outside instead of being computed (who counts in a household that others are split off from), and what is
    missing where it is not known."""

    v: V
    missing: tuple[Missing, ...] = ()


class Run:
    """One household evaluated. ``rows`` lists the rows of each entity in the order given, ``fixed`` what was laid down from outside."""

    def __init__(
        self, program: Program, household: Row, fixed: Mapping[tuple[Key, Path], Fixed], flag: str = ""
    ) -> None:
        self.program, self.household, self.fixed = program, household, fixed
        self.rows: dict[str, list[Live]] = {name: [] for name in program.ruleset.entities}
        self.root = self._index(program.ruleset.root, household, None, ())
        if flag:
            self.root.v[program.slots[program.ruleset.root, flag]] = TRUE[0]
        self._places: dict[tuple[str, Path], Live] = {}
        if fixed:
            self._compute_fixed()
        else:
            self._compute()

    def _index(self, entity: str, row: Row, parent: Live | None, path: Path) -> Live:
        program = self.program
        live = Live(entity, row, parent, path, program.blank[entity].copy())
        self.rows[entity].append(live)
        slots, declared, v = program.slots, program.facts[entity], live.v
        for name, given in row.facts.items():
            lo, hi = given if isinstance(given, tuple) else (given, given)
            if declared[name].type.kind is Kind.RATIO:
                low = natural(Kind.RATIO, lo)
                v[slots[entity, name]] = (low, low if lo == hi else natural(Kind.RATIO, hi), False)
            else:
                v[slots[entity, name]] = (lo, lo if lo == hi else hi, False)
        for child in program.children[entity]:
            live.kids[child] = [self._index(child, r, live, (*path, r.id)) for r in row.rows.get(child, ())]
        return live

    def _compute(self) -> None:
        rows = self.rows
        for entity, slot, _, fn in self.program.steps:
            for r in rows[entity]:
                r.v[slot] = fn(r)

    def _compute_fixed(self) -> None:
        rows, fixed = self.rows, self.fixed
        for entity, slot, key, fn in self.program.steps:
            for r in rows[entity]:
                laid_down = fixed.get((key, r.path))
                r.v[slot] = fn(r) if laid_down is None else laid_down.v

    def find(self, entity: str, path: Path = ()) -> Live:
        """The row of ``entity`` at ``path``. Raises KeyError where there is none."""
        if not self._places:
            self._places.update({(name, r.path): r for name, rows in self.rows.items() for r in rows})
        return self._places[entity, path]

    def v(self, key: Key, r: Live) -> V:
        """The value of a variable on a row of its own entity, in natural units."""
        return r.v[self.program.slots[key]]

    def value(self, key: Key, r: Live) -> Value:
        """The value of a variable on a row of its own entity, in stored units."""
        return stored(self.program.ruleset.variables[key].type, r.v[self.program.slots[key]])

    def of_node(self, node: Node, r: Live) -> V:
        """The value of any part of a formula on the row that it is asked of, in natural units."""
        made = self.program.fns.get((r.entity, node))
        return (self.program.fn(node, r.entity) if made is None else made)(r)


def evaluate(program: Program, household: Row) -> Run:
    """Check the facts and run every formula. Raises FactError."""
    check(program.ruleset, program.facts, household)
    return Run(program, household, {})
