"""What became of divisions: old codes read today."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from doudi.server.areas import timeline
from doudi.server.areas.access import absent
from doudi.server.areas.models import Division
from doudi.server.areas.selectors.lineage import lineage_of
from doudi.server.areas.selectors.steps import SPLIT, steps
from doudi.server.areas.shapes import DivisionView

_Step = tuple[date, float]
"""A day, and an entry of that day."""


def became(code: str, since: date, on: date) -> tuple[str, ...]:
    """The codes on ``on`` of what had the code ``code`` on ``since``, sorted: itself, one other, several after a split, none where it ended
    without a successor. A code used again for something else later is not mistaken for it. A code never known is given back as it is.
    """
    return lineage_of([code]).became(code, since, on)


def formerly(codes: Iterable[str], on: date) -> tuple[str, ...]:
    """Codes no longer in use on ``on`` that became, by a new code or a merger, ``codes`` or something below them: where records of the past of
    these places still stand. What was split is left out, for its records belong to either part.
    """
    found: dict[str, _Step] = {}
    front: dict[str, _Step] = dict.fromkeys(codes, (on, float("inf")))
    while front:
        nearer: dict[str, _Step] = {}
        for number, before, after, day, kind in steps().rows:
            if kind == SPLIT or day > on:
                continue
            # Only what happened before it went on to be what was asked for: a code may have been used again since.
            if any(after.startswith(code) and (day, number) < step for code, step in front.items()):
                nearer[before] = max(nearer.get(before, (day, -1.0)), (day, number))
        front = {code: step for code, step in nearer.items() if code not in found or step > found[code]}
        found |= front
    used = timeline.rows_on(found.keys(), on)
    return tuple(sorted(found.keys() - used.keys()))


def codes_changed(last: date, today: date) -> Iterator[dict[str, str]]:
    """Day by day after ``last``, until ``today``: the codes that became others on it, by a new code or a merger, and these."""
    days: dict[date, dict[str, str]] = defaultdict(dict)
    for step in steps().rows:
        if last < step.on <= today and step.kind != SPLIT and step.before != step.after:
            days[step.on][step.before] = step.after
    yield from (days[day] for day in sorted(days))


def history(code: str) -> tuple[DivisionView, ...]:
    """The names and parents that a code had, oldest first. Raises NotFound for one never known."""
    rows = list(Division.objects.filter(code=code).order_by("since"))
    if not rows:
        raise absent(code)
    return tuple(view for row in rows for view in timeline.views([row], row.since))
