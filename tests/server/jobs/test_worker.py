"""The worker's process: several at once, stopped, killed, cancelled; the work done once all the same."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections
from django_tasks_db.models import DBTaskResult

from doudi.server.jobs import actions, selectors
from doudi.server.jobs import running as runner
from doudi.server.jobs.models import Job
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import now
from doudi.server.lib.scope import Scope
from tests.server.jobs import kinds
from tests.server.jobs.workers import child, children, end, fork, running, until, worker
from tests.server.processes import command, environment

CLERK = Actor(7, "甲", "大化县筛查岗", Scope.of(["451229"]), frozenset({"screening.run"}), "10.0.0.1", "county")
KILLS = int(os.environ.get("TEST_KILLS", "12"))
"""How often workers are killed; more by hand."""


def slow(steps: int, ms: float = 4) -> int:
    return actions.start(CLERK, "test-slow", params={"steps": steps, "ms": ms}).id


def whole(job_id: int, steps: int) -> bool:
    return kinds.written(f"{job_id}:") == [f"{job_id}:{n:06d}" for n in range(steps)]


def test_two_workers_share_the_queue(committed: dict[str, str]) -> None:
    ids = [slow(5, 10) for _ in range(12)]
    with running(worker(), worker()):
        assert until(*ids) == ["done"] * 12
    assert all(whole(i, 5) for i in ids)
    assert Job.objects.filter(tries__gt=1).count() == 0


def test_told_to_stop_it_stops_at_the_next_step_and_another_goes_on(committed: dict[str, str]) -> None:
    job = slow(200, 5)
    with running(worker()) as (pid,):
        until(job, state="running", done=5)
        assert end(pid) == 0
    left = selectors.job(CLERK, job)
    assert (left.state, left.remaining) == ("waiting", None)
    assert 5 <= left.done < 200
    assert len(kinds.written(f"{job}:")) == left.done
    with running(worker()):
        assert until(job) == ["done"]
    assert whole(job, 200)


def test_cancelled_while_it_runs(committed: dict[str, str]) -> None:
    job = slow(2000, 5)
    with running(worker()):
        until(job, state="running", done=3)
        assert actions.cancel(CLERK, job).cancelling
        assert until(job) == ["cancelled"]
    assert len(kinds.written(f"{job}:")) == selectors.job(CLERK, job).done < 2000


def test_cancelled_work_that_does_not_listen_is_killed(committed: dict[str, str]) -> None:
    job = actions.start(CLERK, "test-stuck").id
    with running(worker(grace=0.2)):
        until(job, state="running", done=1)
        actions.cancel(CLERK, job)
        assert until(job) == ["cancelled"]


def test_work_that_kills_its_process_fails_in_the_end(
    committed: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "MOST_TRIES", 3)
    job, after = actions.start(CLERK, "test-deadly").id, slow(3)
    with running(worker()):
        assert until(job, after) == ["failed", "done"]
    assert "3" in selectors.job(CLERK, job).zh


def test_killed_at_random_the_work_is_done_exactly_once(
    committed: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two workers; a worker, its job's process, or both at once are killed, over and over; each time another begins."""
    monkeypatch.setattr(runner, "MOST_TRIES", 10_000)
    chance = random.Random(20261122)
    steps = 10 * KILLS
    ids = [slow(steps) for _ in range(3)]
    pids = [fork(worker()), fork(worker())]
    killed = 0
    for n in range(KILLS):
        time.sleep(chance.uniform(0.03, 0.3))
        which = n % 2
        below = children(pids[which])
        match chance.choice(("worker", "job", "both")):
            case "worker":
                end(pids[which], signal.SIGKILL)
            case "job" if below:
                os.kill(below[0], signal.SIGKILL)
                killed += 1
                continue
            case _:
                os.killpg(pids[which], signal.SIGKILL)
                end(pids[which], signal.SIGKILL)
        killed += 1
        pids[which] = fork(worker())
    assert killed == KILLS
    try:
        assert until(*ids, within=60 + KILLS) == ["done"] * 3
    finally:
        for pid in pids:
            end(pid)
    assert all(whole(i, steps) for i in ids)
    assert selectors.job(CLERK, ids[0]).done == steps


def test_a_worker_that_died_between_queue_and_job(committed: dict[str, str]) -> None:
    from doudi.server.jobs import queue

    lost, gone, over = slow(2), slow(2), slow(2)
    assert queue.take("dead") == lost
    DBTaskResult.objects.filter(id__in=Job.objects.filter(id=gone).values("queued")).delete()
    runner.run(over)
    long_ago = now() - timedelta(hours=1)
    DBTaskResult.objects.filter(status="RUNNING").update(started_at=long_ago)
    Job.objects.update(made_at=long_ago)
    Job.objects.filter(id=over).update(ended_at=long_ago)
    with running(worker()) as (pid,):
        assert until(lost, gone) == ["done", "done"]
        end(pid)
    assert not DBTaskResult.objects.exists()
    assert whole(over, 2)


@pytest.mark.parametrize("beat", [timedelta(hours=-1), timedelta(hours=1)])
def test_a_job_not_heard_of_is_taken_up_also_after_the_clock_was_set_back(db: str, beat: timedelta) -> None:
    job = slow(1)
    taken = runner._take_up(job, "dead")
    assert taken is not None
    worker(lease=30).sweep()
    assert Job.objects.get(id=job).state == "running"
    Job.objects.filter(id=job).update(beat_at=now() + beat)
    worker(lease=30).sweep()
    assert Job.objects.get(id=job).state == "waiting"


def test_started_at_once_by_two_it_is_one(committed: dict[str, str]) -> None:
    """Two processes begin the same job at the same moment, over and over."""
    start = time.time() + 0.3
    pids = []
    for _ in range(2):
        pid = child()
        if pid == 0:
            try:
                for n in range(12):
                    time.sleep(max(0.0, start + n * 0.05 - time.time()))
                    actions.start(CLERK, "test-single", params={"n": n})
                os._exit(0)
            finally:
                os._exit(1)
        pids.append(pid)
    assert [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids] == [0, 0]
    assert Job.objects.count() == DBTaskResult.objects.count() == 12


def test_the_database_cuts_all_connections_over_and_over(
    committed: dict[str, str], request: pytest.FixtureRequest
) -> None:
    if "DOUDI_DATABASE" not in committed:
        return
    server = request.getfixturevalue("postgres")
    job = slow(150, 5)
    with running(worker(), worker()):
        for _ in range(8):
            time.sleep(0.15)
            server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'doudi_own'")
            connections.close_all()
        assert until(job) == ["done"]
    assert whole(job, 150)


def test_told_to_stop_the_command_ends_well(committed: dict[str, str]) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "doudi.cli.main", "worker"], env=environment(committed), stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    job = slow(1)
    until(job, state="failed")
    process.terminate()
    said, _ = process.communicate(timeout=20)
    assert process.returncode == 0, said
    assert "已启动" in said
    assert "Traceback" not in said


def test_by_command(committed: dict[str, str]) -> None:
    """With what a release brings: no kind of ours is known there, and it says so."""
    job = slow(3)
    done = subprocess.run(
        [sys.executable, "-m", "doudi.cli.main", "worker", "--once", "--lang", "en"],
        env=environment(committed), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "running" in done.stdout
    assert selectors.job(CLERK, job).state == "failed"


def test_without_a_database_it_says_so(committed: dict[str, str], tmp_path: Path) -> None:
    empty = {**committed, "DOUDI_HOME": str(tmp_path / "empty"), "DOUDI_DATABASE": ""}
    if "DOUDI_DATABASE" in committed:
        empty["DOUDI_DATABASE"] = committed["DOUDI_DATABASE"].replace("doudi_own", "doudi_none")
    else:
        (tmp_path / "empty").mkdir()
    done = command(empty, "worker", "--once")
    assert done.returncode == 2
    assert "数据库" in done.stderr
    assert "Traceback" not in done.stderr
