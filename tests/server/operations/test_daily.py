"""Once a day: the record anchored, days that turned, snapshots past their keeping; however often it is asked for."""

from __future__ import annotations

from django.conf import settings

from doudi.server.audit.anchors import read
from doudi.server.jobs.running import run
from doudi.server.jobs.selectors import jobs
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
