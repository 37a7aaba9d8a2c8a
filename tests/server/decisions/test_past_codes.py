"""Months before a division had its code: its households and its figures are found under the codes of then, and what nobody counted is unknown."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from doudi.server.areas.actions import ensure
from doudi.server.areas.actions import split as split_division
from doudi.server.areas.shapes import NewDivision
from doudi.server.decisions.actions import run_snapshot, take_snapshot
from doudi.server.decisions.actions.repricing import begin_repricing, end_repricing, reprice_steps
from doudi.server.decisions.models import Run, RunFigure, Snapshot
from doudi.server.decisions.running import claims as c
from doudi.server.decisions.selectors.behind import behind
from doudi.server.decisions.selectors.figures import below, counted_runs, figures, overview, trend
from doudi.server.lib.refusals import Refused
from doudi.server.operations import divisions
from doudi.server.policybook.selectors import policy
from tests.server.cast import (
    ADMINISTRATOR,
    COUNTY,
    NAMES,
    NEXT_VILLAGE,
    OTHER_TOWN_CODE,
    PREFECTURE,
    SYSTEM,
    TOWN,
    VILLAGE_CODE,
    actor,
)
from tests.server.decisions.conftest import AS_OF, RECORDED, County, everything
from tests.server.decisions.test_carried import settle
from tests.server.decisions.test_runs import enrich

PREFECT = actor("administrator", PREFECTURE, official=501)
NEW_COUNTY, NEW_TOWN = "451281", "451229105"
CHANGE = date(2024, 7, 15)
MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)


@pytest.fixture
def divided(db: str) -> str:
    ensure(SYSTEM, [NewDivision(code, name) for code, name in NAMES.items()], date(2000, 1, 1))
    return db


def counted(area: str, day: date, **households: int) -> Run:
    """A run of ``area`` that counted so many households in each place."""
    at = datetime(2026, 5, 1, tzinfo=UTC)
    with everything():
        taken = Snapshot.objects.create(
            month=day, as_of=day, knowing=at, area=area, policy="p", shape="s", folder="", made_at=at, keep_until=day
        )  # fmt: skip
        run = Run.objects.create(
            snapshot=taken, area=area, month=day, as_of=day, policy="p", pack="demo", ruleset="r", engine="e", folder="", made_at=at, state="whole",
            figured=True,
        )  # fmt: skip
        for place, n in households.items():
            RunFigure.objects.create(
                run=run, level=len(place) - 1, area=place[1:], measure=c.STEP, key=c.SCREENED, items=n, households=n, people=3 * n, uncounted=0,
                amount=0, low=0, high=0, unsummed=0,
            )  # fmt: skip
    return run


def screened(area: str, month: date) -> int | None:
    found = figures(actor("reviewer", PREFECTURE), area, month)
    return None if found is None else found.of(c.STEP, c.SCREENED).households


def test_figures_of_a_new_code_are_those_of_the_old_one_before_its_day(divided: str) -> None:
    counted(COUNTY, MAY, _451229103=1200, _451229103201=700)
    divisions.recode(by=ADMINISTRATOR, code=TOWN, new_code=NEW_TOWN, on=JUNE)
    counted(COUNTY, JUNE, _451229105=1210)
    assert (screened(NEW_TOWN, MAY), screened(NEW_TOWN, JUNE)) == (1200, 1210)
    assert (screened(TOWN, MAY), screened(TOWN, JUNE)) == (1200, None)
    who = actor("reviewer", PREFECTURE)
    assert [f.of(c.STEP, c.SCREENED).households for f in trend(who, NEW_TOWN)] == [1200, 1210]
    may = figures(who, NEW_TOWN, MAY)
    assert may is not None
    assert list(below(who, may)) == [VILLAGE_CODE]
    assert list(overview(who, NEW_TOWN, MAY).parts) == [VILLAGE_CODE]


def test_a_whole_county_under_a_new_code_keeps_its_past(divided: str) -> None:
    counted(COUNTY, MAY, _451229=9000)
    divisions.recode(by=PREFECT, code=COUNTY, new_code=NEW_COUNTY, on=JUNE)
    assert screened(NEW_COUNTY, MAY) == 9000


def test_two_merged_are_their_sum_where_one_run_counted_both_and_else_unknown(divided: str) -> None:
    counted(COUNTY, MAY, _451229103=1200, _451229101=300)
    counted(TOWN, date(2026, 4, 1), _451229103=1100)
    divisions.merge(by=ADMINISTRATOR, codes=[TOWN, OTHER_TOWN_CODE], into=NEW_TOWN, name="新镇", on=JUNE)
    assert (screened(NEW_TOWN, MAY), screened(NEW_TOWN, date(2026, 4, 1))) == (1500, None)


def test_a_part_split_off_has_no_past_of_its_own(divided: str) -> None:
    counted(COUNTY, MAY, _451229103=1200)
    split_division(
        by=ADMINISTRATOR, code=TOWN, into=[NewDivision(NEW_TOWN, "新镇")], assign={NEXT_VILLAGE: NEW_TOWN}, on=JUNE
    )
    assert (screened(NEW_TOWN, MAY), screened(TOWN, MAY)) == (None, 1200)
    assert counted_runs(actor("reviewer", PREFECTURE), NEW_TOWN) == ()


@pytest.mark.parametrize(("day", "code"), [(CHANGE - timedelta(days=1), COUNTY), (CHANGE, NEW_COUNTY)])
def test_a_past_day_of_a_new_code_has_its_households(on_record: County, day: date, code: str) -> None:
    settle()
    divisions.recode(by=PREFECT, code=COUNTY, new_code=NEW_COUNTY, on=CHANGE)
    taken = take_snapshot(SYSTEM, as_of=day, area=NEW_COUNTY)
    assert taken.households == len(on_record.tables["household"])
    run = run_snapshot(SYSTEM, taken.id, threads=1)
    found = figures(SYSTEM, NEW_COUNTY, day)
    assert found is not None
    assert found.of(c.STEP, c.SCREENED).households == taken.households
    assert {place[:6] for place in below(SYSTEM, found)} == {code}
    page = behind(SYSTEM, NEW_COUNTY, run.id, c.STEP, c.SCREENED)
    assert page.total.households == taken.households
    town = next(iter(below(SYSTEM, found)))
    part = behind(SYSTEM, NEW_COUNTY + town[6:], run.id, c.STEP, c.SCREENED)
    assert 0 < part.total.households == below(SYSTEM, found)[town].of(c.STEP, c.SCREENED).households


def test_a_correction_of_the_past_of_a_new_code_has_its_ledger(on_record: County) -> None:
    settle()
    enrich(on_record, people=10_000)
    divisions.recode(by=PREFECT, code=COUNTY, new_code=NEW_COUNTY, on=CHANGE)
    digest = policy(AS_OF).digest
    one = begin_repricing(
        SYSTEM, area=NEW_COUNTY, since=AS_OF, until=AS_OF, before=digest, after=digest, knowing_before=RECORDED + timedelta(hours=1)
    )  # fmt: skip
    list(reprice_steps(SYSTEM, one, threads=1))
    told = end_repricing(SYSTEM, one)
    assert told.months["2024-07"]["items"] > 0


def test_a_day_on_which_there_was_nothing_of_a_division_is_refused(divided: str) -> None:
    with pytest.raises(Refused, match="1999-12-31 这天没有"):
        take_snapshot(SYSTEM, as_of=date(1999, 12, 31), area=TOWN)
