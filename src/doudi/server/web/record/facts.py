"""Facts as a page shows them: what counts, from where and since when, what else was said, and where it can be stated anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from doudi.screening.facts import EntityFacts
from doudi.server.decisions.rows import fitting
from doudi.server.registry.facts import Decided, Resolved, Said
from doudi.server.web.record.story import edit_link
from doudi.server.web.record.telling import Teller


@dataclass(frozen=True)
class Word:
    """What one source said: a candidate. ``counts``: it is what is taken; ``rival``: it is of those that disagree."""

    value: str
    rows: tuple[tuple[str, ...], ...]
    source: str
    since: date
    until: date | None
    recorded: datetime | None
    evidence: str
    statement: int
    counts: bool
    rival: bool


@dataclass(frozen=True)
class Shown:
    """One fact, or one linked table (``heads`` are its columns), of a household or person. ``state``: known, bounds, unknown (nobody spoke of it),
    denied (a source says that it is not known), disputed, or unfit (stated, and not allowed by the pack in force)."""

    name: str
    label: str
    help: str
    value: str
    state: str
    heads: tuple[str, ...]
    words: tuple[Word, ...]
    complete: str
    edit: str

    @property
    def by(self) -> Word | None:
        return next((w for w in self.words if w.counts), self.words[0] if self.words else None)

    @property
    def others(self) -> tuple[Word, ...]:
        return tuple(w for w in self.words if w is not self.by)

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        return self.by.rows if self.by and self.state != "disputed" else ()


def facts_of_subject(
    household: int, person: int | None, entity: str, resolved: Resolved, said: Iterable[Said], tell: Teller
) -> list[Shown]:
    """Every fact and table that the pack declares of the entity, in its order; then what was stated and is declared no more."""
    spoken = {s.id: s for s in said}
    columns, tables = tell.columns(entity), tell.tables(entity)
    out = []
    for name, column in columns.items():
        d = resolved.values.get(name)
        words = _words(d, spoken, lambda v, c=column: tell.value(c, v), tell)
        value, state = _state(d, words, fits=d is None or d.value is None or _fits(tell, entity, name, d.value))
        out.append(
            Shown(name, tell.fact(entity, name), tell.help(column.fact), value, state, (), words, "", edit_link(household, person, name))
        )  # fmt: skip
    for name, child in tables.items():
        d = resolved.tables.get(name)
        words = _words(d, spoken, _nothing, tell, rows=lambda t, e=child: _rows(t, e, tell))
        _, state = _state(d, words, fits=True)
        heads = tuple(tell.fact(name, c.fact.name) for c in child.columns)
        complete = _complete(d.value) if d is not None and isinstance(d.value, Mapping) else ""
        out.append(
            Shown(name, tell.name(name), "", "", state, heads, words, complete, edit_link(household, person, name))
        )
    for name in sorted(set(resolved.values) - set(columns)):
        words = _words(resolved.values[name], spoken, str, tell)
        out.append(Shown(name, name, "", words[0].value if words else "", "unfit", (), words, "", ""))
    return out


def counted(resolved: Resolved, tell: Teller, entity: str) -> dict[str, int]:
    """How many of an entity's facts and tables are known, not known, and disputed."""
    declared = {*tell.columns(entity), *tell.tables(entity)}
    every = {**resolved.values, **resolved.tables}
    disputed = sum(d.disputed for name, d in every.items() if name in declared)
    known = sum(d.value is not None and not d.disputed for name, d in every.items() if name in declared)
    return {"known": known, "unknown": len(declared) - known - disputed, "disputed": disputed}


def _fits(tell: Teller, entity: str, name: str, value: Any) -> bool:
    return fitting(tell.columns(entity)[name], value) is not None


def _state(d: Decided | None, words: tuple[Word, ...], *, fits: bool) -> tuple[str, str]:
    if d is None:
        return "", "unknown"
    if d.disputed:
        return "", "disputed"
    if d.value is None:
        return "", "denied"
    value = next((w.value for w in words if w.counts), "")
    if not fits:
        return value, "unfit"
    return value, "bounds" if isinstance(d.value, Mapping) and set(d.value) == {"lo", "hi"} else "known"


def _words(d: Decided | None, spoken: Mapping[int, Said], say: Any, tell: Teller, rows: Any = None) -> tuple[Word, ...]:
    if d is None:
        return ()
    rivals = {c.statement for c in d.rivals}
    out = []
    for c in d.candidates:
        s = spoken.get(c.statement)
        table = rows(c.value) if rows and isinstance(c.value, Mapping) else ()
        counts = c.statement == d.by.statement and not d.disputed
        until, recorded = (s.until, s.recorded) if s else (None, None)
        out.append(
            Word(
                say(c.value), table, tell.origin(c.source), c.since, until, recorded, c.evidence, c.statement, counts, c.statement in rivals
            )
        )  # fmt: skip
    return tuple(out)


def _rows(table: Mapping[str, Any], child: EntityFacts, tell: Teller) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple("" if row.get(c.fact.name) is None else tell.value(c, row[c.fact.name]) for c in child.columns)
        for row in table.get("rows") or ()
    )


def _complete(table: Mapping[str, Any]) -> str:
    """``all``, ``some`` (of its kinds), or empty: it is not said that these are all."""
    complete = table.get("complete")
    return "all" if complete is True else "some" if complete else ""


def _nothing(_: Any) -> str:
    """A table is shown by its rows."""
    return ""
