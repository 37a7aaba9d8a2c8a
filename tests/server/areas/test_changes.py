"""Divisions that became others: what moves, what old records read, what an official of the new place still sees."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from doudi.server.areas import selectors
from doudi.server.areas.actions import change_set, changing, ensure, make_set, merge, recode, rename, split
from doudi.server.areas.shapes import NewDivision
from doudi.server.lib.refusals import NotFound, Refused
from tests.server import cast
from tests.server.areas.conftest import SINCE
from tests.server.said import said

DAY = date(2024, 7, 1)
BEFORE = date(2024, 6, 30)
EARLIER = date(2010, 1, 1)
TOWN, OTHER, NEW = cast.TOWN, cast.OTHER_TOWN_CODE, "451229105"


def below(code: str, on: date = DAY) -> dict[str, str]:
    return {d.code: d.name for d in selectors.children(cast.SYSTEM, code, on)}


def test_a_new_code_takes_everything_below_with_it(tree: str) -> None:
    moves = recode(by=cast.SYSTEM, code=TOWN, new_code=NEW, on=DAY, why="调整代码")
    assert dict(moves) == {TOWN: NEW, TOWN + "201": NEW + "201", TOWN + "202": NEW + "202"}
    assert below(NEW) == {NEW + "201": "第1村", NEW + "202": "第2村"}
    assert below(TOWN, BEFORE) == {TOWN + "201": "第1村", TOWN + "202": "第2村"}
    with pytest.raises(NotFound):
        below(TOWN)
    assert selectors.became(TOWN + "201", EARLIER, DAY) == (NEW + "201",)
    assert selectors.became(TOWN + "201", EARLIER, BEFORE) == (TOWN + "201",)
    assert selectors.name_of(TOWN, DAY) == "岩滩镇"
    assert recode(by=cast.SYSTEM, code=TOWN, new_code=NEW, on=DAY) == moves


def test_a_village_moves_to_another_township(tree: str) -> None:
    village = cast.NEXT_VILLAGE
    moves = recode(by=cast.SYSTEM, code=village, new_code=OTHER + "202", on=DAY)
    assert moves == ((village, OTHER + "202"),)
    assert below(OTHER) == {OTHER + "201": "第1村", OTHER + "202": "第2村"}
    assert selectors.division(OTHER + "202", DAY).full_name == "广西壮族自治区河池市大化瑶族自治县大化镇第2村"
    assert selectors.division(village, BEFORE).full_name == "广西壮族自治区河池市大化瑶族自治县岩滩镇第2村"
    assert selectors.formerly([OTHER], DAY) == (village,)
    assert selectors.formerly([TOWN], DAY) == ()


def test_merged_into_one_that_stays(tree: str) -> None:
    moves = merge(by=cast.SYSTEM, codes=[OTHER, TOWN], into=TOWN, on=DAY)
    assert dict(moves) == {OTHER: TOWN, OTHER + "201": TOWN + "203"}
    assert below(TOWN) == {TOWN + "201": "第1村", TOWN + "202": "第2村", TOWN + "203": "第1村"}
    assert selectors.became(OTHER, EARLIER, DAY) == (TOWN,)
    assert selectors.became(TOWN, EARLIER, DAY) == (TOWN,)
    assert selectors.formerly([TOWN], DAY) == (OTHER, OTHER + "201")
    assert merge(by=cast.SYSTEM, codes=[OTHER], into=TOWN, on=DAY) == moves


def test_merged_into_a_new_one_with_numbers_told(tree: str) -> None:
    told = {OTHER + "201": NEW + "230"}
    moves = dict(merge(by=cast.SYSTEM, codes=[OTHER, TOWN], into=NEW, name="化滩镇", on=DAY, renumber=told))
    assert moves[OTHER + "201"] == NEW + "230"
    assert moves[TOWN + "201"] == NEW + "201"
    assert below(cast.COUNTY) == {NEW: "化滩镇"}
    assert selectors.became(TOWN, EARLIER, DAY) == (NEW,)


def test_grids_follow_their_village(tree: str) -> None:
    village = OTHER + "201"
    ensure(cast.SYSTEM, [NewDivision(village + "001", "一格")], SINCE)
    moves = dict(merge(by=cast.SYSTEM, codes=[OTHER], into=TOWN, on=DAY))
    assert moves[village + "001"] == TOWN + "203001"
    assert selectors.division(TOWN + "203001", DAY).parent == TOWN + "203"


def test_split_with_what_lies_below(tree: str) -> None:
    moves = split(by=cast.SYSTEM, code=TOWN, into=[NewDivision(NEW, "新镇")], assign={TOWN + "202": NEW}, on=DAY)
    assert moves == ((TOWN + "202", NEW + "202"),)
    assert below(TOWN) == {TOWN + "201": "第1村"}
    assert below(NEW) == {NEW + "202": "第2村"}
    assert selectors.became(TOWN, EARLIER, DAY) == (TOWN, NEW)
    assert selectors.became(TOWN, DAY, DAY) == (TOWN,)
    assert selectors.became(TOWN + "202", EARLIER, DAY) == (NEW + "202",)
    assert selectors.formerly([NEW], DAY) == (TOWN + "202",), "what lay in the rest stays with the rest"
    assert (
        split(by=cast.SYSTEM, code=TOWN, into=[NewDivision(NEW, "新镇")], assign={TOWN + "202": NEW}, on=DAY) == moves
    )


def test_split_whole(tree: str) -> None:
    into = [NewDivision(NEW, "东镇"), NewDivision("451229106", "西镇")]
    with pytest.raises(Refused) as refused:
        split(by=cast.SYSTEM, code=TOWN, into=into, assign={TOWN + "202": NEW}, on=DAY, stays=False)
    assert refused.value.code == "not-assigned"
    split(
        by=cast.SYSTEM, code=TOWN, into=into, assign={TOWN + "202": NEW, TOWN + "201": "451229106"}, on=DAY, stays=False
    )
    assert selectors.became(TOWN, EARLIER, DAY) == (NEW, "451229106")
    assert below(cast.COUNTY).keys() == {OTHER, NEW, "451229106"}


def test_one_change_after_another(tree: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Merged, then given a new code, then split; and the first code used again for something else, as it could be once."""
    monkeypatch.setattr(changing, "_not_of_another", lambda *_: None)
    merge(by=cast.SYSTEM, codes=[OTHER], into=TOWN, on=date(2015, 1, 1))
    recode(by=cast.SYSTEM, code=TOWN, new_code=NEW, on=date(2018, 1, 1))
    split(by=cast.SYSTEM, code=NEW, into=[NewDivision("451229106", "西镇")], on=date(2020, 1, 1))
    ensure(cast.SYSTEM, [NewDivision("451229108", "再用镇")], date(2021, 1, 1))
    recode(by=cast.SYSTEM, code="451229108", new_code=OTHER, on=date(2022, 1, 1))
    assert selectors.became(OTHER, EARLIER, DAY) == (NEW, "451229106")
    assert selectors.became(OTHER, EARLIER, date(2019, 1, 1)) == (NEW,)
    assert selectors.became(OTHER, EARLIER, date(2017, 1, 1)) == (TOWN,)
    assert selectors.became(OTHER, date(2023, 1, 1), DAY) == (OTHER,)
    assert selectors.became(OTHER, date(2016, 1, 1), DAY) == (NEW, "451229106"), "written down when it had ended"
    assert selectors.formerly([NEW], DAY) == (OTHER + "201", TOWN, TOWN + "201", TOWN + "202", TOWN + "203")
    assert selectors.name_of(OTHER, EARLIER) == "大化镇"
    assert selectors.name_of(OTHER, DAY) == "再用镇"


def test_a_code_is_never_given_to_another_place(tree: str) -> None:
    """Old documents, standards and figures say the code: nobody could tell the two places apart."""
    merge(by=cast.SYSTEM, codes=[OTHER], into=TOWN, on=DAY)
    ensure(cast.SYSTEM, [NewDivision(NEW, "新镇"), NewDivision("451229106", "西镇")], EARLIER)
    later = date(2025, 1, 1)
    acts: tuple[Callable[[], object], ...] = (
        lambda: recode(by=cast.SYSTEM, code=NEW, new_code=OTHER, on=later),
        lambda: recode(by=cast.SYSTEM, code=NEW, new_code=OTHER, on=DAY),
        lambda: merge(by=cast.SYSTEM, codes=[NEW, "451229106"], into=OTHER, name="合镇", on=later),
        lambda: split(by=cast.SYSTEM, code=NEW, into=[NewDivision(OTHER, "分镇")], on=later),
    )
    for act in acts:
        with pytest.raises(Refused) as refused:
            act()
        assert (refused.value.code, refused.value.field) == ("code-used-before", "code")
        assert f"{OTHER} 到 {DAY} 为止是大化镇的" in refused.value.zh
        assert "never used" in refused.value.en
    assert ensure(cast.SYSTEM, [NewDivision(OTHER, "又一镇")], later).added == 0
    assert below(cast.COUNTY, later) == {TOWN: "岩滩镇", NEW: "新镇", "451229106": "西镇"}
    assert selectors.became(OTHER, BEFORE, later) == selectors.became(OTHER, later, later) == (TOWN,)


def test_a_number_below_that_was_anothers_is_not_given_again(tree: str) -> None:
    """A village left the township; another has its number when the township's new code is taken back."""
    gone, number = TOWN + "202", "202"
    recode(by=cast.SYSTEM, code=gone, new_code=OTHER + "209", on=DAY)
    recode(by=cast.SYSTEM, code=TOWN, new_code=NEW, on=date(2025, 1, 1))
    recode(by=cast.SYSTEM, code=OTHER + "201", new_code=NEW + number, on=date(2025, 2, 1))
    with pytest.raises(Refused) as refused:
        recode(by=cast.SYSTEM, code=NEW, new_code=TOWN, on=date(2025, 3, 1))
    assert refused.value.code == "code-used-before"
    assert gone in refused.value.zh
    recode(by=cast.SYSTEM, code=NEW + number, new_code=NEW + "210", on=date(2025, 3, 1))
    recode(by=cast.SYSTEM, code=NEW, new_code=TOWN, on=date(2025, 4, 1))
    assert selectors.became(TOWN, BEFORE, date(2025, 4, 1)) == (TOWN,)


def test_a_change_by_mistake_is_changed_back(tree: str) -> None:
    recode(by=cast.SYSTEM, code=TOWN, new_code=NEW, on=DAY)
    back = recode(by=cast.SYSTEM, code=NEW, new_code=TOWN, on=date(2024, 8, 1))
    assert (NEW + "201", TOWN + "201") in back
    merge(by=cast.SYSTEM, codes=[OTHER], into=TOWN, on=date(2025, 1, 1))
    split(by=cast.SYSTEM, code=TOWN, into=[NewDivision(OTHER, "大化镇")], on=date(2025, 2, 1))
    assert below(cast.COUNTY, date(2025, 2, 1)) == {OTHER: "大化镇", TOWN: "岩滩镇"}


def test_two_changes_on_one_day(tree: str) -> None:
    merge(by=cast.SYSTEM, codes=[OTHER], into=TOWN, on=DAY)
    with pytest.raises(Refused) as refused:
        recode(by=cast.SYSTEM, code=TOWN + "203", new_code=TOWN + "209", on=DAY)
    assert refused.value.code == "began-later"
    recode(by=cast.SYSTEM, code=TOWN + "202", new_code=TOWN + "210", on=DAY)
    assert selectors.became(TOWN + "202", EARLIER, DAY) == (TOWN + "210",)


def test_a_change_on_the_day_of_the_merger_that_it_follows(tree: str) -> None:
    ensure(cast.SYSTEM, [NewDivision("451228102", "乡"), NewDivision("451228103", "乡二")], SINCE)
    merge(by=cast.SYSTEM, codes=["451228102"], into="451228103", on=DAY)
    recode(by=cast.SYSTEM, code="451228103", new_code="451228104", on=DAY)
    assert selectors.became("451228102", EARLIER, DAY) == ("451228104",)


def test_what_is_refused(tree: str) -> None:
    later = date(2025, 1, 1)
    rename(by=cast.SYSTEM, code=TOWN, name="新岩滩镇", on=later)
    for act, code in (
        (lambda: rename(by=cast.SYSTEM, code=TOWN, name="更新镇", on=DAY), "later-change"),
        (lambda: recode(by=cast.SYSTEM, code=TOWN, new_code=NEW, on=DAY), "later-change"),
        (lambda: recode(by=cast.SYSTEM, code=TOWN, new_code=NEW, on=later), "began-later"),
        (lambda: recode(by=cast.SYSTEM, code=TOWN, new_code=OTHER, on=date(2026, 1, 1)), "code-taken"),
        (lambda: recode(by=cast.SYSTEM, code=TOWN, new_code="451229", on=DAY), "other-level"),
        (lambda: recode(by=cast.SYSTEM, code=OTHER, new_code="459901101", on=DAY), "no-division"),
        (lambda: merge(by=cast.SYSTEM, codes=[TOWN], into=TOWN, on=DAY), "nothing-to-merge"),
        (lambda: merge(by=cast.SYSTEM, codes=[OTHER], into="451229107", on=DAY), "bad-name"),
        (lambda: merge(by=cast.SYSTEM, codes=[OTHER], into=cast.COUNTY, on=DAY), "other-level"),
        (lambda: merge(by=cast.SYSTEM, codes=["451229199"], into=OTHER, on=DAY), "no-division"),
        (lambda: split(by=cast.SYSTEM, code=OTHER, into=[], on=DAY), "other-level"),
        (lambda: split(by=cast.SYSTEM, code=OTHER, into=[NewDivision(NEW, "新")], assign={TOWN + "201": NEW}, on=DAY), "bad-assignment"),
        (lambda: merge(by=cast.SYSTEM, codes=[OTHER], into=cast.FAR_TOWN, on=DAY, renumber={OTHER + "201": cast.FAR_VILLAGE}), "bad-number"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code == code
    assert below(cast.COUNTY) == {OTHER: "大化镇", TOWN: "岩滩镇"}


def test_a_merger_needs_both_sides_in_the_scope(tree: str) -> None:
    with pytest.raises(NotFound):
        merge(by=cast.ADMINISTRATOR, codes=[OTHER], into=cast.FAR_TOWN, on=DAY)
    with pytest.raises(NotFound):
        recode(by=cast.ADMINISTRATOR, code=OTHER, new_code="451228109", on=DAY)


def test_sets_follow(tree: str) -> None:
    poor = make_set(
        by=cast.SYSTEM, kind="poor-area", name="石漠化片区", codes=[OTHER, cast.OTHER_COUNTY_CODE], on=SINCE
    )
    sites = make_set(by=cast.SYSTEM, kind="resettlement", name="安置点", codes=[TOWN + "202"], on=SINCE)
    assert make_set(by=cast.SYSTEM, kind="poor-area", name="石漠化片区", codes=[TOWN], on=SINCE) == poor
    recode(by=cast.SYSTEM, code=TOWN + "202", new_code=TOWN + "302", on=date(2020, 1, 1))
    merge(by=cast.SYSTEM, codes=[OTHER], into=TOWN, on=DAY)
    found = {s.id: s for s in selectors.sets(cast.SYSTEM, DAY)}
    assert found[sites].codes == (TOWN + "302",)
    assert found[poor].codes == (cast.OTHER_COUNTY_CODE,), (
        "the help of one township is not given to both by their merger"
    )
    assert {s.id: s for s in selectors.sets(cast.SYSTEM, BEFORE)}[poor].codes == (cast.OTHER_COUNTY_CODE, OTHER)


def test_a_set_takes_in_a_merger_of_its_members(tree: str) -> None:
    both = make_set(by=cast.SYSTEM, kind="old-base", name="老区", codes=[OTHER, TOWN], on=SINCE)
    part = make_set(by=cast.SYSTEM, kind="other", name="半", codes=[TOWN], on=SINCE)
    merge(by=cast.SYSTEM, codes=[OTHER], into=TOWN, on=DAY)
    recode(by=cast.SYSTEM, code=TOWN, new_code=NEW, on=date(2024, 8, 1))
    found = {s.id: s.codes for s in selectors.sets(cast.SYSTEM, date(2024, 8, 1))}
    assert found == {both: (NEW,), part: (NEW,)}
    split(by=cast.SYSTEM, code=NEW, into=[NewDivision("451229106", "西镇")], on=date(2024, 9, 1))
    found = {s.id: s.codes for s in selectors.sets(cast.SYSTEM, date(2024, 9, 1))}
    assert found[both] == (NEW, "451229106")


def test_sets_in_the_scope(tree: str) -> None:
    far = make_set(
        by=cast.SYSTEM, kind="poor-area", name="片区", codes=[cast.OTHER_COUNTY_CODE, TOWN + "201"], on=SINCE
    )
    whole = make_set(by=cast.SYSTEM, kind="poor-area", name="全县", codes=[cast.COUNTY], on=SINCE)
    assert [(s.id, s.codes) for s in selectors.sets(cast.CLERK, DAY)] == [
        (whole, (cast.COUNTY,)),
        (far, (TOWN + "201",)),
    ]
    assert selectors.sets(cast.CLERK, DAY, kind="resettlement") == ()
    assert [s.id for s in selectors.sets(cast.OTHER_TOWN, DAY)] == [whole]
    assert selectors.set_scope(cast.CLERK, far, DAY).prefixes == (TOWN + "201",)
    assert selectors.set_scope(cast.CLERK, whole, DAY).prefixes == (TOWN,)
    assert selectors.set_scope(cast.SYSTEM, far, DAY).prefixes == (cast.OTHER_COUNTY_CODE, TOWN + "201")
    with pytest.raises(NotFound):
        selectors.set_scope(cast.OTHER_TOWN, far, DAY)
    assert [s.id for s in selectors.sets_of(TOWN + "201", DAY)] == [whole, far]


def test_a_set_changes(tree: str) -> None:
    one = make_set(by=cast.SYSTEM, kind="resettlement", name="安置点", codes=[TOWN + "202"], on=SINCE)
    for _ in range(2):
        change_set(by=cast.SYSTEM, set_id=one, on=DAY, add=[OTHER + "201"], remove=[TOWN + "202"])
    assert selectors.sets(cast.SYSTEM, DAY)[0].codes == (OTHER + "201",)
    assert selectors.sets(cast.SYSTEM, BEFORE)[0].codes == (TOWN + "202",)
    with pytest.raises(Refused) as refused:
        change_set(by=cast.SYSTEM, set_id=one, on=EARLIER, remove=[TOWN + "202"])
    assert refused.value.code == "later-change"
    for act in (
        lambda: change_set(by=cast.SYSTEM, set_id=one, on=DAY, add=["451229999"]),
        lambda: change_set(by=cast.SYSTEM, set_id=-1, on=DAY),
        lambda: make_set(by=cast.SYSTEM, kind="wrong", name="片区", codes=[TOWN]),
        lambda: make_set(by=cast.SYSTEM, kind="other", name="片区", codes=[]),
    ):
        with pytest.raises(Refused):
            act()


def test_every_act_is_one_sentence(tree: str) -> None:
    rename(by=cast.ADMINISTRATOR, code=TOWN, name="新岩滩镇", on=DAY, why="批复")
    rename(by=cast.ADMINISTRATOR, code=TOWN, name="新岩滩镇", on=DAY, why="批复")
    merge(by=cast.ADMINISTRATOR, codes=[OTHER], into=TOWN, on=date(2024, 8, 1))
    assert said("areas.renamed") == [
        "梁管（大化瑶族自治县 系统管理岗）把 451229103 岩滩镇 自 2024-07-01 起改名为新岩滩镇，理由：批复（来自 192.0.2.1）。"
    ]
    assert len(said("areas.merged")) == 1
