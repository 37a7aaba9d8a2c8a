"""A job has the powers of who began it for as long as they have them: taken up afterwards, it is cancelled and says why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from doudi.server.accounts import actions as accounts
from doudi.server.accounts import selectors
from doudi.server.areas.actions import recode
from doudi.server.audit.models import Entry
from doudi.server.jobs import running
from doudi.server.jobs.actions import run_here, start
from doudi.server.jobs.models import Job
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import day_of, now
from tests.server.cast import COUNTY, OTHER_COUNTY_CODE, PREFECTURE, SYSTEM, actor, settled
from tests.server.jobs import kinds


@pytest.fixture
def who(db: str) -> Actor:
    """An official in a post that may screen."""
    return settled(on=day_of(now()))["CONFIRMING"]


def post(who: Actor) -> int:
    assert who.official is not None
    return selectors.posts_of(who.official)[0].id


def begun(who: Actor) -> int:
    return start(who, "test-count", params={"steps": 2}, area=COUNTY).id


def stopped(who: Actor) -> None:
    accounts.stop(by=SYSTEM, official=who.official or 0, why="调离")


def ended(who: Actor) -> None:
    accounts.end_post(by=SYSTEM, post=post(who), on=day_of(now()), why="调离")


def elsewhere(who: Actor) -> None:
    ended(who)
    accounts.give_post(
        by=SYSTEM, official=who.official or 0, role=who.role, area=OTHER_COUNTY_CODE, since=day_of(now())
    )


@pytest.mark.parametrize(("gone", "said"), [(stopped, "停用"), (ended, "不担任"), (elsewhere, "不担任")])
def test_who_has_gone_lends_no_powers(who: Actor, gone: Callable[[Actor], None], said: str) -> None:
    job = begun(who)
    gone(who)
    told = run_here(job)
    assert told.state == "cancelled"
    assert said in told.zh
    assert told.en
    assert kinds.written(f"{job}:") == [], "nothing was done"
    entry = Entry.objects.filter(verb="job.cancelled").latest("seq")
    assert (entry.official, entry.area) == (None, COUNTY)
    assert start(SYSTEM, "test-count", params={"steps": 2}, area=COUNTY).id != job


def test_a_post_holds_until_its_last_day(who: Actor) -> None:
    job = begun(who)
    accounts.end_post(by=SYSTEM, post=post(who), on=day_of(now()) + timedelta(days=1), why="退休")
    assert run_here(job).state == "done"


def test_work_given_back_half_way_is_not_taken_up_for_who_has_gone(who: Actor) -> None:
    job = start(who, "test-count", params={"steps": 2}, area=COUNTY).id
    Job.objects.filter(id=job).update(cursor={"next": 1}, done=1)
    stopped(who)
    assert run_here(job).state == "cancelled"
    assert kinds.written(f"{job}:") == []


def test_a_new_code_of_the_division_ends_no_post(who: Actor) -> None:
    job = begun(who)
    both = actor("administrator", PREFECTURE, official=501)
    recode(by=both, code=COUNTY, new_code="451281", on=date(2024, 8, 1))
    assert run_here(job).state == "done"


def test_the_systems_jobs_go_on(db: str) -> None:
    assert running.run(start(SYSTEM, "test-count", params={"steps": 1}).id) == "done"
