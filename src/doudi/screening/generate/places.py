"""Where the people live: townships from a list of areas, villages and communities numbered below them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from doudi.rules.declared import Area
from doudi.screening.generate.sheet import Ints, Mask

VILLAGE = 201
"""Villages are numbered from 201, urban communities from 1, below their township."""
_TOWN_BELOW = 200  # the national numbering: 1xx for towns (镇), 2xx for townships (乡)


@dataclass(frozen=True)
class Place:
    """A township by its twelve-digit code.

    ``weight`` is its share of households, ``urban`` that of urban households in it.
    """

    code: int
    weight: float
    urban: float
    villages: int
    communities: int


def places_of(areas: Sequence[Area]) -> tuple[Place, ...]:
    """The townships among ``areas``. The first of a county counts as its seat and is the largest.

    Raises ValueError where there is no township.
    """
    out: list[Place] = []
    counties: set[int] = set()
    for area in sorted((a for a in areas if is_township(a.code)), key=lambda a: a.code):
        county = area.code // 1_000_000
        seat = county not in counties
        counties.add(county)
        if seat:
            out.append(Place(area.code, weight=2.6, urban=0.42, villages=14, communities=12))
        elif area.code // 1000 % 1000 < _TOWN_BELOW:
            out.append(Place(area.code, weight=1.4, urban=0.12, villages=12, communities=2))
        else:
            out.append(Place(area.code, weight=0.9, urban=0.03, villages=9, communities=1))
    if not out:
        raise ValueError(
            "没有乡镇一级的地区，无法生成 / No area at township level, so there is nowhere for people to live."
        )
    return tuple(out)


def synthetic_counties(count: int, under: int = 99, townships: int = 12) -> tuple[Area, ...]:
    """``count`` counties that do not exist, numbered below a province ``under`` (two digits; no province is 99),
    with their townships.
    """
    if not 1 <= count <= 9801:
        raise ValueError("1 到 9801 个县 / 1 to 9801 counties")
    out: list[Area] = []
    for i in range(count):
        county = under * 10_000 + (i // 99 + 1) * 100 + i % 99 + 1
        out.append(Area(f"县{county}", f"County {county}", county * 1_000_000))
        out += townships_of(county * 1_000_000, townships)
    return tuple(out)


def townships_of(county: int, townships: int = 12) -> tuple[Area, ...]:
    """Townships made up below a county (twelve digits): one town, the others townships."""
    if not 1 <= townships <= 99:
        raise ValueError("每县 1 到 99 个乡镇 / 1 to 99 townships a county")
    head = county // 1_000_000 * 1000
    codes = [head + (101 if t == 0 else 200 + t) for t in range(townships)]
    return tuple(Area(f"乡{code}", f"Township {code}", code * 1000) for code in codes)


def is_township(code: int) -> bool:
    return code > 0 and code % 1000 == 0 and code // 1000 % 1000 != 0


def settle(rng: np.random.Generator, places: Sequence[Place], n: int) -> tuple[Ints, Mask, Ints]:
    """Registers ``n`` households: the code of village or community, whether urban, and the place's row in
    ``places``; in order of code.
    """
    weight = np.array([p.weight for p in places])
    chosen = np.sort(rng.choice(len(places), n, p=weight / weight.sum()))
    urban = rng.random(n) < np.array([p.urban for p in places])[chosen]
    many = np.where(
        urban, np.array([p.communities for p in places])[chosen], np.array([p.villages for p in places])[chosen]
    )
    number = np.where(urban, 1, VILLAGE) + (rng.random(n) * many).astype(np.int64)
    code = np.array([p.code for p in places], np.int64)[chosen] + number
    order = np.argsort(code, kind="stable")
    return code[order], urban[order], chosen[order].astype(np.int64)


def communities(rng: np.random.Generator, places: Sequence[Place], of: Ints) -> Ints:
    """A resettlement community in the seat of the county of each household (``of``: rows in ``places``)."""
    codes = np.array([p.code for p in places], np.int64)
    county = codes // 1_000_000
    seat = codes[np.array([int(np.flatnonzero(county == c)[0]) for c in county])]
    number: Ints = seat[of] + 50 + rng.integers(1, 4, len(of))
    return number
