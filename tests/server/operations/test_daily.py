"""Once a day: the record anchored, days that turned, snapshots past their keeping; however often it is asked for."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.conf import settings

from doudi.server.audit.anchors import read
from doudi.server.jobs.running import run
from doudi.server.jobs.selectors import jobs
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import Refused
from doudi.server.operations import work
from doudi.server.operations.daily import begin_day
from tests.server.cast import SYSTEM


def test_one_round_a_day(committed: dict[str, str]) -> None:
    first = begin_day()
    assert first is not None
    assert begin_day() == first, "while one waits there is no second"
    assert run(first) == "done"
    assert begin_day() is None
    (job,) = jobs(SYSTEM, kind="daily")
    assert job.result["anchored"] > 0
    assert read(settings.ENVIRONMENT.anchors).anchors[-1].seq == job.result["anchored"]
    (search,) = jobs(SYSTEM, kind="duplicates")
    assert (search.id, search.state) == (job.result["search"], "waiting"), "everybody is compared, once a day"


def test_a_round_that_cannot_anchor_does_the_rest_and_says_why(
    committed: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    turned: list[date] = []

    def turn(*, by: Actor, last: date, today: date) -> int:
        turned.append(today)
        return 0

    def away(at: datetime) -> None:
        raise Refused("anchors-away", "锚点文件打不开", "The anchors cannot be opened")

    monkeypatch.setattr(work, "turn", turn)
    monkeypatch.setattr(work, "anchor_if_due", away)
    for times in (1, 2):
        one = begin_day()
        assert one is not None
        assert run(one) == "failed"
        assert len(turned) == times, "what is safe to repeat is tried again"
    assert {j.zh for j in jobs(SYSTEM, kind="daily")} == {"锚点文件打不开"}
    assert len(jobs(SYSTEM, kind="duplicates")) == 1, "but nobody is compared twice"
    monkeypatch.undo()
    one = begin_day()
    assert one is not None
    assert run(one) == "done"


def test_a_round_whose_rest_fails_anchors_all_the_same(
    committed: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: object) -> int:
        raise ValueError

    monkeypatch.setattr(work, "turn", broken)
    one = begin_day()
    assert one is not None
    assert run(one) == "failed"
    assert read(settings.ENVIRONMENT.anchors).anchors
