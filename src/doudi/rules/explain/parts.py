"""What mattered to a value: the names, standards and table rows under a formula that decided it, those left out that could not have changed it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

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
from doudi.rules.ruleset import Key
from doudi.rules.scalar.evaluate import Run
from doudi.rules.scalar.missing import settled
from doudi.rules.scalar.rows import Live
from doudi.rules.types import Kind


@dataclass(frozen=True, eq=False)
class Name:
    """A fact or rule on a row."""

    key: Key
    row: Live


@dataclass(frozen=True, eq=False)
class LookUp:
    """A standard as it was looked up from a row."""

    node: Standard | Scale
    row: Live


@dataclass(frozen=True, eq=False)
class Rows:
    """A table under a row."""

    node: Table
    row: Live


@dataclass(frozen=True, eq=False)
class Assumed:
    """缺省 or 已知 that had to assume, with the reason given for it."""

    node: Default | Known
    row: Live


Part = Name | LookUp | Rows | Assumed


def mattered(run: Run, node: Node, r: Live) -> Iterator[Part]:
    """The parts of ``node`` on row ``r`` that its value came from, in the order of the formula."""
    yield from FOLLOW[type(node)](run, node, r)


def _all(run: Run, node: Node, r: Live) -> Iterator[Part]:
    for part in node.parts:
        yield from FOLLOW[type(part)](run, part, r)


def _none(_run: Run, _node: Const, _row: Live) -> Iterator[Part]:
    yield from ()


def _read(_run: Run, node: Read, r: Live) -> Iterator[Part]:
    while r.entity != node.entity:
        r = r.parent
    yield Name((node.entity, node.name), r)


def _lookup(run: Run, node: Standard | Scale, r: Live) -> Iterator[Part]:
    yield LookUp(node, r)
    if isinstance(node, Scale):
        yield from FOLLOW[type(node.x)](run, node.x, r)
    # Where a household is registered is told with the standard; it is a part of its own only where it is open.
    for part in (node.area, node.key, node.at):
        if part is not None and not settled(run.of_node(part, r)):
            yield from FOLLOW[type(part)](run, part, r)


def _and_or(run: Run, node: And | Or, r: Live) -> Iterator[Part]:
    for x in deciding_operands(run, node, r):
        yield from FOLLOW[type(x)](run, x, r)


def deciding_operands(run: Run, node: And | Or, r: Live) -> list[Node]:
    """Of a settled AND or OR the one operand that settled it, or all where all had to agree; of an open one the operands still open."""
    breaks = 0 if isinstance(node, And) else 1
    lo, hi, _ = run.of_node(node, r)
    values = [(x, run.of_node(x, r)) for x in node.xs]
    if lo == hi == breaks:
        broke = [(x, v) for x, v in values if v[0] == v[1] == breaks]
        return [min(broke, key=lambda found: found[1][2])[0]]
    if lo == hi:
        return list(node.xs)
    return [x for x, v in values if not settled(v)]


def _if(run: Run, node: If, r: Live) -> Iterator[Part]:
    lo, hi, _ = run.of_node(node.c, r)
    yield from FOLLOW[type(node.c)](run, node.c, r)
    for branch in (node.a, node.b) if lo != hi else (node.a if lo else node.b,):
        yield from FOLLOW[type(branch)](run, branch, r)


def _default(run: Run, node: Default, r: Live) -> Iterator[Part]:
    lo, hi, _ = run.of_node(node.x, r)
    if lo != hi:
        yield Assumed(node, r)
    yield from FOLLOW[type(node.x)](run, node.x, r)
    if lo != hi:
        yield from FOLLOW[type(node.value)](run, node.value, r)


def _known(run: Run, node: Known, r: Live) -> Iterator[Part]:
    lo, hi, _ = run.of_node(node.x, r)
    if lo != hi:
        yield Assumed(node, r)
    yield from FOLLOW[type(node.x)](run, node.x, r)


def _table(_run: Run, node: Table, r: Live) -> Iterator[Part]:
    yield Rows(node, r)


FOLLOW: dict[type[Node], Callable[[Run, Any, Live], Iterator[Part]]] = {
    Const: _none,
    Read: _read,
    Standard: _lookup,
    Scale: _lookup,
    Not: _all,
    And: _and_or,
    Or: _and_or,
    Compare: _all,
    Among: _all,
    Inside: _all,
    Between: _all,
    Arith: _all,
    Extreme: _all,
    Round: _all,
    If: _if,
    DateCalc: _all,
    Table: _table,
    Default: _default,
    Known: _known,
    Firm: _all,
}


def deciding_comparison(run: Run, node: Node, r: Live) -> tuple[Compare, Live] | None:
    """The comparison of two amounts that a known truth comes down to, followed through names, AND, OR and NOT; None where it comes down to
    several things or to none that can be measured."""
    while True:
        match node:
            case Firm() | Not():
                node = node.x
            case And() | Or():
                operands = deciding_operands(run, node, r)
                if len(operands) != 1:
                    return None
                node = operands[0]
            case If():
                lo, hi, _ = run.of_node(node.c, r)
                if lo != hi:
                    return None
                node = node.a if lo else node.b
            case Read():
                while r.entity != node.entity:
                    r = r.parent
                inner = run.program.ruleset.variables[node.entity, node.name].node
                if inner is None or ((node.entity, node.name), r.path) in run.fixed:
                    return None
                node = inner
            case Compare() if node.a.type.numeric or node.a.type.kind is Kind.DATE:
                return node, r
            case _:
                return None
