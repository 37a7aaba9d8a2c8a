"""How what a policy wants reached is measured by the figures of a screening."""

from __future__ import annotations

from dataclasses import dataclass

from doudi.rules.faults import NOWHERE, Where

FIGURES = {
    "应享": "entitled", "已享": "taken", "应保未保": "missed", "领取情况未知": "unsaid", "在领": "receiving", "应退未退": "leave",
    "金额不符": "changed", "无法判定": "open",
}  # fmt: skip
"""What a screening counts of a programme, by the words that a pack uses."""


@dataclass(frozen=True)
class Measured:
    """The target ``name`` (a standard of kind target) is the share that ``share`` has of ``of``, both sums of ``FIGURES`` over ``programmes`` (none
    named: all)."""

    name: str
    share: tuple[str, ...]
    of: tuple[str, ...]
    programmes: tuple[str, ...] = ()
    where: Where = NOWHERE
