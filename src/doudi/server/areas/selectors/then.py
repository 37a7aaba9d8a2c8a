"""What a division of today was on a day gone by: records and figures of that day stand under the codes of then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from doudi.server.areas.selectors.history import became
from doudi.server.areas.selectors.lineage import spans_of
from doudi.server.areas.selectors.steps import SPLIT, steps
from doudi.server.lib.scope import Scope
from doudi.server.lib.steady import asked


def codes_on(code: str, days: Collection[date]) -> dict[date, tuple[str, ...]]:
    """For each day the codes, sorted, of what now has the code ``code``: itself where it was there, as it was; else what became it, by a new code
    or a merger. None where neither was there: of a part that was split off nothing is known apart from the whole.

    A code that has gone means what it was last; one that is used again means what has it now. A code never known is given back as it is.
    """
    if not days:
        return {}
    past = _past(code)
    return {day: tuple(sorted(past.codes(code, day))) for day in days}


def scope_on(code: str, day: date) -> Scope:
    """What to look up on ``day`` to find all that now lies in ``code``: the same, and what has come into it from elsewhere since, village by
    village where it came so. A code that had gone by that day means what became of it. Nothing where nothing of it was there."""
    if not code:
        return Scope.everything()
    came = [
        (s.before, s.on)
        for s in steps().rows
        if s.after.startswith(code) and s.on > day and s.kind != SPLIT and not s.before.startswith(code)
    ]
    past = _Past([code, *(b for b, _ in came)])
    there = {*past.codes(code, day), *(c for b, on in came for c in past.codes(b, day, before=on))}
    return Scope.of(there or became(code, day, day))


def former(code: str) -> tuple[str, ...]:
    """Every code that ever became what now has the code ``code``, by a new code or a merger, sorted; without itself."""
    return tuple(sorted(_past(code).every - {code}))


def _past(code: str) -> _Past:
    return asked(("past", code), lambda: _Past([code]))


class _Past:
    """The steps backwards from some codes. Those of one day are taken together: no division begins and changes on the same."""

    def __init__(self, codes: Iterable[str]) -> None:
        self.came: dict[str, list[tuple[date, str]]] = defaultdict(list)
        known = steps()
        seen: set[str] = set()
        front = set(codes)
        while front:
            seen |= front
            came = [s for code in front for s in known.until(code) if s.kind != SPLIT]
            for s in came:
                self.came[s.after].append((s.on, s.before))
            front = {s.before for s in came} - seen
        self.every = seen
        self.spans = spans_of(seen)
        self.left = _left(seen, self.spans)

    def codes(self, code: str, day: date, before: date | None = None) -> set[str]:
        """Of what had the code just before the day ``before`` (None: now)."""
        spans = self.spans.get(code)
        if spans is None:
            return {code}
        came = [(on, b) for on, b in self.came[code] if on > day and (before is None or on < before)]
        gone = max((on for on in self.left[code] if on > day and (before is None or on < before)), default=None)
        again = gone is not None and any(on >= gone for on, _ in came)
        if not again and any(since <= day and (until is None or until > day) for since, until in spans):
            return {code}
        return {
            c for on, b in came if not again or (gone is not None and on >= gone) for c in self.codes(b, day, before=on)
        }


def _left(codes: Collection[str], spans: Mapping[str, Sequence[tuple[date, date | None]]]) -> dict[str, set[date]]:
    """The days on which each code was given up."""
    found: dict[str, set[date]] = defaultdict(set)
    stayed: set[tuple[str, date]] = set()
    for s in steps().since_any(codes):
        if s.before == s.after:
            stayed.add((s.before, s.on))
        else:
            found[s.before].add(s.on)
    for code, rows in spans.items():
        begun = {since for since, _ in rows}
        found[code] |= {until for _, until in rows if until is not None and until not in begun}
    return defaultdict(set, {code: {on for on in days if (code, on) not in stayed} for code, days in found.items()})
