"""A part while it is being made: its sheets, what is known of the people beyond their facts, and what was planted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np

from doudi.rules.calendar import to_day
from doudi.screening.facts import FactsSchema
from doudi.screening.generate.families import Families
from doudi.screening.generate.places import Place
from doudi.screening.generate.shape import Shape
from doudi.screening.generate.sheet import Ints, Linked, Mask, Sheet, Words


@dataclass(frozen=True)
class Planted:
    """One thing put there on purpose. Rows are of the part; ``person`` is -1 where it is the whole household's.

    ``programme`` and ``expected`` (the list that must show it) are "" for hard cases, which expect nothing but to
    be decided.
    """

    household: int
    person: int
    kind: str
    programme: str = ""
    expected: str = ""


@dataclass
class Draft:
    """``age`` in whole years on ``day`` (the first of ``month``); ``hh`` the household's row of every person; ``alive`` by person.

    ``hardship`` says by household that its earners fell away. ``touched`` marks households where something was
    planted: from then on nobody else may change their facts, so that what they are there for stays true.
    """

    schema: FactsSchema
    words: Words
    shape: Shape
    places: tuple[Place, ...]
    month: date
    families: Families
    household: Sheet
    person: Sheet
    linked: dict[str, Linked]
    urban: Mask
    place: Ints
    age: Ints
    hardship: Mask
    severe: Mask = field(default_factory=lambda: np.zeros(0, bool))
    alive: Mask = field(default_factory=lambda: np.zeros(0, bool))
    touched: Mask = field(default_factory=lambda: np.zeros(0, bool))
    planted: list[Planted] = field(default_factory=list)
    vague: list[tuple[str, int, str, int, int]] = field(default_factory=list)
    """Facts to be known only within bounds: linked table, row of its parent, fact, bounds."""

    @property
    def day(self) -> int:
        return to_day(self.month)

    @property
    def hh(self) -> Ints:
        return self.families.hh

    @property
    def n(self) -> int:
        """Households."""
        return self.household.n

    @property
    def people(self) -> int:
        return self.person.n

    def per_household(self, person: Mask) -> Ints:
        """How many persons of each household are in ``person``."""
        return np.bincount(self.hh, person, self.n).astype(np.int64)

    def any_of(self, person: Mask) -> Mask:
        """Whether a household has a person in ``person``."""
        return self.per_household(person) > 0

    def head_of(self) -> Ints:
        """The row of the head of each household."""
        return np.flatnonzero(self.families.head)

    def line(self) -> Ints:
        """The line that each household is near to, fen a month a head."""
        return np.where(self.urban, self.shape.lines.urban, self.shape.lines.rural).astype(np.int64)


def chance(rng: np.random.Generator, share: float, n: int) -> Mask:
    return rng.random(n) < share


def pick(rng: np.random.Generator, codes: dict[str, int], shares: dict[str, float], n: int) -> Ints:
    """``n`` codes drawn by the shares of their names."""
    p = np.array(list(shares.values()))
    return np.array([codes[name] for name in shares], np.int64)[rng.choice(len(p), n, p=p / p.sum())]


def yuan(rng: np.random.Generator, median: int, spread: float, n: int) -> Ints:
    """``n`` amounts in fen around ``median`` (fen), whole tens of yuan, log-normal.

    Chance draws in floats; what comes out is whole fen.
    """
    return np.round(np.exp(rng.normal(0.0, spread, n)) * (median / 1000)).astype(np.int64) * 1000
