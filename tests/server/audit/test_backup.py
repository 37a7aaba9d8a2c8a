"""A backup put back is a record set back: told apart from tampering only because whoever did it said so."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections

from doudi.server.audit import anchors
from doudi.server.audit.chain import verify
from doudi.server.lib.actor import system
from doudi.server.lib.environment import read
from doudi.server.lib.moments import now
from doudi.server.operations.backup import backup, restore
from tests.server.audit.tampering import written
from tests.server.conftest import prepare, use
from tests.server.processes import command


def test_backed_up_and_put_back(committed: dict[str, str], tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    if "DOUDI_DATABASE" not in committed:
        connections.close_all()
        (tmp_path / "doudi.sqlite3").rename(home / "doudi.sqlite3")
    env = {**committed, "DOUDI_HOME": str(home)}
    use(env)
    place = read({**os.environ, **env})

    written(3)
    anchors.anchor(now())
    backup(place, tmp_path / "backup", now())
    written(2)
    anchors.anchor(now())
    connections.close_all()
    restore(place, tmp_path / "backup", replace=True, at=now())
    prepare(env)

    assert [(f.code, f.seq) for f in verify().faults] == [("removed-tail", 4)]
    with pytest.raises(anchors.SetBack):
        anchors.anchor_if_due(now() + timedelta(days=1))
    anchors.restored(system("doudi restore"), now(), why="换了新机器")
    assert verify().whole
    written(2)
    anchors.anchor_if_due(now() + timedelta(days=1))
    report = verify()
    assert (report.whole, report.entries) == (True, 6)
    assert [(line.seq, line.why) for line in report.restored] == [(3, "换了新机器")]


def test_by_command(committed: dict[str, str], tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    if "DOUDI_DATABASE" not in committed:
        connections.close_all()
        (tmp_path / "doudi.sqlite3").rename(home / "doudi.sqlite3")
    env = {**committed, "DOUDI_HOME": str(home)}
    use(env)
    written(2)
    assert command(env, "backup", str(tmp_path / "a.doudi")).returncode == 0
    written(1)
    anchors.anchor(now())
    connections.close_all()
    done = command(env, "restore", str(tmp_path / "a.doudi"), "--replace")
    assert done.returncode == 0, done.stderr
    use(env)
    report = verify()
    assert (report.whole, report.entries) == (True, 3)
    assert [(line.seq, line.why) for line in report.restored] == [(2, "a.doudi")]


def test_put_back_where_nothing_was_anchored(committed: dict[str, str]) -> None:
    """On a new machine, without the old one's anchors."""
    written(3)
    anchors.restored(system("doudi restore"), now(), why="换了新机器")
    anchors.anchor(now())
    assert verify().whole
