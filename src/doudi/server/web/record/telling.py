"""Facts in words, and words as facts: how values that are stated are shown, asked for and read back. Which facts there are comes from the pack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from doudi.rules.declared import Fact
from doudi.rules.explain.words import Words, words_for
from doudi.rules.types import Kind
from doudi.screening.facts import Column, EntityFacts
from doudi.server.decisions.rows import fitting
from doudi.server.lib.refusals import Refused
from doudi.server.policybook.policy import Policy
from doudi.server.registry.checks import PERSON
from doudi.server.web.words import T, english


@dataclass(frozen=True)
class Teller:
    """One policy's words in the reader's language."""

    policy: Policy
    as_of: date

    @property
    def words(self) -> Words:
        return words_for(self.policy.ruleset(self.as_of, self.as_of), "en" if english() else "zh")

    def fact(self, entity: str, name: str) -> str:
        """The name of a fact, of a table, or of anything else that the pack names."""
        said = self.policy.names.variable(entity, name)
        return said.en if english() else said.zh

    def help(self, fact: Fact) -> str:
        """What the pack says on filling it in."""
        return (fact.help_en or fact.help) if english() else fact.help

    def name(self, name: str) -> str:
        said = self.policy.names.name(name)
        return said.en if english() else said.zh

    def value(self, column: Column | None, value: Any) -> str:
        """A value as stated. One that the pack does not allow any more is shown as it stands."""
        if value is None:
            return str(T("不知道", "not known"))
        fit = fitting(column, value) if column is not None else None
        if fit is None or column is None:
            return str(value)
        lo, hi = fit if isinstance(fit, tuple) else (fit, fit)
        return self.words.value(column.fact.type, lo, hi)

    def source(self, code: str) -> str:
        """A source by the name that the pack gives it; one that it no longer lists by its code."""
        found = next((s for s in self.policy.sources if s.code == code), None)
        return code if found is None else found.en if english() else found.zh

    def origin(self, code: str) -> str:
        """A source in as few words as will do: its code where Chinese is read, for that is what offices call it."""
        return self.source(code) if english() else code

    def ledger(self, code: str) -> str:
        found = next((x for x in self.policy.ledgers if x.code == code), None)
        return code if found is None else found.en if english() else found.zh

    def said_class(self, name: str) -> str:
        said = self.policy.said_class(name)
        return said.en if english() else said.zh

    def member_value(self, fact: str, value: str) -> str:
        """A value of a person's category fact: a relation, a sex."""
        said = self.policy.names.value_of((PERSON, fact), value)
        return said.en if english() else said.zh

    def columns(self, entity: str) -> dict[str, Column]:
        return {c.fact.name: c for c in self.policy.schema.of(entity).columns}

    def tables(self, entity: str) -> dict[str, EntityFacts]:
        """The linked tables of an entity, by name; people are members and no table."""
        return {c.entity.name: c for c in self.policy.schema.children(entity) if c.file != "person"}


def typed(column: Column, text: str) -> Any:
    """What was typed for a fact, as it is stated; None for nothing typed. Raises Refused, ``field`` left to who asks."""
    text = text.strip().replace(",", "").replace("，", "")
    if not text:
        return None
    kind = column.fact.type.kind
    if kind is Kind.TRUTH:
        return {"yes": True, "no": False}.get(text)
    if kind is Kind.MONEY:
        return _scaled(text.replace("元", "").strip(), 100, "元，最多两位小数", "yuan with at most two decimals")
    if kind is Kind.RATIO:
        return _scaled(text.rstrip("%").strip(), 100, "百分数，最多两位小数", "a per cent with at most two decimals")
    if kind is Kind.INTEGER:
        return _scaled(text, 1, "整数", "a whole number")
    return text


def _scaled(text: str, scale: int, zh: str, en: str) -> int:
    try:
        exact = Decimal(text) * scale
    except InvalidOperation:
        exact = Decimal("0.1")
    if not exact.is_finite() or exact != exact.to_integral_value() or abs(exact) > 10**15:
        raise Refused("number-wrong", f"“{text[:20]}”不对：应是{zh}。", f"“{text[:20]}” is not {en}.")
    return int(exact)


def shown(column: Column, value: Any) -> str:
    """A stated value as a form shows it, to be changed; empty for none and for bounds."""
    if value is None or isinstance(value, Mapping):
        return ""
    kind = column.fact.type.kind
    if kind is Kind.TRUTH:
        return "yes" if value else "no"
    if kind in (Kind.MONEY, Kind.RATIO) and isinstance(value, int):
        whole, rest = divmod(abs(value), 100)
        return f"{'-' if value < 0 else ''}{whole}" + (f".{rest:02d}" if rest else "")
    return str(value)
