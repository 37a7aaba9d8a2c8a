"""The facts of a part of the population, and what the set decides of them, as NumPy columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]


@dataclass
class Households:
    """Columns of one part. Money is fen; ``start`` has one more entry than households and cuts the people into households."""

    id: Ints
    county: Ints
    place: Ints
    registration: Ints
    cars: Ints
    houses: Ints
    deposits: Ints
    start: Ints


@dataclass
class People:
    """Columns of the people of one part, household by household. ``birth`` counts days from 1970-01-01."""

    id: Ints
    household: Ints
    birth: Ints
    alive: Truths
    kind: Ints
    grade: Ints
    able: Truths
    supporter: Truths
    wages: Ints
    farm: Ints
    transfer: Ints
    pension: Ints
    medical: Ints
    education: Ints


@dataclass
class Answers:
    """What the set says. Money is fen a month. Columns of the first group have a row a household, of the second a row a person."""

    low: Truths
    low_amount: Ints
    marginal: Truths
    hardship: Truths
    total: Ints
    family_class: Ints

    destitute: Truths
    support: Ints
    topup: Ints
    old_age: Ints
    living: Ints
    nursing: Ints


HOUSEHOLD_ANSWERS = ("low", "low_amount", "marginal", "hardship", "total", "family_class")
PERSON_ANSWERS = ("destitute", "support", "topup", "old_age", "living", "nursing")
