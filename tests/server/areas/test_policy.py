"""The divisions that packs name, with the villages in which people are generated."""

from __future__ import annotations

from datetime import date

import numpy as np

from doudi.packs.pack import load
from doudi.screening.generate.places import communities, places_of, settle, synthetic_counties
from doudi.server.areas import selectors
from doudi.server.areas.actions import from_policy
from doudi.server.areas.actions.ensuring import short
from tests.server import cast

DAY = date(2024, 7, 1)
DAHUA = list(load("demo").book.areas)


def test_the_county_of_the_pilot(db: str) -> None:
    places = places_of([a for a in DAHUA if short(a.code).startswith("451229") and a.code > 0])
    first = from_policy(cast.SYSTEM, DAHUA, places)
    assert first.added > 200
    assert len(selectors.children(cast.SYSTEM, "451229", DAY)) == 16
    assert selectors.division("451229", DAY).full_name == "广西河池大化瑶族自治县"
    assert selectors.count(cast.CLERK, 12, DAY) == 14
    assert from_policy(cast.SYSTEM, DAHUA, places).added == 0


def test_every_generated_household_lives_somewhere_known(db: str) -> None:
    places = places_of([a for a in DAHUA if short(a.code).startswith("451229") and a.code > 0])
    from_policy(cast.SYSTEM, DAHUA, places)
    rng = np.random.default_rng(1)
    code, _, of = settle(rng, places, 3000)
    used = {str(c) for c in (*code.tolist(), *communities(rng, places, of).tolist())}
    assert not [c for c in used if selectors.name_of(c, DAY) == c]


def test_sets(db: str) -> None:
    areas = load("luoxiao").book.areas
    from_policy(
        cast.SYSTEM,
        [*areas, *DAHUA],
        places_of([a for a in DAHUA if short(a.code).startswith("451229") and a.code > 0]),
    )
    found = selectors.sets(cast.SYSTEM, DAY)
    assert [(s.kind, s.name, len(s.codes)) for s in found] == [
        ("poor-area", "罗霄山片区", 24), ("resettlement", "大化瑶族自治县易地搬迁安置点", 3),
    ]  # fmt: skip
    assert [s.name for s in selectors.sets_of("360321", DAY)] == ["罗霄山片区"]


def test_made_up_counties(db: str) -> None:
    areas = synthetic_counties(3, townships=2)
    assert from_policy(cast.SYSTEM, areas, places_of(areas)).added > 9
    assert [d.parent for d in selectors.search(cast.SYSTEM, "县99", DAY)] == ["", "", ""]


def test_short_codes() -> None:
    for said in ("45", "4512", "451229", "451229101", "451229101201", "4510", "110101001001"):
        assert short(int(said.ljust(12, "0"))) == said
