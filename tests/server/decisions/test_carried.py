"""What a screening found lies with the office that manages the household now: it goes along wherever the household or the person goes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db.models import Min

from doudi.server.areas.actions.ensuring import ensure
from doudi.server.areas.shapes import NewDivision
from doudi.server.decisions.actions import decide_work, refresh_work
from doudi.server.decisions.models import Run, Snapshot, Standing, WorkItem
from doudi.server.decisions.selectors import waiting_lists, work
from doudi.server.decisions.selectors.items import Wanted, items, items_by_id
from doudi.server.decisions.selectors.listed import listed
from doudi.server.decisions.selectors.standing import standings_of
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotFound
from doudi.server.operations import divisions
from doudi.server.registry.actions import correct_residence, leave, move, split, undo
from doudi.server.registry.actions.daily import turn
from doudi.server.registry.actions.recode import recode
from doudi.server.registry.models import Membership
from tests.server.cast import (
    ADMINISTRATOR,
    CLERK,
    CONFIRMING,
    COUNTY,
    FAR_VILLAGE,
    NAMES,
    NEXT_VILLAGE,
    OTHER_COUNTY,
    PREFECTURE,
    TOWN,
    VILLAGE_CODE,
    actor,
)
from tests.server.decisions.conftest import AS_OF, SYSTEM, County, everything
from tests.server.decisions.test_runs import enrich
from tests.server.decisions.test_work import everyone, screened
from tests.server.registry.actions.homes import family

MOVED = date(2024, 1, 1)


@pytest.fixture
def divided(db: str) -> str:
    ensure(SYSTEM, [NewDivision(code, name) for code, name in NAMES.items()], date(2000, 1, 1))
    return db


def found_of(household: int, person: int = 0, area: str = VILLAGE_CODE) -> WorkItem:
    """An item, and the household's standing, as a screening of the county leaves them."""
    at = datetime(2024, 1, 1, tzinfo=UTC)
    with everything():
        taken = Snapshot.objects.create(
            month=at, as_of=at, knowing=at, area=COUNTY, policy="p", shape="s", folder="", made_at=at, keep_until=at
        )  # fmt: skip
        run = Run.objects.create(
            snapshot=taken, area=COUNTY, month=at, as_of=at, policy="p", pack="demo", ruleset="r", engine="e", folder="", made_at=at, state="whole"
        )  # fmt: skip
        Standing.objects.get_or_create(household=household, defaults={"area": area, "kind": "低保对象", "run": run})
        return WorkItem.objects.create(
            code="应保未保", programme="低保", household=household, person=person, area=area, zh="人均月收入 312 元", first_run=run, last_run=run
        )  # fmt: skip


def sees(reader: Actor, item: WorkItem) -> bool:
    """Every way of reading it says the same."""
    found = item.id in {w.id for w in work(reader).rows}
    assert (item.id in {w.id for w in items(reader, Wanted()).rows}) == found
    assert (item.id in items_by_id(reader, [item.id])) == found
    if not item.person:
        assert (item.household in standings_of(reader, [item.household])) == found
        assert (item.id in {x.item.id for x in listed(reader, item.household)}) == found
    return found


def where(item: WorkItem) -> str:
    with everything():
        return WorkItem.objects.get(pk=item.pk).area


def test_an_item_goes_along_with_a_household_that_moves_and_comes_back(divided: str) -> None:
    home = family().household
    assert home is not None
    item = found_of(home)
    gone = move(by=CLERK, household=home, area=FAR_VILLAGE, on=MOVED).act
    assert not sees(CLERK, item)
    assert sees(OTHER_COUNTY, item)
    assert [(w.code, w.items, w.since) for w in waiting_lists(OTHER_COUNTY)] == [("应保未保", 1, MOVED)]
    assert waiting_lists(CLERK) == ()
    with pytest.raises(NotFound):
        decide_work(CLERK, item.id, state="done", why="办了")
    both = actor("confirming", PREFECTURE, official=900)
    back = undo(by=both, act=gone, on=MOVED).act
    assert sees(CLERK, item)
    assert not sees(OTHER_COUNTY, item)
    undo(by=both, act=back, on=MOVED)
    assert not sees(CLERK, item)
    assert decide_work(OTHER_COUNTY, item.id, state="done", why="办了").state == "done"


@pytest.mark.parametrize(("ahead", "went"), [(0, True), (1, False)])
def test_a_move_ahead_of_its_day_takes_it_along_on_that_day(divided: str, ahead: int, went: bool) -> None:
    home = family().household
    assert home is not None
    item = found_of(home)
    today = (datetime.now(UTC) + timedelta(hours=8)).date()
    move(by=CLERK, household=home, area=FAR_VILLAGE, on=today + timedelta(days=ahead))
    assert sees(CLERK, item) is not went
    assert sees(OTHER_COUNTY, item) is went
    turn(by=SYSTEM, last=today, today=today + timedelta(days=1))
    assert not sees(CLERK, item)
    assert sees(OTHER_COUNTY, item)


def test_where_it_had_been_all_along(divided: str) -> None:
    home = family().household
    assert home is not None
    item = found_of(home)
    correct_residence(
        by=CONFIRMING, household=home, since=date(2020, 1, 1), until=None, area=FAR_VILLAGE, why="登记错了"
    )
    assert not sees(CLERK, item)
    assert sees(OTHER_COUNTY, item)


def test_what_was_found_of_a_person_goes_where_the_person_goes(divided: str) -> None:
    made = family()
    assert made.household is not None
    head, _, child = made.people
    own, of_child, of_head = found_of(made.household), found_of(made.household, child), found_of(made.household, head)
    split(by=CLERK, household=made.household, people=[child], head=child, on=MOVED, area=FAR_VILLAGE)
    assert sees(OTHER_COUNTY, of_child)
    assert not sees(CLERK, of_child)
    for item in (own, of_head):
        assert sees(CLERK, item)
        assert not sees(OTHER_COUNTY, item)
    leave(by=CLERK, person=head, on=MOVED, new_head=made.people[1])
    assert sees(CLERK, of_head), "who belongs to no household is still the last office's"


def test_items_get_the_codes_of_what_their_division_became(divided: str) -> None:
    made = family()
    assert made.household is not None
    item, of_child = found_of(made.household), found_of(made.household, made.people[2])
    divisions.recode(by=ADMINISTRATOR, code=TOWN, new_code="451229105", on=MOVED)
    assert where(item) == where(of_child) == "451229105201"
    with everything():
        assert Standing.objects.get().area == "451229105201"


def test_villages_that_change_codes_change_items_once(divided: str) -> None:
    here, there = family(), family(area=NEXT_VILLAGE)
    assert here.household is not None
    assert there.household is not None
    a, b = found_of(here.household), found_of(there.household, area=NEXT_VILLAGE)
    recode(by=ADMINISTRATOR, moves=[(VILLAGE_CODE, NEXT_VILLAGE), (NEXT_VILLAGE, VILLAGE_CODE)], on=MOVED)
    assert (where(a), where(b)) == (NEXT_VILLAGE, VILLAGE_CODE)


def settle() -> None:
    """What acts ask of the county on record: its divisions, and a head in each household."""
    ensure(SYSTEM, [NewDivision(code, name) for code, name in NAMES.items()], date(2000, 1, 1))
    with everything():
        first = Membership.objects.values("household").annotate(first=Min("id")).values("first")
        Membership.objects.filter(pk__in=list(first.values_list("first", flat=True))).update(head=True)


def rows(household: int) -> list[dict[str, Any]]:
    with everything():
        return [dict(w) for w in WorkItem.objects.filter(household=household).order_by("id").values()]


def test_who_left_since_is_left_to_the_other_office(on_record: County) -> None:
    settle()
    refresh_work(CONFIRMING, screened(CONFIRMING, COUNTY).id)
    run = screened(CONFIRMING, COUNTY)
    gone = next(i.household for i in everyone(CONFIRMING) if not i.person)
    move(by=CONFIRMING, household=gone, area=FAR_VILLAGE, on=AS_OF + timedelta(days=14))
    before = rows(gone)
    assert {r["area"] for r in before} == {FAR_VILLAGE}
    done = refresh_work(CONFIRMING, run.id)
    assert done.closed == 0
    assert rows(gone) == before
    assert gone not in {i.household for i in everyone(CONFIRMING)}
    # The office there screens for a day on which the household was not yet there: what was found of it stays, its standing too.
    assert refresh_work(OTHER_COUNTY, screened(OTHER_COUNTY, "451228").id).closed == 0
    assert rows(gone) == before
    assert gone in standings_of(OTHER_COUNTY, [gone])
    # And then for one on which it was.
    later = screened(OTHER_COUNTY, "451228", date(2024, 8, 1))
    refresh_work(OTHER_COUNTY, later.id)
    assert {r["last_run_id"] for r in rows(gone) if r["state"] == "open"} == {later.id}
    assert standings_of(OTHER_COUNTY, [gone])[gone].run == later.id


def test_lists_of_a_county_under_a_new_code_are_closed_too(on_record: County) -> None:
    settle()
    refresh_work(CONFIRMING, screened(CONFIRMING, COUNTY).id)
    found = {i.id for i in everyone(CONFIRMING, code="应保未保")}
    both = actor("administrator", PREFECTURE, official=501)
    divisions.recode(by=both, code=COUNTY, new_code="451281", on=AS_OF + timedelta(days=14))
    enrich(on_record, people=10_000, at=timedelta(days=9_000))
    new = actor("confirming", "451281", COUNTY, official=106)
    done = refresh_work(new, screened(new, "451281", date(2024, 8, 1)).id)
    assert done.closed > 0
    assert {i.area[:6] for i in everyone(new)} == {"451281"}
    assert any(i.state == "closed" for i in everyone(new) if i.id in found)
    with everything():
        assert set(Standing.objects.values_list("run__area", flat=True)) == {"451281"}
