"""What is on record is nobody else's on the machine, and keys lie where no backup takes them, whatever links there are."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from doudi.server.lib.environment import BadEnvironment, Environment, read
from doudi.server.lib.private import new_file, own_folder
from doudi.server.operations.backup import backup
from tests.server.operations.test_backup import place

__all__ = ["place"]
_OPEN = 0o022
"""What most machines let others do with what one writes: read it."""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def open_to_all() -> Iterator[None]:
    before = os.umask(_OPEN)
    yield
    os.umask(before)


@pytest.mark.parametrize("folder", ["DOUDI_KEYS", "DOUDI_ANCHORS"])
@pytest.mark.parametrize("linked", ["home", "folder"])
def test_a_link_does_not_hide_that_a_folder_lies_in_the_home(tmp_path: Path, folder: str, linked: str) -> None:
    real = tmp_path / "data"
    (real / "inner").mkdir(parents=True)
    link = tmp_path / "link"
    link.symlink_to(real if linked == "home" else real / "inner")
    said = {"DOUDI_KEYS": tmp_path / "k", "DOUDI_ANCHORS": tmp_path / "a"}
    said |= {"DOUDI_HOME": link, folder: real / "inner"} if linked == "home" else {"DOUDI_HOME": real, folder: link}
    with pytest.raises(BadEnvironment, match=folder):
        read({k: str(v) for k, v in said.items()})


def test_a_link_to_the_home_is_the_home(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "data")
    said = {"DOUDI_HOME": tmp_path / "link", "DOUDI_KEYS": tmp_path / "k", "DOUDI_ANCHORS": tmp_path / "a"}
    assert read({k: str(v) for k, v in said.items()}).home == tmp_path / "data"


def test_an_installation_is_its_owners_alone(tmp_path: Path) -> None:
    home = tmp_path / "var" / "home"
    env = {k: v for k, v in os.environ.items() if not k.startswith("DOUDI_") and k != "DJANGO_SETTINGS_MODULE"}
    env |= {
        "DOUDI_HOME": str(home),
        "DOUDI_KEYS": str(tmp_path / "k"),
        "DOUDI_ANCHORS": str(tmp_path / "a"),
        "DOUDI_HTTPS": "off",
    }
    code = (
        f"import os; os.umask({_OPEN}); from doudi.server.config.installation import bring_up_sqlite; bring_up_sqlite()"
    )
    subprocess.run([sys.executable, "-c", code], env=env, check=True, timeout=120)
    assert mode(home) == mode(home.parent) == 0o700
    for file in home.iterdir():
        assert mode(file) & 0o077 == 0, file
    # One that an earlier version left open is closed when it is next brought up.
    home.chmod(0o755)
    (home / "doudi.sqlite3").chmod(0o644)
    subprocess.run([sys.executable, "-c", code], env=env, check=True, timeout=120)
    assert (mode(home), mode(home / "doudi.sqlite3")) == (0o700, 0o600)


def test_a_backup_is_its_owners_alone(place: Environment, tmp_path: Path, open_to_all: None) -> None:
    target = tmp_path / "kept" / "a.doudi"
    backup(place, target, datetime(2024, 7, 1, tzinfo=UTC))
    assert (mode(target), mode(target.parent)) == (0o600, 0o700)


@pytest.mark.parametrize(("before", "after"), [(0o755, 0o700), (0o750, 0o750), (0o700, 0o700), (0o701, 0o700)])
def test_a_folder_opened_to_a_group_on_purpose_stays_so(tmp_path: Path, before: int, after: int) -> None:
    folder = tmp_path / "home"
    folder.mkdir()
    folder.chmod(before)
    own_folder(folder)
    assert mode(folder) == after


def test_a_new_file_takes_nobodys_place(tmp_path: Path, open_to_all: None) -> None:
    with new_file(tmp_path / "one") as out:
        out.write(b"1")
    assert mode(tmp_path / "one") == 0o600
    with pytest.raises(FileExistsError):
        new_file(tmp_path / "one")
