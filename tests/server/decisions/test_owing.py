"""Lines of a repricing lie with the office that manages the household now, within the area that decided its months again; the money of those months
stays that area's, wherever its people go."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from doudi.server.decisions.actions import reprice
from doudi.server.decisions.models import Repricing, RepricingLine
from doudi.server.decisions.selectors import repricing_lines, repricings
from doudi.server.decisions.selectors.repricing import repricing_places
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotFound
from doudi.server.operations import divisions
from doudi.server.registry.actions import correct_residence, move, split, undo
from doudi.server.registry.actions.daily import turn
from doudi.server.registry.actions.recode import recode
from tests.server.cast import (
    ADMINISTRATOR,
    CLERK,
    CONFIRMING,
    COUNTY,
    FAR_VILLAGE,
    NEXT_VILLAGE,
    OTHER_COUNTY,
    OTHER_TOWN,
    OTHER_VILLAGE,
    PREFECTURE,
    TOWN,
    VILLAGE_CODE,
    actor,
)
from tests.server.decisions.conftest import AS_OF, SYSTEM, County, everything
from tests.server.decisions.test_carried import divided as divided
from tests.server.decisions.test_carried import settle
from tests.server.decisions.test_jobs import dearer
from tests.server.registry.actions.homes import family

MOVED = date(2024, 1, 1)
A_DAY = timedelta(days=1)
PREFECT = actor("administrator", PREFECTURE, official=501)


def owed_to(household: int, person: int = 0, *, of: str = COUNTY, area: str = VILLAGE_CODE) -> RepricingLine:
    """A line of a repricing of ``of``, as it was written down where the household was."""
    at = datetime(2023, 12, 1, tzinfo=UTC)
    with everything():
        one, _ = Repricing.objects.get_or_create(
            area=of, since=at.date(), until=at.date(), policy_before="a", policy_after="b", knowing_before=at, knowing_after=at, made_at=at, state="whole",
        )  # fmt: skip
        return RepricingLine.objects.create(
            repricing=one, month=at, programme="低保", household=household, person=person, area=area, kind="新增", before=0, after=500, difference=500
        )  # fmt: skip


def where(line: RepricingLine) -> str:
    with everything():
        return RepricingLine.objects.get(pk=line.pk).area


def sees(reader: Actor, line: RepricingLine) -> bool:
    """Every way of reading it says the same."""
    if line.repricing_id not in {r.id for r in repricings(reader)}:
        with pytest.raises(NotFound):
            repricing_lines(reader, line.repricing_id)
        return False
    rows, _ = repricing_lines(reader, line.repricing_id)
    found = line.id in {r.id for r in rows}
    assert sum(p.back_pay for p in repricing_places(reader, line.repricing_id)) == sum(r.difference or 0 for r in rows)
    return found


def test_a_line_goes_along_within_the_county_and_comes_back(divided: str) -> None:
    home = family().household
    assert home is not None
    line = owed_to(home)
    gone = move(by=CLERK, household=home, area=OTHER_VILLAGE, on=MOVED).act
    assert (sees(CLERK, line), sees(OTHER_TOWN, line), sees(CONFIRMING, line)) == (False, True, True)
    assert [(p.area, p.back_pay) for p in repricing_places(CONFIRMING, line.repricing_id)] == [(OTHER_VILLAGE[:9], 500)]
    undo(by=CONFIRMING, act=gone, on=MOVED)
    assert (sees(CLERK, line), sees(OTHER_TOWN, line)) == (True, False)
    assert [(p.area, p.back_pay) for p in repricing_places(CONFIRMING, line.repricing_id)] == [(TOWN, 500)]


def test_who_leaves_the_county_takes_nothing_of_it_along(divided: str) -> None:
    home = family().household
    assert home is not None
    line, wider, own = owed_to(home), owed_to(home, of=PREFECTURE), owed_to(home, of=TOWN)
    gone = move(by=CLERK, household=home, area=FAR_VILLAGE, on=MOVED).act
    assert (sees(CLERK, line), sees(OTHER_COUNTY, line)) == (True, False)
    assert (sees(CLERK, wider), sees(OTHER_COUNTY, wider)) == (False, True)
    assert where(own) == VILLAGE_CODE
    undo(by=actor("confirming", PREFECTURE, official=900), act=gone, on=MOVED)
    for each in (line, wider, own):
        assert where(each) == VILLAGE_CODE
    move(by=CLERK, household=home, area=OTHER_VILLAGE, on=MOVED)
    assert [where(x) for x in (line, wider, own)] == [OTHER_VILLAGE, OTHER_VILLAGE, VILLAGE_CODE]
    move(by=CONFIRMING, household=home, area=FAR_VILLAGE, on=MOVED + A_DAY)
    assert [where(x) for x in (line, wider, own)] == [OTHER_VILLAGE, FAR_VILLAGE, VILLAGE_CODE]


@pytest.mark.parametrize(("ahead", "went"), [(0, True), (1, False)])
def test_a_move_ahead_of_its_day_takes_it_along_on_that_day(divided: str, ahead: int, went: bool) -> None:
    home = family().household
    assert home is not None
    line = owed_to(home)
    today = (datetime.now(UTC) + timedelta(hours=8)).date()
    move(by=CLERK, household=home, area=OTHER_VILLAGE, on=today + timedelta(days=ahead))
    assert (where(line) == OTHER_VILLAGE) is went
    turn(by=SYSTEM, last=today, today=today + A_DAY)
    assert where(line) == OTHER_VILLAGE


def test_where_it_had_been_all_along(divided: str) -> None:
    home = family().household
    assert home is not None
    line = owed_to(home)
    correct_residence(by=CONFIRMING, household=home, since=date(2020, 1, 1), until=None, area=OTHER_VILLAGE, why="错了")
    assert (sees(CLERK, line), sees(OTHER_TOWN, line)) == (False, True)


def test_what_is_owed_to_a_person_goes_where_the_person_goes(divided: str) -> None:
    made = family()
    assert made.household is not None
    head, _, child = made.people
    own, of_head, of_child = owed_to(made.household), owed_to(made.household, head), owed_to(made.household, child)
    split(by=CLERK, household=made.household, people=[child], head=child, on=MOVED, area=OTHER_VILLAGE)
    assert [where(x) for x in (own, of_head, of_child)] == [VILLAGE_CODE, VILLAGE_CODE, OTHER_VILLAGE]


def test_lines_get_the_codes_of_what_their_division_became(divided: str) -> None:
    """Those also whose household has left the county, or left it before: one township has one sum."""
    here, left = family().household, family().household
    assert here is not None
    assert left is not None
    lines = [owed_to(here), owed_to(left)]
    move(by=CLERK, household=left, area=FAR_VILLAGE, on=MOVED)
    divisions.recode(by=ADMINISTRATOR, code=TOWN, new_code="451229105", on=MOVED + A_DAY)
    assert [where(x) for x in lines] == ["451229105201"] * 2
    assert [(p.area, p.back_pay) for p in repricing_places(CONFIRMING, lines[0].repricing_id)] == [("451229105", 1000)]
    divisions.merge(by=ADMINISTRATOR, codes=["451229105"], into=OTHER_VILLAGE[:9], on=MOVED + 2 * A_DAY)
    assert len({where(x) for x in lines}) == 1
    assert {p.area for p in repricing_places(CONFIRMING, lines[0].repricing_id)} == {OTHER_VILLAGE[:9]}


def test_a_county_under_a_new_code_is_still_the_area_of_its_lines(divided: str) -> None:
    home, left = family().household, family().household
    assert home is not None
    assert left is not None
    line, other = owed_to(home), owed_to(left)
    move(by=CLERK, household=left, area=FAR_VILLAGE, on=MOVED)
    divisions.recode(by=PREFECT, code=COUNTY, new_code="451281", on=MOVED + A_DAY)
    assert [where(x) for x in (line, other)] == ["451281103201"] * 2
    clerk = actor("clerk", "451281103", TOWN, official=102)
    assert sees(clerk, line)
    move(by=clerk, household=home, area="451281101201", on=MOVED + 2 * A_DAY)
    assert where(line) == "451281101201"
    assert not sees(clerk, line)
    move(by=PREFECT_ACTS, household=home, area=FAR_VILLAGE, on=MOVED + 3 * A_DAY)
    assert where(line) == "451281101201", "what went out of the county stays with it"


PREFECT_ACTS = actor("confirming", PREFECTURE, official=502)


def test_a_township_that_went_to_another_county_leaves_its_lines(divided: str) -> None:
    home = family().household
    assert home is not None
    line = owed_to(home)
    divisions.recode(by=PREFECT, code=TOWN, new_code="451228105", on=MOVED)
    assert where(line) == VILLAGE_CODE
    assert sees(CONFIRMING, line)
    assert not sees(OTHER_COUNTY, line)


@pytest.mark.parametrize("ahead", [0, 1])
def test_a_new_code_ahead_of_its_day_counts_from_that_day(divided: str, ahead: int) -> None:
    here, left = family().household, family().household
    assert here is not None
    assert left is not None
    lines = [owed_to(here), owed_to(left)]
    move(by=CLERK, household=left, area=FAR_VILLAGE, on=MOVED)
    today = (datetime.now(UTC) + timedelta(hours=8)).date()
    divisions.recode(by=ADMINISTRATOR, code=TOWN, new_code="451229105", on=today + ahead * A_DAY)
    assert {where(x) for x in lines} == {VILLAGE_CODE if ahead else "451229105201"}
    for _ in range(2):
        turn(by=SYSTEM, last=today, today=today + A_DAY)
        assert {where(x) for x in lines} == {"451229105201"}


def test_villages_that_change_codes_change_lines_once(divided: str) -> None:
    homes = [family(), family(area=NEXT_VILLAGE), family(), family(area=NEXT_VILLAGE)]
    places = [VILLAGE_CODE, NEXT_VILLAGE] * 2
    lines = [owed_to(h.household or 0, area=a) for h, a in zip(homes, places, strict=True)]
    for gone in homes[2:]:
        move(by=CLERK, household=gone.household or 0, area=FAR_VILLAGE, on=MOVED)
    recode(by=ADMINISTRATOR, moves=[(VILLAGE_CODE, NEXT_VILLAGE), (NEXT_VILLAGE, VILLAGE_CODE)], on=MOVED + A_DAY)
    assert [where(x) for x in lines] == [NEXT_VILLAGE, VILLAGE_CODE] * 2


def test_months_decided_again_after_a_move_lie_where_the_household_is_now(on_record: County) -> None:
    settle()
    before, after = dearer()
    first = reprice(CONFIRMING, area=COUNTY, since=AS_OF, until=AS_OF, before=before, after=after)
    rows, _ = repricing_lines(CONFIRMING, first.id, limit=500)
    homes = sorted({r.household for r in rows if r.area.startswith(TOWN)})
    near, far = homes[:2]
    move(by=CONFIRMING, household=near, area=OTHER_VILLAGE, on=AS_OF + A_DAY)
    move(by=CONFIRMING, household=far, area=FAR_VILLAGE, on=AS_OF + A_DAY)
    divisions.recode(by=ADMINISTRATOR, code=TOWN, new_code="451229105", on=AS_OF + 2 * A_DAY)
    again = reprice(CONFIRMING, area=COUNTY, since=AS_OF, until=AS_OF, before=before, after=after)
    assert (again.back_pay, again.recovery) == (first.back_pay, first.recovery)
    for one in (first, again):
        found, _ = repricing_lines(CONFIRMING, one.id, limit=500)
        lying = {r.household: r.area for r in found if r.household in homes}
        assert lying[near] == OTHER_VILLAGE
        assert {a[:9] for h, a in lying.items() if h != near} == {"451229105"}
        assert sum(p.back_pay for p in repricing_places(CONFIRMING, one.id)) == one.back_pay
