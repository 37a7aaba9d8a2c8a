"""Words for the rows of a list: why somebody stands on it, in one line that fits a printed column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from doudi.rules.explain.words import words_for
from doudi.rules.nodes import Compare, Node, Read, Standard
from doudi.rules.ruleset import ProgrammePlan, Ruleset, Variable
from doudi.rules.types import Kind
from doudi.screening.lists import CHANGED, MISSED, UNDECIDED, WRONGLY_IN

MOST_MISSING = 4


def yuan(fen: int | None, lang: str = "zh") -> str:
    """``1,234.50 元``; whole yuan without decimals; an unknown sum says so."""
    if fen is None:
        return "未知" if lang == "zh" else "unknown"
    return f"{amount(fen)} 元" if lang == "zh" else f"CNY {amount(fen)}"


def amount(fen: int) -> str:
    """The same without the unit, for a column whose head says it."""
    sign, fen = ("-" if fen < 0 else ""), abs(fen)
    return f"{sign}{fen // 100:,}" + (f".{fen % 100:02d}" if fen % 100 else "")


@dataclass(frozen=True)
class Reasons:
    """Puts words to list rows of one ruleset, in Chinese (``zh``) or English (``en``)."""

    ruleset: Ruleset
    lang: str = "zh"

    def of(self, row: dict[str, Any]) -> str:
        """The reason of a row of ``lists`` (columns list, programme, failing, margin, paid, received, missing, granted)."""
        zh = self.lang == "zh"
        plan = next(p for p in self.ruleset.programmes if p.name == row["programme"])
        match row["list"]:
            case kind if kind == UNDECIDED:
                said = self.missing(row["missing"] or [])
                return (
                    (f"缺：{said}" if zh else f"Missing: {said}") if said else ("条件未能确定" if zh else "Not settled")
                )
            case kind if kind == WRONGLY_IN:
                return self.failed(plan, row["failing"], row["margin"])
            case kind if kind == MISSED:
                due = f"，应发 {yuan(row['paid'])}" if zh else f"; due {yuan(row['paid'], 'en')}"
                met = f"{self.one(row)}符合全部条件" if zh else f"{self.one(row)}Meets every condition"
                return f"{met}{due if plan.amount else ''}"
            case kind if kind == CHANGED:
                due, now = (yuan(row[k], self.lang) for k in ("paid", "received"))
                return f"{self.one(row)}应发 {due}，现发 {now}" if zh else f"{self.one(row)}Due {due}, paid {now}"
        return ""

    def one(self, row: dict[str, Any]) -> str:
        """Words before the reason of a row that stands there for a household of one: what is granted although the household itself fails."""
        if row["failing"] is None or row["failing"] < 0:
            return ""
        # A kind is declared once for each span of days.
        kinds = {d.name: d.en for d in self.ruleset.book.derived}
        return f"按{'、'.join(kinds)}：" if self.lang == "zh" else f"{' or '.join(kinds.values())}: "

    def failed(self, plan: ProgrammePlan, failing: int | None, margin: int | None) -> str:
        """The condition that fails, and by how much where that is a sum of money or a count."""
        zh = self.lang == "zh"
        if failing is None or failing < 0:
            return "因另享其他项目而停发" if zh else "Taken away by another programme"
        variable = self.ruleset.variables[(plan.entity, plan.conditions[failing])]
        said = self.condition(variable)
        by = self._margin(variable, margin)
        if by:
            return f"不符合“{said}”：{by}" if zh else f"Fails “{said}”: {by}"
        return f"不符合“{said}”" if zh else f"Fails “{said}”"

    def margin(self, plan: ProgrammePlan, failing: int, margin: int | None) -> str:
        """How far the condition was missed, alone: ``人均月收入 高出 低保标准 12.40 元``; empty where it cannot be measured."""
        return self._margin(self.ruleset.variables[(plan.entity, plan.conditions[failing])], margin)

    def condition(self, variable: Variable) -> str:
        """A condition in words: as the pack says it, else its formula."""
        said = variable.zh if self.lang == "zh" else variable.en
        return said or (variable.text.source if variable.text is not None else variable.name)

    def _margin(self, variable: Variable, margin: int | None) -> str:
        node = variable.node
        if margin is None or not isinstance(node, Compare) or not node.a.type.numeric:
            return ""
        a, b = self._name(node.a, variable), self._name(node.b, variable)
        if node.a.type.kind is Kind.MONEY:
            far = yuan(abs(margin), self.lang)
        elif node.a.type.kind is Kind.RATIO:
            far = f"{abs(margin) / 100:g}%"
        else:
            unit = words_for(self.ruleset, "zh" if self.lang == "zh" else "en").unit(node.a.type.unit)
            far = f"{abs(margin)} {unit}".strip()
        if margin == 0:
            return f"{a} 等于 {b}" if self.lang == "zh" else f"{a} equals {b}"
        if self.lang == "zh":
            return f"{a} {'高出' if margin > 0 else '低于'} {b} {far}"
        return f"{a} is {far} {'above' if margin > 0 else 'below'} {b}"

    def _name(self, node: Node, variable: Variable) -> str:
        if isinstance(node, Read):
            return node.name if self.lang == "zh" else self.ruleset.variables[(node.entity, node.name)].en
        if isinstance(node, Standard):
            return node.name if self.lang == "zh" else self.ruleset.standards[node.name].decl.en
        start, end = node.span
        return variable.text.source[start:end] if variable.text is not None and end > start else variable.name

    def missing(self, leaves: list[str]) -> str:
        """``kind|entity.name`` leaves in words, the first few."""
        said = [self.leaf(leaf) for leaf in leaves]
        shown = "、".join(said[:MOST_MISSING]) if self.lang == "zh" else ", ".join(said[:MOST_MISSING])
        more = len(said) - MOST_MISSING
        return shown if more <= 0 else f"{shown} 等 {len(said)} 项" if self.lang == "zh" else f"{shown} and {more} more"

    def leaf(self, leaf: str) -> str:
        kind, _, full = leaf.partition("|")
        entity, _, name = full.partition(".")
        zh = self.lang == "zh"
        label = name if zh else self._label(entity, name)
        match kind:
            case "table":
                table = self.ruleset.entities.get(name)
                word = (table.table or table.name) if table is not None else name
                return f"{word}是否列全" if zh else f"whether {table.en.lower() if table else name} rows are complete"
            case "standard" | "stale":
                said = "没有在用的标准" if kind == "standard" else "标准已过复核期"
                english = "no standard in force" if kind == "standard" else "standard past its review"
                return f"{name}（{said}）" if zh else f"{label} ({english})"
            case "rule":
                return f"{name}（当日没有规则）" if zh else f"{label} (no rule in force)"
            case "zero":
                return f"{name}（除数为零）" if zh else f"{label} (division by nought)"
            case "empty":
                return f"{name}（表中无行）" if zh else f"{label} (no rows)"
        if not zh:
            return label
        return name if entity in (self.ruleset.root, "") else f"{entity}的{name}"

    def _label(self, entity: str, name: str) -> str:
        if name in self.ruleset.standards:
            return self.ruleset.standards[name].decl.en
        variable = self.ruleset.variables.get((entity, name))
        return variable.en if variable is not None else name
