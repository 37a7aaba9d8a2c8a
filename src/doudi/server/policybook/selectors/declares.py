"""What the text in force declares, for programs: its programmes, and the facts that may be stated under it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from doudi.rules.types import Kind
from doudi.server.lib.actor import Actor
from doudi.server.policybook.selectors.policies import policy


@dataclass(frozen=True)
class ProgrammeView:
    """``period``: 月 monthly, 年 yearly, 次 once each time; ``amount``: whether it pays a sum."""

    name: str
    en: str
    entity: str
    period: str
    group: str
    group_en: str
    amount: bool
    apply_zh: str
    apply_en: str


@dataclass(frozen=True)
class FactView:
    """``values`` of a category; ``least`` and ``most`` of a number in stored units (fen, ten-thousandths); ``table``: the entity is a table that is
    stated as a whole, of a person or of the household."""

    entity: str
    name: str
    en: str
    type: str
    values: tuple[str, ...]
    least: int | None
    most: int | None
    table: bool


def programmes(reader: Actor, on: date) -> tuple[ProgrammeView, ...]:
    """Every programme, in the order of declaration."""
    reader.require("policy.read")
    pack = policy(on).pack
    return tuple(
        ProgrammeView(
            p.name, p.en, p.entity, p.period, p.group, pack.english("groups", p.group), any(v.amount for v in p.versions), p.apply_zh,
            p.apply_en,
        )
        for p in pack.book.programmes
    )  # fmt: skip


def facts(reader: Actor, on: date) -> tuple[FactView, ...]:
    """Every fact that may be stated of a household, a person, or a row of a table linked to them."""
    reader.require("policy.read")
    now = policy(on)
    english = {(f.entity, f.name): f.en for f in now.pack.book.facts}
    return tuple(
        FactView(
            e.entity.name, c.fact.name, english.get((e.entity.name, c.fact.name), ""), str(c.fact.type), tuple(c.values),
            c.fact.lo if c.fact.type.kind in _NUMBERS else None, c.fact.hi if c.fact.type.kind in _NUMBERS else None,
            e.file not in ("household", "person"),
        )
        for e in now.schema.entities
        for c in e.columns
    )  # fmt: skip


_NUMBERS = (Kind.INTEGER, Kind.MONEY, Kind.RATIO)
