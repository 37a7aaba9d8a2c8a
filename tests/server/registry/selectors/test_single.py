"""One household through time: as it was on a day, as it was known at a moment."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from doudi.server.lib.moments import now
from doudi.server.lib.refusals import NotFound
from doudi.server.registry import batch as b
from doudi.server.registry.actions.load import load
from doudi.server.registry.actions.members import leave
from doudi.server.registry.actions.moves import move
from doudi.server.registry.batch import Loaded
from doudi.server.registry.selectors import facts_of, household, person, timeline
from tests.server.cast import CLERK, CONFIRMING, OTHER_TOWN, OTHER_VILLAGE, SYSTEM, VILLAGE_CODE
from tests.server.registry.selectors.homes import DAY, ON


def _names(home: int, as_of: date, knowing: datetime | None = None) -> list[str]:
    return [m.name for m in household(SYSTEM, home, as_of=as_of, knowing=knowing).members]


def test_members_of_a_day_and_as_known(homes: Loaded) -> None:
    home, son = homes.households["黄家"], homes.people["黄小明"]
    known_before = now()
    leave(by=CLERK, person=son, on=date(2026, 6, 1))
    assert _names(home, date(2026, 5, 31)) == ["黄桂花", "黄小明"]
    assert _names(home, date(2026, 6, 1)) == ["黄桂花"]
    assert _names(home, date(2026, 6, 1), known_before) == ["黄桂花", "黄小明"]
    assert _names(home, ON - timedelta(days=1)) == []


def test_before_anything_was_known_there_is_nothing(homes: Loaded) -> None:
    with pytest.raises(NotFound):
        household(SYSTEM, homes.households["黄家"], as_of=DAY, knowing=now() - timedelta(days=1))


def test_a_household_that_moved_is_the_new_office_s(homes: Loaded) -> None:
    home = homes.households["黄家"]
    assert household(CLERK, home, as_of=DAY).area == VILLAGE_CODE
    move(by=CONFIRMING, household=home, area=OTHER_VILLAGE, on=date(2026, 7, 1))
    with pytest.raises(NotFound):
        household(CLERK, home, as_of=DAY)
    with pytest.raises(NotFound):
        person(CLERK, homes.people["黄小明"], as_of=DAY)
    seen = household(OTHER_TOWN, home, as_of=DAY)
    assert (seen.area, seen.members[0].name) == (OTHER_VILLAGE, "黄桂花")
    # How it was before belongs to its file.
    assert household(OTHER_TOWN, home, as_of=date(2026, 6, 30)).area == VILLAGE_CODE
    assert [t.kind for t in timeline(OTHER_TOWN, household=home)] == ["move", "load"]


def test_a_member_who_lives_elsewhere_today_is_not_shown(homes: Loaded) -> None:
    home, son = homes.households["黄家"], homes.people["黄小明"]
    leave(by=CLERK, person=son, on=date(2026, 6, 1))
    new = b.Batch(
        people=[b.NewPerson("w", "蓝娘")], households=[b.NewHousehold("h", OTHER_VILLAGE)],
        memberships=[b.NewMembership("h", "w", head=True), b.NewMembership("h", son, "配偶", since=date(2026, 6, 1))],
    )  # fmt: skip
    load(by=SYSTEM, batch=new, on=date(2026, 6, 1))
    seen = household(CLERK, home, as_of=date(2026, 5, 1))
    assert [(m.name, m.elsewhere, m.born is None) for m in seen.members] == [("黄桂花", False, False), ("", True, True)]
    facts = facts_of(CLERK, home, as_of=date(2026, 5, 1))
    assert [(m.elsewhere, m.facts.plain() == {}) for m in facts.members] == [(False, False), (True, True)]
    theirs = person(OTHER_TOWN, son, as_of=DAY)
    assert [(m.number != "", m.relation) for m in theirs.memberships] == [(False, "子女"), (True, "配偶")]


def test_facts_of_a_day_with_source_and_candidates(homes: Loaded) -> None:
    home, head = homes.households["黄家"], homes.people["黄桂花"]
    before = now()
    said = [
        b.NewStatement("申报", person=head, values={"重病": True}, since=date(2026, 3, 1)),
        b.NewStatement(
            "核对",
            person=head,
            values={"重病": False},
            since=date(2026, 2, 1),
            until=date(2026, 9, 1),
            evidence="核对报告",
        ),
    ]
    load(by=CLERK, batch=b.Batch(statements=said), on=DAY)
    for as_of, knowing, value in (
        (date(2026, 1, 31), None, None), (date(2026, 2, 1), None, False), (date(2026, 8, 31), None, False), (date(2026, 9, 1), None, True),
        (date(2026, 8, 31), before, None),
    ):  # fmt: skip
        facts = facts_of(CLERK, home, as_of=as_of, knowing=knowing)
        assert facts.members[0].facts.plain().get("重病") is value, as_of
    found = facts_of(CLERK, home, as_of=date(2026, 8, 1)).members[0].facts.values["重病"]
    assert (found.source, found.by.evidence, [c.source for c in found.candidates]) == (
        "核对",
        "核对报告",
        ["核对", "申报"],
    )
    assert facts_of(CLERK, home, as_of=DAY).facts.plain()["户籍地"] == VILLAGE_CODE


def test_a_timeline_page_by_page(homes: Loaded) -> None:
    head = homes.people["黄桂花"]
    for k in range(4):
        load(
            by=CLERK,
            batch=b.Batch(
                statements=[b.NewStatement("申报", person=head, values={"重病": True}, since=date(2026, 3, k + 1))]
            ),
            on=DAY,
        )
    first = timeline(CLERK, person=head, limit=3)
    rest = timeline(CLERK, person=head, before=first[-1].act, limit=3)
    assert len(first) == 3
    assert len(rest) == 2
    assert not {t.act for t in first} & {t.act for t in rest}
    assert all("黄窗" in t.zh for t in first)
