"""The server as a process: it starts, tells how it is, keeps its own counsel in the log, and stops when told."""

from __future__ import annotations

import json
from pathlib import Path

from tests.server.cluster import APP, OWNER, Cluster
from tests.server.processes import command, get, serving


def test_it_serves_and_stops(committed: dict[str, str]) -> None:
    with serving(committed, "--no-worker") as (port, process):
        status, headers, body = get(port, "/health", Accept="application/json")
        said = json.loads(body)
        assert status == 200
        assert said["well"] is True
        assert [p["part"] for p in said["parts"]] == ["database", "migrations", "worker", "pack", "disk"]
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Frame-Options"] == "DENY"
        status, _, page = get(port, "/health", **{"Accept-Language": "en"})
        assert status == 200
        assert "Everything works" in page
        assert get(port, "/no-such-page/45122919900101123X?name=x")[0] == 404
        process.terminate()
        log, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "45122919900101123X" not in log
    assert "status=404" in log


def test_a_taken_port_is_said(committed: dict[str, str]) -> None:
    with serving(committed, "--no-worker") as (port, _):
        second = command(committed, "serve", "--port", str(port), "--no-worker")
    assert second.returncode == 2
    assert "--port" in second.stderr


def test_a_database_that_lacks_migrations_is_not_served(postgres: Cluster, tmp_path: Path) -> None:
    postgres.make("doudi_bare")
    env = {
        "DOUDI_HOME": str(tmp_path), "DOUDI_DATABASE": postgres.url("doudi_bare", APP),
        "DOUDI_DATABASE_OWNER": postgres.url("doudi_bare", OWNER),
    }  # fmt: skip
    try:
        refused = command(env, "serve", "--no-worker")
        assert refused.returncode == 2
        assert "doudi migrate" in refused.stderr
        assert command(env, "migrate").returncode == 0
        with serving(env, "--no-worker") as (port, _):
            assert get(port, "/health")[0] == 200
    finally:
        postgres.drop("doudi_bare")


def test_a_database_that_is_away_is_said(postgres: Cluster, tmp_path: Path) -> None:
    env = {"DOUDI_HOME": str(tmp_path), "DOUDI_DATABASE": postgres.url("doudi_none", APP)}
    refused = command(env, "serve", "--no-worker")
    assert refused.returncode == 2
    assert "DOUDI_DATABASE" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_settings_are_checked_in_plain_words(tmp_path: Path) -> None:
    for env, word in (
        ({"DOUDI_KEYS": str(tmp_path / "keys")}, "DOUDI_KEYS"),
        ({"DOUDI_DATABASE": "mysql://x/y"}, "DOUDI_DATABASE"),
        ({"DOUDI_HTTPS": "maybe"}, "DOUDI_HTTPS"),
        ({"DOUDI_LOG": "loud"}, "DOUDI_LOG"),
    ):
        refused = command({"DOUDI_HOME": str(tmp_path), **env}, "serve", "--no-worker")
        assert refused.returncode == 2, refused.stderr
        assert word in refused.stderr
        assert "Traceback" not in refused.stderr


def test_backup_and_restore_by_command(committed: dict[str, str], tmp_path: Path) -> None:
    file = str(tmp_path / "out" / "a.doudi")
    made = command(committed, "backup", file)
    assert made.returncode == 0, made.stderr
    refused = command(committed, "restore", file)
    assert refused.returncode == 2
    assert "--replace" in refused.stderr
    done = command(committed, "restore", file, "--replace")
    assert done.returncode == 0, done.stderr
    with serving(committed, "--no-worker") as (port, _):
        assert get(port, "/health")[0] == 200
