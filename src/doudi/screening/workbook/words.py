"""Decisions in words: why not, by how much, what is missing and where in the ledger it goes."""

from __future__ import annotations

from dataclasses import dataclass

from doudi.rules.nodes import Compare
from doudi.rules.ruleset import ProgrammePlan, Ruleset
from doudi.rules.types import Kind
from doudi.screening.reasons import Reasons, yuan
from doudi.screening.workbook.columns import COMPLETE, Layout, word

PER = {"月": ("/月", " a month"), "年": ("/年", " a year"), "次": ("（一次性）", " once")}

NEAR = {Kind.MONEY: 10_000, Kind.INTEGER: 1, Kind.RATIO: 500}
"""A person who misses a line by no more than this (100 yuan, one year or item, 5%) is told so; others miss most lines by far."""


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
        self.reasons = Reasons(ruleset, lang)

    def programme(self, plan: ProgrammePlan, as_one: str = "") -> str:
        """The programme; ``as_one`` names the kind of derived household that it is had in."""
        name = plan.name if self.zh else f"{plan.name} {plan.en}"
        return f"{name}（{as_one}）" if as_one else name

    def due(self, plan: ProgrammePlan, fen: int | None, as_one: str = "") -> str:
        """``低保 1,230 元/月``; only the name where there is nothing to be paid."""
        name = self.programme(plan, as_one)
        if not plan.paid:
            return name
        if fen is None:
            return name + ("（金额未定）" if self.zh else " (amount not settled)")
        return f"{name} {yuan(fen, 'zh' if self.zh else 'en')}{PER[plan.period][0 if self.zh else 1]}"

    def refusal(self, plan: ProgrammePlan, index: int, margin: int | None) -> str:
        """``低保：人均月收入 高出 低保标准 12.40 元``, or the condition that fails where it cannot be measured."""
        if not plan.in_force:
            return f"{self.programme(plan)}：{'当月没有现行规定' if self.zh else 'no rule in force this month'}"
        if index < 0:
            return f"{self.programme(plan)}：{'不符合' if self.zh else 'not eligible'}"
        said = self.reasons.margin(plan, index, margin) or self.reasons.failed(plan, index, margin)
        node = self.ruleset.variables[plan.entity, plan.conditions[index]].node
        if margin is None and isinstance(node, Compare):
            # Something is not known, but what is known decides already; by how much is then open.
            said += "（按已知的部分已可断定）" if self.zh else " (what is known decides)"
        return f"{self.programme(plan)}{'：' if self.zh else ': '}{said}"

    def near(self, plan: ProgrammePlan, index: int, margin: int | None) -> bool:
        """Whether the failing condition is missed by little."""
        if index < 0 or margin is None:
            return False
        node = self.ruleset.variables[plan.entity, plan.conditions[index]].node
        return isinstance(node, Compare) and abs(margin) <= NEAR.get(node.a.type.kind, -1)

    def excluded(self, plan: ProgrammePlan, reason: str) -> str:
        """Eligible but not enjoyed. ``reason`` is that of the decision: ``conflict:<name>``, ``derived:<name>`` or empty."""
        kind, _, name = reason.partition(":")
        if kind.startswith("derived"):
            return f"{plan.name}：按{name}另行认定" if self.zh else f"{self.programme(plan)}: decided apart ({name})"
        if self.zh:
            return f"{plan.name}：符合条件，但不同时享受" + (f"（{name}）" if name else "")
        return f"{self.programme(plan)}: eligible, but not together with what is enjoyed" + (
            f" ({name})" if name else ""
        )

    def gap(self, kind: str, entity: str, name: str, detail: str, rows: str) -> Gap:
        """What a missing leaf is. ``rows`` are the rows of the sheet of ``entity`` where it would stand, as the spreadsheet shows them."""
        sheet = self.layout.by_entity.get(entity)
        at = (f"第 {rows} 行" if self.zh else f"rows {rows}") if rows else ""
        where = "　".join(part for part in (sheet.title if sheet else "", at) if part)
        if kind == "fact":
            of_whom = sheet is not None and sheet not in (self.layout.households, self.layout.people)
            what = name if self.zh else self._english(entity, name)
            if sheet is not None and of_whom:
                what = f"{sheet.title}的{name}" if self.zh else f"{sheet.entity.en}: {what}"
            return Gap(what, f"{where}　{name}".strip())
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
