"""The small wrongs that a formula could hold: one comparison, threshold, condition, list, area, rounding or date changed at a time.

They are made on typed nodes, so that no formula has to be read again. Only what was written in the formula's own
text is changed: not what
the compiler put round it, and not the filter of a view, which belongs to the view.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import Any

from doudi.rules.nodes import (
    Among,
    And,
    Between,
    Compare,
    CompareOp,
    Const,
    Extreme,
    Firm,
    If,
    Inside,
    Node,
    Not,
    Or,
    Round,
    Table,
)
from doudi.rules.ruleset import Variable
from doudi.rules.types import MONEY, RATIO_UNIT, TRUTH, Kind

NO_SPAN = (0, 0)
_EDGE: dict[CompareOp, CompareOp] = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "=": "!=", "!=": "="}
_SIGN = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "=": "=", "!=": "≠"}
_MODES = {"half-up": "四舍五入", "down": "向下", "up": "向上"}


@dataclass(frozen=True)
class Change:
    """One change: the part of the text that it is in, and what becomes of it, in Chinese and English."""

    span: tuple[int, int]
    zh: str
    en: str


Changed = tuple[Change, Node]


@dataclass(frozen=True)
class Named:
    """What a book names: its views, and by category the values and their English."""

    views: frozenset[str]
    values: Mapping[str, Sequence[tuple[str, str]]]


def of_variable(variable: Variable, named: Named) -> Iterator[Changed]:
    """Every change to a variable's own formula, as the variable's whole new node."""
    node = variable.node
    if node is None or variable.text is None:
        return
    inner, rebuild = _written(variable, node)
    if variable.origin in ("condition", "when"):
        yield (
            Change(inner.span, "去掉整个条件", "the whole condition dropped"),
            rebuild(Const(type=TRUTH, value=1, lo=1, hi=1)),
        )
    for change, new in _changes(inner, named, ()):
        yield change, rebuild(new)


def _written(variable: Variable, node: Node) -> tuple[Node, Callable[[Node], Node]]:
    """The node of the formula as written, inside what the compiler made of it, and how to put another in its place."""
    if variable.origin == "amount" and isinstance(node, If) and isinstance(node.a, Firm):
        whole, firm = node, node.a
        return firm.x, lambda new: replace(whole, a=replace(firm, x=new))
    if isinstance(node, Firm):
        outer = node
        return outer.x, lambda new: replace(outer, x=new)
    return node, lambda new: new


def _changes(node: Node, named: Named, above: tuple[Node, ...]) -> Iterator[Changed]:
    if node.span != NO_SPAN:
        yield from _here(node, named, above)
    if isinstance(node, Table):
        yield from _table(node, named, above)
        return
    for held in fields(node):
        part = getattr(node, held.name)
        if isinstance(part, Node):
            for change, new in _changes(part, named, (*above, node)):
                yield change, _with(node, held.name, new)
        elif isinstance(part, tuple):
            for i, x in enumerate(part):
                if isinstance(x, Node):
                    for change, new in _changes(x, named, (*above, node)):
                        yield change, _with(node, held.name, (*part[:i], new, *part[i + 1 :]))


def _with(node: Node, name: str, new: Any) -> Node:
    return replace(node, **{name: new})


def _table(node: Table, named: Named, above: tuple[Node, ...]) -> Iterator[Changed]:
    """The condition, value and order of a table; a view's own filter stays."""
    inside = (*above, node)
    for name in ("value", "by"):
        part = getattr(node, name)
        if isinstance(part, Node):
            for change, new in _changes(part, named, inside):
                yield change, _with(node, name, new)
    seen, written = _filter(node, named.views)
    # which kinds matter was worked out from the condition
    none = Const(type=TRUTH, value=1, lo=1, hi=1) if node.op == "any" else None
    if node.span != NO_SPAN:
        if seen is not None:
            said = Change(node.span, f"“{node.view}”不筛选", f"“{node.view}” no longer narrows")
            yield said, replace(node, where=written or none, kinds=None)
        yield from _operation(node, seen, written)
    if written is None or written.span == NO_SPAN:
        return
    yield Change(written.span, "去掉筛选条件", "the condition dropped"), replace(node, where=seen or none, kinds=None)
    for change, new in _changes(written, named, inside):
        where = new if seen is None else And(xs=(seen, new), span=new.span)
        yield change, replace(node, where=where, kinds=None)


def _operation(node: Table, seen: Node | None, written: Node | None) -> Iterator[Changed]:
    """Another thing said of the same rows."""
    if node.op == "sum":
        yield _change(node, "合计改为最大", "the sum becomes the greatest"), replace(node, op="max")
    elif node.op == "max":
        yield _change(node, "最大改为最小", "the greatest becomes the least"), replace(node, op="min")
    elif node.op == "min":
        yield _change(node, "最小改为最大", "the least becomes the greatest"), replace(node, op="max")
    elif node.op == "any" and written is not None and written.span != NO_SPAN:
        every = replace(node, op="all", where=seen, value=written, kinds=None)
        yield _change(node, "任一改为全部", "any becomes all"), every
    elif node.op == "all" and node.value is not None:
        both = node.value if node.where is None else And(xs=(node.where, node.value))
        some = replace(node, op="any", where=both, value=None, kinds=None)
        yield _change(node, "全部改为任一", "all becomes any"), some


def _filter(node: Table, views: frozenset[str]) -> tuple[Node | None, Node | None]:
    """The view's filter and the condition that is written in the formula."""
    where = node.where
    if node.view not in views:
        return None, where
    if isinstance(where, And) and len(where.xs) == 2 and where.span == where.xs[1].span:
        return where.xs
    return where, None


def _here(node: Node, named: Named, above: tuple[Node, ...]) -> Iterator[Changed]:
    """Changes to this node itself."""
    match node:
        case Compare():
            op = _EDGE[node.op]
            yield _change(node, f"{_SIGN[node.op]} 改为 {_SIGN[op]}", f"{node.op} becomes {op}"), replace(node, op=op)
        case Between():
            yield from _between(node)
        case Const(label=""):
            yield from _const(node, above[-1] if above else None)
        case And() | Or():
            for i, x in enumerate(node.xs):
                rest = (*node.xs[:i], *node.xs[i + 1 :])
                change = Change(x.span if x.span != NO_SPAN else node.span, "去掉这一部分", "this part dropped")
                yield change, rest[0] if len(rest) == 1 else _with(node, "xs", rest)
        case Not():
            yield _change(node, "去掉“非”", "“not” dropped"), node.x
        case If():
            yield _change(node, "条件取反", "the condition negated"), replace(node, c=Not(x=node.c))
        case Inside():
            yield _change(node, "取反", "negated"), Not(x=node)
            if (wider := _wider(node)) is not None:
                yield _change(node, "放宽到上一级地区", "widened to the division above"), wider
        case Among():
            for i in range(len(node.codes)):
                rest_codes = (*node.codes[:i], *node.codes[i + 1 :])
                yield _change(node, f"去掉第 {i + 1} 个值", f"value {i + 1} dropped"), replace(node, codes=rest_codes)
            for code, (zh, en) in enumerate(named.values[node.x.type.category]):
                if code not in node.codes:
                    yield _change(node, f"多算“{zh}”", f"“{en}” added"), replace(node, codes=(*node.codes, code))
        case Round():
            yield from _round(node)
        case Extreme():
            zh, en = (
                ("取大改为取小", "greatest becomes least")
                if node.greatest
                else ("取小改为取大", "least becomes greatest")
            )
            yield _change(node, zh, en), replace(node, greatest=not node.greatest)


def _change(node: Node, zh: str, en: str) -> Change:
    return Change(node.span, zh, en)


def _wider(node: Inside) -> Inside | None:
    """The division that ``node``'s own lies in; None for a set of divisions and for the country."""
    if len(node.ranges) > 1:
        return None
    ((start, end),) = node.ranges
    for digits in (9, 6, 4, 2, 0):
        size = 10 ** (12 - digits)
        if size > end - start + 1:
            low = start // size * size
            return replace(node, ranges=((low, low + size - 1),))
    return None


def _between(node: Between) -> Iterator[Changed]:
    after = Compare(op=">", a=node.x, b=node.start), Compare(op="<", a=node.x, b=node.end)
    upto = Compare(op=">=", a=node.x, b=node.start), Compare(op="<=", a=node.x, b=node.end)
    yield _change(node, "不含首日", "the first day left out"), And(xs=after, span=node.span)
    yield _change(node, "含末日次日", "the day after the last taken in"), And(xs=upto, span=node.span)


def _const(node: Const, parent: Node | None) -> Iterator[Changed]:
    kind = node.type.kind
    if kind is Kind.TRUTH:
        flipped = 1 - int(node.value)
        yield _change(node, "是否取反", "negated"), replace(node, value=flipped, lo=flipped, hi=flipped)
        return
    if kind not in (Kind.MONEY, Kind.INTEGER, Kind.RATIO, Kind.DATE):
        return
    unit = Fraction(1, RATIO_UNIT) if kind is Kind.RATIO else 1
    said = {Kind.MONEY: "一分", Kind.INTEGER: "1", Kind.RATIO: "万分之一", Kind.DATE: "一天"}[kind]
    said_en = {Kind.MONEY: "1 fen", Kind.INTEGER: "1", Kind.RATIO: "1/10000", Kind.DATE: "1 day"}[kind]
    for step, zh, en in ((1, "加", "plus"), (-1, "减", "less")):
        if not _told(node, parent, step):
            value = node.value + step * unit
            yield _change(node, f"{zh}{said}", f"{en} {said_en}"), replace(node, value=value, lo=value, hi=value)


def _told(node: Const, parent: Node | None, step: int) -> bool:
    """Whether the comparison's own change says the same: for whole numbers x > 0 with 0 less 1 is x ≥ 0."""
    if not isinstance(parent, Compare) or node.type.kind not in (Kind.INTEGER, Kind.DATE):
        return False
    other = parent.a if parent.b is node else parent.b
    if other.type.kind is not node.type.kind:
        return False
    rising = {"<": 1, "<=": -1, ">": -1, ">=": 1}.get(parent.op, 0)
    return step == (rising if parent.b is node else -rising)


def _round(node: Round) -> Iterator[Changed]:
    for mode, said in _MODES.items():
        if mode != node.mode:
            zh, en = f"{_MODES[node.mode]}改为{said}", f"{node.mode} becomes {mode}"
            yield _change(node, zh, en), _with(node, "mode", mode)
    yield _change(node, "舍入单位放大十倍", "rounding unit ten times as large"), replace(node, unit=node.unit * 10)
    if node.type == MONEY and node.unit % 10 == 0:
        finer = Fraction(node.unit) / 10
        yield _change(node, "舍入单位缩小十倍", "rounding unit a tenth"), replace(node, unit=finer)
