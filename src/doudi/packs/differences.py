"""What a case shows when it does not come out as stated."""

from __future__ import annotations

from dataclasses import dataclass

from doudi.rules import Where
from doudi.rules.scalar import Missing


@dataclass(frozen=True)
class Difference:
    """Something that did not come out as a case says. ``why`` are the first lines of the reason."""

    case: str
    where: Where
    evaluator: str
    zh: str
    en: str
    why: tuple[str, ...] = ()


def leaf_name(missing: Missing) -> str:
    """``人.收入`` for a fact or table, the name alone for a standard."""
    leaf = missing.leaf
    return f"{leaf.entity}.{leaf.name}" if leaf.entity else leaf.name
