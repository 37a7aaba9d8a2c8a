"""Questions for facts and linked tables, and their answers as they are stated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from doudi.rules.calendar import from_day
from doudi.rules.types import Kind
from doudi.screening.facts import Column, EntityFacts
from doudi.server.lib.refusals import Refused
from doudi.server.web.fields import Field, Option
from doudi.server.web.record.acts.form import Typed
from doudi.server.web.record.telling import Teller, shown, typed
from doudi.server.web.words import T

UNKNOWN = "?"
"""Chosen or ticked: the source says that it is not known."""
MORE = 3
"""Empty rows under a table's own."""
_YES_NO = (Option("yes", "是", "yes"), Option("no", "否", "no"))
_NOT_KNOWN = Option(UNKNOWN, "不知道", "not known")


def value_fields(column: Column, value: Any, tell: Teller, *, said: bool) -> list[Field]:
    """What to ask for one fact. ``said``: ``value`` was stated (None then says that it is not known)."""
    label = tell.fact(column.fact.entity, column.fact.name)
    now = UNKNOWN if said and value is None else shown(column, value)
    hint = T(column.fact.help, column.fact.help_en or column.fact.help) if column.fact.help else None
    kind = column.fact.type.kind
    if kind is Kind.TRUTH:
        return [Field("value", label, label, "radio", now, options=(*_YES_NO, _NOT_KNOWN), hint=hint, required=True)]
    if kind is Kind.CATEGORY:
        options = (Option("", "请选择", "choose"), *_categories(column, tell), _NOT_KNOWN)
        return [Field("value", label, label, "choice", now, options=options, hint=hint)]
    fields = [_input("value", label, column, "" if now == UNKNOWN else now, tell, hint)]
    if column.ranged:
        bounds = value if isinstance(value, Mapping) else {}
        fields += [
            _input(
                "lo",
                str(T("只知道范围：至少", "Only bounds are known: at least")),
                column,
                shown(column, bounds.get("lo")),
                tell,
            ),
            _input("hi", str(T("至多", "at most")), column, shown(column, bounds.get("hi")), tell),
        ]
    return [
        *fields,
        Field(
            "unknown",
            "不知道（这个来源查过，没有查清）",
            "Not known (this source looked and could not tell)",
            "check",
            "on" if now == UNKNOWN else "",
        ),
    ]


def read_value(column: Column, form: Typed) -> Any:
    """The answer to ``value_fields``, as it is stated. Raises Refused for none, or one that cannot be read."""
    text = form.text("value")
    if text == UNKNOWN or form.text("unknown"):
        return None
    if column.ranged and (form.text("lo") or form.text("hi")):
        return {end: _bound(column, form, end) for end in ("lo", "hi")}
    value = read(column, text, "value")
    if value is None:
        raise Refused("value-needed", "请填写，或选“不知道”。", "Give a value, or choose “not known”.", field="value")
    return value


def _bound(column: Column, form: Typed, end: str) -> Any:
    """A bound left empty is the widest that the pack allows."""
    value = read(column, form.text(end), end)
    if value is not None:
        return value
    widest = column.fact.lo if end == "lo" else column.fact.hi
    return from_day(widest).isoformat() if column.fact.type.kind is Kind.DATE else widest


def read(column: Column, text: str, field: str) -> Any:
    """As ``typed``, with the field that a refusal is about."""
    try:
        return typed(column, text)
    except Refused as refused:
        raise Refused(refused.code, refused.zh, refused.en, field=field) from None


def at_field(refused: Refused, name: str) -> Refused:
    """A refusal of the registry names the fact (``values.重病``); the form calls its field ``value``. One of a table's cell names the cell."""
    if refused.field in (f"values.{name}", "values", "on"):
        refused.field = "since" if refused.field == "on" else "value"
    elif refused.field.startswith(f"tables.{name}.rows["):
        row, _, fact = refused.field.partition(".rows[")[2].partition("].")
        refused.field = f"r{row}-{fact}"
    return refused


def table_rows(
    child: EntityFacts, table: Mapping[str, Any] | None, tell: Teller, form: Typed | None, more: int = MORE
) -> list[list[Field]]:
    """The rows of a linked table as fields, ``r0-金额`` and so on: what was typed, or what is stated, with empty ones below."""
    given = list((table or {}).get("rows") or ())
    count = max(len(given), _typed_rows(form)) + (more if form is None else 0)
    count = min(count, child.entity.max_rows)
    return [
        [_cell(child, c, i, given[i].get(c.fact.name) if i < len(given) else None, tell, form) for c in child.columns]
        for i in range(count)
    ]


def _typed_rows(form: Typed | None) -> int:
    if form is None:
        return 0
    rows = [k[1:].partition("-")[0] for k in form.data if k.startswith("r")]
    return max((int(r) + 1 for r in rows if r.isascii() and r.isdigit() and len(r) < 4), default=0)


def _cell(child: EntityFacts, column: Column, i: int, value: Any, tell: Teller, form: Typed | None) -> Field:
    name = f"r{i}-{column.fact.name}"
    said = tell.fact(child.entity.name, column.fact.name)
    label = f"{said} ({i + 1})"
    text = form.text(name) if form is not None else shown(column, value)
    kind = column.fact.type.kind
    if kind is Kind.TRUTH:
        return Field(name, label, label, "choice", text, options=(Option("", "—", "—"), *_YES_NO))
    if kind is Kind.CATEGORY:
        return Field(name, label, label, "choice", text, options=(Option("", "—", "—"), *_categories(column, tell)))
    return _input(name, label, column, text, tell)


def completeness_field(child: EntityFacts, table: Mapping[str, Any] | None, tell: Teller) -> Field:
    """Whether these are all there is: of the table as a whole, or of some of its kinds."""
    said = (table or {}).get("complete")
    kinds = next((c for c in child.columns if c.fact.name == child.entity.kind), None)
    options = [Option("all", "全部列出了，此外没有", "all are listed; there are no others")]
    if kinds is not None:
        options += [
            Option(f"kind-{o.value}", f"“{o.zh}”全部列出了", f"all of “{o.en}” are listed")
            for o in _categories(kinds, tell)
        ]
    values = ("all",) if said is True else tuple(f"kind-{k}" for k in said or ()) if isinstance(said, list) else ()
    return Field(
        "complete", "是否齐全", "Is this all?", "choices", values=values, options=tuple(options),
        hint=T("都不选：可能还有没列出的。没有任何一项、又选“全部列出了”，就是“没有”。", "Tick none if there may be more. No row and “all are listed”: there is none."),
    )  # fmt: skip


def read_table(child: EntityFacts, form: Typed) -> dict[str, Any]:
    """The answer to ``table_rows`` and ``completeness_field``, as it is stated. Raises Refused for what cannot be read."""
    rows = []
    for i in range(min(_typed_rows(form), child.entity.max_rows + 50)):
        row = {c.fact.name: read(c, form.text(name), name) for c in child.columns for name in (f"r{i}-{c.fact.name}",)}
        row = {k: v for k, v in row.items() if v is not None}
        if row:
            rows.append(row)
    chosen = form.data.getlist("complete")
    kinds = [c.removeprefix("kind-") for c in chosen if c.startswith("kind-")]
    return {"rows": rows, "complete": True if "all" in chosen else kinds}


def _categories(column: Column, tell: Teller) -> list[Option]:
    said = (tell.policy.names.value_of((column.fact.entity, column.fact.name), v) for v in column.values)
    return [Option(s.zh, s.zh, s.en) for s in said]


def _input(name: str, label: str, column: Column, value: str, tell: Teller, hint: T | None = None) -> Field:
    kind = column.fact.type.kind
    if kind is Kind.DATE:
        return Field(name, label, label, "date", value, hint=hint)
    if kind is Kind.MONEY:
        return Field(name, label, label, "money", value, hint=hint, unit=T("元", "yuan"))
    if kind is Kind.RATIO:
        return Field(name, label, label, "money", value, hint=hint, unit=T("%", "%"))
    if kind is Kind.AREA:
        return Field(
            name,
            label,
            label,
            "text",
            value,
            hint=hint or T("12 位区划代码", "division code, 12 digits"),
            attrs={"list": "places", "autocomplete": "off"},
        )
    unit = column.fact.type.unit
    return Field(
        name,
        label,
        label,
        "number",
        value,
        hint=hint,
        unit=T(unit, tell.words.known(column.fact.type, 2).partition(" ")[2]) if unit else None,
    )
