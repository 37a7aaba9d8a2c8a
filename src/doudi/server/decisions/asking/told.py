"""What a family has told: rows of facts as written, what it would rather not say, and the facts that the rules decide on made of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from doudi.packs.literals import BadLiteral, category_code, day_span, stored
from doudi.packs.questions import THE_DAY
from doudi.packs.say import say
from doudi.rules.calendar import to_day
from doudi.rules.declared import Fact
from doudi.rules.scalar import Row
from doudi.rules.types import Kind
from doudi.server.lib.refusals import Refused
from doudi.server.policybook.policy import Policy

Value = str | tuple[str, str]
"""As a pack would write it (500 元, 农村, 1950-03), or the two ends of a range."""


@dataclass
class Told:
    """One row. ``kept``: facts and tables about which they do not know or would rather not say. ``ticked``: those that certainly have something
    to say, and have yet to say it. ``whole``: tables of which every row is listed, or the kinds for which that holds."""

    id: int
    said: dict[str, Value] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    ticked: set[str] = field(default_factory=set)
    whole: dict[str, bool | tuple[str, ...]] = field(default_factory=dict)
    rows: dict[str, list[Told]] = field(default_factory=dict)

    def at(self, tables: tuple[str, ...], path: tuple[int, ...]) -> Told | None:
        """The row at ``path`` through ``tables``, or None."""
        here = self
        for table, number in zip(tables, path, strict=True):
            found = next((r for r in here.rows.get(table, ()) if r.id == number), None)
            if found is None:
                return None
            here = found
        return here

    def add(self, table: str) -> Told:
        rows = self.rows.setdefault(table, [])
        made = Told(max((r.id for r in rows), default=0) + 1)
        rows.append(made)
        return made


@dataclass
class Answers:
    """``trail``: the questions answered so far, in order, by their ids."""

    told: Told = field(default_factory=lambda: Told(0))
    trail: list[str] = field(default_factory=list)


def bounds(policy: Policy, fact: Fact, value: Value) -> tuple[int, int]:
    """The stored bounds of what was told. Raises BadLiteral."""
    low, high = (value, value) if isinstance(value, str) else value
    lo, hi = one(policy, fact, low)[0], one(policy, fact, high)[1]
    if fact.type.kind is Kind.DATE and lo < hi:
        lo, hi = max(lo, fact.lo), min(hi, fact.hi)
    if lo > hi:
        raise BadLiteral("empty-bounds", "前一个数比后一个数大。", "The first is above the second.")
    if not fact.lo <= lo <= hi <= fact.hi:
        words = policy.pack.state.words
        least, most = say(fact.lo, fact.type, words), say(fact.hi, fact.type, words)
        raise BadLiteral("out-of-bounds", f"应在 {least} 和 {most} 之间。", f"It must be between {least} and {most}.")
    return lo, hi


def one(policy: Policy, fact: Fact, text: str) -> tuple[int, int]:
    span = day_span(text) if fact.type.kind is Kind.DATE else None
    if span is not None:
        return span
    value = stored(text, fact.type, policy.pack.state.words)
    return value, value


def row_of(policy: Policy, told: Told, day: date, since: dict[str, int]) -> Row:
    """What the rules decide on. ``since``: table to the day from which its rows were asked for. Raises Refused for what no rule can read."""
    return _row(policy, told, root_of(policy), day, since)


def root_of(policy: Policy) -> str:
    return next(e.name for e in policy.pack.book.entities if not e.of)


def _row(policy: Policy, told: Told, entity: str, day: date, since: dict[str, int]) -> Row:
    row = Row(told.id)
    for taken in policy.pack.taken:
        if taken.key[0] == entity and taken.key[1] not in told.said:
            fact = policy.declared[taken.key]
            row.facts[fact.name] = to_day(day) if taken.value == THE_DAY else bounds(policy, fact, taken.value)[0]
    for name, value in told.said.items():
        found = policy.declared.get((entity, name))
        if found is None:
            raise unreadable()
        try:
            lo, hi = bounds(policy, found, value)
        except BadLiteral:
            raise unreadable() from None
        row.facts[name] = lo if lo == hi else (lo, hi)
    tables = {e.name: e for e in policy.pack.book.entities if e.of == entity}
    for name, whole in told.whole.items():
        if name not in tables:
            raise unreadable()
        row.complete[name] = _complete(policy, name, tables[name].kind, whole)
    for name, rows in told.rows.items():
        if name not in tables or len(rows) > tables[name].max_rows:
            raise unreadable()
        row.rows[name] = [_row(policy, r, name, day, since) for r in rows]
        question = policy.pack.questions.get((entity, name))
        if question is not None and question.dated and name in since:
            fact = policy.declared[name, question.dated]
            for made in row.rows[name]:
                made.facts.setdefault(question.dated, (max(since[name], fact.lo), min(to_day(day), fact.hi)))
    return row


def _complete(policy: Policy, table: str, kind: str, whole: bool | tuple[str, ...]) -> bool | frozenset[int]:
    if isinstance(whole, bool):
        return whole
    if not kind:
        raise unreadable()
    category = policy.declared[table, kind].type.category
    try:
        return frozenset(category_code(word, category, policy.pack.state.words) for word in whole)
    except BadLiteral:
        raise unreadable() from None


def unreadable() -> Refused:
    return Refused(
        "unreadable-answers",
        "这些回答读不出来：链接可能不完整、被改动过，或者是从旧的页面来的。请重新开始，只要几分钟。",
        "These answers cannot be read: the link may be cut off, changed, or from an older page. Please start again; it takes a few minutes.",
    )


def everything(policy: Policy, told: Told) -> Iterator[tuple[str, tuple[str, ...], tuple[int, ...], Told]]:
    """Every row told: its entity, the tables and ids that lead to it, itself; the root first."""

    def below(
        entity: str, tables: tuple[str, ...], path: tuple[int, ...], row: Told
    ) -> Iterator[tuple[str, tuple[str, ...], tuple[int, ...], Told]]:
        yield entity, tables, path, row
        for table, rows in row.rows.items():
            for r in rows:
                yield from below(table, (*tables, table), (*path, r.id), r)

    return below(root_of(policy), (), (), told)
