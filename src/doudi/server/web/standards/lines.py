"""Values of standards in a form: which standard, where, for whom, how much. One with bands is written a line a band.

Fields are ``lines.0.standard``, ``lines.0.area``, ``lines.0.key`` and ``lines.0.value``, as the actions name them where they refuse one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from doudi.packs.literals import BadLiteral, natural
from doudi.packs.read_standards import key_values
from doudi.rules.declared import StandardDecl
from doudi.rules.types import Kind
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import Refused
from doudi.server.policybook.browse import Shelf
from doudi.server.policybook.browse.standards import in_words, value_at
from doudi.server.policybook.shapes import NewLine
from doudi.server.web.fields import Field, Option
from doudi.server.web.policy.frame import area_field, area_name, places
from doudi.server.web.words import T

MOST = 24
BELOW = ("以下", "below")


@dataclass(frozen=True)
class Row:
    """One value to be: its fields, and what holds there before (empty: nothing)."""

    number: int
    fields: tuple[Field, ...]
    before: str
    banded: bool


def rows_of(by: Actor, s: Shelf, typed: Mapping[str, str], count: int, refused: Refused | None) -> list[Row]:
    """The form's rows with what was typed, and the refusal at its field."""
    numbers = range(max(1, min(count, MOST)))
    chosen = {typed.get(f"lines.{i}.area", "") for i in numbers}
    options = places(by, s, {x for x in chosen if x.isdigit() and x != "0"}, s.on)
    return [_row(by, s, typed, i, refused, options) for i in numbers]


def started(s: Shelf, standard: str, area: str) -> tuple[dict[str, str], int]:
    """What a form for one standard begins with: a row for each of its keys, with the value that holds now."""
    decl = next((d for d in s.book.standards if d.name == standard and d.kind == "standard"), None)
    if decl is None:
        return {"lines.0.area": area}, 1
    typed: dict[str, str] = {}
    keys = key_values(s.pack.state, decl) or [""]
    for i, key in enumerate(keys):
        where = area if decl.area is not None else ""
        if decl.area is not None and decl.match == "exact":
            where = where[: decl.level]
        typed |= {f"lines.{i}.standard": standard, f"lines.{i}.area": where or "0", f"lines.{i}.key": key}
        typed[f"lines.{i}.value"] = value_at(s, decl, where, key, written=True)
    return typed, len(keys)


def typed_of(s: Shelf, lines: tuple[NewLine, ...]) -> dict[str, str]:
    """Lines as they would stand in the form."""
    typed: dict[str, str] = {}
    for i, x in enumerate(lines):
        typed |= {f"lines.{i}.standard": x.standard, f"lines.{i}.area": x.area or "0", f"lines.{i}.key": x.key}
        typed[f"lines.{i}.value"] = x.value if isinstance(x.value, str) else shown_bands(s, x.value)
    return typed


def shown_bands(s: Shelf, value: Mapping[str, Any]) -> str:
    """Bands as one types them."""
    steps = [f"{at}: {there}" for at, there in value.get("bands", {}).items()]
    return "\n".join([f"{s.pick(*BELOW)}: {value.get('below', '')}", *steps])


def count_of(typed: Mapping[str, str]) -> int:
    """How many rows were sent."""
    numbers = [
        int(p[1])
        for k in typed
        if (p := k.split("."))[0] == "lines" and len(p) == 3 and p[1].isdigit() and len(p[1]) < 4
    ]
    return max(numbers, default=0) + 1


def read(s: Shelf, typed: Mapping[str, str]) -> tuple[NewLine, ...]:
    """What was typed as lines; rows of which nothing was chosen are left out. Raises Refused for bands that cannot be read."""
    out: list[NewLine] = []
    for i in range(min(count_of(typed), MOST)):
        standard, area, key, value = (
            typed.get(f"lines.{i}.{n}", "").strip() for n in ("standard", "area", "key", "value")
        )
        if not standard and not value:
            continue
        decl = next((d for d in s.book.standards if d.name == standard), None)
        written = _bands(len(out), value) if decl is not None and decl.form != "plain" else _plain(decl, value)
        if decl is not None and not key_values(s.pack.state, decl):
            key = ""
        out.append(
            NewLine(standard, "" if area == "0" or (decl is not None and decl.area is None) else area, key, written)
        )
    return tuple(out)


def told(s: Shelf, line: NewLine) -> str:
    """A value as one reads it; as it was typed where it is of no standard that there is."""
    if isinstance(line.value, str):
        decl = next((d for d in s.book.standards if d.name == line.standard), None)
        try:
            return line.value if decl is None else in_words(s, decl, natural(line.value, decl.type, s.pack.state.words))
        except BadLiteral:
            return line.value
    return s.pick("；", "; ").join(shown_bands(s, line.value).split("\n"))


def _row(
    by: Actor, s: Shelf, typed: Mapping[str, str], i: int, refused: Refused | None, options: tuple[Option, ...]
) -> Row:
    standard = typed.get(f"lines.{i}.standard", "")
    decl = next((d for d in s.book.standards if d.name == standard), None)
    area = typed.get(f"lines.{i}.area", "")
    code = "" if area == "0" or not area.isdigit() else area
    key = typed.get(f"lines.{i}.key", "")
    fields = [_standards(s, i, standard)]
    if decl is None or decl.area is not None:
        fields.append(area_field(by, s, code, s.on, f"lines.{i}.area", "哪里", "Where", options=options))
    keys = key_values(s.pack.state, decl) if decl is not None else None
    if keys and decl is not None and decl.by is not None:
        said = {k: s.names.value_of(decl.by, k) for k in keys}
        choices = tuple(Option(k, said[k].zh, said[k].en) for k in keys)
        fields.append(Field(f"lines.{i}.key", "哪一类", "Kind", "choice", value=key or keys[0], options=choices))
    banded = decl is not None and decl.form != "plain"
    fields.append(_value(i, decl, typed.get(f"lines.{i}.value", ""), banded=banded))
    if refused is not None:
        fields = [
            replace(f, error=T(refused.zh, refused.en)) if refused.field in (f.name, f.name.rpartition(".")[0]) else f
            for f in fields
        ]
    before = value_at(s, decl, code, key or (keys[0] if keys else "")) if decl is not None else ""
    return Row(i, tuple(fields), before, banded)


def _standards(s: Shelf, i: int, chosen: str) -> Field:
    found = [d for d in s.book.standards if d.kind == "standard"]
    first = Option("", "请选择", "Choose")
    return Field(
        f"lines.{i}.standard", "哪项标准", "Which standard", "choice", value=chosen,
        options=(first, *(Option(d.name, d.name, d.en) for d in found)),
    )  # fmt: skip


def _value(i: int, decl: StandardDecl | None, value: str, *, banded: bool) -> Field:
    name = f"lines.{i}.value"
    if banded:
        hint = T(
            "一行一档，写成“起点: 数”，例如 80 岁: 100 元；第一行写“以下: 0 元”",
            "A line a band, as “from: value”, such as 80 岁: 100 元; the first line is “below: 0 元”",
        )
        return Field(name, "各档的数", "Values of the bands", "textarea", value=value, hint=hint)
    hints = {
        Kind.MONEY: T("例如 720 元", "such as 720 元 (yuan)"), Kind.RATIO: T("例如 30%", "such as 30%"),
    }  # fmt: skip
    return Field(name, "新的数", "New value", "text", value=value, hint=hints.get(decl.type.kind) if decl else None)


def _plain(decl: StandardDecl | None, value: str) -> str:
    """A bare number of a sum is in yuan."""
    if decl is not None and decl.type.kind is Kind.MONEY and value[-1:].isdigit():
        return f"{value} 元"
    return f"{value}%" if decl is not None and decl.type.kind is Kind.RATIO and value[-1:].isdigit() else value


def _bands(i: int, text: str) -> dict[str, Any]:
    below, steps = "", {}
    for line in text.splitlines():
        if not line.strip():
            continue
        at, sign, there = line.replace("：", ":").partition(":")
        if not sign or not there.strip():
            raise Refused(
                "bad-bands",
                f"“{line[:30]}”看不懂；一行一档，写成“起点: 数”。",
                f"“{line[:30]}” cannot be read: a line a band, as “from: value”.",
                field=f"lines.{i}.value",
            )
        if at.strip() in BELOW:
            below = there.strip()
        else:
            steps[at.strip()] = there.strip()
    return {"bands": steps, "below": below}


def place_of(s: Shelf, line: NewLine) -> str:
    return area_name(s, line.area, s.on)
