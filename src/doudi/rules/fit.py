"""Which types go together, and what an operation on them gives."""

from __future__ import annotations

from dataclasses import replace

from doudi.rules.nodes import Arith, ArithOp, Const, Node
from doudi.rules.types import INTEGER, MONEY, RATIO, Kind, Type

_OPS: dict[str, ArithOp] = {"PLUS": "+", "MINUS": "-", "TIMES": "*", "DIVIDE": "/"}


def join(node: Node, wanted: Type) -> Node | None:
    """``node`` seen as ``wanted``, or None where it cannot be.

    A bare 0 fits every number and a bare whole number fits every unit and also a ratio (1 is 100%), because only written numbers are bare.
    """
    have = node.type
    if have == wanted:
        return node
    if (
        isinstance(node, Const)
        and have == INTEGER
        and (wanted.kind is Kind.RATIO or (node.value == 0 and wanted.numeric))
    ):
        return replace(node, type=wanted)
    if have.kind is Kind.INTEGER and wanted.kind is Kind.INTEGER and "" in (have.unit, wanted.unit):
        return node
    return None


def comparable(a: Node, b: Node) -> tuple[Node, Node] | None:
    """Both nodes brought to one type, or None."""
    as_b = join(a, b.type)
    if as_b is not None:
        return as_b, b
    as_a = join(b, a.type)
    return None if as_a is None else (a, as_a)


def arithmetic(op: str, a: Node, b: Node, span: tuple[int, int]) -> Node | None:
    """``a op b`` with its type, or None where it has no meaning. ``op`` is PLUS, MINUS, TIMES or DIVIDE."""
    if not (a.type.numeric and b.type.numeric):
        return None
    if op in ("PLUS", "MINUS"):
        both = comparable(a, b)
        if both is None:
            return None
        unit = both[0].type if both[0].type.unit else both[1].type
        return Arith(type=unit, op=_OPS[op], a=both[0], b=both[1], span=span)
    kind = _product(a.type, b.type) if op == "TIMES" else _quotient(a.type, b.type)
    return None if kind is None else Arith(type=kind, op=_OPS[op], a=a, b=b, span=span)


def _product(a: Type, b: Type) -> Type | None:
    kinds = {a.kind, b.kind}
    if kinds == {Kind.MONEY}:
        return None
    if Kind.MONEY in kinds:
        return MONEY
    if Kind.RATIO in kinds:
        return RATIO
    return a if a.unit else b


def _quotient(a: Type, b: Type) -> Type | None:
    if a.kind is Kind.MONEY:
        return RATIO if b.kind is Kind.MONEY else MONEY
    return None if b.kind is Kind.MONEY else RATIO
