"""What became of codes, followed in memory: read once, asked for as many codes, days and facts as there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from doudi.server.areas import timeline
from doudi.server.areas.models import Division
from doudi.server.areas.selectors.steps import steps
from doudi.server.areas.shapes import Became
from doudi.server.lib.steady import asked

_Step = tuple[date, float]
"""A day, and an entry of that day."""
_Place = tuple[str, _Step]
"""A code, and after which step one goes on from it."""
_MERGED = "merged"
_LENGTHS = (12, 9, 6, 4, 2)


@dataclass(frozen=True)
class Lineage:
    """``spans``: code -> the days from and before which it was in use. ``onward``: code -> what it became, in the order of the steps."""

    spans: Mapping[str, tuple[tuple[date, date | None], ...]] = field(default_factory=dict)
    onward: Mapping[str, tuple[tuple[_Step, str], ...]] = field(default_factory=dict)

    def __or__(self, other: Lineage) -> Lineage:
        """All that either knows."""
        return Lineage({**self.spans, **other.spans}, {**self.onward, **other.onward}) if other.onward else self

    def became(self, code: str, since: date, on: date) -> tuple[str, ...]:
        """The codes on ``on`` of what had the code ``code`` on ``since``, sorted: itself, one other, several after a split, none where it ended
        without a successor. A code used again for something else later is not mistaken for it. A code never known is given back as it is."""
        rows = self.spans.get(code, ())
        if not rows or since > on:
            return (code,)
        ended = [until for _, until in rows if until is not None and until <= since]
        held = any(begun <= since and (until is None or until > since) for begun, until in rows)
        # An outdated code, written down when it had ended already: what it became then.
        start: _Step = (max(ended), -1.0) if ended and not held else (since, float("inf"))
        done: set[str] = set()
        open_: set[_Place] = {(code, start)}
        while open_:
            following: set[_Place] = set()
            for here, at in open_:
                later = [(step, after) for step, after in self.onward.get(here, ()) if at < step and step[0] <= on]
                same = [(step, after) for step, after in later if step[0] == later[0][0][0]]
                if same:
                    last = max(step for step, _ in same)
                    following |= {(after, last) for _, after in same}
                else:
                    done.add(here)
            open_ = following
        return tuple(sorted(c for c in done if self._alive(c, on)))

    def now(self, code: int, since: date, on: date) -> int:
        """The one code, of twelve digits, that on ``on`` stands for what ``code`` stood for on ``since``; ``code`` itself where nothing or several
        became of it. What is not known itself lies in what became of the division above it."""
        if not self.onward:
            return code
        whole = f"{code:012d}"
        for length in lengths_of(whole):
            upper = whole[:length]
            if upper in self.spans or upper in self.onward:
                found = self.became(upper, since, on)
                return int(found[0].ljust(12, "0")[:12]) if len(found) == 1 and found[0] != upper else code
        return code

    def _alive(self, code: str, on: date) -> bool:
        return any(since <= on and (until is None or until > on) for since, until in self.spans.get(code, ()))


UNMOVED = Lineage()
"""No division has changed its code."""


def lengths_of(whole: str) -> tuple[int, ...]:
    """The lengths of the division that a code of twelve digits names and of those above it, the longest first."""
    own = next((n for n in reversed(_LENGTHS) if not whole[n:].strip("0")), 12)
    return tuple(n for n in _LENGTHS if n <= own)


def lineage_of(codes: Iterable[str]) -> Lineage:
    """All that ``codes`` ever became."""
    wanted = frozenset(codes)
    return asked(("lineage", wanted), lambda: _lineage_of(wanted))


def _lineage_of(codes: frozenset[str]) -> Lineage:
    known = steps()
    onward: dict[str, list[tuple[_Step, str]]] = defaultdict(list)
    seen: set[str] = set()
    front: set[str] = set(codes)
    while front:
        seen |= front
        for step in known.since_any(front):
            onward[step.before].append(((step.on, step.number), step.after))
        front = {after for steps in onward.values() for _, after in steps} - seen
    return Lineage(spans_of(seen), {code: tuple(steps) for code, steps in onward.items()})


def moves_of(places: Collection[str]) -> Lineage:
    """What facts that name ``places`` (twelve digits each) need; ``UNMOVED`` where neither they nor what lies above them ever changed."""
    codes = {whole[:n] for whole in places for n in lengths_of(whole)}
    known = steps()
    return lineage_of(codes) if any(known.since(code) for code in codes) else UNMOVED


def lineage() -> Lineage:
    """All that any code ever became."""
    onward: dict[str, list[tuple[_Step, str]]] = defaultdict(list)
    for step in steps().rows:
        onward[step.before].append(((step.on, step.number), step.after))
    if not onward:
        return UNMOVED
    codes = {*onward, *(after for steps in onward.values() for _, after in steps)}
    return Lineage(spans_of(codes), {code: tuple(steps) for code, steps in onward.items()})


def changes_from(codes: Iterable[str]) -> tuple[Became, ...]:
    """What ``codes`` became, and what that became, in the order of the days: a new code, what was split off, what they were merged into."""
    known = steps()
    rows: dict[int, tuple[str, str, date, str]] = {}
    seen: set[str] = set()
    front: set[str] = set(codes)
    while front:
        seen |= front
        found = {step.number: step[1:] for step in known.since_any(front)}
        rows |= found
        front = {after for _, after, _, _ in found.values()} - seen
    merged = {(after, day) for _, after, day, kind in rows.values() if kind == _MERGED}
    for step in (s for after in {after for after, _ in merged} for s in known.until(after)):
        if step.kind == _MERGED and (step.after, step.on) in merged:
            rows[step.number] = step[1:]
    there = spans_of({after for after, _ in merged})
    origins: dict[tuple[date, str], list[str]] = defaultdict(list)
    for _, (before, after, day, kind) in sorted(rows.items()):
        if before != after:
            origins[day, after].append(before)
        if (
            kind == _MERGED
            and after not in origins[day, after]
            and any(begun < day for begun, _ in there.get(after, ()))
        ):
            origins[day, after].append(after)
    order = {(day, after): number for number, (_, after, day, _) in sorted(rows.items(), reverse=True)}
    return tuple(
        Became(tuple(sorted(before)), after, day)
        for (day, after), before in sorted(origins.items(), key=lambda x: (x[0][0], order[x[0]]))
    )


def spans_of(codes: Collection[str]) -> dict[str, tuple[tuple[date, date | None], ...]]:
    """Code -> the days from and before which it was in use."""
    found: dict[str, list[tuple[date, date | None]]] = defaultdict(list)
    for part in timeline.chunks(codes):
        for code, since, until in Division.objects.filter(code__in=part).values_list("code", "since", "until"):
            found[code].append((since, until))
    return {code: tuple(rows) for code, rows in found.items()}
