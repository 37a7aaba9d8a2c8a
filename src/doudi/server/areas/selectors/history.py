"""What became of divisions: old codes read today."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from doudi.server.areas import timeline
from doudi.server.areas.access import absent
from doudi.server.areas.models import Division, Succession
from doudi.server.areas.shapes import DivisionView
from doudi.server.lib.scope import Scope

_SPLIT = "split"
_Place = tuple[str, tuple[date, float]]
"""A code, and after which day and which entry of that day one goes on from it."""


def became(code: str, since: date, on: date) -> tuple[str, ...]:
    """The codes on ``on`` of what had the code ``code`` on ``since``, sorted: itself, one other, several after a split, none where it ended
    without a successor. A code used again for something else later is not mistaken for it. A code never known is given back as it is.
    """
    rows = list(Division.objects.filter(code=code).values_list("since", "until"))
    if not rows:
        return (code,)
    ended = [until for begun, until in rows if until is not None and until <= since]
    held = any(begun <= since and (until is None or until > since) for begun, until in rows)
    # An outdated code, written down when it had ended already: what it became then.
    start = (max(ended), -1.0) if ended and not held else (since, float("inf"))
    if since > on:
        return (code,)
    open_: set[_Place] = {(code, start)}
    done: set[str] = set()
    while open_:
        onward: dict[str, list[tuple[tuple[date, float], str]]] = {}
        for before, after, day, number in (
            Succession.objects.filter(before__in={c for c, _ in open_}, on__lte=on)
            .order_by("on", "id")
            .values_list("before", "after", "on", "id")
        ):
            onward.setdefault(before, []).append(((day, number), after))
        following: set[_Place] = set()
        for here, at in open_:
            later = [(step, after) for step, after in onward.get(here, []) if step > at]
            if not later:
                done.add(here)
                continue
            day = later[0][0][0]
            same = [(step, after) for step, after in later if step[0] == day]
            last = max(step for step, _ in same)
            following |= {(after, last) for _, after in same}
        open_ = following
    return tuple(sorted(c for c in done if c in timeline.rows_on(done, on)))


def formerly(codes: Iterable[str], on: date) -> tuple[str, ...]:
    """Codes no longer in use on ``on`` that became, by a new code or a merger, ``codes`` or something below them: where records of the past of
    these places still stand. What was split is left out, for its records belong to either part.
    """
    found: set[str] = set()
    front = set(codes)
    while front:
        nearer = Scope.of(front).q("after")
        before = Succession.objects.filter(nearer, on__lte=on).exclude(kind=_SPLIT).values_list("before", flat=True)
        front = set(before) - found
        found |= front
    used = timeline.rows_on(found, on)
    return tuple(sorted(found - used.keys()))


def history(code: str) -> tuple[DivisionView, ...]:
    """The names and parents that a code had, oldest first. Raises NotFound for one never known."""
    rows = list(Division.objects.filter(code=code).order_by("since"))
    if not rows:
        raise absent(code)
    return tuple(view for row in rows for view in timeline.views([row], row.since))
