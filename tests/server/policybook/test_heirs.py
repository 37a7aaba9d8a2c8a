"""What a text says of a division goes on under the codes that it is given; what a merger leaves open is told, and nothing is picked."""

from __future__ import annotations

from datetime import date, timedelta

from doudi.rules.check import area_range
from doudi.server.areas.shapes import NewDivision
from doudi.server.operations.divisions import merge, recode, split
from doudi.server.policybook.actions import NewLine
from doudi.server.policybook.selectors import policy, policy_of, unsettled, values
from doudi.server.policybook.texts import keep, kept, loaded
from tests.server.cast import COUNTY, OTHER_COUNTY_CODE, PREFECTURE, SYSTEM, TOWN, actor
from tests.server.policybook.standards import approve, draft, publish, published

NEW, LAST_CODE, MERGED = "451281", "451282", "451290"
ON = date(2026, 9, 1)
BEFORE = ON - timedelta(days=1)
PREF = actor("administrator", PREFECTURE, official=501, name="市管")
ABOVE, ABOVE_TOO = (actor("policy", PREFECTURE, official=n, name=f"市策{n}") for n in (601, 602))


def line(area: str, on: date, key: str = "农村") -> str | None:
    (found,) = [v for v in values(ABOVE, area, on, standard="低保标准") if v.key == key]
    return found.value


def both(a: str, b: str) -> None:
    """The two counties' rural lines."""
    given = (NewLine("低保标准", COUNTY, "农村", a), NewLine("低保标准", OTHER_COUNTY_CODE, "农村", b))
    publish(approve(draft(*given, by=ABOVE), by=ABOVE_TOO), by=ABOVE)


def test_a_new_code_goes_by_what_the_old_one_went_by(places: str) -> None:
    published()
    recode(by=PREF, code=COUNTY, new_code=NEW, on=ON)
    assert [line(NEW, day) for day in (BEFORE, ON)] == [None, "7200 元"]
    assert line(NEW, ON, "城市") == line(COUNTY, BEFORE, "城市") == "850 元", "the pack's own too"
    assert line(f"{NEW}{TOWN[6:]}", ON) == "7200 元"
    assert line(COUNTY, ON) == "7200 元", "what was stated under the old code is still understood"
    (told,) = [v for v in values(ABOVE, NEW, ON, standard="低保标准") if v.key == "农村"]
    assert (told.document, told.area) == ("大政发〔2026〕12号", NEW)


def test_a_standard_of_its_own_counts_from_its_day(places: str) -> None:
    published()
    recode(by=PREF, code=COUNTY, new_code=NEW, on=ON)
    officer, second = (actor("policy", NEW, COUNTY, official=n, name=f"策{n}") for n in (109, 209))
    day = date(2026, 12, 1)
    p = draft(NewLine("低保标准", NEW, "农村", "7500 元"), by=officer, since=day)
    publish(approve(p, by=second), by=officer, number="大政发〔2026〕30号")
    assert [line(NEW, d) for d in (day - timedelta(days=1), day)] == ["7200 元", "7500 元"]


def test_a_code_that_changes_twice(places: str) -> None:
    published()
    recode(by=PREF, code=COUNTY, new_code=NEW, on=ON)
    recode(by=PREF, code=NEW, new_code=LAST_CODE, on=date(2026, 10, 1))
    assert line(LAST_CODE, date(2026, 10, 1)) == "7200 元"


def test_what_is_split_off_goes_by_what_it_was_part_of(places: str) -> None:
    published()
    split(by=PREF, code=COUNTY, into=[NewDivision(NEW, "岩滩县")], assign={TOWN: NEW}, on=ON)
    assert [line(NEW, day) for day in (BEFORE, ON)] == [None, "7200 元"]


def test_what_all_that_are_merged_agree_on_goes_on(places: str) -> None:
    both("7200 元", "7200 元")
    merge(by=PREF, codes=[COUNTY, OTHER_COUNTY_CODE], into=MERGED, name="新县", on=ON)
    assert [line(MERGED, day) for day in (BEFORE, ON)] == [None, "7200 元"]
    assert [x.key for x in unsettled(PREF, MERGED, ON) if x.name == "低保标准"] == ["城市"], (
        "the pack has it for one of them only"
    )


def test_what_they_do_not_agree_on_is_told_until_it_is_settled(places: str) -> None:
    both("7200 元", "7100 元")
    assert unsettled(PREF, MERGED, ON) == ()
    merge(by=PREF, codes=[COUNTY, OTHER_COUNTY_CODE], into=MERGED, name="新县", on=ON)
    assert line(MERGED, ON) is None, "nobody picks one of the two"
    (one, _) = [x for x in unsettled(PREF, MERGED, ON) if x.name == "低保标准"]
    assert one.origins == (OTHER_COUNTY_CODE, COUNTY)
    given = [NewLine("低保标准", MERGED, key, value) for key, value in (("农村", "7200 元"), ("城市", "900 元"))]
    publish(approve(draft(*given, by=ABOVE, since=ON), by=ABOVE_TOO), by=ABOVE, number="并")
    assert line(MERGED, ON) == "7200 元"
    assert "低保标准" not in {x.name for x in unsettled(PREF, MERGED, ON)}


def test_who_is_merged_into_another_county_is_told_of(places: str) -> None:
    both("7200 元", "7100 元")
    merge(by=PREF, codes=[COUNTY], into=OTHER_COUNTY_CODE, on=ON)
    assert line(OTHER_COUNTY_CODE, ON) == "7100 元"
    assert "低保标准" in {x.name for x in unsettled(PREF, OTHER_COUNTY_CODE, ON)}


def test_a_named_area_means_the_new_code_too(places: str) -> None:
    def codes() -> set[int]:
        (area,) = [a for a in policy(ON).pack.book.areas if a.name == "大化"]
        return {area_range(c)[0] for c in area.members or (area.code,)}

    assert codes() == {451229000000}
    recode(by=PREF, code=COUNTY, new_code=NEW, on=ON)
    assert codes() == {451229000000, 451281000000}


def test_the_text_is_kept_and_found_again(places: str) -> None:
    published()
    recode(by=PREF, code=COUNTY, new_code=NEW, on=ON)
    now = policy(ON)
    assert keep(SYSTEM, now).base
    assert policy_of(now.digest).digest == now.digest
    whole = loaded(kept(now.digest))
    assert whole.pack.book.digest == now.pack.book.digest, "read from the start it says the same"
