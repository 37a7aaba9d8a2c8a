"""What was stated is corrected, ended or withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from doudi.screening.facts import Column, EntityFacts
from doudi.server.lib.refusals import Changed, Refused
from doudi.server.registry import actions
from doudi.server.registry.actions import Done
from doudi.server.registry.checks import HOUSEHOLD, PERSON
from doudi.server.registry.facts import Said
from doudi.server.registry.selectors.through import Supposing
from doudi.server.web.fields import Field
from doudi.server.web.record.acts.form import ActPage, Ctx, Rows, Supposed, Typed, evidence_field, on_field, why_field
from doudi.server.web.record.values import (
    at_field,
    completeness_field,
    read_table,
    read_value,
    table_rows,
    value_fields,
)
from doudi.server.web.words import T


def _statement(ctx: Ctx, typed: Typed) -> tuple[int | None, Said]:
    """Of whom, and what was said. Raises Refused where it is of none of this household."""
    key = typed.key("statement") or ctx.asked.the_key(
        "statement", "没有指明是哪一条情况。", "Which statement is not said."
    )
    found = ctx.known.statement(key)
    if found is None:
        raise Changed(
            "statement-gone",
            "这条情况已被更正或撤回，或不属于本户。",
            "This statement was corrected or withdrawn, or is of another household.",
        )
    return found


def _column(ctx: Ctx, typed: Typed, person: int | None) -> Column | None:
    return ctx.tell.columns(_entity(person)).get(_name(ctx, typed))


def _child(ctx: Ctx, typed: Typed, person: int | None) -> EntityFacts | None:
    return ctx.tell.tables(_entity(person)).get(_name(ctx, typed))


def _entity(person: int | None) -> str:
    return HOUSEHOLD if person is None else PERSON


def _name(ctx: Ctx, typed: Typed) -> str:
    return typed.text("name") or ctx.asked.text("name")


def _hidden(ctx: Ctx) -> list[Field]:
    return [Field(n, "", "", "hidden", ctx.asked.text(n)) for n in ("statement", "name") if ctx.asked.text(n)]


def _correct_fields(ctx: Ctx) -> list[Field]:
    person, said = _statement(ctx, ctx.asked)
    column, child = _column(ctx, ctx.asked, person), _child(ctx, ctx.asked, person)
    value = []
    if column is not None:
        value = value_fields(column, said.values.get(column.fact.name), ctx.tell, said=column.fact.name in said.values)
    elif child is not None:
        table = said.tables.get(child.entity.name)
        value = [f for row in table_rows(child, table, ctx.tell, None) for f in row]
        value.append(completeness_field(child, table, ctx.tell))
    return [
        *_hidden(ctx), *value, ctx.source_field(said.source), evidence_field(said.evidence),
        Field("since", "起", "From", "date", said.since.isoformat(), required=True),
        Field("until", "止（不含；仍然如此就空着）", "Until before (empty: still so)", "date", said.until.isoformat() if said.until else ""),
        why_field(required=True),
    ]  # fmt: skip


def _correct_rows(ctx: Ctx) -> Rows | None:
    person, said = _statement(ctx, ctx.asked)
    child = _child(ctx, ctx.asked, person)
    if child is None:
        return None
    rows = table_rows(child, said.tables.get(child.entity.name), ctx.tell, None)
    heads = tuple(ctx.tell.fact(child.entity.name, c.fact.name) for c in child.columns)
    return Rows(ctx.tell.name(child.entity.name), heads, tuple(tuple(f.name for f in row) for row in rows))


def _instead(ctx: Ctx, typed: Typed, person: int | None, said: Said) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The values and the tables of the statement as it should have been. Raises Refused."""
    column, child = _column(ctx, typed, person), _child(ctx, typed, person)
    if column is not None:
        return {**said.values, column.fact.name: read_value(column, typed)}, said.tables
    if child is not None:
        return said.values, {**said.tables, child.entity.name: read_table(child, typed)}
    return said.values, said.tables


def _correct(ctx: Ctx, typed: Typed, version: int | None, once: str) -> Done:
    person, said = _statement(ctx, typed)
    values, tables = _instead(ctx, typed, person, said)
    try:
        return actions.correct(
            by=ctx.by, statement=said.id, why=typed.text("why"), on=ctx.today, values=values, tables=tables, since=typed.on("since"),
            until=typed.day("until", needed=False), source=typed.text("source"), evidence=typed.text("evidence"), version=version, once=once,
        )  # fmt: skip
    except Refused as refused:
        raise at_field(refused, _name(ctx, typed)) from None


def _corrected(ctx: Ctx, typed: Typed) -> Supposed:
    person, said = _statement(ctx, typed)
    since = typed.on("since")
    values, tables = _instead(ctx, typed, person, said)
    instead = Supposing(typed.text("source"), since, person, typed.day("until", needed=False), values, tables)
    return {"on": since, "withdrawn": [said.id], "stated": [instead]}


def _withdraw_fields(ctx: Ctx) -> list[Field]:
    _statement(ctx, ctx.asked)
    return [*_hidden(ctx), why_field(required=True)]


def _withdraw(ctx: Ctx, typed: Typed, version: int | None, once: str) -> Done:
    _, said = _statement(ctx, typed)
    return actions.withdraw(
        by=ctx.by, statement=said.id, why=typed.text("why"), on=ctx.today, version=version, once=once
    )


def _withdrawn(ctx: Ctx, typed: Typed) -> Supposed:
    return {"on": ctx.today, "withdrawn": [_statement(ctx, typed)[1].id]}


def _end_fields(ctx: Ctx) -> list[Field]:
    _statement(ctx, ctx.asked)
    return [
        *_hidden(ctx),
        on_field("从哪一天起不再如此", "From which day it is so no more", ctx.today.isoformat()),
        why_field(),
    ]


def _end(ctx: Ctx, typed: Typed, version: int | None, once: str) -> Done:
    _, said = _statement(ctx, typed)
    return actions.end_statement(
        by=ctx.by, statement=said.id, on=typed.on(), version=version, why=typed.text("why"), once=once
    )


def _ended(ctx: Ctx, typed: Typed) -> Supposed:
    return {"on": typed.on(), "ended": {_statement(ctx, typed)[1].id: typed.on()}}


PAGES = (
    ActPage(
        "correct",
        T("更正记错的情况", "Correct what was taken down wrongly"),
        T(
            "当时就记错了：以前按它作出的判定也会不同。如果是情况后来变了，请直接填写新情况。",
            "It was wrong from the start, and past decisions on it change too. Where things have changed since, state the new fact instead.",
        ),
        T("更正", "Correct"),
        _correct_fields,
        _correct,
        _corrected,
        permission="registry.correct",
        menu=False,
        rows=_correct_rows,
    ),
    ActPage(
        "withdraw",
        T("撤回情况", "Withdraw a statement"),
        T(
            "这条情况本不该记下。撤回后仍能查到曾经记过。",
            "It should never have been taken down. That it was stays known.",
        ),
        T("撤回", "Withdraw"),
        _withdraw_fields,
        _withdraw,
        _withdrawn,
        permission="registry.correct",
        menu=False,
        grave=True,
    ),
    ActPage(
        "end-statement",
        T("情况到期", "End a statement"),
        T("到那一天为止是对的，之后不再如此。", "It was right until that day and is so no more."),
        T("截止", "End it"),
        _end_fields,
        _end,
        _ended,
        menu=False,
    ),
)
