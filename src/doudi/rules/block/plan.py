"""A ruleset made ready for blocks: its formulas as ops in order, which facts they read, and when a column may be forgotten."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from doudi.rules.block.build import Builder
from doudi.rules.block.column import Array, Column, spread, times
from doudi.rules.block.facts import Reader
from doudi.rules.block.layout import Block, View
from doudi.rules.block.ops import Op
from doudi.rules.block.representation import LIMIT
from doudi.rules.nodes import Compare, Firm, Node, Read, Table, walk
from doudi.rules.ruleset import DerivedPlan, Key, ProgrammePlan, Ruleset, Variable
from doudi.rules.types import RATIO_UNIT, Kind


@dataclass(frozen=True)
class Step:
    """One computed variable. ``scale`` brings the formula's numerators to stored units."""

    key: Key
    op: Op
    variable: Variable
    scale: int

    @property
    def den(self) -> int:
        return self.variable.type.store_scale

    def stored(self, x: Column, n: int) -> Column:
        """The formula's value as a column of the variable."""
        if self.scale == 1 and isinstance(x.lo, np.ndarray) and isinstance(x.hi, np.ndarray):
            return x if x.sure else x.settled()
        if self.variable.type.kind is Kind.TRUTH:
            lo = spread(x.lo, n, bool)
            return Column(lo, lo if x.hi is x.lo else spread(x.hi, n, bool), assumed=x.assumed).settled()
        lo = times(spread(x.lo, n), self.scale)
        hi = lo if x.hi is x.lo else times(spread(x.hi, n), self.scale)
        return Column(lo, hi, self.den, self.den, x.assumed).settled()


@dataclass(frozen=True)
class Margin:
    """The two sides of a condition that is one comparison of amounts or dates, and what brings their difference to stored units.

    ``fits``: whether their difference fits 64 bits on the way."""

    a: Op
    b: Op
    scale: int
    fits: bool


class Plan:
    """Raises ValueError for a ruleset that could not have come from the compiler."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset
        self.builder = Builder(ruleset)
        self.steps = [s for key in ruleset.order if (s := self._step(ruleset.variables[key])) is not None]
        self.builder.count(s.op for s in self.steps)
        self.reads: dict[Key, frozenset[Key]] = {}
        for s in self.steps:
            node = s.variable.node
            assert node is not None
            self.reads[s.key] = frozenset(_reads(node))
        self.margins = {key: m for key in self._conditions() if (m := self._margin(ruleset.variables[key])) is not None}
        self.flags = {(ruleset.root, plan.flag) for plan in ruleset.derived}
        asked = {(ruleset.root, d.settles) for d in ruleset.derived} | {(d.entity, d.when) for d in ruleset.derived}
        asked |= set() if ruleset.membership is None else {ruleset.membership}
        self.reader = Reader(ruleset, frozenset(asked).union(*self.reads.values()))
        self.tree = self.reader.tree
        # Variables without a formula: rules with no version in force, and the marks of derived households.
        self.given = [
            v for key, v in ruleset.variables.items() if v.node is None and (v.origin != "fact" or key in self.flags)
        ]
        if ruleset.membership is None and not all(p.counts_in_original for p in ruleset.derived):
            raise ValueError("a derived household whose person does not count in the original needs a view 成员")
        self.empty: dict[str, Any] = {}
        """Tables of results without a row, made once."""
        self.alike = {d.name: self._alike(d) for d in ruleset.derived}
        """By kind of derived household, the formulas that give the same there as in the original household: nobody else's facts are in them."""
        self.handed_on = frozenset(self._handed_on())
        """Of these, what the others read: it is taken over from the original household and so has to outlast its evaluation."""
        self._frees: dict[frozenset[Key], list[tuple[Key, ...]]] = {}
        self._kept: dict[tuple[Key, ...], frozenset[Key]] = {}
        self._needed: dict[tuple[frozenset[Key], frozenset[Key]], frozenset[Key]] = {}
        self._lists: dict[frozenset[Key] | None, list[tuple[int, Step]]] = {}

    def _step(self, variable: Variable) -> Step | None:
        node = variable.node
        if node is None:
            return None
        op = self.builder.op(node, variable.entity)
        scale, den = variable.type.store_scale, op.form.den
        if not op.form.fixed or scale % den:
            raise ValueError(f"{variable.entity}.{variable.name} is not whole in stored units: it needs rounding")
        return Step(variable.key, op, variable, scale // den)

    def _conditions(self) -> Iterator[Key]:
        for p in self.ruleset.programmes:
            for name in p.conditions:
                yield (p.entity, name)

    def _margin(self, variable: Variable) -> Margin | None:
        node = variable.node
        while isinstance(node, Firm):
            node = node.x
        if not isinstance(node, Compare) or not (node.a.type.numeric or node.a.type.kind is Kind.DATE):
            return None
        a, b = (self.builder.op(n, variable.entity) for n in (node.a, node.b))
        scale = node.a.type.store_scale
        size = (a.form.num * b.form.den + b.form.num * a.form.den) * scale
        return Margin(a, b, scale, fits=size <= LIMIT)

    def _alike(self, derived: DerivedPlan) -> frozenset[Key]:
        unlike = {(self.ruleset.root, derived.flag)}
        if self.ruleset.membership is not None:
            unlike.add(self.ruleset.membership)
        for s in self.steps:
            node = s.variable.node
            assert node is not None
            of_all = any(isinstance(n, Table) and n.entity == derived.entity for n in walk(node))
            if of_all or not unlike.isdisjoint(self.reads[s.key]):
                unlike.add(s.key)
        return frozenset(s.key for s in self.steps) - unlike

    def _handed_on(self) -> Iterator[Key]:
        for alike in self.alike.values():
            for s in self.steps:
                if s.key not in alike:
                    yield from self.reads[s.key] & alike

    def outputs(self, programme: ProgrammePlan) -> list[Key]:
        """The variables that a programme's answer is read from."""
        names = [programme.eligible, programme.granted, programme.amount, programme.paid, *programme.conditions]
        names += [blocker for _, blocker in programme.blockers]
        return [(programme.entity, name) for name in names if name]

    def kept(self, show: Sequence[Key]) -> frozenset[Key]:
        """What must outlast the evaluation: answers, what margins are measured on, what households are split off by, what was asked for."""
        found = self._kept.get(tuple(show))
        if found is None:
            found = self._kept[tuple(show)] = self._keeping(show)
        return found

    def _keeping(self, show: Sequence[Key]) -> frozenset[Key]:
        keys: set[Key] = set(show)
        for p in self.ruleset.programmes:
            keys |= set(self.outputs(p))
        for key in self.margins:
            keys |= self.reads[key]
        for d in self.ruleset.derived:
            keys |= {(d.entity, d.when), (self.ruleset.root, d.settles)}
        if self.ruleset.derived and self.ruleset.membership is not None:
            keys.add(self.ruleset.membership)
        return frozenset(keys)

    def needed(self, kept: frozenset[Key], given: frozenset[Key] = frozenset()) -> frozenset[Key]:
        """``kept`` and everything that it is worked out from, but for what is ``given`` and what only that is worked out from."""
        found = self._needed.get((kept, given))
        if found is None:
            keys, waiting = set(kept - given), list(kept - given)
            while waiting:
                more = self.reads.get(waiting.pop(), frozenset()) - keys - given
                keys |= more
                waiting += more
            found = self._needed[kept, given] = frozenset(keys)
        return found

    def frees(self, kept: frozenset[Key]) -> list[tuple[Key, ...]]:
        """For each step the variables that nothing reads after it."""
        found = self._frees.get(kept)
        if found is None:
            last: dict[Key, int] = {}
            for i, s in enumerate(self.steps):
                last[s.key] = i
                for key in self.reads[s.key]:
                    last[key] = i
            found = [() for _ in self.steps]
            for key, i in last.items():
                if key not in kept:
                    found[i] = (*found[i], key)
            self._frees[kept] = found
        return found

    def _listed(self, needed: frozenset[Key] | None) -> list[tuple[int, Step]]:
        found = self._lists.get(needed)
        if found is None:
            found = [(i, s) for i, s in enumerate(self.steps) if needed is None or s.key in needed]
            self._lists[needed] = found
        return found

    def evaluate(self, block: Block, needed: frozenset[Key] | None = None, kept: frozenset[Key] | None = None) -> None:
        """The formulas ``needed`` (None: all) in order into ``block.columns``. With ``kept`` all else is forgotten as soon as it can be."""
        for v in self.given:
            if v.key not in block.columns:
                block.columns[v.key] = _given(v, block.n(v.entity), flag=v.key in self.flags)
        frees = None if kept is None else self.frees(kept)
        views = {e: View(block, e) for e in self.tree.order}
        for i, step in self._listed(needed):
            view = views[step.key[0]]
            column = step.stored(step.op.value(view), view.n)
            laid_down = block.fixed.get(step.key)
            block.columns[step.key] = column if laid_down is None else laid_down.over(column)
            if frees is not None:
                for key in frees[i]:
                    block.let_go(key)


def _reads(node: Node) -> Iterator[Key]:
    for n in walk(node):
        if isinstance(n, Read):
            yield (n.entity, n.name)


def _given(v: Variable, n: int, *, flag: bool) -> Column:
    """A mark is false where nobody set it; a rule with no version in force is anything within its bounds."""
    if flag:
        lo: Array = np.zeros(n, dtype=bool)
        return Column(lo, lo)
    if v.type.kind is Kind.TRUTH:
        return Column(np.full(n, bool(v.lo)), np.full(n, bool(v.hi)))
    den = RATIO_UNIT if v.type.kind is Kind.RATIO else 1
    lo = np.full(n, v.lo, dtype=np.int64)
    return Column(lo, lo if v.lo == v.hi else np.full(n, v.hi, dtype=np.int64), den, den)


_plans: dict[int, tuple[weakref.ref[Ruleset], Plan]] = {}


def plan_for(ruleset: Ruleset) -> Plan:
    """The plan of a ruleset, made the first time and kept by identity, because a ruleset holds dicts and cannot be hashed."""
    held = _plans.get(id(ruleset))
    if held is not None and held[0]() is ruleset:
        return held[1]
    plan = Plan(ruleset)
    _plans[id(ruleset)] = (weakref.ref(ruleset), plan)
    return plan
