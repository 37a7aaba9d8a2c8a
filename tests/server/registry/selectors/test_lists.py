"""Lists a page at a time: everybody once, whatever the page's size, and the filters that lists take."""

from __future__ import annotations

from datetime import date

import pytest

from doudi.server.registry.batch import Loaded
from doudi.server.registry.selectors import count_people, households, ledger_list, people
from tests.server.cast import OTHER_TOWN, OTHER_VILLAGE, SYSTEM, VILLAGE_CODE
from tests.server.registry.selectors.homes import DAY, PEOPLE


@pytest.mark.parametrize("limit", [1, 3, 8, 9, 10**6, 0])
def test_pages_hold_everybody_once(homes: Loaded, limit: int) -> None:
    found: list[int] = []
    after = None
    while True:
        page = people(SYSTEM, on=DAY, living=None, after=after, limit=limit)
        assert len(page.rows) <= max(1, limit)
        found += [r.id for r in page.rows]
        after = page.after
        if after is None:
            break
        assert after == found[-1]
    assert found == sorted(homes.people.values())


def test_who_is_listed(homes: Loaded) -> None:
    def names(**how: object) -> set[str]:
        return {r.name for r in people(SYSTEM, on=DAY, **how).rows}  # type: ignore[arg-type]

    assert "覃小明" not in names()
    assert names(living=False) == {"覃小明"}
    assert names(sex="女", area=VILLAGE_CODE) == {"黄桂花", "覃秀英"}
    assert names(born_from=date(1970, 5, 6), born_to=date(1975, 7, 8)) == {"黄小明", "单乐"}
    assert names(born_from=date(1970, 5, 7), born_to=date(1975, 7, 7)) == set()
    assert names(ledger="低保") == {"黄桂花", "黄小明"}
    assert names(ledger="没有的台账") == set()
    assert count_people(SYSTEM, on=DAY, sex="女", area=VILLAGE_CODE) == 2


def test_a_line_of_a_list(homes: Loaded) -> None:
    rows = {r.id: r for r in households(SYSTEM, on=DAY).rows}
    row = rows[homes.households["覃家"]]
    assert (row.head, row.people, row.area, row.other_area) == ("覃秀英", 2, OTHER_VILLAGE, VILLAGE_CODE)
    assert len(rows) == 5
    (line,) = ledger_list(OTHER_TOWN, "高龄", on=DAY).rows
    assert line.person is not None
    assert (line.person.name, line.person.born, line.household) == (
        "黄桂花",
        date.fromisoformat(PEOPLE["老黄桂花"][1]),
        None,
    )
    (line,) = ledger_list(SYSTEM, "低保", on=DAY).rows
    assert line.household is not None
    assert (line.household.head, line.details) == ("黄桂花", {"批次": 3})
