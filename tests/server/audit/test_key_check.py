"""Starting: an empty database is given keys; any other must be given its own."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from doudi.server.audit.key_check import check_keys
from doudi.server.lib.keys import KeysRefused
from tests.server.audit.tampering import as_owner, written

_STARTS = "from doudi.server.config.start import start; start()"


def started() -> str:
    """What the check at start says; empty where it lets start."""
    try:
        check_keys()
    except KeysRefused as refused:
        return str(refused)
    return ""


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the keys will be; not there yet."""
    folder = tmp_path_factory.mktemp("outside") / "keys"
    monkeypatch.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, keys=folder))
    return folder


def test_an_empty_database_is_given_keys(committed: dict[str, str], folder: Path) -> None:
    assert started() == ""
    assert {p.name for p in folder.iterdir()} == {"audit.key", "field-1.key", "index.key"}
    made = {p.name: p.read_bytes() for p in folder.iterdir()}
    assert started() == ""
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == made


def test_any_other_is_not(committed: dict[str, str], folder: Path) -> None:
    assert started() == ""
    kept = folder.with_name("kept")
    folder.rename(kept)
    assert "put the keys back" in started()
    assert not (folder / "index.key").exists()
    kept.rename(folder)
    assert started() == ""


@pytest.mark.parametrize("name", ["index", "audit", "field-1"])
def test_a_wrong_key_is_named(committed: dict[str, str], folder: Path, name: str) -> None:
    assert started() == ""
    key = (folder / f"{name}.key").read_text().strip()
    (folder / f"{name}.key").write_text(key[::-1])
    said = started()
    assert f"{name}.key is not this database's key" in said
    assert key not in said
    assert key[::-1] not in said
    (folder / f"{name}.key").unlink()
    assert f"{name}.key" in started()


def test_what_tells_the_keys_apart_cannot_be_taken_away(committed: dict[str, str], folder: Path) -> None:
    assert started() == ""
    written(1)
    as_owner(committed, "DELETE FROM audit_keycheck WHERE name = 'index'")
    assert "was deleted" in started()
    as_owner(committed, "DELETE FROM audit_keycheck")
    assert "was deleted" in started()


def test_a_process_that_starts_makes_or_refuses(tmp_path: Path, folder: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    env = {"DOUDI_HOME": str(home), "DOUDI_ANCHORS": str(folder.with_name("anchors")), "DOUDI_KEYS": str(folder)}

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", _STARTS], capture_output=True, text=True, timeout=60, check=False, env={**os.environ, **env}
        )  # fmt: skip

    assert run().returncode == 0
    assert {p.name for p in folder.iterdir()} == {"audit.key", "field-1.key", "index.key", "session.key"}
    (folder / "index.key").unlink()
    refused = run()
    assert refused.returncode == 1
    assert "index.key is missing" in refused.stderr
