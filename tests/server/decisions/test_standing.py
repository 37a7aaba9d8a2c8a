"""How households stood at their last screening, and what waits in whose areas."""

from __future__ import annotations

from collections import Counter
from datetime import date

import duckdb
import pytest

from doudi.server.decisions import places
from doudi.server.decisions.actions import decide_work, refresh_work
from doudi.server.decisions.models import Standing
from doudi.server.decisions.selectors import waiting_lists
from doudi.server.lib.refusals import NotAllowed
from tests.server.cast import CLERK, OTHER_COUNTY, PARTNER
from tests.server.decisions.conftest import SYSTEM, County, everything
from tests.server.decisions.test_runs import enrich
from tests.server.decisions.test_work import everyone, screened


def test_every_household_stands_as_its_run_found_it(on_record: County) -> None:
    run = screened()
    refresh_work(SYSTEM, run.id)
    files = places.at(run.folder) / "part-*" / "household.parquet"
    query = f"SELECT id, coalesce(家庭类别, ''), 月保障合计 FROM read_parquet('{files}') ORDER BY id"
    told = duckdb.connect().execute(query).fetchall()
    with everything():
        kept = list(Standing.objects.order_by("household").values_list("household", "kind", "due"))
        open_ = set(Standing.objects.filter(open__gt=0).values_list("household", flat=True))
        assert set(Standing.objects.values_list("run", flat=True)) == {run.id}
    assert kept == told
    assert len({kind for _, kind, _ in kept}) > 2
    assert {i.household for i in everyone(code="无法判定")} <= open_ < {h for h, _, _ in kept}


def test_the_next_screening_replaces_it_and_doing_it_again_does_nothing(on_record: County) -> None:
    refresh_work(SYSTEM, screened().id)
    with everything():
        before = dict(Standing.objects.values_list("household", "kind"))
    enrich(on_record, people=10_000)
    run = screened(as_of=date(2024, 8, 1))
    refresh_work(SYSTEM, run.id)
    with everything():
        after = dict(Standing.objects.values_list("household", "kind"))
        rows = list(Standing.objects.order_by("id").values())
    refresh_work(SYSTEM, run.id)
    with everything():
        assert list(Standing.objects.order_by("id").values()) == rows
    assert after.keys() == before.keys()
    assert after != before


def test_what_waits_is_counted_in_the_areas_of_who_asks(on_record: County) -> None:
    refresh_work(SYSTEM, screened().id)
    items = everyone(CLERK, state="open")
    waiting = waiting_lists(CLERK)
    assert {w.code: w.items for w in waiting} == Counter(i.code for i in items)
    assert {w.since for w in waiting} == {date(2024, 7, 1)}
    decide_work(CLERK, items[0].id, state="done", why="已受理")
    assert sum(w.items for w in waiting_lists(CLERK)) == len(items) - 1
    assert waiting_lists(OTHER_COUNTY) == ()
    with pytest.raises(NotAllowed):
        waiting_lists(PARTNER)
