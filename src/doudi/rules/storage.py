"""Whether what a formula gives fits where it is stored: whole in its unit, within 64 bits, within what the pack declares."""

from __future__ import annotations

from math import ceil, floor

from doudi.rules.block.representation import LIMIT, Form
from doudi.rules.declared import Rule
from doudi.rules.faults import Fault
from doudi.rules.nodes import Node
from doudi.rules.programmes import Pending
from doudi.rules.ranges import Overflow
from doudi.rules.types import RATIO_UNIT, Kind, Type


def stores_whole(kind: Type, form: Form) -> bool:
    """Whether every value of a node of this form is a whole number of ``kind``'s stored units."""
    return form.fixed and kind.store_scale % form.den == 0


def stored_bounds(kind: Type, node: Node) -> tuple[int, int]:
    """The bounds of a settled node in stored units. Raises Overflow where these do not fit, though the node itself may."""
    scale = RATIO_UNIT if kind.kind is Kind.RATIO else 1
    lo, hi = floor(node.lo * scale), ceil(node.hi * scale)
    if max(-lo, hi) > LIMIT:
        raise Overflow(node, max(-lo, hi))
    return lo, hi


def fraction_fault(p: Pending) -> Fault:
    unit = {Kind.MONEY: "分", Kind.RATIO: "万分之一"}.get(p.type.kind, "个")
    place = p.text.where if p.text is not None else p.where
    shown = p.text.source if p.text is not None else p.name
    return Fault(
        place,
        "needs-rounding",
        f"“{shown}”会算出不是整{unit}的数；请写明怎样舍入，如 四舍五入(…, {unit})",
        f"“{shown}” can give a fraction; say how it is rounded, such as 四舍五入(…, {unit})",
    )


def overflow_fault(p: Pending, fault: Overflow) -> Fault:
    start, end = fault.node.span
    text = p.text
    shown = text.source[start:end] if text is not None and end > start else p.name
    place = text.at(start) if text is not None else p.where
    return Fault(
        place,
        "overflow",
        f"“{p.entity}.{p.name}”里的“{shown}”可能大到约 {fault.most:.1e}，超出 2^62；请先舍入，或收紧事实的上下限",
        f"“{shown}” in {p.entity}.{p.name} could reach about {fault.most:.1e}, past 2^62: round earlier or narrow the bounds of the facts",
    )


def holds(rule: Rule, lo: int, hi: int) -> bool:
    """Whether the declared bounds of ``rule`` hold all that its formula can give."""
    return (rule.lo is None or rule.lo <= lo) and (rule.hi is None or hi <= rule.hi)


def bounds_fault(rule: Rule, lo: int, hi: int) -> Fault:
    return Fault(
        rule.where,
        "bounds",
        f"“{rule.entity}.{rule.name}”声明的上下限装不下公式可能的结果 {lo}..{hi}（按存储单位）",
        f"The declared bounds of {rule.entity}.{rule.name} do not hold what the formula can give, {lo}..{hi} (stored units)",
    )
