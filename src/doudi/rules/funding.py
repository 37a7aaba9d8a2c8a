"""Who bears the cost of a payment: named shares take their part in turn, the rest takes what remains, and together they are the payment."""

from __future__ import annotations

from collections.abc import Callable

from doudi.rules.check import Checker
from doudi.rules.declared import Funding, Programme
from doudi.rules.nodes import Arith, Const, Extreme, If, Node
from doudi.rules.syntax import Tree
from doudi.rules.types import MONEY

UNSTATED = "未载明"
"""The level that stands for what no document gives to anyone."""


def nothing() -> Node:
    return Const(type=MONEY, value=0)


def read(check: Checker, entity: str, name: str) -> Node:
    return check.read((entity, name), (0, 0))


def share_of(p: Programme, funding: tuple[Funding, ...], level: str) -> Callable[[Checker, Tree | None], Node]:
    """How to make the node of what ``level`` bears of X实发."""

    def make(check: Checker, _: Tree | None) -> Node:
        paid = read(check, p.entity, f"{p.name}实发")
        node: Node = paid if level == UNSTATED else nothing()
        for i, f in reversed(list(enumerate(funding))):
            part = _part(check, p, i, f, level, paid)
            when = None if f.when is None else read(check, p.entity, f"{p.name}@出资{i}")
            node = part if when is None else If(type=MONEY, c=when, a=part, b=node)
        return node

    return make


def _part(check: Checker, p: Programme, i: int, f: Funding, level: str, paid: Node) -> Node:
    """What ``level`` bears under one funding entry: each named share in turn takes no more than is left and no less than nothing, the rest what remains."""
    left = paid
    for s in f.shares:
        if s.formula is None:
            continue
        named = Extreme(type=MONEY, greatest=True, xs=(read(check, p.entity, f"{p.name}@出资{i}·{s.level}"), nothing()))
        take = Extreme(type=MONEY, greatest=False, xs=(named, left))
        if s.level == level:
            return take
        left = Arith(type=MONEY, op="-", a=left, b=take)
    if level == UNSTATED:
        return nothing() if any(s.formula is None for s in f.shares) else left
    return left if any(s.level == level for s in f.shares) else nothing()
