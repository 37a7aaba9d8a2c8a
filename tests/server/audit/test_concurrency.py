"""Many who append at once make one chain."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connections, transaction

from doudi.server.audit.actions import record
from doudi.server.audit.chain import verify
from doudi.server.audit.models import Entry
from tests.server.audit.tampering import CLERK, DID

_APPENDS = """
import sys
from doudi.server.config.start import start
start()
from tests.server.audit.tampering import written
written(int(sys.argv[1]))
"""


def _one(n: int) -> None:
    try:
        with transaction.atomic():
            record(CLERK, DID, household=n, n=n)
            if n % 5 == 0:
                raise ZeroDivisionError
    finally:
        connections["default"].close()


def test_threads(committed: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> None:
    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(_one, n) for n in range(40)]
    failed = [n for n, f in enumerate(done) if f.exception()]
    assert failed == list(range(0, 40, 5))
    assert all(isinstance(done[n].exception(), ZeroDivisionError) for n in failed)
    assert verify(folder=tmp_path_factory.mktemp("a")).entries == 32
    assert verify(folder=tmp_path_factory.mktemp("a")).whole
    assert set(Entry.objects.values_list("household", flat=True)) == set(range(40)) - set(failed)


def test_processes(committed: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> None:
    root = Path(__file__).parents[3]
    running = [
        subprocess.Popen([sys.executable, "-c", _APPENDS, "25"], cwd=root, env={**os.environ, **committed}, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]  # fmt: skip
    said = [p.communicate(timeout=100)[1] for p in running]
    assert [p.returncode for p in running] == [0, 0, 0], said
    report = verify(folder=tmp_path_factory.mktemp("a"))
    assert (report.whole, report.entries) == (True, 75)


def test_what_was_not_committed_was_not_recorded(committed: dict[str, str]) -> None:
    with pytest.raises(ZeroDivisionError):
        _one(5)
    _one(6)
    assert list(Entry.objects.values_list("seq", "household")) == [(1, 6)]
