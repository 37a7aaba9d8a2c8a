"""An official's areas in a few figures against the month before, for the first page: two small queries an area."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from doudi.server.decisions.running import claims as c
from doudi.server.decisions.selectors.figures import READ, Figures, counted_runs, of_runs
from doudi.server.lib.actor import Actor

MOST_AREAS = 6
_ASKED = (c.STEP, c.TAKEN, c.MISSED, c.RECEIVING)


@dataclass(frozen=True)
class Compared:
    """One figure now and in the run before (None: there is none). ``unknown`` counts what is not in it because it is not known; ``measure`` and
    ``key`` name the list behind it."""

    value: int | None
    was: int | None
    unknown: int
    measure: str
    key: str = ""


@dataclass(frozen=True)
class HomeFigures:
    """Of one area: ``month`` and ``before`` are the months compared (None: nothing was screened). ``households`` and ``people`` on record as screened;
    ``due`` in fen a month, what all of them together are due by the rules; ``receiving`` households that get something of what they are due;
    ``coverage`` in ten-thousandths, of all that people are entitled to and of which it is known whether they have it."""

    area: str
    month: date | None
    before: date | None
    households: Compared
    people: Compared
    due: Compared
    receiving: Compared
    coverage: Compared


def home_figures(reader: Actor, on: date) -> tuple[HomeFigures, ...]:
    """For each area of the reader's scope (the first few of many), by the newest screening up to the month of ``on`` against the one before it.
    Raises NotAllowed."""
    reader.require(READ)
    out = []
    for area in reader.scope.prefixes[:MOST_AREAS]:
        now, *before = of_runs(reader, area, counted_runs(reader, area, until=on, months=2), measures=_ASKED) or (None,)
        out.append(_of(area, now, before[0] if before else None))
    return tuple(out)


def _of(area: str, now: Figures | None, before: Figures | None) -> HomeFigures:
    def told(name: str, key: str, unknown: str = "") -> Compared:
        value, was = (None if f is None else int(getattr(f.of(c.STEP, key), name)) for f in (now, before))
        missing = int(getattr(now.of(c.STEP, key), unknown)) if now and unknown else 0
        return Compared(value, was, missing, c.STEP, key)

    return HomeFigures(
        area,
        now.run.month if now else None,
        before.run.month if before else None,
        told("households", c.SCREENED),
        told("people", c.SCREENED, "uncounted"),
        told("amount", c.SCREENED, "unsummed"),
        told("households", c.RECEIVING),
        Compared(now.coverage() if now else None, before.coverage() if before else None, 0, c.TAKEN),
    )
