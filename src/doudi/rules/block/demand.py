"""What is worked out for the outputs asked for, in which order, on which rows, and how long it is kept.

Most helpers of a programme are read only under a condition, and hold for few: ``如果 符合医疗救助 则 本月救助额 否则 0 元`` asks for 本月救助额
where 符合医疗救助 may be true and nowhere else. Such a variable is worked out there alone. Elsewhere its column holds a number that nobody looks at.

Where a variable is asked for follows from the formulas: under 如果 by what has to hold for the branch, in a 且 or 或 by the other parts, through
a helper by where that one is asked for; of the conditions of a programme one by those before, for the first that fails is the one that is told.
A guard is worked out before what it guards, so that no two can wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from doudi.rules.block.choice import IfOp
from doudi.rules.block.column import Array, Column, nought, positions
from doudi.rules.block.layout import Block, View
from doudi.rules.block.lookups import StandardOp
from doudi.rules.block.ops import FEW, ConstOp, Op, ReadOp
from doudi.rules.block.step import Step
from doudi.rules.block.tables import TableOp
from doudi.rules.block.truths import AndOp, NotOp
from doudi.rules.nodes import Firm
from doudi.rules.ruleset import Key
from doudi.rules.types import Kind

Guard = tuple[Key, bool]
"""A variable, and whether it has to be possibly true or possibly false."""

Guards = frozenset[Guard]

Ways = frozenset[Guards]
"""Under each of these, and under no other, a variable is asked for."""

Asked = Mapping[Key, Sequence[tuple[Key, Guards]]]
"""By variable what its formula reads, in order, and under which guards."""

WORTH = 3
"""A formula of fewer ops is quicker worked out on all rows than on some, which have to be picked out first and put in place afterwards."""

MANY = 4
"""Ways of being asked for: a variable with more of them is worked out everywhere."""


class Demand:
    """``outputs``: what must outlast the evaluation; ``everywhere``: what is asked for on every row; ``told``: the conditions of each programme, in the
    order in which they are looked through for the first that fails."""

    def __init__(
        self,
        steps: Sequence[Step],
        reads: Mapping[Key, frozenset[Key]],
        outputs: frozenset[Key],
        everywhere: frozenset[Key],
        told: Sequence[Sequence[Key]],
    ) -> None:
        self.outputs, self._reads = outputs, reads
        self._needed: dict[frozenset[Key], frozenset[Key]] = {}
        self._read: dict[frozenset[Key], frozenset[Key]] = {}
        by_key = {s.key: s for s in steps if s.key in self.needed()}
        asked = {key: list(_asked(s.op, frozenset())) for key, s in by_key.items()}
        truths = [s.key for s in steps if s.key in everywhere and s.variable.type.kind is Kind.TRUTH]
        # Truths first: they guard the rest.
        self.steps = _ordered(by_key, asked, [key for keys in told for key in keys] + truths)
        self.where = _ways(self.steps, asked, everywhere, told)
        self._last = self._frees()
        self._lists: dict[frozenset[Key], list[tuple[int, Step]]] = {}

    def needed(self, given: frozenset[Key] = frozenset()) -> frozenset[Key]:
        """The outputs and everything that they are worked out from, but for what is ``given`` and what only that is worked out from."""
        found = self._needed.get(given)
        if found is None:
            keys, waiting = set(self.outputs - given), list(self.outputs - given)
            while waiting:
                more = self._reads.get(waiting.pop(), frozenset()) - keys - given
                keys |= more
                waiting += more
            found = self._needed[given] = frozenset(keys)
        return found

    def read(self, given: frozenset[Key]) -> frozenset[Key]:
        """The outputs and all that is read on the way to them, where ``given`` are there already."""
        found = self._read.get(given)
        if found is None:
            reads = (self._reads.get(key, frozenset()) for key in self.needed(given))
            found = self._read[given] = self.outputs.union(*reads)
        return found

    def _frees(self) -> list[tuple[Key, ...]]:
        """For each step the variables that nothing asks for after it."""
        last: dict[Key, int] = {}
        for i, s in enumerate(self.steps):
            guards = {key for way in self.where.get(s.key, frozenset()) for key, _ in way}
            for key in {s.key} | self._reads[s.key] | guards:
                last[key] = i
        found: list[tuple[Key, ...]] = [() for _ in self.steps]
        for key, i in last.items():
            if key not in self.outputs:
                found[i] = (*found[i], key)
        return found

    def evaluate(self, block: Block, given: frozenset[Key], keep: frozenset[Key] | None) -> None:
        """See ``Plan.evaluate``."""
        needed = self.needed(given)
        if needed not in self._lists:
            self._lists[needed] = [(i, s) for i, s in enumerate(self.steps) if s.key in needed]
        views = {e: View(block, e) for e in block.tree.order}
        few: dict[Ways, View | None] = {}
        columns, fixed = block.columns, block.fixed
        for i, step in self._lists[needed]:
            key, some = step.key, None
            view = views[key[0]]
            if key in self.where:
                ways = self.where[key]
                if ways not in few:
                    few[ways] = _where_few(view, ways)
                some = few[ways]
            column = step.stored(step.op.value(view), view.n) if some is None else _on_few(step, some, view.n)
            columns[key] = fixed[key].over(column) if key in fixed else column
            if keep is not None:
                for last in self._last[i]:
                    if last not in keep:
                        block.let_go(last)


# --- while evaluating -------------------------------------------------------------------------------------------------


def _where_few(view: View, ways: Ways) -> View | None:
    """The rows where one of ``ways`` may hold, if they are few."""
    asked: Array = np.zeros(view.n, dtype=bool)
    for way in ways:
        here: Any = True
        for key, wanted in way:
            x = view.block.columns.get(key)
            # Where what a guard guards is given, it may not be there itself.
            if x is not None:
                may = x.hi if wanted else ~x.lo
                here = here & (may if x.assumed is None else may | x.assumed)
        asked |= here
    return view.only(positions(asked)) if np.count_nonzero(asked) * FEW <= view.n else None


def _on_few(step: Step, view: View, n: int) -> Column:
    """The variable on the rows of ``view``, which are some of ``n``; on the others any number that it may have."""
    v, rows = step.variable, view.rows
    assert rows is not None
    kind = bool if v.type.kind is Kind.TRUTH else np.int64
    rest = 0 if v.lo <= 0 <= v.hi else v.lo
    if not len(rows) and rest == 0:
        none = nought(n, kind)
        return Column(none, none, step.den, step.den)
    x = step.stored(step.op.value(view), len(rows))
    lo = _put(x.lo, rows, n, rest)
    hi = lo if x.hi is x.lo else _put(x.hi, rows, n, rest)
    return Column(lo, hi, x.dlo, x.dhi, None if x.assumed is None else _put(x.assumed, rows, n, 0))


def _put(x: Array, rows: Array, n: int, rest: int) -> Array:
    out = np.full(n, rest, dtype=x.dtype) if rest else np.zeros(n, dtype=x.dtype)
    out[rows] = x
    return out


# --- beforehand -------------------------------------------------------------------------------------------------------


def _asked(op: Op, under: Guards) -> Iterator[tuple[Key, Guards]]:
    """What ``op`` reads, in order, and under which guards."""
    if isinstance(op, ReadOp):
        yield op.key, under
    elif isinstance(op, IfOp):
        condition, yes, no = op.parts
        yield from _asked(condition, under)
        yield from _asked(yes, under | _implied(condition, wanted=True))
        yield from _asked(no, under | _implied(condition, wanted=False))
    elif isinstance(op, AndOp):
        # A part that is certainly false (of 或: true) settles it whatever the others are.
        for part in op.parts:
            others = (_implied(other, wanted=op.conjunction) for other in op.parts if other is not part)
            yield from _asked(part, under.union(*others))
    else:
        for part in op.parts:
            yield from _asked(part, under)


def _implied(op: Op, *, wanted: bool) -> Guards:
    """What must possibly hold for ``op`` to be possibly true, or false."""
    if isinstance(op, ReadOp):
        return frozenset({(op.key, wanted)})
    if isinstance(op, NotOp):
        return _implied(op.parts[0], wanted=not wanted)
    if isinstance(op.node, Firm):
        return _implied(op.parts[0], wanted=wanted)
    if isinstance(op, AndOp) and op.conjunction is wanted:
        return frozenset().union(*(_implied(part, wanted=wanted) for part in op.parts))
    return frozenset()


def _ordered(steps: Mapping[Key, Step], asked: Asked, roots: Iterable[Key]) -> list[Step]:
    """Each after all that it reads, but no sooner than somebody asks for it, so that its guards are there by then."""
    out: dict[Key, Step] = {}
    waiting = [key for key in reversed([*roots, *steps]) if key in steps]
    while waiting:
        key = waiting[-1]
        first = [] if key in out else [k for k, _ in asked[key] if k in steps and k not in out]
        if first:
            waiting += reversed(first)
        else:
            out.setdefault(key, steps[key])
            waiting.pop()
    return list(out.values())


def _ways(
    steps: list[Step], asked: Asked, everywhere: frozenset[Key], told: Iterable[Sequence[Key]]
) -> dict[Key, Ways]:
    """By variable the ways of being asked for, where each of them is under a guard. ``steps`` are in order."""
    place = {s.key: i for i, s in enumerate(steps)}
    ops = {s.key: s.op for s in steps}
    under: dict[Key, list[Guards]] = {s.key: [] for s in steps}
    for conditions in told:
        for i, key in enumerate(conditions):
            under.get(key, []).append(_with_implied(((k, True) for k in conditions[:i]), ops))
    out: dict[Key, Ways] = {}
    for i, s in reversed(list(enumerate(steps))):
        key = s.key
        # A guard is of the same row as what it guards, and is there before it.
        ways = {frozenset(g for g in way if g[0][0] == key[0] and place.get(g[0], -1) < i) for way in under[key]}
        ways = {way for way in ways if not any(other < way for other in ways)}
        guarded = key not in everywhere and ways and frozenset() not in ways and len(ways) <= MANY
        if guarded and _work(s.op) >= WORTH:
            out[key] = frozenset(ways)
        for read, guards in asked[key]:
            if read in under:
                more = _with_implied(guards, ops)
                under[read] += [way | more for way in (ways if guarded else [frozenset()])]
    return out


def _with_implied(guards: Iterable[Guard], ops: Mapping[Key, Op]) -> Guards:
    """``guards`` and what follows from the formulas of the variables that they are about."""
    waiting = list(guards)
    out = set(waiting)
    while waiting:
        key, wanted = waiting.pop()
        more = _implied(ops[key], wanted=wanted) - out if key in ops else frozenset()
        out |= more
        waiting += more
    return frozenset(out)


def _work(op: Op) -> int:
    """How many ops other than reading a column are to be worked out; tables and standards are dear."""
    own = 0 if isinstance(op, ConstOp | ReadOp) else WORTH if isinstance(op, TableOp | StandardOp) else 1
    return own + sum(map(_work, op.parts))
