"""Work shared out among processes: in order, failing as one, and leaving nobody behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from doudi.screening.facts import FactsRefused
from doudi.screening.workers import WorkerEnded, in_order, may_fork

forks = pytest.mark.skipif(not may_fork(), reason="no process can be forked here")


def slowly(n: int) -> tuple[int, int]:
    time.sleep(0.002 * (n % 3))
    return n * n, os.getpid()


@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("n", [0, 1, 2, 40])
def test_results_come_in_the_order_of_the_items(workers: int, n: int) -> None:
    assert [square for square, _ in in_order(slowly, range(n), workers)] == [i * i for i in range(n)]


@forks
def test_several_processes_work_and_this_is_one_of_them() -> None:
    pids = {pid for _, pid in in_order(slowly, range(60), 3)}
    assert os.getpid() in pids
    assert 1 < len(pids) <= 3


@forks
def test_results_larger_than_a_pipe_come_whole() -> None:
    found = list(in_order(lambda n: bytes([n]) * 3_000_000, range(6), 2))
    assert [(len(x), x[0], x[-1]) for x in found] == [(3_000_000, n, n) for n in range(6)]


def test_where_other_threads_run_threads_do_the_work() -> None:
    over = threading.Event()
    other = threading.Thread(target=over.wait)
    other.start()
    try:
        assert {pid for _, pid in in_order(slowly, range(8), 2)} == {os.getpid()}
    finally:
        over.set()
        other.join()


@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("bad", [0, 1, 7, 19])
def test_what_the_work_raises_is_raised_at_its_turn(workers: int, bad: int) -> None:
    def work(n: int) -> int:
        time.sleep(0.002)
        # Later ones fail too, and sooner; the first in order is the one that is told.
        if n >= bad:
            raise FactsRefused("changed", f"第{n}块", f"part {n}")
        time.sleep(0.01)
        return n

    before: list[int] = []
    with pytest.raises(FactsRefused) as caught:
        before.extend(in_order(work, range(20), workers))
    assert before == list(range(bad))
    assert (caught.value.code, caught.value.zh, caught.value.en) == ("changed", f"第{bad}块", f"part {bad}")


@forks
def test_what_cannot_be_sent_is_told_all_the_same() -> None:
    class Local(Exception):
        pass

    def work(n: int) -> int:
        time.sleep(0.01)
        raise Local(f"number {n}")

    with pytest.raises((Local, RuntimeError), match="number 0"):
        list(in_order(work, range(4), 2))


@forks
def test_a_killed_worker_fails_the_run_and_ends_the_others(tmp_path: Path) -> None:
    parent = os.getpid()

    def work(n: int) -> int:
        (tmp_path / f"{os.getpid()}").touch()
        time.sleep(0.01)
        if n >= 10 and os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        return n

    with pytest.raises(WorkerEnded, match="SIGKILL"):
        list(in_order(work, range(40), 3))
    assert not alive(tmp_path, parent)


@forks
def test_who_stops_listening_ends_the_workers(tmp_path: Path) -> None:
    def work(n: int) -> int:
        (tmp_path / f"{os.getpid()}").touch()
        time.sleep(0.01)
        return n

    results = in_order(work, range(1000), 3)
    assert next(results) == 0
    results.close()
    assert not alive(tmp_path, os.getpid())


@forks
def test_workers_do_not_outlive_the_process_that_asked(tmp_path: Path) -> None:
    code = (
        "import os, sys, time\n"
        "from pathlib import Path\n"
        "from doudi.screening.workers import in_order\n"
        "def work(n):\n"
        "    Path(sys.argv[1], str(os.getpid())).touch()\n"
        "    time.sleep(0.01)\n"
        "for n in in_order(work, range(100_000), 3): pass\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)])
    until(lambda: len(list(tmp_path.iterdir())) == 3)
    process.kill()
    process.wait()
    until(lambda: not alive(tmp_path, process.pid))


def alive(folder: Path, but: int) -> set[int]:
    """Of the processes that left their number, those that still run."""
    pids = {int(p.name) for p in folder.iterdir()} - {but}
    return {pid for pid in pids if Path(f"/proc/{pid}").exists()}


def until(so: Callable[[], object], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < end
        time.sleep(0.01)
