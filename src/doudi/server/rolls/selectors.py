"""Rolls as pages show them: the registry's lines with how each household stood at its last screening; saved views; choices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from doudi.server.decisions.selectors.runs import READ as SCREENED
from doudi.server.decisions.selectors.standing import StandingView, standing_counts, standings_of
from doudi.server.decisions.selectors.waiting import roll_stamp
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotFound
from doudi.server.lib.remembered import remembered
from doudi.server.registry.selectors.lists import counts_by_ledger
from doudi.server.registry.selectors.record import READ, showing, within
from doudi.server.registry.selectors.rolls import (
    HouseholdLine,
    PersonLine,
    RollCount,
    count_roll,
    household_roll,
    person_roll,
)
from doudi.server.registry.selectors.verbs import LISTED
from doudi.server.rolls.asked import HOUSEHOLD, PERSON, Asked
from doudi.server.rolls.models import Choice, SavedView


@dataclass(frozen=True)
class Line:
    """``home`` in a roll of households, ``one`` in one of people; ``stood`` is how the household stood, None: it was not screened."""

    home: HouseholdLine | None
    one: PersonLine | None
    stood: StandingView | None

    @property
    def key(self) -> int:
        if self.home is not None:
            return self.home.household.id
        assert self.one is not None
        return self.one.person.id


@dataclass(frozen=True)
class Roll:
    """``before`` and ``after`` are what to ask with for the pages beside this one."""

    lines: tuple[Line, ...]
    before: int | None
    after: int | None


@dataclass(frozen=True)
class ViewOfMine:
    """A saved view; ``mine``: the reader made it."""

    id: int
    of: str
    name: str
    query: Mapping[str, str]
    shared: bool
    mine: bool
    by_name: str


@dataclass(frozen=True)
class ChoiceView:
    """What was chosen to be done to many; ``result`` is empty until some of it is done."""

    id: int
    of: str
    act: str
    params: Mapping[str, Any]
    ids: tuple[int, ...]
    on: date
    why: str
    state: str
    job: int | None
    result: Mapping[str, Any]
    made_at: datetime


def roll(
    reader: Actor, asked: Asked, *, on: date, after: int | None = None, before: int | None = None, limit: int = 50
) -> Roll:
    """A page of the roll, recorded as shown. Raises NotAllowed."""
    by = asked.sieve(reader, on)
    if asked.of == HOUSEHOLD:
        homes = household_roll(reader, by, on=on, after=after, before=before, limit=limit)
        stood = standings_of(reader, [h.household.id for h in homes.rows])
        return Roll(tuple(Line(h, None, stood.get(h.household.id)) for h in homes.rows), homes.before, homes.after)
    people = person_roll(reader, by, on=on, after=after, before=before, limit=limit)
    stood = standings_of(reader, [p.household for p in people.rows if p.household is not None])
    lines = tuple(Line(None, p, stood.get(p.household or 0)) for p in people.rows)
    return Roll(lines, people.before, people.after)


def opened(
    reader: Actor, asked: Asked, *, on: date, after: int | None = None, before: int | None = None, limit: int = 50
) -> tuple[Roll, RollCount]:
    """A page of a roll and how many lines the roll has, asked under one setting of the reader's scope."""
    with showing(reader, LISTED, what="roll") as shown:
        # The list itself says whom it showed.
        shown.keep = False
        return roll(reader, asked, on=on, after=after, before=before, limit=limit), count(reader, asked, on=on)


@dataclass(frozen=True)
class Shelves:
    """How many there are in an area: in all, on each ledger, and by class at the last screening (None: not the reader's to know)."""

    households: RollCount
    people: RollCount
    ledgers: Mapping[str, int]
    classes: Mapping[str, int] | None
    views: list[ViewOfMine]


def shelves(reader: Actor, *, on: date, area: str = "") -> Shelves:
    """All that the first page of the ledgers needs. Numbers name nobody and are not recorded."""
    with showing(reader, LISTED, what="ledgers") as shown:
        shown.keep = False
        screened = reader.allows(SCREENED)
        key = ("shelves", connection.settings_dict["NAME"], reader.scope.prefixes, area, on, screened)
        counts = remembered(key, roll_stamp(), lambda: _counts(reader, on, area, screened=screened))
        return Shelves(*counts, saved_views(reader))


def _counts(
    reader: Actor, on: date, area: str, *, screened: bool
) -> tuple[RollCount, RollCount, dict[str, int], dict[str, int] | None]:
    return (
        count(reader, Asked(HOUSEHOLD, area=area), on=on), count(reader, Asked(PERSON, area=area), on=on),
        counts_by_ledger(reader, on=on, area=area), standing_counts(reader, area=area) if screened else None,
    )  # fmt: skip


def count(reader: Actor, asked: Asked, *, on: date) -> RollCount:
    """How many lines the roll has, counted so far as anybody counts; while one turns its pages it is not counted again. Raises NotAllowed."""
    reader.require(READ)
    if asked.text or asked.keys is not None:
        # Whom somebody searched for is not kept.
        return count_roll(reader, asked.sieve(reader, on), of=asked.of, on=on)
    key = ("roll", connection.settings_dict["NAME"], reader.scope.prefixes, reader.allows(SCREENED), asked, on)
    stamp = roll_stamp()
    return remembered(key, stamp, lambda: count_roll(reader, asked.sieve(reader, on), of=asked.of, on=on))


def saved_views(reader: Actor) -> list[ViewOfMine]:
    """The reader's own in this office and those that others of it share, by name."""
    with within(reader):
        rows = SavedView.objects.filter(_mine_or_shared(reader)).order_by("name", "id")
        return [_view(v, reader) for v in rows[:200]]


def saved_view(reader: Actor, view: int) -> ViewOfMine:
    """Raises NotFound, also for one of another office or not shared."""
    with acting(reader):
        found = SavedView.objects.filter(_mine_or_shared(reader), id=view).first()
    if found is None:
        raise no_view(view)
    return _view(found, reader)


def choice(reader: Actor, choice_id: int) -> ChoiceView:
    """One of the reader's own. Raises NotFound."""
    with acting(reader):
        found = own_choices(reader).filter(id=choice_id).first()
    if found is None:
        raise no_choice(choice_id)
    return choice_view(found)


def own_choices(reader: Actor) -> QuerySet[Choice]:
    """Inside ``acting``."""
    if reader.official is None or not reader.scope.prefixes:
        return Choice.objects.none()
    return Choice.objects.filter(official=reader.official, area__in=offices(reader))


def office(reader: Actor) -> str:
    """The division that the reader acts for: that of the post, under the code that it has now."""
    return reader.office or (reader.scope.prefixes[0] if reader.scope.prefixes else "")


def offices(reader: Actor) -> set[str]:
    """The same with the codes that it had before: what was kept for the office is still its own. (The areas of a post hold those, too.)"""
    own = office(reader)
    return {own, *(p for p in reader.scope.prefixes if len(p) == len(own))}


def no_choice(choice_id: int) -> NotFound:
    return NotFound(
        "no-choice",
        f"没有第 {choice_id} 号批量办理，或不是您选的。",
        f"There is no choice {choice_id}, or it is not yours.",
    )


def no_view(view: int) -> NotFound:
    return NotFound("no-view", f"没有第 {view} 号常用筛选。", f"There is no saved view {view}.")


def choice_view(c: Choice) -> ChoiceView:
    return ChoiceView(c.id, c.of, c.act, c.params, tuple(c.ids), c.on, c.why, c.state, c.job, c.result, c.made_at)


def _mine_or_shared(reader: Actor) -> Q:
    # Who has no areas is of no office; "everywhere" is an office too, and is written as no prefix at all.
    if reader.official is None or not reader.scope.prefixes:
        return Q(pk__in=[])
    return Q(area__in=offices(reader)) & (Q(official=reader.official) | Q(shared=True))


def _view(v: SavedView, reader: Actor) -> ViewOfMine:
    return ViewOfMine(v.id, v.of, v.name, v.query, v.shared, v.official == reader.official, v.by_name)
