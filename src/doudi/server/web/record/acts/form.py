"""One act as a page: what it asks, what it would change, and how it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import QueryDict

from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import Refused
from doudi.server.registry.actions import Done
from doudi.server.registry.checks import PERSON, RELATION
from doudi.server.registry.selectors.through import Through
from doudi.server.registry.selectors.views import HouseholdView
from doudi.server.web.fields import Field, Option
from doudi.server.web.record.asked import day, number
from doudi.server.web.record.telling import Teller
from doudi.server.web.words import T


@dataclass(frozen=True)
class Typed:
    """What stands in the form."""

    data: QueryDict

    def text(self, name: str) -> str:
        return str(self.data.get(name, "")).strip()

    def day(self, name: str, *, needed: bool = True) -> date | None:
        """Raises Refused for what is no date, and for none where one is needed."""
        text = self.text(name)
        found = day(text)
        if found is None and (text or needed):
            raise Refused("date-needed", "请填写日期（年-月-日）。", "Give a date, year-month-day.", field=name)
        return found

    def on(self, name: str = "on") -> date:
        found = self.day(name)
        assert found is not None
        return found

    def key(self, name: str) -> int | None:
        return number(self.text(name))

    def the_key(self, name: str, zh: str, en: str) -> int:
        """Raises Refused, saying ``zh`` and ``en``, where nothing is chosen."""
        found = self.key(name)
        if found is None:
            raise Refused(f"{name}-needed", zh, en, field=name)
        return found

    def keys(self, name: str) -> list[int]:
        return [k for v in self.data.getlist(name) if (k := number(v)) is not None]

    def relations(self, prefix: str = "relation") -> dict[int, str]:
        """Person -> relation, of those that something was chosen for: ``relation-17``."""
        start = f"{prefix}-"
        found = {number(k[len(start) :]): self.text(k) for k in self.data if k.startswith(start)}
        return {k: v for k, v in found.items() if k is not None and v}


@dataclass(frozen=True)
class Ctx:
    """On what, by whom, when. ``asked`` is the query of the address: what was clicked."""

    by: Actor
    view: HouseholdView
    known: Through
    today: date
    tell: Teller
    asked: Typed

    @property
    def living(self) -> list[Any]:
        return [m for m in self.view.members if not m.elsewhere]

    def people(self) -> tuple[Option, ...]:
        """Everybody of the household, to choose one."""
        return tuple(Option(str(m.person), m.name, m.name) for m in self.living)

    def relation_options(self) -> tuple[Option, ...]:
        names = self.tell.policy.names
        columns = self.tell.columns(PERSON)
        values = columns[RELATION].values if RELATION in columns else ()
        said = (names.value_of((PERSON, RELATION), v) for v in values)
        return (Option("", "不清楚", "not known"), *(Option(s.zh, s.zh, s.en) for s in said))

    def relation_fields(self, *, blank: bool) -> list[Field]:
        """A question a member: how they are related to the head; ``blank``: to a new one, so what was known does not hold."""
        options = self.relation_options()
        return [
            Field(
                f"relation-{m.person}", f"{m.name}与户主的关系", f"{m.name}'s relation to the head", "choice", "" if blank else m.relation, options=options
            )
            for m in self.living
        ]  # fmt: skip

    def source_field(self, value: str | None = None) -> Field:
        """The least trusted source stands first: what somebody says at the counter."""
        sources = self.tell.policy.sources
        listed = tuple(Option(s.code, s.zh, s.en) for s in sources)
        return Field(
            "source", "来源", "Source", "choice", value if value is not None else (sources[-1].code if sources else ""), options=listed,
            hint=T("排在前面的来源更可信；两个来源不一致时以更可信的为准。", "The first is trusted most; where two differ the more trusted counts."),
        )  # fmt: skip


Supposed = Mapping[str, Any]
"""What ``preview`` is to suppose, by its own argument names, and ``on``: the day from which it holds."""


@dataclass(frozen=True)
class Rows:
    """Fields of a form that stand as rows of a table, by their names."""

    label: str
    heads: tuple[str, ...]
    names: tuple[tuple[str, ...], ...]

    def filled(self, fields: Mapping[str, Field]) -> dict[str, Any]:
        """As a template lays them out."""
        return {"label": self.label, "heads": self.heads, "cells": [[fields[n] for n in row] for row in self.names]}


@dataclass(frozen=True)
class ActPage:
    """``suppose`` gives what the decision is tried with, where the act decides something. ``menu``: offered on the household's page by itself; the
    others are reached from what they are about. ``numbers``: it must know the members' numbers. ``rows``: which of its fields are a table."""

    slug: str
    title: T
    lead: T
    button: T
    fields: Callable[[Ctx], list[Field]]
    do: Callable[[Ctx, Typed, int | None, str], Done]
    suppose: Callable[[Ctx, Typed], Supposed] | None = None
    permission: str = "registry.change"
    menu: bool = True
    grave: bool = False
    empty_too: bool = False
    numbers: bool = False
    rows: Callable[[Ctx], Rows | None] = lambda _: None
    hint: T = field(default_factory=lambda: T("", ""))


def on_field(zh: str = "从哪一天起", en: str = "From which day", value: str = "", hint: T | None = None) -> Field:
    return Field("on", zh, en, "date", value, required=True, hint=hint)


def why_field(*, required: bool = False) -> Field:
    return Field(
        "why", "理由", "Reason", "textarea", required=required,
        hint=T("写入操作记录，会被审计查阅。不要写姓名和证件号码。", "Goes into the record that auditors read. Write no names or id numbers."),
    )  # fmt: skip


def evidence_field(value: str = "") -> Field:
    return Field(
        "evidence", "凭据", "What supports it", "text", value,
        hint=T("例如：死亡证明、诊断书、村委证明，写名称和编号即可", "For example: death certificate, diagnosis, letter of the village; its name and number"),
    )  # fmt: skip
