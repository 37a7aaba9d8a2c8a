"""Who lives with whom: kinds of household laid out in places for relatives, with ages that a family can have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from doudi.screening.generate.shape import Family
from doudi.screening.generate.sheet import Ints, Mask

Years = npt.NDArray[np.float64]

PIVOT, SPOUSE, FATHER, MOTHER, CHILD, SIBLING, GREAT = 0, 1, 2, 3, 4, 8, 9
"""Places in a household; children take 4 to 7."""
SLOTS = 10
CHILDREN = range(CHILD, SIBLING)
MIN_GAP = 17.0
"""Years between a parent and a child, at least."""
OLDEST = 107.0
_ADULT = 18.0
_FEW_BIRTHS = 4.0  # births have fallen: fewer children below this age than the years of marriage would give


@dataclass(frozen=True)
class Families:
    """Person by person, households in order: row of the household, place in it, birth (days since 1970-01-01), sex, and by household its kind.

    ``mother`` and ``father`` are the rows of the parents where they are in the household, else -1. ``head`` marks
    one person a household.
    """

    kind: Ints
    hh: Ints
    slot: Ints
    birth: Ints
    male: Mask
    head: Mask
    elder_heads: Mask
    father: Ints
    mother: Ints
    skips: Mask


def form(rng: np.random.Generator, families: tuple[Family, ...], urban: Mask, as_of: int) -> Families:
    """Draws a household for each entry of ``urban``; ``as_of`` is the day on which ages count."""
    n = len(urban)
    kind = np.where(
        urban, _draw(rng, [f.urban for f in families], n), _draw(rng, [f.rural for f in families], n)
    ).astype(np.int64)

    def of(attribute: str) -> npt.NDArray[np.float64]:
        return np.array([getattr(f, attribute) for f in families], float)[kind]

    here = np.zeros((n, SLOTS), bool)
    age = np.zeros((n, SLOTS))
    skips = of("skips") > 0
    pivot = np.array([f.pivot for f in families], float)[kind]
    age[:, PIVOT] = pivot[:, 0] + rng.beta(1.6, 1.9, n) * (pivot[:, 1] - pivot[:, 0])
    here[:, PIVOT] = True
    here[:, SPOUSE] = rng.random(n) < of("spouse")
    age[:, SPOUSE] = np.maximum(age[:, PIVOT] - np.clip(rng.normal(2.2, 2.8, n), -5, 12), 20.2)
    here[:, SIBLING] = rng.random(n) < of("sibling")
    age[:, SIBLING] = np.maximum(age[:, PIVOT] + rng.uniform(-9, 9, n), _ADULT)
    _elders(rng, here, age, of("father"), of("mother"), of("great"))
    _children(rng, here, age, families, kind, skips)

    male = np.zeros((n, SLOTS), bool)
    male[:, PIVOT] = rng.random(n) < np.where(here[:, SPOUSE], 0.93, 0.62)
    male[:, SPOUSE] = ~male[:, PIVOT]
    male[:, FATHER] = True
    male[:, CHILD:SIBLING] = rng.random((n, 4)) < 0.535
    male[:, SIBLING] = rng.random(n) < 0.7

    elder_heads = (rng.random(n) < of("elder_heads")) & (here[:, FATHER] | here[:, MOTHER])
    head = np.zeros((n, SLOTS), bool)
    head[:, PIVOT] = ~elder_heads
    head[:, FATHER] = elder_heads & here[:, FATHER]
    head[:, MOTHER] = elder_heads & ~here[:, FATHER]

    hh, slot = np.nonzero(here)
    row = np.full((n, SLOTS), -1, np.int64)
    row[hh, slot] = np.arange(len(hh))
    father, mother = _parents(row, male, skips)
    return Families(
        kind,
        hh.astype(np.int64),
        slot.astype(np.int64),
        as_of - (age[hh, slot] * 365.2425).astype(np.int64) - 1,
        male[hh, slot],
        head[hh, slot],
        elder_heads,
        father[hh, slot],
        mother[hh, slot],
        skips,
    )


def _elders(
    rng: np.random.Generator, here: npt.NDArray[np.bool_], age: Years, father: Years, mother: Years, great: Years
) -> None:
    n = len(here)
    eldest = np.where(here[:, SIBLING], np.maximum(age[:, PIVOT], age[:, SIBLING]), age[:, PIVOT])
    age[:, MOTHER] = eldest + 18.5 + rng.beta(2, 3.5, n) * 20
    age[:, FATHER] = np.maximum(age[:, MOTHER] + np.clip(rng.normal(2.2, 3, n), -4, 12), eldest + MIN_GAP)
    # An elder is as likely to be alive as one of that age is; at least one is, where the kind of household has any.
    for slot, share in ((FATHER, father), (MOTHER, mother)):
        alive = np.clip(1.25 - np.exp((age[:, slot] - 90) / 11), 0.06, 1)
        here[:, slot] = (rng.random(n) < share * alive) & (age[:, slot] < OLDEST)
    none = (father > 0) & ~here[:, FATHER] & ~here[:, MOTHER] & (age[:, MOTHER] < OLDEST)
    here[:, MOTHER] |= none
    parents = np.where(here[:, FATHER], age[:, FATHER], age[:, MOTHER])
    age[:, GREAT] = parents + 18.5 + rng.beta(2, 3.5, n) * 12
    here[:, GREAT] = (rng.random(n) < great) & here[:, FATHER] & (age[:, GREAT] < 97)


def _children(
    rng: np.random.Generator,
    here: npt.NDArray[np.bool_],
    age: Years,
    families: tuple[Family, ...],
    kind: Ints,
    skips: Mask,
) -> None:
    """The eldest is born when the younger parent is 19 to 37, the others one to six years apart; those not yet born
    or too old are not there.
    """
    n = len(kind)
    most = len(CHILDREN)
    chances = np.zeros((len(families), most + 1))
    for i, f in enumerate(families):
        chances[i, : len(f.children)] = f.children
    wanted = (rng.random(n)[:, None] > np.cumsum(chances, axis=1)[kind]).sum(axis=1)
    span = np.array([f.child_ages for f in families], float)[kind]
    younger = np.where(here[:, SPOUSE], np.minimum(age[:, PIVOT], age[:, SPOUSE]), age[:, PIVOT])
    eldest = younger - (19.0 + rng.beta(1.8, 3.2, n) * 18)
    # A child who would have left by now is replaced by a later one, so that older parents have children at home too.
    eldest = np.where(eldest > span[:, 1], span[:, 0] + rng.random(n) * (span[:, 1] - span[:, 0]), eldest)
    eldest = np.where(skips, 1 + rng.random(n) * 15.5, eldest)
    at = np.clip(np.maximum(eldest, younger - 44), 0.02, None)
    for i, slot in enumerate(CHILDREN):
        age[:, slot] = at
        here[:, slot] = (wanted > i) & (at >= span[:, 0]) & (at <= span[:, 1]) & (younger - at >= MIN_GAP)
        here[:, slot] &= (at > _FEW_BIRTHS) | (rng.random(n) < 0.55)
        at = at - 1.0 - rng.gamma(2.2, 1.1, n)


def _parents(row: Ints, male: npt.NDArray[np.bool_], skips: Mask) -> tuple[Ints, Ints]:
    """Rows of the father and the mother of everyone, -1 where they are not in the household."""
    father = np.full(row.shape, -1, np.int64)
    mother = np.full(row.shape, -1, np.int64)
    for slot in (PIVOT, SIBLING):
        father[:, slot], mother[:, slot] = row[:, FATHER], row[:, MOTHER]
    father[:, FATHER] = -1
    mother[:, FATHER] = row[:, GREAT]
    own = ~skips
    pivot_father = male[:, PIVOT]
    for slot in CHILDREN:
        father[:, slot] = np.where(own, np.where(pivot_father, row[:, PIVOT], row[:, SPOUSE]), -1)
        mother[:, slot] = np.where(own, np.where(pivot_father, row[:, SPOUSE], row[:, PIVOT]), -1)
    return father, mother


def _draw(rng: np.random.Generator, weights: list[float], n: int) -> npt.NDArray[np.int64]:
    p = np.array(weights)
    return rng.choice(len(p), n, p=p / p.sum()).astype(np.int64)
