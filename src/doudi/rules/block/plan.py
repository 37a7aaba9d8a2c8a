"""A ruleset made ready for blocks: its formulas as ops in order, which facts they read, and what is asked of them."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from doudi.rules.block.build import Builder
from doudi.rules.block.column import Array, Column
from doudi.rules.block.demand import Demand
from doudi.rules.block.facts import Reader
from doudi.rules.block.layout import Block
from doudi.rules.block.ops import Op
from doudi.rules.block.representation import LIMIT
from doudi.rules.block.step import Step
from doudi.rules.nodes import Compare, Firm, Node, Read, Table, walk
from doudi.rules.ruleset import DerivedPlan, Key, ProgrammePlan, Ruleset, Variable
from doudi.rules.types import RATIO_UNIT, Kind


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
        self._demands: dict[tuple[Key, ...], Demand] = {}

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

    def _answers(self, programme: ProgrammePlan) -> list[Key]:
        """The variables that a programme's answer is read from on every row."""
        names = [programme.eligible, programme.granted, programme.amount, programme.paid]
        names += [blocker for _, blocker in programme.blockers]
        return [(programme.entity, name) for name in names if name]

    def demand(self, show: Sequence[Key]) -> Demand:
        """For the answers of all programmes and for ``show``."""
        found = self._demands.get(tuple(show))
        if found is None:
            found = self._demands[tuple(show)] = self._demanded(show)
        return found

    def _demanded(self, show: Sequence[Key]) -> Demand:
        programmes, derived = self.ruleset.programmes, self.ruleset.derived
        # What answers are read from, households are split off by, and what was asked for.
        asked = {*show, *(key for p in programmes for key in self._answers(p))}
        for d in derived:
            asked |= {(d.entity, d.when), (self.ruleset.root, d.settles)}
        if derived and self.ruleset.membership is not None:
            asked.add(self.ruleset.membership)
        told = [[(p.entity, name) for name in p.conditions] for p in programmes]
        measured = (self.reads[condition] for condition in self.margins)
        outputs = frozenset(asked.union(*told, *measured))
        return Demand(self.steps, self.reads, outputs, self.handed_on.union(asked), told)

    def evaluate(
        self,
        block: Block,
        demand: Demand | None = None,
        given: frozenset[Key] = frozenset(),
        keep: frozenset[Key] | None = None,
    ) -> None:
        """What is demanded (None: every formula on every row) into ``block.columns``, where ``given`` are already. Without ``keep`` nothing is
        forgotten; with it all but these and the outputs as soon as it can be."""
        for v in self.given:
            if v.key not in block.columns:
                block.columns[v.key] = _given(v, block.n(v.entity), flag=v.key in self.flags)
        if demand is None:
            every = frozenset(s.key for s in self.steps)
            demand = Demand(self.steps, self.reads, every, every, ())
        demand.evaluate(block, given, keep)


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
