"""Work lists of screening: rows with reasons, kept and closed by the next screening, decided by officials, each in their areas."""

from __future__ import annotations

from datetime import date

import pytest

from doudi.server.decisions.actions import decide_work, refresh_work, run_snapshot, take_snapshot
from doudi.server.decisions.selectors import work, work_counts, work_item
from doudi.server.decisions.views import RunView, WorkView
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotAllowed, NotFound, Refused
from tests.server.cast import CLERK, CONFIRMING, OTHER_COUNTY, PARTNER, REVIEWER
from tests.server.decisions.conftest import AS_OF, SYSTEM, County, everything
from tests.server.decisions.test_runs import enrich

MISSED, UNDECIDED = "应保未保", "无法判定"


def screened(by: Actor = SYSTEM, area: str = "", as_of: date = AS_OF) -> RunView:
    return run_snapshot(by, take_snapshot(by, as_of=as_of, area=area).id, threads=1)


def everyone(reader: Actor = SYSTEM, state: str = "", **asked: str) -> list[WorkView]:
    out: list[WorkView] = []
    after = None
    while True:
        page = work(reader, state=state, after=after, limit=100, **asked)  # type: ignore[arg-type]
        out += page.rows
        if page.after is None:
            return out
        after = page.after


def test_rows_with_reasons(on_record: County) -> None:
    done = refresh_work(SYSTEM, screened().id)
    items = everyone()
    assert done.added == len(items) > 0
    assert {i.code for i in items} >= {MISSED, UNDECIDED}
    assert all(i.zh and i.en for i in items)
    undecided = [i for i in items if i.code == UNDECIDED]
    assert all(i.missing for i in undecided)
    assert all(not i.certain for i in undecided)
    missed = [i for i in items if i.code == MISSED]
    assert all(i.due is None or i.due > 0 for i in missed)
    assert {i.code for i in items} > {MISSED, UNDECIDED}, "the pack's own lists too"
    again = refresh_work(SYSTEM, items[0].run)
    assert (again.added, again.kept, again.closed) == (0, len(items), 0)
    assert everyone() == items


def test_counts_are_those_of_the_rows(on_record: County) -> None:
    refresh_work(SYSTEM, screened().id)
    items = everyone(state="open")
    counts = work_counts(SYSTEM)
    assert sum(c.items for c in counts) == len(items)
    for c in counts:
        rows = [i for i in items if (i.code, i.programme, i.area[:9]) == (c.code, c.programme, c.area)]
        assert (c.items, c.due) == (len(rows), sum(i.due or 0 for i in rows))
    assert len({c.area for c in counts}) > 1
    assert {len(c.area) for c in work_counts(SYSTEM, level=12)} == {12}


def test_what_was_decided_stays_and_what_holds_no_longer_is_closed(on_record: County) -> None:
    refresh_work(SYSTEM, screened().id)
    missed = everyone(code=MISSED)
    mine = next(i for i in missed if i.area)
    other = next(i for i in missed if i.household != mine.household)
    decide_work(SYSTEM, mine.id, state="dismissed", why="本人不愿申请，已签字")
    enrich(on_record, people=10_000)
    done = refresh_work(SYSTEM, screened().id)
    assert done.closed > 0
    now = {i.id: i for i in everyone()}
    assert any(i.state == "closed" for i in now.values())
    for item in (mine, other):
        assert now[item.id].state in ("closed", "dismissed", "open")
    assert now[mine.id].why == "本人不愿申请，已签字"
    closed = next(i for i in now.values() if i.state == "closed")
    with pytest.raises(Refused, match="不存在"):
        decide_work(SYSTEM, closed.id, state="done", why="办了")


def test_an_item_decided_stays_decided_while_it_holds(on_record: County) -> None:
    refresh_work(SYSTEM, screened().id)
    item = everyone(code=MISSED)[0]
    decide_work(CONFIRMING, item.id, state="done", why="已受理申请")
    refresh_work(SYSTEM, screened().id)
    kept = work_item(SYSTEM, item.id)
    assert (kept.state, kept.why, kept.decided_by) == ("done", "已受理申请", CONFIRMING.name)
    assert item.id not in {i.id for i in everyone(state="open")}
    assert decide_work(CONFIRMING, item.id, state="open", why="申请撤回").state == "open"


def test_a_decision_needs_a_state_and_a_reason(on_record: County) -> None:
    refresh_work(SYSTEM, screened().id)
    item = everyone()[0]
    for state, why, field in (("closed", "x", "state"), ("gone", "x", "state"), ("done", "  ", "why")):
        with pytest.raises(Refused) as refused:
            decide_work(SYSTEM, item.id, state=state, why=why)
        assert refused.value.field == field
    assert work_item(SYSTEM, item.id).state == "open"


def test_only_the_latest_screening_makes_work(on_record: County) -> None:
    old = screened()
    refresh_work(SYSTEM, screened(as_of=date(2024, 8, 1)).id)
    with pytest.raises(Refused, match="最近一次"):
        refresh_work(SYSTEM, old.id)


def test_each_in_their_areas(on_record: County) -> None:
    from doudi.server.decisions.models import WorkItem

    run = screened(CONFIRMING, "451229")
    refresh_work(CONFIRMING, run.id)
    whole = everyone(CONFIRMING)
    here = [i for i in whole if i.area.startswith("451229103")]
    assert 0 < len(here) < len(whole)
    assert everyone(CLERK) == here
    assert everyone(CONFIRMING, area="451229103") == here
    assert sum(c.items for c in work_counts(CLERK)) == len(here)
    assert everyone(OTHER_COUNTY) == []
    assert work_counts(OTHER_COUNTY) == ()
    elsewhere = next(i for i in whole if not i.area.startswith("451229103"))
    with pytest.raises(NotFound):
        work_item(CLERK, elsewhere.id)
    with pytest.raises(NotFound):
        decide_work(REVIEWER, elsewhere.id, state="done", why="试试")
    with pytest.raises(NotAllowed):
        work(PARTNER)
    with pytest.raises(NotFound):
        refresh_work(OTHER_COUNTY, run.id)
    with everything():
        WorkItem.objects.filter(id=elsewhere.id).update(other_area="451228101001")
    assert [i.id for i in everyone(OTHER_COUNTY)] == [elsewhere.id]


def test_the_database_itself_shows_only_the_areas(on_record: County) -> None:
    from django.db import connection

    from doudi.server.decisions.models import WorkItem
    from doudi.server.lib.acting import acting

    refresh_work(SYSTEM, screened().id)
    if connection.vendor != "postgresql":
        return
    assert WorkItem.objects.count() == 0, "outside of acting nothing is seen"
    with acting(CLERK):
        areas = set(WorkItem.objects.values_list("area", flat=True))
        assert areas
        assert all(a.startswith("451229103") for a in areas)
    with acting(OTHER_COUNTY):
        assert WorkItem.objects.count() == 0
