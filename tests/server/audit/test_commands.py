"""``doudi audit`` and ``doudi keys``, as their users run them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.conf import settings

from doudi.cli.main import main
from doudi.server.audit.anchors import anchor
from doudi.server.audit.models import Entry
from doudi.server.lib.keys import make
from doudi.server.lib.moments import now
from tests.server.audit.tampering import as_owner, written


@pytest.fixture
def outside(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where keys and anchors of the test's own are."""
    outside = tmp_path_factory.mktemp("outside")
    monkeypatch.setenv("DOUDI_KEYS", str(outside / "keys"))
    monkeypatch.setattr(
        settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, keys=outside / "keys", anchors=outside / "anchors")
    )
    monkeypatch.setattr("doudi.server.audit.rotation.SETTLED", 0.0)
    return outside


def doudi(*words: str) -> Result:
    return CliRunner().invoke(main, words, env={"COLUMNS": "500"})


def test_the_record(committed: dict[str, str], outside: Path) -> None:
    make(outside / "keys")
    written(3)
    run = doudi("audit", "verify", "--lang", "en")
    assert (run.exit_code, "There is no anchor yet" in run.stdout) == (0, True), run.stderr
    assert "3 entries, as they were written." in run.stdout
    assert "第 3 条" in doudi("audit", "anchor").stdout
    assert "没有需要锚定的" in doudi("audit", "anchor", "--due").stdout
    assert "Mind" not in doudi("audit", "verify", "--lang", "en").stdout
    anchor(now() - timedelta(days=5))
    assert "Mind: the last anchor is 5 days old." in doudi("audit", "verify", "--lang", "en").stdout

    run = doudi("audit", "search", "--household", "2")
    assert "韦青（红河乡窗口经办人）办理了2号家庭户的第2件事，理由：第2次（来自 10.0.0.8）。" in run.stdout
    assert Entry.objects.get(seq=4).zh == "系统查阅了操作记录（household=2）（来自 doudi audit search）。"
    run = doudi("audit", "search", "--limit", "1", "--json", "--until", "2999-01-01", "--lang", "en")
    assert json.loads(run.stdout)["seq"] == 4
    assert "--before 4" in run.stderr
    assert doudi("audit", "search", "--area", "x").exit_code == 2

    as_owner(committed, "UPDATE audit_entry SET why = '' WHERE seq = 2", "DELETE FROM audit_entry WHERE seq = 5")
    run = doudi("audit", "verify")
    assert (run.exit_code, "第 2 条与写下时不符" in run.stderr) == (1, True)
    assert "2 处不符" in run.stdout
    told = json.loads(doudi("audit", "verify", "--json").stdout)
    assert [(f["code"], f["seq"]) for f in told["faults"]] == [("altered", 2), ("removed", 5)]


def test_the_keys(committed: dict[str, str], outside: Path) -> None:
    assert doudi("keys", "make").exit_code == 0
    run = doudi("keys", "make", "--lang", "en")
    assert (run.exit_code, "never overwritten" in run.stderr) == (2, True)
    assert "The keys are this database's." in doudi("keys", "check", "--lang", "en").stdout
    assert "field-2.key" in doudi("keys", "rotate").stdout
    assert "现用" in doudi("keys", "retire", "2").stderr
    assert doudi("keys", "retire", "1").exit_code == 0
    (outside / "keys" / "field-1.key").unlink()
    assert doudi("keys", "check").exit_code == 0
    (outside / "keys" / "index.key").unlink()
    run = doudi("keys", "check")
    assert run.exit_code == 2
    assert "index.key" in run.stderr
