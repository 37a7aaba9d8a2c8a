"""An import whose process is killed again and again ends as if nobody had touched it."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest
from django.db import connections
from django.db.models import Model

from doudi.server.exchange.imports import confirm, receive
from doudi.server.exchange.selectors import import_of
from doudi.server.jobs.models import Job
from doudi.server.jobs.running import release, run
from doudi.server.lib.acting import acting
from doudi.server.registry.models import Act, Household, Membership, Person, Statement
from tests.server.cast import CLERK, SYSTEM, TOWN
from tests.server.exchange.ledgers import many, write
from tests.server.exchange.test_imports import JULY

HOUSEHOLDS = 90
KILLS = int(os.environ.get("TEST_KILLS", "6"))
"""How often the process is killed; a longer trial sets the variable."""


def totals() -> dict[str, int]:
    def count(model: type[Model], **where: object) -> int:
        return model._default_manager.filter(**where).count()

    with acting(SYSTEM):
        return {
            "households": count(Household), "people": count(Person), "members": count(Membership, withdrawn=None),
            "statements": count(Statement, withdrawn=None), "heads": count(Membership, withdrawn=None, head=True), "acts": count(Act, kind="load"),
        }  # fmt: skip


def killed(job: int, after: float) -> bool:
    """Runs the job in a process of its own, killed ``after`` seconds at the latest. Whether it came to its end before."""
    connections.close_all()
    pid = os.fork()
    if not pid:
        try:
            run(job)
        finally:
            os._exit(0)
    until = time.monotonic() + after
    while time.monotonic() < until:
        if os.waitpid(pid, os.WNOHANG)[0]:
            return True
        time.sleep(0.002)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    # What a watching worker does: a job whose runner is gone waits again.
    row = Job.objects.get(pk=job)
    Job.objects.filter(pk=job).update(tries=0)
    release(job, row.token)
    return False


def test_killed_at_random_points_nothing_is_half_done_or_done_twice(
    committed: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One ledger after another, each by an import that is killed until it is through, until so many kills were."""
    monkeypatch.setattr("doudi.server.exchange.work.STEP", 3)
    chance = random.Random(20240701)
    kills, ledgers = 0, 0
    while kills < KILLS:
        path = write(tmp_path / f"台账{ledgers}.xlsx", many(HOUSEHOLDS, ledgers * HOUSEHOLDS))
        kept = receive(by=CLERK, path=path, name=path.name, area=TOWN, since=JULY, source="导入")
        assert kept.job is not None
        run(kept.job)
        begun = confirm(by=CLERK, import_id=kept.id)
        assert begun.job is not None
        # Nothing is done after the first of these, so at least one is caught in the middle however fast the machine is.
        delay, longest = 0.02, 0.3
        while not killed(begun.job, delay):
            kills += 1
            _whole()
            # Longer and longer, so that it comes to its end on a machine that is busy.
            longest *= 1.3
            delay = chance.uniform(0.05, longest)
        ledgers += 1
        done = import_of(CLERK, kept.id)
        assert (done.state, done.counts["fresh"], done.counts["held"]) == ("done", HOUSEHOLDS, 0)
        there = ledgers * HOUSEHOLDS
        assert totals() == {
            "households": there, "people": 2 * there, "members": 2 * there, "statements": 3 * there, "heads": there, "acts": there // 3,
        }  # fmt: skip


def _whole() -> None:
    seen = totals()
    assert seen["members"] == seen["people"] == 2 * seen["households"], "a household is there whole or not at all"
    assert seen["heads"] == seen["households"]
    assert seen["households"] == 3 * seen["acts"]
