"""Which household on record a household of a ledger is: by the office's number, else by its people.

An office numbers its households within the township, and goes on with its numbers when the township gets another code, or is merged into another.
A household that moved in from another township, or was registered by hand, is known by its people until the office's number is on record for it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from doudi.server.areas.levels import BY_CODE
from doudi.server.areas.selectors import became, formerly
from doudi.server.exchange.ledger_in import HouseholdIn
from doudi.server.lib.actor import Actor
from doudi.server.lib.blind import blind
from doudi.server.registry.selectors.matching import (
    KnownHousehold,
    KnownPerson,
    households_by_id,
    households_by_number,
    people_by_blind,
    taken_numbers,
)

TOWNSHIP = BY_CODE["township"].length


@dataclass(frozen=True)
class Placed:
    """A household of a ledger in the division ``where``, which is a township or lies in one. ``towns``: all codes of that township, the one written
    in the ledger first."""

    ledger: HouseholdIn
    where: str
    towns: tuple[str, ...]

    @property
    def number(self) -> str:
        """Under which it is to be registered where it is new."""
        return number_of(self.ledger.code, self.towns[0])

    @property
    def numbers(self) -> tuple[str, ...]:
        return tuple(number_of(self.ledger.code, town) for town in self.towns)


@dataclass(frozen=True)
class Match:
    """What a household of a ledger is on record. ``people``: identity number -> who it is. ``closed``: its number is that of a closed household."""

    home: KnownHousehold | None
    people: Mapping[str, KnownPerson | None]
    closed: bool

    def stray(self) -> KnownPerson | None:
        """Somebody who belongs to another household."""
        here = self.home.id if self.home else None
        return next((x for x in self.people.values() if x and x.household is not None and x.household != here), None)


class Codes:
    """Codes of divisions as they were written from ``since`` on, read on ``today``."""

    def __init__(self, since: date, today: date) -> None:
        self.since, self.today = since, today
        self.now = cache(self._now)
        self.towns = cache(self._towns)

    def _now(self, code: str) -> str:
        """What ``code`` is today; itself where it became several divisions, or none."""
        after = became(code, self.since, self.today)
        return after[0] if len(after) == 1 else code

    def _towns(self, town: str) -> tuple[str, ...]:
        """The codes under which the office of a township has numbered its households: as written, today's, those before."""
        after = became(town, self.since, self.today)
        before = (c for c in formerly((town, *after), self.today) if len(c) == TOWNSHIP)
        return tuple(dict.fromkeys((town, *after, *before)))


def number_of(code: str, town: str) -> str:
    """An office numbers its households within the township; in the registry numbers are told apart by it."""
    return f"{town}-{code}"


def matched(by: Actor, placed: Sequence[Placed], *, on: date) -> list[Match]:
    """For each of ``placed`` what is on record of it on the day ``on`` in the actor's areas."""
    numbers = {n for p in placed for n in p.numbers}
    known = households_by_number(by, numbers, on=on)
    closed = taken_numbers(by, numbers) - known.keys()
    blinds = {p.number: blind("id", p.number) for x in placed for p in x.ledger.people}
    found = people_by_blind(by, blinds.values(), on=on)
    people = [{p.number: found.get(blinds[p.number]) for p in x.ledger.people} for x in placed]
    numbered = [_by_number(x, known, _homes(who)) for x, who in zip(placed, people, strict=True)]
    unknown = {h for who, home in zip(people, numbered, strict=True) if home is None for h in _homes(who)}
    others = households_by_id(by, unknown, on=on)
    twice = _given_twice(by, placed, others)
    out = []
    for x, who, home in zip(placed, people, numbered, strict=True):
        same = home or _by_people(x, who, others, twice)
        out.append(Match(same, who, same is None and any(n in closed for n in x.numbers)))
    return out


def _homes(people: Mapping[str, KnownPerson | None]) -> set[int]:
    return {x.household for x in people.values() if x is not None and x.household is not None}


def _by_number(x: Placed, known: Mapping[str, KnownHousehold], homes: Collection[int]) -> KnownHousehold | None:
    """The household with the number; of several, from before townships were merged, the one in which the people live."""
    there = [known[n] for n in x.numbers if n in known]
    return next((h for h in there if h.id in homes), None) or known.get(x.number)


def _by_people(
    x: Placed, people: Mapping[str, KnownPerson | None], others: Mapping[int, KnownHousehold], twice: Collection[str]
) -> KnownHousehold | None:
    """The household of this township in which all live who are on record, its head among them: so no two households of a ledger are taken for
    one. One that has a number of this office already is another, unless townships that were merged had both given that number."""
    homes = _homes(people)
    home = others.get(min(homes)) if len(homes) == 1 else None
    if home is None or home.area[:TOWNSHIP] not in x.towns:
        return None
    if home.head not in {p.id for p in people.values() if p is not None}:
        return None
    return home if _town(home) not in x.towns or home.number in twice else None


def _given_twice(by: Actor, placed: Sequence[Placed], homes: Mapping[int, KnownHousehold]) -> set[str]:
    """The numbers of ``homes`` of which two townships that are one now had each its own."""
    merged = {x.towns for x in placed if len(x.towns) > 1}
    rivals = {
        h.number: {number_of(h.number[TOWNSHIP + 1 :], town) for town in towns}
        for h in homes.values()
        for towns in merged
        if _town(h) in towns
    }
    taken = taken_numbers(by, {n for some in rivals.values() for n in some})
    return {number for number, some in rivals.items() if len(some & taken) > 1}


def _town(home: KnownHousehold) -> str:
    """The township whose office numbered the household; empty where none did."""
    town, mark, _ = home.number.partition("-")
    return town if mark and len(town) == TOWNSHIP else ""
