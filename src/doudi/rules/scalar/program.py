"""A ruleset made ready for one household after another: every variable has a slot in its row, every formula is a closure."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import replace
from functools import lru_cache
from typing import Any

from doudi.rules.declared import StandardDecl
from doudi.rules.nodes import Node, Scale, Standard, walk
from doudi.rules.ruleset import Key, Ruleset, StandardTable, Variable
from doudi.rules.same import Same
from doudi.rules.scalar import arithmetic, logic, lookups, tables
from doudi.rules.scalar.rows import declared_facts
from doudi.rules.scalar.values import FALSE, Fn, Maker, V, natural

MAKERS: dict[type[Node], Callable[[Any, str, Maker], Fn]] = {
    **logic.MAKERS,
    **arithmetic.MAKERS,
    **lookups.MAKERS,
    **tables.MAKERS,
}


class Program:
    """Makes the closures once. ``steps`` lists (entity, slot, key, formula) in the ruleset's order; ``blank`` holds, for each entity, the values
    of a row of which nothing is known, ``fns`` every part of a formula made so far. Raises ValueError for a ruleset that could not have come
    from the compiler."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset
        self.facts = declared_facts(ruleset)
        self.slots: dict[Key, int] = {}
        self.blank: dict[str, list[V]] = {name: [] for name in ruleset.entities}
        flags = {(ruleset.root, plan.flag) for plan in ruleset.derived}
        for key, variable in ruleset.variables.items():
            row = self.blank[key[0]]
            self.slots[key] = len(row)
            # Nobody is a derived household until it is decided as one.
            row.append(FALSE[0] if key in flags else unknown(variable))
        self.children = {name: tuple(e.name for e in ruleset.children(name)) for name in ruleset.entities}
        self.fns: dict[tuple[str, Node], Fn] = {}
        self.steps: list[tuple[str, int, Key, Fn]] = []
        for key in ruleset.order:
            node = ruleset.variables[key].node
            if node is not None:
                self.steps.append((key[0], self.slots[key], key, self.fn(node, key[0])))
        if ruleset.membership is None and not all(plan.counts_in_original for plan in ruleset.derived):
            raise ValueError("a derived household whose person does not count in the original needs a view 成员")

    def changed(self, key: Key, node: Node) -> Program:
        """This program with another formula for one computed variable; everything else is shared."""
        other = copy(self)
        variables = self.ruleset.variables
        other.ruleset = replace(self.ruleset, variables={**variables, key: replace(variables[key], node=node)})
        other.fns = dict(self.fns)
        made = other.fn(node, key[0])
        other.steps = [(e, slot, k, made if k == key else fn) for e, slot, k, fn in self.steps]
        return other

    def with_standard(self, decl: StandardDecl) -> Program:
        """This program with other values of one standard."""
        other = copy(self)
        standards = {**self.ruleset.standards, decl.name: StandardTable(decl)}
        other.ruleset = replace(self.ruleset, standards=standards)
        other.fns = {}  # what is made of the standard, and of anything that holds it, has to be made again
        variables = self.ruleset.variables
        other.steps = [
            (e, slot, k, other.fn(node, e) if (node := variables[k].node) and _asks(node, decl.name) else fn)
            for e, slot, k, fn in self.steps
        ]
        return other

    def fn(self, node: Node, entity: str) -> Fn:
        """``node`` made ready for rows of ``entity``; made once."""
        made = self.fns.get((entity, node))
        if made is None:
            made = self.fns[entity, node] = MAKERS[type(node)](node, entity, self)
        return made

    def slot(self, key: Key) -> int:
        return self.slots[key]

    def levels(self, inner: str, outer: str) -> int:
        steps, entity = 0, inner
        while entity != outer:
            entity = self.ruleset.entities[entity].of
            steps += 1
            if not entity:
                raise ValueError(f"{inner} has no {outer} above it")
        return steps


def _asks(node: Node, standard: str) -> bool:
    return any(isinstance(n, Standard | Scale) and n.name == standard for n in walk(node))


def unknown(variable: Variable) -> V:
    """What a variable is worth when nothing is known: its bounds."""
    kind = variable.type.kind
    lo = natural(kind, variable.lo)
    return lo, (lo if variable.lo == variable.hi else natural(kind, variable.hi)), False


@lru_cache(32)
def _program(same: Same) -> Program:
    return Program(same.ruleset)


def program_for(ruleset: Ruleset) -> Program:
    """The program of a ruleset, made the first time it is asked for; the last few are kept."""
    return _program(Same(ruleset))
