"""A formula made ready for columns: one ``Op`` for each node. ``value`` works it out on the rows of a view, ``blame`` says what is missing."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Protocol

import numpy as np

from doudi.rules.block import representation
from doudi.rules.block.column import Array, Column, constant, positions
from doudi.rules.block.layout import View
from doudi.rules.block.representation import Form
from doudi.rules.nodes import Exact, Node, Read
from doudi.rules.types import Kind


class Blame(Protocol):
    """Who is told what is missing. ``need`` holds for each row of a view which questions it matters to, one bit each."""

    def variable(self, view: View, entity: str, name: str, need: Array) -> None: ...

    def incomplete(self, view: View, child: str, need: Array) -> None: ...

    def leaf(self, view: View, kind: str, need: Array, child: str = "") -> None:
        """``zero`` (the variable being asked about divides by zero) or ``empty`` (table ``child`` has no row)."""

    def no_standard(self, view: View, kind: str, name: str, detail: str, need: Array) -> None: ...


class Op:
    """One node. ``parts`` are the ops of ``node.parts``, ``form`` how its numbers are held. ``uses`` counts the places in all formulas that ask
    for it on full columns; where more than one does, its value is kept for the others. ``lasting``: kept as long as its block."""

    __slots__ = ("form", "lasting", "node", "parts", "uses")

    def __init__(self, node: Node, parts: tuple[Op, ...], form: Form) -> None:
        self.node, self.parts, self.form = node, parts, form
        self.uses = 1
        self.lasting = False

    def value(self, view: View) -> Column:
        memo = view.memo
        if memo is None:
            return self.run(view) if self.uses == 1 and not self.lasting else view.shared(self)
        found = memo.get(self)
        if found is None:
            found = memo[self] = view.shared(self) if self.lasting else self.run(view)
        return found

    def run(self, view: View) -> Column:
        raise NotImplementedError

    def blame(self, view: View, need: Array, blame: Blame) -> None:
        """Pass ``need`` on to what is missing, on the rows where this is unknown or rests on an assumption."""
        opened = self.value(view).unsettled()
        if opened is None:
            return
        need = need * opened
        if need.any():
            self.spread(view, need, blame)

    def spread(self, view: View, need: Array, blame: Blame) -> None:
        for part in self.parts:
            part.blame(view, need, blame)


class ConstOp(Op):
    """One number or truth for all rows. ``everywhere``: as a full column, for the rare op of which every part is constant."""

    __slots__ = ("den", "everywhere", "num")

    def __init__(self, node: Node, value: Exact, everywhere: bool = False) -> None:
        super().__init__(node, (), representation.constant(value))
        self.everywhere = everywhere
        self.den = value.denominator
        self.num: Any = _number(node, value)

    @property
    def exact(self) -> Fraction:
        return Fraction(int(self.num), self.den)

    def value(self, view: View) -> Column:
        return constant(np.full(view.n, self.num), self.den) if self.everywhere else constant(self.num, self.den)


def _number(node: Node, value: Exact) -> Any:
    if node.type.kind is Kind.TRUTH:
        return bool(value)
    if node.type.kind is Kind.CATEGORY:
        # Codes chosen between stay narrow, as those read are.
        return np.int8(int(value)) if value < 128 else np.int16(int(value))
    return value.numerator


class ReadOp(Op):
    __slots__ = ("entity", "key", "name")

    def __init__(self, node: Read, form: Form) -> None:
        super().__init__(node, (), form)
        self.entity, self.name = node.entity, node.name
        self.key = (node.entity, node.name)

    def value(self, view: View) -> Column:
        if view.rows is None:
            block = view.block
            return block.columns[self.key] if self.entity == view.entity else block.lifted(view.entity, self.key)
        return super().value(view)

    def run(self, view: View) -> Column:
        return view.column(self.key)

    def spread(self, view: View, need: Array, blame: Blame) -> None:
        blame.variable(view, self.entity, self.name, need)


def const_of(op: Op) -> ConstOp | None:
    return op if isinstance(op, ConstOp) and not op.everywhere else None


FEW = 4
"""A formula is worked out on the rows that matter alone where they are fewer than one in FEW."""


def where_needed(op: Op, view: View, rows: Array) -> Column:
    """The value of ``op``, which has to be right only on the rows marked."""
    n = view.n
    if view.memo is not None or op.uses > 1 or isinstance(op, ConstOp | ReadOp):
        return op.value(view)
    count = int(np.count_nonzero(rows))
    if count * FEW > n:
        return op.value(view)
    truth = op.node.type.kind is Kind.TRUTH
    if not count:
        return constant(False if truth else 0, op.form.den)
    at = positions(rows)
    x = op.value(view.only(at))
    lo = _scattered(x.lo, at, n, bool if truth else np.int64, 0)
    hi = lo if x.hi is x.lo else _scattered(x.hi, at, n, bool if truth else np.int64, 0)
    dlo = x.dlo if isinstance(x.dlo, int) else _scattered(x.dlo, at, n, np.int64, 1)
    dhi = dlo if x.dhi is x.dlo else x.dhi if isinstance(x.dhi, int) else _scattered(x.dhi, at, n, np.int64, 1)
    assumed = None if x.assumed is None else _scattered(x.assumed, at, n, bool, 0)
    return Column(lo, hi, dlo, dhi, assumed)


def _scattered(x: Any, rows: Array, n: int, dtype: Any, rest: int) -> Array:
    out = np.full(n, rest, dtype=dtype)
    out[rows] = x
    return out


def bound(value: Exact, den: int) -> int:
    """A static bound as a numerator over ``den``, which its own denominator divides."""
    return value.numerator * (den // value.denominator)
