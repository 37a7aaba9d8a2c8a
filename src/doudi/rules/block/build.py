"""From typed nodes to ops: each node once for each entity it is evaluated on, constants worked out beforehand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from doudi.rules.block.choice import DefaultOp, ExtremeOp, FirmOp, IfOp
from doudi.rules.block.column import as_array
from doudi.rules.block.layout import Block, Tree, View
from doudi.rules.block.lookups import StandardOp
from doudi.rules.block.numbers import DateOp, RoundOp, arith_op
from doudi.rules.block.ops import ConstOp, Op, ReadOp
from doudi.rules.block.places import unit
from doudi.rules.block.representation import LIMIT, Form, measure
from doudi.rules.block.tables import TableOp
from doudi.rules.block.truths import AndOp, BetweenOp, CompareOp, KnownOp, MemberOp, NotOp
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
    Node,
    Not,
    Or,
    Read,
    Round,
    Scale,
    Standard,
    Table,
)
from doudi.rules.ruleset import Ruleset
from doudi.rules.types import Kind

MAKERS: dict[type[Node], Callable[[Any, tuple[Op, ...], Form], Op]] = {
    Not: NotOp,
    And: AndOp,
    Or: AndOp,
    Compare: CompareOp,
    Among: MemberOp,
    Inside: MemberOp,
    Between: BetweenOp,
    Known: KnownOp,
    Arith: arith_op,
    Round: RoundOp,
    DateCalc: DateOp,
    Extreme: ExtremeOp,
    If: IfOp,
    Default: DefaultOp,
    Firm: FirmOp,
}
"""Nodes that need nothing but their parts. Const, Read, Standard, Scale and Table are made below."""


class Overflow(ValueError):
    """A node whose integers could pass 2^62; checking a book refuses it before it comes here."""


class Builder:
    """Makes ops for one ruleset. Raises ValueError for nodes that the compiler would not let pass."""

    def __init__(self, ruleset: Ruleset, *, simplify: bool = True) -> None:
        """``simplify``: leave out what constants decide."""
        self.ruleset = ruleset
        self.simplify = simplify
        self.decls = {name: table.decl for name, table in ruleset.standards.items()}
        self.finest = min(map(unit, ruleset.standards.values()), default=1)
        self._made: dict[tuple[str, Node], Op] = {}
        self._alike: dict[object, Op] = {}
        root = ruleset.root
        self._one = View(Block(Tree.of({root: ""}), {root: np.zeros(1, dtype=np.int64)}, {}, {}, {}), root)

    def op(self, node: Node, entity: str) -> Op:
        """``node`` made ready for rows of ``entity``."""
        made = self._made.get((entity, node))
        if made is not None:
            return made
        try:
            made = self._op(node, entity)
        except Overflow:
            if not self.simplify:
                raise
            # With a constant put in, a part may have one denominator where it varied, and what is made of it larger integers than those that
            # were checked when the book was: then it is evaluated as it was written.
            made = self.as_written.op(node, entity)
        self._made[entity, node] = made
        return made

    @cached_property
    def as_written(self) -> Builder:
        return Builder(self.ruleset, simplify=False)

    def _op(self, node: Node, entity: str) -> Op:
        within = node.entity if isinstance(node, Table) else entity
        parts = tuple(self.op(p, within) for p in node.parts)
        # Nodes that say the same of the same parts are one op, in whichever formulas they stand.
        key = (type(node), entity, _said(node), *map(id, parts))
        made = self._alike.get(key)
        if made is None:
            made = self._alike[key] = self._make(node, parts)
        return made

    def count(self, roots: Iterable[Op]) -> None:
        """Count who asks for each op when every one of ``roots`` is evaluated once."""
        asked: dict[Op, int] = {}
        waiting = list(roots)
        while waiting:
            op = waiting.pop()
            asked[op] = asked.get(op, 0) + 1
            if asked[op] == 1:
                waiting += op.parts
        for op, uses in asked.items():
            # Reading a column costs nothing.
            op.uses = 1 if isinstance(op, ConstOp | ReadOp) else uses

    def _make(self, node: Node, parts: tuple[Op, ...]) -> Op:
        if isinstance(node, Const):
            return ConstOp(node, node.value)
        form = self._form(node, parts)
        match node:
            case Read():
                return ReadOp(node, form)
            case Standard() | Scale():
                return StandardOp(node, parts, form, self.ruleset, self.finest)
            case Table():
                if node.where is not None:
                    parts = (_everywhere(parts[0]), *parts[1:])
                return TableOp(node, parts, form, self.ruleset.entities[node.entity].max_rows)
        return self._settled(node, parts) or self._folded(node, parts, form)

    def _form(self, node: Node, parts: tuple[Op, ...]) -> Form:
        form = measure(node, [p.form for p in parts], self.decls, self.ruleset.entities)
        if form.most > LIMIT:
            raise Overflow(f"{type(node).__name__} could reach about {form.most:.1e}")
        return form

    def _settled(self, node: Node, parts: tuple[Op, ...]) -> Op | None:
        """The part that is the whole answer, where constants among the parts make it so."""
        match node:
            case And() | Or():
                deciding = isinstance(node, Or)
                consts = [p for p in parts if isinstance(p, ConstOp)]
                for p in consts:
                    if bool(p.num) is deciding:
                        return p
                rest = [p for p in parts if not isinstance(p, ConstOp)]
                if not rest:
                    return ConstOp(node, int(not deciding))
                if len(rest) < len(parts):
                    return rest[0] if len(rest) == 1 else AndOp(node, tuple(rest), Form())
            case If() if self.simplify and isinstance(parts[0], ConstOp):
                # The branch alone: what the other would have been never matters.
                return self._renamed(parts[1 if parts[0].num else 2], node)
            case Default() if self.simplify and isinstance(parts[0], ConstOp):
                return self._renamed(parts[0], node)
        return None

    @staticmethod
    def _renamed(op: Op, node: Node) -> Op:
        return ConstOp(node, op.exact) if isinstance(op, ConstOp) else op

    def _folded(self, node: Node, parts: tuple[Op, ...], form: Form) -> Op:
        if form.value is not None:
            # Its form speaks of the one value, in lowest terms, and no longer of the working (1/2 + 1/2 is over 2, 1 is not).
            return ConstOp(node, form.value)
        if isinstance(node, If | Default):
            # One that is a constant here is there as it was written.
            parts = (_everywhere(parts[0]), *parts[1:])
        if not all(isinstance(p, ConstOp) for p in parts):
            if isinstance(node, Arith) and node.op == "/" and isinstance(parts[1], ConstOp) and parts[1].num == 0:
                parts = (parts[0], _everywhere(parts[1]))
            if isinstance(node, Extreme):
                node, parts = self._one_constant(node, parts)
            return MAKERS[type(node)](node, parts, form)
        op = MAKERS[type(node)](node, tuple(_everywhere(p) for p in parts), form)
        if not self.simplify and node.type.numeric:
            return op
        x = op.value(self._one)
        if x.assumed is not None or (x.known() is not None and not as_array(x.known()).all()):
            return op
        num = as_array(x.lo).reshape(-1)[0]
        den = x.dlo if isinstance(x.dlo, int) else int(as_array(x.dlo).reshape(-1)[0])
        return ConstOp(node, int(num) if node.type.kind is Kind.TRUTH else Fraction(int(num), den))

    @staticmethod
    def _one_constant(node: Extreme, parts: tuple[Op, ...]) -> tuple[Extreme, tuple[Op, ...]]:
        """All constants among the parts made one."""
        consts = [p for p in parts if isinstance(p, ConstOp)]
        if len(consts) < 2:
            return node, parts
        best = (max if node.greatest else min)(consts, key=lambda p: p.exact)
        return node, (*(p for p in parts if not isinstance(p, ConstOp)), best)


_WORDS = {"span", "label", "reason", "view"}
"""Fields that change nothing in a node's value."""


def _said(node: Node) -> tuple[object, ...]:
    """What a node says besides its parts."""
    out: list[object] = []
    for f in fields(node):
        value = getattr(node, f.name)
        of_nodes = isinstance(value, Node) or (isinstance(value, tuple) and any(isinstance(v, Node) for v in value))
        if f.name not in _WORDS and not of_nodes:
            out.append(value)
        elif of_nodes:
            # Which parts are there matters: where and value of a table, for one.
            out.append(f.name)
    return tuple(out)


def _everywhere(op: Op) -> Op:
    """A constant as a full column."""
    if not isinstance(op, ConstOp):
        return op
    return ConstOp(op.node, int(op.num) if op.node.type.kind is Kind.TRUTH else op.exact, everywhere=True)
