"""How far a result is from the oracle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.comparison.columns import HOUSEHOLD_ANSWERS, PERSON_ANSWERS, Answers, Households, Ints, Truths
from bench.comparison.oracle import per_household

Columns = Mapping[str, NDArray[np.generic]]
"""A result by the names of ``Answers``, truths as truths and money as whole fen."""

GRANTS = ("low", "marginal", "hardship", "destitute")
MONEY = ("low_amount", "support", "topup", "old_age", "living", "nursing")


@dataclass
class Distance:
    """Households in which something differs, and by how much. ``most`` is the largest difference of one household's total."""

    households: int = 0
    low_wrong: int = 0
    grants_wrong: int = 0
    amounts_wrong: int = 0
    totals_wrong: int = 0
    most: int = 0
    fen: int = 0

    def __add__(self, other: Distance) -> Distance:
        return Distance(
            self.households + other.households,
            self.low_wrong + other.low_wrong,
            self.grants_wrong + other.grants_wrong,
            self.amounts_wrong + other.amounts_wrong,
            self.totals_wrong + other.totals_wrong,
            max(self.most, other.most),
            self.fen + other.fen,
        )

    @property
    def none(self) -> bool:
        return not (self.grants_wrong or self.amounts_wrong or self.totals_wrong or self.fen)


def distance(h: Households, right: Answers, got: Columns) -> Distance:
    """Every answer of every household of a part held against the oracle's."""
    off = got["total"].astype(np.int64) - right.total
    return Distance(
        households=len(h.id),
        low_wrong=int((got["low"] != right.low).sum()),
        grants_wrong=int(_any_wrong(h, right, got, (*GRANTS, "family_class")).sum()),
        amounts_wrong=int(_any_wrong(h, right, got, MONEY).sum()),
        totals_wrong=int((off != 0).sum()),
        most=int(np.abs(off).max(initial=0)),
        fen=int(np.abs(off).sum()),
    )


def _any_wrong(h: Households, right: Answers, got: Columns, names: tuple[str, ...]) -> Truths:
    wrong: Ints = np.zeros(len(h.id), np.int64)
    for name in names:
        differs = (got[name] != getattr(right, name)).astype(np.int64)
        wrong += per_household(h, differs) if name in PERSON_ANSWERS else differs
    return wrong > 0


def contradictions(h: Households, right: Answers, got: Columns) -> tuple[int, int]:
    """Households in which something certain is not what it is on the whole facts, and households with anything undecided.

    ``got`` holds beside each answer, under its name with a question mark, where it is not known. Hiding facts may leave an
    answer open but must never turn it.
    """
    wrong: Ints = np.zeros(len(h.id), np.int64)
    open_: Ints = np.zeros(len(h.id), np.int64)
    for name in HOUSEHOLD_ANSWERS + PERSON_ANSWERS:
        unknown = np.asarray(got[name + "?"], np.bool_)
        differs = (~unknown & (got[name] != getattr(right, name))).astype(np.int64)
        for into, column in ((wrong, differs), (open_, unknown.astype(np.int64))):
            into += per_household(h, column) if name in PERSON_ANSWERS else column
    return int((wrong > 0).sum()), int((open_ > 0).sum())
