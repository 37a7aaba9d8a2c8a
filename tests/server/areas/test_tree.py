"""The tree on a day: names, parents, and what each reader is given of it."""

from __future__ import annotations

from datetime import date

import pytest

from doudi.server.areas import selectors
from doudi.server.areas.actions import end, ensure, recode, rename
from doudi.server.areas.shapes import DivisionView, NewDivision
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotAllowed, NotFound, Refused
from tests.server import cast
from tests.server.areas.conftest import SINCE

DAY = date(2024, 7, 1)


def codes(found: tuple[DivisionView, ...]) -> list[str]:
    return [d.code for d in found]


def test_a_division_on_a_day(tree: str) -> None:
    town = selectors.division(cast.TOWN, DAY)
    assert (town.name, town.parent, town.level, town.since, town.until) == ("岩滩镇", cast.COUNTY, 9, SINCE, None)
    assert town.full_name == "广西壮族自治区河池市大化瑶族自治县岩滩镇"
    assert (town.level_zh, town.level_en) == ("乡级", "township")
    assert codes(selectors.path(cast.TOWN, DAY)) == ["45", "4512", cast.COUNTY, cast.TOWN]
    with pytest.raises(NotFound):
        selectors.division("451229999", DAY)
    with pytest.raises(NotFound):
        selectors.division(cast.TOWN, date(1999, 12, 31))


def test_names_of_many_on_a_day(tree: str) -> None:
    rename(by=cast.SYSTEM, code=cast.TOWN, name="新岩滩镇", on=date(2020, 5, 1))
    for day, name in ((date(2020, 4, 30), "岩滩镇"), (date(2020, 5, 1), "新岩滩镇"), (date(1950, 1, 1), "岩滩镇")):
        assert selectors.name_of(cast.TOWN, day) == name
    assert selectors.names_of([cast.TOWN, "11"], DAY) == {cast.TOWN: "新岩滩镇", "11": "11"}
    assert selectors.full_name_of(cast.VILLAGE_CODE, date(2010, 1, 1)).endswith("岩滩镇第1村")
    assert [(d.name, d.since, d.until) for d in selectors.history(cast.TOWN)] == [
        ("岩滩镇", SINCE, date(2020, 5, 1)), ("新岩滩镇", date(2020, 5, 1), None),
    ]  # fmt: skip


def test_where_the_reader_begins(tree: str) -> None:
    assert codes(selectors.children(cast.SYSTEM, "", DAY)) == ["45"]
    assert codes(selectors.children(cast.CONFIRMING, "", DAY)) == [cast.COUNTY]
    two = cast.actor("clerk", cast.TOWN, cast.FAR_TOWN)
    assert codes(selectors.children(two, "", DAY)) == [cast.FAR_TOWN, cast.TOWN]
    assert codes(selectors.children(cast.NOBODY, "", DAY)) == []


def test_children_only_in_the_scope(tree: str) -> None:
    assert codes(selectors.children(cast.CONFIRMING, cast.COUNTY, DAY)) == [cast.OTHER_TOWN_CODE, cast.TOWN]
    assert codes(selectors.children(cast.CLERK, cast.TOWN, DAY)) == [cast.VILLAGE_CODE, cast.NEXT_VILLAGE]
    for above_or_beside in ("45", cast.COUNTY, cast.OTHER_TOWN_CODE, "451229103209"):
        with pytest.raises(NotFound):
            selectors.children(cast.CLERK, above_or_beside, DAY)


@pytest.mark.parametrize(
    ("reader", "villages"),
    [(cast.SYSTEM, 4), (cast.CONFIRMING, 3), (cast.CLERK, 2), (cast.VILLAGE, 1), (cast.NOBODY, 0)],
)
def test_counts_and_search_agree_with_lists(tree: str, reader: Actor, villages: int) -> None:
    assert selectors.count(reader, 12, DAY) == villages
    assert len(selectors.search(reader, "村", DAY)) == villages
    assert selectors.count(reader, 12, DAY, within=cast.TOWN) == min(villages, 2)


def test_search(tree: str) -> None:
    for text in ("岩滩", "yantan", "ytz", "yt", "451229103", "大化 岩滩", "广西 岩滩镇", "dahua ytz"):
        assert codes(selectors.search(cast.SYSTEM, text, DAY))[:1] == [cast.TOWN], text
    assert codes(selectors.search(cast.CLERK, "大化", DAY)) == []
    assert codes(selectors.search(cast.SYSTEM, "都安 第1村", DAY)) == [cast.FAR_VILLAGE]
    assert selectors.search(cast.SYSTEM, "  ", DAY) == ()
    assert len(selectors.search(cast.SYSTEM, "村", DAY, limit=2)) == 2


def test_nine_at_the_end_of_a_scope(tree: str) -> None:
    ensure(
        cast.SYSTEM, [NewDivision(c, f"地{c}") for c in ("99", "9999", "999999", "46", "4699", "469999", "47")], SINCE
    )
    assert selectors.count(cast.actor("policy", "9999"), 6, DAY) == 1
    assert codes(selectors.children(cast.actor("policy", "99"), "99", DAY)) == ["9999"]
    assert selectors.count(cast.actor("policy", "4699"), 6, DAY) == 1
    assert selectors.count(cast.actor("policy", "46"), 2, DAY) == 1


def test_a_shorter_prefix_is_not_a_division(tree: str) -> None:
    """4512 is a prefecture; 45122 is none, and only a range of codes."""
    odd = cast.actor("policy", "45122")
    assert codes(selectors.children(odd, "", DAY)) == [cast.OTHER_COUNTY_CODE, cast.COUNTY]
    assert selectors.count(odd, 4, DAY) == 0


def test_ensure_again_changes_nothing(tree: str) -> None:
    wanted = [NewDivision(code, name) for code, name in cast.NAMES.items()]
    assert ensure(cast.SYSTEM, wanted, SINCE).added == 0
    rename(by=cast.SYSTEM, code=cast.TOWN, name="新岩滩镇", on=DAY)
    recode(by=cast.SYSTEM, code=cast.OTHER_TOWN_CODE, new_code="451229109", on=DAY)
    done = ensure(cast.SYSTEM, wanted, SINCE)
    assert (done.added, done.known) == (0, len(wanted))
    assert selectors.name_of(cast.TOWN, DAY) == "新岩滩镇"
    with pytest.raises(NotFound):
        selectors.division(cast.OTHER_TOWN_CODE, DAY)


@pytest.mark.parametrize(
    ("division", "code"),
    [
        (NewDivision("451229104201", "村"), "no-parent"),
        (NewDivision("45122910", "镇"), "bad-code"),
        (NewDivision("４５", "镇"), "bad-code"),
        (NewDivision("451229104", ""), "bad-name"),
        (NewDivision("451229104", "第一\n镇"), "bad-name"),
        (NewDivision("451229104", "镇" * 61), "bad-name"),
    ],
)
def test_what_ensure_refuses(tree: str, division: NewDivision, code: str) -> None:
    with pytest.raises(Refused) as refused:
        ensure(cast.SYSTEM, [NewDivision("451229105", "好镇"), division], SINCE)
    assert refused.value.code == code
    assert selectors.search(cast.SYSTEM, "451229105", DAY) == ()


def test_who_may_change_what(tree: str) -> None:
    with pytest.raises(NotAllowed):
        ensure(cast.CONFIRMING, [NewDivision("451229104", "北景镇")], SINCE)
    with pytest.raises(NotFound):
        ensure(cast.ADMINISTRATOR, [NewDivision("451228104", "远镇")], SINCE)
    with pytest.raises(NotFound):
        rename(by=cast.ADMINISTRATOR, code=cast.PREFECTURE, name="别的市", on=DAY)
    assert ensure(cast.ADMINISTRATOR, [NewDivision("451229104", "北景镇")], SINCE).added == 1


def test_a_county_directly_under_a_province(tree: str) -> None:
    ensure(cast.SYSTEM, [NewDivision("459001", "直管县"), NewDivision("459001101", "镇")], SINCE)
    assert selectors.division("459001", DAY).parent == "45"
    ensure(cast.SYSTEM, [NewDivision("4590", "新市", date(2020, 1, 1))])
    assert selectors.division("459001", date(2019, 12, 31)).parent == "45"
    assert selectors.division("459001", date(2020, 1, 1)).parent == "4590"
    assert selectors.division("459001101", DAY).full_name == "广西壮族自治区新市直管县镇"


def test_ended(tree: str) -> None:
    with pytest.raises(Refused) as refused:
        end(by=cast.SYSTEM, code=cast.TOWN, on=DAY)
    assert refused.value.code == "has-below"
    for _ in range(2):
        end(by=cast.SYSTEM, code=cast.NEXT_VILLAGE, on=DAY)
    assert codes(selectors.children(cast.CLERK, cast.TOWN, DAY)) == [cast.VILLAGE_CODE]
    assert selectors.name_of(cast.NEXT_VILLAGE, DAY) == "第2村"
    assert selectors.became(cast.NEXT_VILLAGE, SINCE, DAY) == ()
    assert selectors.became(cast.NEXT_VILLAGE, SINCE, date(2024, 6, 30)) == (cast.NEXT_VILLAGE,)
