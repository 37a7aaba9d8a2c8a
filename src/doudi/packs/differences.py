"""What a case shows when it does not come out as stated."""

from __future__ import annotations

from collections.abc import Iterable
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


_LACKS = {
    "fact": "缺事实，补进案例 / facts to add to the case",
    "table": "没有说列全，补进 齐全 / not said to be complete, add to 齐全",
    "standard": "标准没有在用的值，写在 standards/ / standards without a value in force, to write in standards/",
    "stale": "标准过了复核期限 / standards past their review date",
    "rule": "规则在这一天没有版本 / rules without a version on that day",
    "zero": "除以零 / divided by nought",
    "empty": "表里没有行可取 / no row to take from",
}
"""What is missing, by the kind of leaf, and where whoever writes the case supplies it."""


def missing_lines(missing: Iterable[Missing]) -> list[str]:
    """A line for each kind of thing that is missing: they are supplied in different files."""
    by_kind: dict[str, set[str]] = {}
    for m in missing:
        by_kind.setdefault(m.leaf.kind, set()).add(leaf_name(m))
    return [f"{said}：{'、'.join(sorted(by_kind[kind]))}" for kind, said in _LACKS.items() if kind in by_kind]
