"""Decisions in words: why not, by how much, what is missing and where in the ledger it goes."""

from __future__ import annotations

from dataclasses import dataclass

from doudi.rules.nodes import Compare, Firm, Node, Not
from doudi.rules.ruleset import ProgrammePlan, Ruleset
from doudi.rules.types import MONEY, Kind, Type
from doudi.screening.workbook.cells import shown
from doudi.screening.workbook.columns import COMPLETE, Layout, word

PER = {"月": ("/月", " a month"), "年": ("/年", " a year"), "次": ("（一次性）", " once")}

NEAR = {Kind.MONEY: 10_000, Kind.INTEGER: 1, Kind.RATIO: 500}
"""A person who misses a line by no more than this (100 yuan, one year or item, 5%) is told so; others miss most lines by far."""

_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!=", "!=": "="}


@dataclass(frozen=True)
class Gap:
    """Something missing. ``place`` is where the ledger wants it (empty: not a thing of the ledger)."""

    what: str
    place: str


class Words:
    """Says things about decisions made by ``ruleset`` on a ledger of ``layout``, in ``lang``."""

    def __init__(self, ruleset: Ruleset, layout: Layout, lang: str) -> None:
        self.ruleset, self.layout = ruleset, layout
        self.zh = lang == "zh"

    def programme(self, plan: ProgrammePlan) -> str:
        return plan.name if self.zh else f"{plan.name} {plan.en}"

    def due(self, plan: ProgrammePlan, fen: int | None) -> str:
        """``低保 1,230 元/月``; only the name where there is nothing to be paid."""
        if not plan.paid:
            return self.programme(plan)
        if fen is None:
            return self.programme(plan) + ("（金额未定）" if self.zh else " (amount not settled)")
        return f"{self.programme(plan)} {self.money(fen)}{PER[plan.period][0 if self.zh else 1]}"

    def money(self, fen: int) -> str:
        return shown(MONEY, fen) if self.zh else shown(MONEY, fen).removesuffix(" 元") + " yuan"

    def condition(self, plan: ProgrammePlan, index: int) -> str:
        variable = self.ruleset.variables[plan.entity, plan.conditions[index]]
        said = variable.zh if self.zh else variable.en
        if not said and variable.text is not None:
            said = variable.text.source
        return said

    def refusal(self, plan: ProgrammePlan, index: int, margin: int | None) -> str:
        """``低保：不符合“人均月收入低于低保标准”，人均月收入高出低保月标准 12.40 元``."""
        if not plan.in_force:
            return f"{self.programme(plan)}：{'当月没有现行规定' if self.zh else 'no rule in force this month'}"
        if index < 0:
            return f"{self.programme(plan)}：{'不符合' if self.zh else 'not eligible'}"
        said = self.condition(plan, index)
        by = self._margin(plan, index, margin)
        if self.zh:
            return f"{plan.name}：不符合“{said}”" + (f"，{by}" if by else "")
        return f"{self.programme(plan)}: fails “{said}”" + (f", {by}" if by else "")

    def near(self, plan: ProgrammePlan, index: int, margin: int | None) -> bool:
        """Whether the failing condition is missed by little."""
        compare = self._compare(plan, index) if index >= 0 else None
        return compare is not None and margin is not None and abs(margin) <= NEAR.get(compare[1].type.kind, -1)

    def _compare(self, plan: ProgrammePlan, index: int) -> tuple[str, Compare] | None:
        """The comparison that a condition is, with its sign as it holds when the condition is met; None where it is something else."""
        node: Node | None = self.ruleset.variables[plan.entity, plan.conditions[index]].node
        turned = False
        while isinstance(node, Firm | Not):
            turned ^= isinstance(node, Not)
            node = node.x
        if not isinstance(node, Compare):
            return None
        return (_OPPOSITE[node.op] if turned else node.op), node

    def _margin(self, plan: ProgrammePlan, index: int, margin: int | None) -> str:
        found = self._compare(plan, index)
        variable = self.ruleset.variables[plan.entity, plan.conditions[index]]
        if found is None or margin is None or variable.text is None:
            return ""
        op, node = found
        a, b = (variable.text.source[slice(*side.span)].strip() for side in (node.a, node.b))
        by = self._amount(node.a.type, abs(margin))
        if op in ("<", "<="):
            if margin == 0:
                return f"{a}正好等于{b}" if self.zh else f"{a} is exactly {b}"
            return f"{a}比{b}高出 {by}" if self.zh else f"{a} is {by} above {b}"
        if op in (">", ">="):
            if margin == 0:
                return f"{a}正好等于{b}" if self.zh else f"{a} is exactly {b}"
            return f"{a}比{b}还差 {by}" if self.zh else f"{a} is {by} short of {b}"
        return ""

    def _amount(self, kind: Type, value: int) -> str:
        return self.money(value) if kind.kind is Kind.MONEY else shown(kind, value)

    def conflict(self, plan: ProgrammePlan, names: list[str]) -> str:
        """Eligible, but something else that is enjoyed excludes it."""
        why = "、".join(names)
        if self.zh:
            return f"{plan.name}：符合条件，但不同时享受" + (f"（{why}）" if why else "")
        return f"{self.programme(plan)}: eligible, but not together with what is enjoyed" + (f" ({why})" if why else "")

    def gap(self, kind: str, entity: str, name: str, detail: str, rows: str) -> Gap:
        """What a missing leaf is. ``rows`` are the rows of the sheet of ``entity`` where it would stand, as the spreadsheet shows them."""
        sheet = self.layout.by_entity.get(entity)
        at = (f"第 {rows} 行" if self.zh else f"rows {rows}") if rows else ""
        where = "　".join(part for part in (sheet.title if sheet else "", at) if part)
        if kind == "fact":
            return Gap(name if self.zh else f"{name} ({self._english(entity, name)})", f"{where}　{name}".strip())
        if kind == "table":
            child = self.ruleset.entities.get(name)
            table = word(child) if child else name
            what = f"“{table}”没有核清列全" if self.zh else f"“{table}” is not known to be complete"
            return Gap(what, f"{where}　{table}{COMPLETE}".strip())
        if kind in ("standard", "stale"):
            if self.zh:
                what = f"“{name}”{'没有现行标准' if kind == 'standard' else '已过复核日期'}（{detail}）"
            else:
                what = f"“{name}” {'has no value in force' if kind == 'standard' else 'is past its review date'} ({detail})"
            return Gap(what, "由政策包补充，台账不用改" if self.zh else "for the pack to supply, not the ledger")
        if kind == "rule":
            what = f"“{name}”当月没有现行规定" if self.zh else f"no rule for “{name}” is in force"
            return Gap(what, "由政策包补充，台账不用改" if self.zh else "for the pack to supply, not the ledger")
        if kind == "zero":
            return Gap(f"计算“{name}”时除数为零" if self.zh else f"division by zero in “{name}”", "")
        if kind == "empty":
            what = f"“{name}”没有一行可取" if self.zh else f"“{name}” has no row to take from"
            return Gap(what, self.layout.by_entity[name].title if name in self.layout.by_entity else "")
        return Gap(f"{name} {detail}".strip(), "")

    def _english(self, entity: str, name: str) -> str:
        variable = self.ruleset.variables.get((entity, name))
        return variable.en if variable else name
