"""Which of several statements counts: one value for each fact of one household or one person. See docs/algorithms/which-fact-counts.md.

Pure: statements and ranks in, values out; no database, no clock. The order in which statements are given never matters.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

Value = Any
"""As stored in a statement: truth, integer, text, ``{"lo": …, "hi": …}``, or None: not known."""
_CODE = 12
"""Digits of a division in a statement, whatever its level."""
_Common = Callable[[list[Any]], tuple[bool, Any]]


@dataclass(frozen=True)
class Said:
    """A statement as resolving reads it: what one source said of one subject at once. ``recorded`` and ``withdrawn`` are the moments of the
    acts that brought it and withdrew it (None: still known), ``official`` who took it down (None: nobody, or it is not asked for)."""

    id: int
    source: str
    since: date
    until: date | None
    act: int
    recorded: datetime
    withdrawn: datetime | None = None
    evidence: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    tables: Mapping[str, Mapping[str, Any] | None] = field(default_factory=dict)
    official: int | None = None

    def holds(self, as_of: date, knowing: datetime | None) -> bool:
        """Whether it speaks of ``as_of`` and was known at ``knowing`` (None: now)."""
        if not self.since <= as_of or (self.until is not None and self.until <= as_of):
            return False
        if knowing is None:
            return self.withdrawn is None
        return self.recorded <= knowing and (self.withdrawn is None or self.withdrawn > knowing)


@dataclass(frozen=True)
class Candidate:
    """One statement's word on one fact."""

    value: Value
    source: str
    rank: int
    since: date
    act: int
    statement: int
    evidence: str = ""


@dataclass(frozen=True)
class Decided:
    """What counts for one fact. ``value`` None: not known, either because the word that counts says so or because it is ``disputed``.

    ``by`` is the word that counts; of several that agree, the one recorded last. ``candidates``: every word on it, the weightiest first.
    """

    value: Value
    by: Candidate
    disputed: bool
    candidates: tuple[Candidate, ...]

    @property
    def source(self) -> str:
        return self.by.source

    @property
    def since(self) -> date:
        return self.by.since

    @property
    def act(self) -> int:
        return self.by.act

    @property
    def rivals(self) -> tuple[Candidate, ...]:
        """The words that disagree, where it is disputed: all of the highest rank and the latest day."""
        if not self.disputed:
            return ()
        return tuple(c for c in self.candidates if (c.rank, c.since) == (self.by.rank, self.by.since))


@dataclass(frozen=True)
class Resolved:
    """Everything that is said of one subject on a day. ``tables``: linked entity -> the table as a whole, as one statement gave it."""

    values: Mapping[str, Decided] = field(default_factory=dict)
    tables: Mapping[str, Decided] = field(default_factory=dict)

    def plain(self) -> dict[str, Value]:
        """Name -> value of what is known."""
        return {name: d.value for name, d in self.values.items() if d.value is not None}

    def plain_tables(self) -> dict[str, Any]:
        return {name: d.value for name, d in self.tables.items() if d.value is not None}

    @property
    def disputed(self) -> tuple[str, ...]:
        """Names of facts and tables that are unknown because equals disagree."""
        return tuple(sorted(n for part in (self.values, self.tables) for n, d in part.items() if d.disputed))


def places_in(said: Iterable[Said]) -> set[str]:
    """Whatever in the statements, their tables included, may be the code of a division: twelve digits."""
    found: set[str] = set()
    for s in said:
        rows = (row for table in s.tables.values() if table for row in table.get("rows") or ())
        for values in (s.values, *rows):
            words = (str(v) for v in values.values() if isinstance(v, str | int))
            found |= {w for w in words if len(w) == _CODE and w.isascii() and w.isdigit()}
    return found


def resolve(said: Iterable[Said], ranks: Mapping[str, int], *, as_of: date, knowing: datetime | None) -> Resolved:
    """What counts of ``said`` (all of one subject) on ``as_of`` (基准日), by what was known at ``knowing`` (知悉时点; None: now).

    ``ranks``: source -> rank, 1 the weightiest. A source that the pack in force no longer lists weighs less than every listed one.
    """
    last = max(ranks.values(), default=0) + 1
    values: dict[str, list[Candidate]] = defaultdict(list)
    tables: dict[str, list[Candidate]] = defaultdict(list)
    for s in said:
        if not s.holds(as_of, knowing):
            continue
        rank = ranks.get(s.source, last)
        for into, words in ((values, s.values), (tables, s.tables)):
            for name, value in words.items():
                into[name].append(Candidate(value, s.source, rank, s.since, s.act, s.id, s.evidence))
    return Resolved(
        {name: _decide(values[name], _common) for name in sorted(values)},
        {name: _decide(tables[name], _same_table) for name in sorted(tables)},
    )


def plain_of(
    said: Sequence[Said], ranks: Mapping[str, int], *, as_of: date, knowing: datetime | None
) -> tuple[Mapping[str, Value], Mapping[str, Any]]:
    """The known values and tables that ``resolve`` would give, without their reasons: for whole populations, where nearly everybody has one
    statement. What it gives may be the statement's own dictionaries: they are not to be changed."""
    held = [s for s in said if s.holds(as_of, knowing)]
    if len(held) != 1:
        resolved = resolve(held, ranks, as_of=as_of, knowing=knowing)
        return resolved.plain(), resolved.plain_tables()
    values, tables = held[0].values, held[0].tables
    if None in values.values():
        values = {name: v for name, v in values.items() if v is not None}
    if None in tables.values():
        tables = {name: t for name, t in tables.items() if t is not None}
    return values, tables


def _decide(candidates: list[Candidate], common: _Common) -> Decided:
    # Rank, then the later day; among equals the later act only so that one of several that agree is named, whatever their order.
    ordered = tuple(sorted(candidates, key=lambda c: (c.rank, -c.since.toordinal(), -c.act, -c.statement)))
    best = ordered[0]
    top = [c for c in ordered if (c.rank, c.since) == (best.rank, best.since)]
    known = [c for c in top if c.value is not None]
    if len(known) < 2:
        by = known[0] if known else best
        return Decided(by.value, by, disputed=False, candidates=ordered)
    agreed, value = common([c.value for c in known])
    by = next((c for c in known if agreed and _key(c.value) == _key(value)), known[0])
    return Decided(value, by, disputed=not agreed, candidates=ordered)


def _common(values: list[Value]) -> tuple[bool, Value]:
    """What all of them allow: the value, or the overlap of bounds. (False, None) where nothing is."""
    first = values[0]
    if all(_key(v) == _key(first) for v in values):
        return True, first
    spans = [_span(v) for v in values]
    if any(s is None for s in spans) or len({type(end) for s in spans for end in s or ()}) != 1:
        return False, None
    lo = max(s[0] for s in spans if s is not None)
    hi = min(s[1] for s in spans if s is not None)
    if lo > hi:
        return False, None
    return True, lo if lo == hi else {"lo": lo, "hi": hi}


def _span(value: Value) -> tuple[Any, Any] | None:
    """A number or a day as bounds; None for what has no order (truths, names). A day is text, "YYYY-MM-DD", and sorts as such."""
    if isinstance(value, dict):
        return value["lo"], value["hi"]
    if isinstance(value, bool):
        return None
    return (value, value) if isinstance(value, int | str) else None


def _same_table(values: list[Value]) -> tuple[bool, Value]:
    first = _table_key(values[0])
    return (True, values[0]) if all(_table_key(v) == first for v in values) else (False, None)


def _table_key(table: Mapping[str, Any]) -> str:
    """Equal for tables that hold the same rows in any order and are complete alike."""
    complete = table.get("complete", False)
    rows = sorted(_key(row) for row in table.get("rows", ()))
    return _key([complete if isinstance(complete, bool) else sorted(complete), rows])


def _key(value: Value) -> str:
    """Equal for equal values: 1 and true are not."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
