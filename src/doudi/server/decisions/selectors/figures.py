"""Figures of screenings: of one division, of those below it, from month to month. Nothing is said of a division outside the reader's areas, not
even as a part of a sum; what no run has counted is None, and what is unknown stands beside each figure, never in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from doudi.server.areas.selectors.then import codes_on, former
from doudi.server.decisions.models import PURGED, WHOLE, Run, RunFigure
from doudi.server.decisions.running import claims as c
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotFound
from doudi.server.lib.scope import Scope

READ = "decisions.read"
_LEVELS = (0, 2, 4, 6, 9, 12, 15)
SHARE = 10_000
"""Shares are in ten-thousandths."""


@dataclass(frozen=True)
class Figure:
    """``items`` are rows counted (households, or people where the programme is theirs); ``uncounted`` are households whose number of people is
    unknown, ``unsummed`` rows whose sum is: neither is in ``people`` or ``amount``. Sums in fen, ``low`` and ``high`` with what is unknown."""

    items: int = 0
    households: int = 0
    people: int = 0
    uncounted: int = 0
    amount: int = 0
    low: int = 0
    high: int = 0
    unsummed: int = 0

    def __add__(self, other: Figure) -> Figure:
        return Figure(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class CountedRun:
    """A run whose figures count: the latest of its month that holds all of ``area``. ``open``: its files are there, so that lists can be opened.
    ``unpaid``: the divisions in it whose receipts of the month cannot be on record yet, as ``Run`` keeps them."""

    id: int
    month: date
    as_of: date
    area: str
    policy: str
    open: bool
    unpaid: tuple[str, ...] = ()


@dataclass(frozen=True)
class Figures:
    """What ``run`` found in ``area``, by measure and key (``running.claims``). What was counted and not found is a Figure of noughts. ``codes``:
    what the area was on the run's day, where that is not its code of now."""

    run: CountedRun
    area: str
    cells: dict[tuple[str, str], Figure] = field(repr=False)
    codes: tuple[str, ...] = ()

    def of(self, measure: str, key: str = "") -> Figure:
        return self.cells.get((measure, key), Figure())

    def keys(self, measure: str) -> tuple[str, ...]:
        """The classes, programmes or lists of which anything was found, in no order that means anything."""
        return tuple(sorted(k for m, k in self.cells if m == measure))

    def all_of(self, measure: str, keys: Collection[str] | None = None) -> Figure:
        """Over several keys. Households are then counted once for each of them, items are simply added."""
        found = (v for (m, k), v in self.cells.items() if m == measure and (keys is None or k in keys))
        return sum(found, Figure())

    @property
    def receipts(self) -> bool:
        """False where none of the month are on record of any of the area."""
        return not all(Scope.of(self.run.unpaid).covers(code) for code in self.codes or (self.area,))

    @property
    def unpaid(self) -> tuple[str, ...]:
        """Of an area that has receipts: the townships in it that have none on record. Theirs are missed among the sums."""
        return tuple(u for u in self.run.unpaid if any(u.startswith(code) for code in self.codes or (self.area,)))

    @property
    def programmes(self) -> tuple[str, ...]:
        """Those of which anything was found."""
        return tuple(sorted({k for m, k in self.cells if m in c.OF_CLAIMS}))

    def tells(self, programme: str) -> bool:
        """Whether of anybody entitled it is known whether it is received."""
        told = (self.of(m, programme).items for m in (c.TAKEN, c.MISSED, c.RECEIVING))
        return any(told)

    def coverage(self, *programmes: str) -> int | None:
        """Of those entitled of whom it is known whether they receive: the share that does, in ten-thousandths, rounded down so that only all is
        all; of all programmes where none is named. None where nobody is, and where no receipts are on record."""
        if not self.receipts:
            return None
        chosen = programmes or self.programmes
        taken, missed = (self.all_of(m, chosen).items for m in (c.TAKEN, c.MISSED))
        return taken * SHARE // (taken + missed) if taken + missed else None

    def unknown(self, *programmes: str) -> int | None:
        """Of those entitled or perhaps entitled: the share of whom it cannot be told, in ten-thousandths, rounded up. None where there is nobody."""
        chosen = programmes or self.programmes
        open_, entitled = (self.all_of(m, chosen).items for m in (c.OPEN, c.ENTITLED))
        return -(-open_ * SHARE // (open_ + entitled)) if open_ + entitled else None


def counted_runs(reader: Actor, area: str, *, until: date | None = None, months: int = 13) -> tuple[CountedRun, ...]:
    """The run that counts for each of the last ``months`` months up to that of ``until``, the newest first. Raises NotAllowed, NotFound."""
    within(reader, area)
    with acting(reader):
        return _runs(area, until, months)


def _runs(area: str, until: date | None, months: int) -> tuple[CountedRun, ...]:
    rows = Run.objects.filter(_holding(area, *former(area)), figured=True, state__in=(WHOLE, PURGED))
    rows = rows.filter(month__lte=until) if until else rows
    # Few: some runs a month and area. The latest of a month is the one that counts.
    wanted = list(
        rows.order_by("-month", "-id").only("id", "month", "as_of", "area", "policy", "state", "unpaid")[: months * 20]
    )
    then = codes_on(area, {r.as_of for r in wanted})
    found: dict[date, CountedRun] = {}
    for r in wanted:
        # Nothing is known of a division that was not there, or of which the run holds a part only.
        if then[r.as_of] and (_whole(r.area, then[r.as_of]) or _whole(r.area, (area,))):
            found.setdefault(
                r.month, CountedRun(r.id, r.month, r.as_of, r.area, r.policy, r.state == WHOLE, tuple(r.unpaid))
            )
    return tuple(found.values())[:months]


def _whole(run: str, codes: Iterable[str]) -> bool:
    return all(code.startswith(run) for code in codes)


def figures(
    reader: Actor, area: str, month: date | None = None, *, measures: Collection[str] | None = None
) -> Figures | None:
    """Of ``area`` in the month of ``month`` (None: the newest there is); None where no run has counted it. Raises NotAllowed, NotFound."""
    runs = counted_runs(reader, area, until=month)
    run = next((r for r in runs if month is None or r.month == month.replace(day=1)), None)
    return None if run is None else of_runs(reader, area, [run], measures=measures)[0]


def trend(
    reader: Actor, area: str, *, until: date | None = None, months: int = 13, measures: Collection[str] | None = None
) -> tuple[Figures, ...]:
    """Month by month, the oldest first; months without a run are left out. Raises NotAllowed, NotFound."""
    return of_runs(reader, area, counted_runs(reader, area, until=until, months=months)[::-1], measures=measures)


def against(
    reader: Actor, area: str, month: date | None = None, *, measures: Collection[str] | None = None
) -> tuple[Figures | None, Figures | None]:
    """Those of the month (None: the newest), and those of the run before it, whichever month that is of. Raises NotAllowed, NotFound."""
    runs = counted_runs(reader, area, until=month)
    if not runs or (month is not None and runs[0].month != month.replace(day=1)):
        return None, None
    found = of_runs(reader, area, runs[:2], measures=measures)
    return found[0], found[1] if len(found) > 1 else None


def below(reader: Actor, of: Figures, *, measures: Collection[str] | None = None) -> dict[str, Figures]:
    """The same run by the divisions one level down, by code. Households that stand no deeper than ``of.area`` have that code."""
    within(reader, of.area)
    with acting(reader):
        return _below(of, measures)


def _below(of: Figures, measures: Collection[str] | None) -> dict[str, Figures]:
    level = next((n for n in _LEVELS if n > len(of.area)), None)
    if level is None:
        return {}
    # As ranges: an index serves that on either database.
    rows = RunFigure.objects.filter(Scope.of(of.codes or (of.area,)).q("area"), run=of.run.id, level=level)
    rows = rows.filter(measure__in=measures) if measures is not None else rows
    by_area: dict[str, dict[tuple[str, str], Figure]] = {}
    for area, measure, key, *numbers in rows.values_list("area", "measure", "key", *Figure.__dataclass_fields__):
        by_area.setdefault(area, {})[measure, key] = Figure(*numbers)
    return {area: Figures(of.run, area, cells) for area, cells in sorted(by_area.items())}


def of_runs(
    reader: Actor, area: str, runs: Iterable[CountedRun], *, measures: Collection[str] | None = None
) -> tuple[Figures, ...]:
    """Of each of the runs, in one query. Raises NotAllowed, NotFound."""
    within(reader, area)
    with acting(reader):
        return _of_runs(area, list(runs), measures)


def _of_runs(area: str, runs: Sequence[CountedRun], measures: Collection[str] | None) -> tuple[Figures, ...]:
    then = codes_on(area, {r.as_of for r in runs})
    every = {code for codes in then.values() for code in codes}
    rows = RunFigure.objects.filter(run__in=[r.id for r in runs], level__in={len(c) for c in every}, area__in=every)
    rows = rows.filter(measure__in=measures) if measures is not None else rows
    of = {r.id: then[r.as_of] for r in runs}
    cells: dict[int, dict[tuple[str, str], Figure]] = {r.id: {} for r in runs}
    for run, place, measure, key, *numbers in rows.values_list(
        "run_id", "area", "measure", "key", *Figure.__dataclass_fields__
    ):
        if place in of[run]:
            cells[run][measure, key] = cells[run].get((measure, key), Figure()) + Figure(*numbers)
    return tuple(Figures(r, area, cells[r.id], of[r.id]) for r in runs)


@dataclass(frozen=True)
class Overview:
    """``runs``: every month there is, the newest first; ``months``: figures of those up to the one asked for, the newest first; ``parts``: the
    first of them by the divisions one level down; ``uncounted``: where there is none, a finished run that could be counted."""

    runs: tuple[CountedRun, ...]
    months: tuple[Figures, ...]
    parts: dict[str, Figures]
    uncounted: int | None


def overview(reader: Actor, area: str, month: date | None, *, most: int = 13) -> Overview:
    """All that the page of an area shows, in three queries under one scope. Raises NotAllowed, NotFound."""
    within(reader, area)
    with acting(reader):
        runs = _runs(area, None, most * 3)
        months = _of_runs(area, [r for r in runs if month is None or r.month <= month][:most], None)
        if not months:
            return Overview(runs, (), {}, _uncounted(area))
        return Overview(runs, months, _below(months[0], None), None)


def uncounted_run(reader: Actor, area: str) -> int | None:
    """The newest finished run that holds ``area`` and was never counted, where it could be: its files are there. Raises NotAllowed, NotFound."""
    within(reader, area)
    with acting(reader):
        return _uncounted(area)


def _uncounted(area: str) -> int | None:
    found = Run.objects.filter(_holding(area, *former(area)), figured=False, state=WHOLE, again=None).order_by(
        "-month", "-id"
    )
    return found.values_list("id", flat=True).first()


def within(reader: Actor, area: str) -> None:
    """Raises NotAllowed; NotFound unless all of ``area`` lies in the reader's areas."""
    reader.require(READ)
    if not reader.scope.covers(area) or len(area) not in _LEVELS:
        raise NotFound(
            "no-area",
            f"您的辖区内没有“{area or '全部地区'}”。",
            f"“{area or 'everywhere'}” does not lie within your areas.",
        )


def _holding(*areas: str) -> Q:
    """Runs that hold any of ``areas``."""
    return Q(area__in={area[:n] for area in areas for n in range(len(area) + 1)})
