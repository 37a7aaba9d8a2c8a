"""What every formula of a text reads, directly and in the end, and who reads a thing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from doudi.rules.nodes import Inside, Node, Read, Scale, Standard, Table, walk
from doudi.rules.ruleset import Key, ProgrammePlan, Ruleset, Variable

Owner = tuple[str, str, str]
"""(kind, entity, name) of what a page is about: a programme, term, conflict or derived household."""


@dataclass(frozen=True)
class Reads:
    """``variables`` and ``standards`` named in a formula, ``tables`` gone through (entities) and whether an area is asked for by name."""

    variables: frozenset[Key]
    standards: frozenset[str]
    tables: frozenset[str]
    inside: tuple[Inside, ...] = ()


NOTHING = Reads(frozenset(), frozenset(), frozenset())


class Uses:
    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset
        self.reads: dict[Key, Reads] = {
            key: NOTHING if v.node is None else reads(v.node) for key, v in ruleset.variables.items()
        }
        self._keys: dict[str, set[Key]] = defaultdict(set)
        for s in ruleset.book.standards:
            self._keys[s.name] = {k for k in (s.area, s.by) if k is not None}
        self.users: dict[Key, set[Owner]] = defaultdict(set)
        self.standard_users: dict[str, set[Owner]] = defaultdict(set)
        self.table_users: dict[str, set[Owner]] = defaultdict(set)
        for key, found in self.reads.items():
            owner = owner_of(ruleset.variables[key])
            for read in found.variables:
                if owner_of(ruleset.variables[read]) != owner:
                    self.users[read].add(owner)
            for standard in found.standards:
                self.standard_users[standard].add(owner)
            for table in found.tables:
                self.table_users[table].add(owner)

    def of_programme(self, plan: ProgrammePlan) -> Reads:
        """What its own conditions and amount name."""
        names = [*plan.conditions, *([plan.amount] if plan.amount else [])]
        found = [self.reads[plan.entity, n] for n in names]
        own = {(plan.entity, n) for n in (*names, plan.eligible)}
        return Reads(
            frozenset(k for r in found for k in r.variables if k not in own),
            frozenset(s for r in found for s in r.standards),
            frozenset(t for r in found for t in r.tables),
            tuple(i for r in found for i in r.inside),
        )

    def in_the_end(self, plan: ProgrammePlan) -> Reads:
        """Every fact, standard and table that its answer may come to rest on, the rules in between followed down; other programmes that it
        excludes or is excluded by are not."""
        names = [*plan.conditions, *([plan.amount] if plan.amount else [])]
        return self.below({(plan.entity, n) for n in names})

    def below(self, keys: set[Key]) -> Reads:
        seen: set[Key] = set()
        standards: set[str] = set()
        tables: set[str] = set()
        inside: list[Inside] = []
        stack = list(keys)
        while stack:
            key = stack.pop()
            if key in seen:
                continue
            seen.add(key)
            found = self.reads.get(key, NOTHING)
            stack += found.variables
            for s in found.standards:
                stack += self._keys[s]
            standards |= found.standards
            tables |= found.tables
            inside += found.inside
        return Reads(frozenset(seen), frozenset(standards), frozenset(tables), tuple(inside))


def reads(node: Node) -> Reads:
    variables: set[Key] = set()
    standards: set[str] = set()
    tables: set[str] = set()
    inside: list[Inside] = []
    for n in walk(node):
        if isinstance(n, Read):
            variables.add((n.entity, n.name))
        elif isinstance(n, Standard | Scale):
            standards.add(n.name)
        elif isinstance(n, Table):
            tables.add(n.entity)
        elif isinstance(n, Inside):
            inside.append(n)
    return Reads(frozenset(variables), frozenset(standards), frozenset(tables), tuple(inside))


def owner_of(v: Variable) -> Owner:
    """On whose page a variable is told: what the compiler made of a programme on the programme's."""
    if v.programme:
        return "programme", "", v.programme
    if v.origin == "conflict":
        return "conflict", "", v.name.partition("#")[0]
    if v.origin in ("derived", "when"):
        return "derived", "", v.zh or v.name.removeprefix("作为")
    return "term", v.entity, v.name
