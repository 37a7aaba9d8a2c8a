"""What the made-up population looks like: shares, ages, earnings.

A rural county in the mountains of Guangxi, from general knowledge.

Nothing here is policy. ``Lines`` only tells the generator near which income per head hard cases must lie to be
hard; the caller takes it from the pack, so that the cases stay hard when standards move.
"""

from __future__ import annotations

from dataclasses import dataclass, field

HOUSEHOLDS = 142_000
"""Households of a county of about 480,000 people."""


@dataclass(frozen=True)
class Lines:
    """Guarantee lines, fen a month a head."""

    rural: int = 53_000
    urban: int = 81_000


@dataclass(frozen=True)
class Family:
    """One kind of household. Ages in years; a share is the chance that this relative is there.

    The *pivot* is the adult between the generations: the husband, the grown-up child, the old man living alone.
    """

    name: str
    rural: float
    urban: float
    pivot: tuple[int, int]
    spouse: float = 0.0
    father: float = 0.0
    mother: float = 0.0
    great: float = 0.0
    sibling: float = 0.0
    children: tuple[float, ...] = (1.0,)
    """Chances of 0, 1, 2, … children."""
    child_ages: tuple[int, int] = (0, 30)
    skips: bool = False
    """The children are grandchildren whose parents are not on the register."""
    elder_heads: float = 0.0
    """Chance that the head is the eldest rather than the pivot."""


FAMILIES = (
    Family("young family", 0.21, 0.34, (24, 45), spouse=0.94, children=(0.0, 0.32, 0.48, 0.17, 0.03)),
    Family(
        "three generations", 0.25, 0.15, (27, 52), spouse=0.92, father=0.66, mother=0.8, great=0.09, sibling=0.05,
        children=(0.0, 0.30, 0.48, 0.18, 0.04), elder_heads=0.4,
    ),
    Family("grown-up children", 0.14, 0.16, (45, 63), spouse=0.9, father=0.05, mother=0.14, children=(0.0, 0.38, 0.44, 0.18), child_ages=(15, 32)),
    Family("elder with unmarried child", 0.078, 0.05, (28, 57), father=0.55, mother=0.8, sibling=0.3, elder_heads=0.6),
    Family("elder couple", 0.066, 0.07, (60, 86), spouse=1.0),
    Family("elder alone", 0.055, 0.045, (60, 102)),
    Family("couple", 0.05, 0.06, (28, 60), spouse=1.0),
    Family("adult alone", 0.06, 0.06, (22, 60)),
    Family("single parent", 0.035, 0.04, (25, 50), mother=0.25, children=(0.0, 0.5, 0.38, 0.12), child_ages=(0, 24)),
    Family("skipped generation", 0.025, 0.01, (52, 76), spouse=0.7, children=(0.0, 0.5, 0.38, 0.12), child_ages=(1, 17), skips=True),
)  # fmt: skip


@dataclass(frozen=True)
class Shape:
    """Shares are of those to whom the thing can happen. Money is fen."""

    families: tuple[Family, ...] = FAMILIES
    lines: Lines = field(default_factory=Lines)

    disabled: tuple[tuple[int, float], ...] = ((0, 0.014), (15, 0.036), (45, 0.072), (60, 0.14), (75, 0.25))
    """From which age on, which share holds a disability certificate."""
    ill: tuple[tuple[int, float], ...] = ((0, 0.002), (15, 0.004), (45, 0.012), (60, 0.026), (75, 0.04))
    died_a_year: tuple[tuple[int, float], ...] = ((0, 0.0006), (40, 0.003), (60, 0.014), (75, 0.06), (85, 0.14))
    months_of_dead: int = 4
    """Deaths stay on the register for this many months, the current one included."""

    away: tuple[tuple[int, float], ...] = ((0, 0.0), (17, 0.58), (30, 0.55), (40, 0.44), (50, 0.26), (60, 0.0))
    """By age, the share of able adults who work in another prefecture or province."""
    local_job: float = 0.56
    away_to: tuple[int, ...] = (440100, 440300, 440600, 441300, 441900, 442000, 450100, 450200, 350200, 330100)
    """Where they go: six-digit division codes."""
    wage_away: int = 5_150_000
    wage_local: int = 3_600_000
    farm: int = 620_000
    relocated: float = 0.05
    """Share of rural households moved to a resettlement community."""
    registered_poor: float = 0.27
    """Share of rural households that were on the poverty register and have been lifted."""

    missing: float = 0.05
    """Share of income-like facts that nobody supplied. With 0 everything is known and complete."""
    year_only: float = 0.006
    """Share of birth dates of which only the year is known."""
    plants: int = 8
    """Hard cases of each kind, and errors of each kind in the receipts, in a whole part; fewer in a smaller one,
    but at least one.
    """


def by_age(steps: tuple[tuple[int, float], ...]) -> list[float]:
    """A value for each whole age from 0 to 130."""
    out = []
    for age in range(131):
        out.append([value for since, value in steps if since <= age][-1])
    return out
