"""Every selector asked by somebody of another area: not found, not listed, not counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from doudi.server.lib.refusals import NotAllowed, NotFound
from doudi.server.registry import selectors
from doudi.server.registry.batch import Loaded
from doudi.server.registry.selectors import (
    count_households,
    count_people,
    counts_by_area,
    counts_by_ledger,
    facts_of,
    find,
    household,
    households,
    ledger_list,
    people,
    person,
    timeline,
)
from tests.server.cast import (
    CLERK,
    CONFIRMING,
    FAR_VILLAGE,
    NOBODY,
    OTHER_COUNTY,
    OTHER_TOWN,
    OTHER_VILLAGE,
    SYSTEM,
    VILLAGE_CODE,
)
from tests.server.registry.selectors.homes import DAY, IDS, PEOPLE, PHONES

NO_AREA = replace(CLERK, scope=NOBODY.scope)
SEEN = {
    "CLERK": (CLERK, {"黄家", "单家", "覃家"}),
    "OTHER_TOWN": (OTHER_TOWN, {"覃家", "欧家"}),
    "OTHER_COUNTY": (OTHER_COUNTY, {"韦家"}),
    "CONFIRMING": (CONFIRMING, {"黄家", "单家", "覃家", "欧家"}),
    "SYSTEM": (SYSTEM, {"黄家", "单家", "覃家", "欧家", "韦家"}),
    "NO_AREA": (NO_AREA, set()),
}
MEMBERS = {
    "黄家": {"黄桂花", "黄小明"},
    "单家": {"单乐"},
    "覃家": {"覃秀英", "覃小明"},
    "欧家": {"欧阳明", "老黄桂花"},
    "韦家": {"韦小明"},
}
LEDGERS = {"低保": "黄家", "高龄": "欧家", "残疾人": "韦家"}


READERS = [(who, seen, {p for h in seen for p in MEMBERS[h]}) for who, seen in SEEN.values()]


def _found(ask: Callable[..., object], *given: Any, **more: Any) -> bool:
    try:
        ask(*given, **more)
    except NotFound:
        return False
    return True


def test_one_household_and_one_person(homes: Loaded) -> None:
    for who, seen, known in READERS:
        for key, i in homes.households.items():
            assert _found(household, who, i, as_of=DAY) is (key in seen), key
            assert _found(facts_of, who, i, as_of=DAY) is (key in seen), key
            assert _found(timeline, who, household=i) is (key in seen), key
        for key, i in homes.people.items():
            assert _found(person, who, i, as_of=DAY) is (key in known), key
            assert _found(timeline, who, person=i) is (key in known), key


def test_what_does_not_exist_is_not_told_apart(homes: Loaded) -> None:
    there, nowhere = homes.households["韦家"], 999_999
    said = []
    for i in (there, nowhere):
        with pytest.raises(NotFound) as refused:
            household(CLERK, i, as_of=DAY)
        said.append((refused.value.code, refused.value.zh.replace(str(i), "N"), refused.value.en.replace(str(i), "N")))
    assert said[0] == said[1]


def test_search(homes: Loaded) -> None:
    for who, _, known in READERS:
        ids = {i: key for key, i in homes.people.items()}
        for key, (name, _, _) in PEOPLE.items():
            for text in (name, name[1:], IDS[key], PHONES[key]):
                found = {ids[f.person] for f in find(who, text, on=DAY)}
                assert found <= known
                assert (key in found) is (key in known), text
        for text in ("hgh", "huangguihua", "xiaoming"):
            assert {ids[f.person] for f in find(who, text, on=DAY)} <= known


def test_a_filter_never_widens_the_scope(homes: Loaded) -> None:
    assert find(CLERK, "小明", area=FAR_VILLAGE, on=DAY) == []
    assert find(CLERK, "覃秀英", area=OTHER_VILLAGE, on=DAY) == []
    assert households(CLERK, on=DAY, area=FAR_VILLAGE).rows == ()
    assert people(CLERK, on=DAY, area="").rows == people(CLERK, on=DAY, area=CLERK.scope.prefixes[0]).rows
    assert count_people(CLERK, on=DAY, area=OTHER_VILLAGE) == 0


def test_lists_and_counts_agree(homes: Loaded) -> None:
    for who, seen, known in READERS:
        assert {r.id for r in households(who, on=DAY).rows} == {homes.households[k] for k in seen}
        assert count_households(who, on=DAY) == len(seen)
        assert {r.id for r in people(who, on=DAY, living=None).rows} == {homes.people[k] for k in known}
        assert count_people(who, on=DAY, living=None) == len(known)
        assert count_people(who, on=DAY) == len(known - {"覃小明"})
        for ledger, home in LEDGERS.items():
            rows = ledger_list(who, ledger, on=DAY).rows
            assert bool(rows) is (home in seen), ledger
            assert counts_by_ledger(who, on=DAY).get(ledger, 0) == len(rows)
            assert (
                count_households(who, on=DAY, ledger=ledger)
                == len(rows)
                == len(households(who, on=DAY, ledger=ledger).rows)
            )
            assert bool(count_people(who, on=DAY, ledger=ledger)) is (home in seen)


def test_counts_by_area_tell_nothing_of_elsewhere(homes: Loaded) -> None:
    by_other = (len(households(CLERK, on=DAY).rows) - 2, len(people(CLERK, on=DAY).rows) - 3)
    assert counts_by_area(CLERK, digits=12) == {"": by_other, VILLAGE_CODE: (2, 3)}, (
        "an office elsewhere has no name here"
    )
    assert counts_by_area(CONFIRMING, digits=12) == {VILLAGE_CODE: (2, 3), OTHER_VILLAGE: (2, 3)}
    assert counts_by_area(CONFIRMING, digits=9) == {VILLAGE_CODE[:9]: (2, 3), OTHER_VILLAGE[:9]: (2, 3)}
    assert counts_by_area(CONFIRMING, digits=12, area=FAR_VILLAGE) == {}
    assert counts_by_area(NO_AREA, digits=6) == {}


def test_the_permission_is_asked_for(homes: Loaded) -> None:
    nothing = replace(CLERK, may=frozenset())
    some = homes.households["黄家"]
    for ask in (
        lambda: household(nothing, some, as_of=DAY), lambda: facts_of(nothing, some, as_of=DAY), lambda: timeline(nothing, household=some),
        lambda: person(nothing, 1, as_of=DAY), lambda: find(nothing, "小明"), lambda: households(nothing, on=DAY), lambda: people(nothing, on=DAY),
        lambda: ledger_list(nothing, "低保", on=DAY), lambda: count_households(nothing, on=DAY), lambda: count_people(nothing, on=DAY),
        lambda: counts_by_area(nothing, digits=6), lambda: counts_by_ledger(nothing, on=DAY),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            ask()


def test_every_selector_stands_in_these_tests() -> None:
    functions = {n for n in selectors.__all__ if n[0].islower()}
    here = {
        "household", "person", "facts_of", "timeline", "find", "households", "people", "ledger_list", "count_households", "count_people",
        "counts_by_area", "counts_by_ledger",
    }  # fmt: skip
    assert functions == here | {"showing"}


def test_days_of_a_ledger(homes: Loaded) -> None:
    assert [r.household.id for r in ledger_list(CLERK, "低保", on=DAY).rows if r.household] == [
        homes.households["黄家"]
    ]
    assert ledger_list(CLERK, "低保", on=date(2026, 1, 31)).rows == ()
    assert len(ledger_list(OTHER_COUNTY, "残疾人", on=date(2026, 11, 30)).rows) == 1
    assert ledger_list(OTHER_COUNTY, "残疾人", on=date(2026, 12, 1)).rows == ()
