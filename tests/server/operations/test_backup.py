"""A backup holds everything but the keys, and puts it back on both databases; a damaged one changes nothing."""

from __future__ import annotations

import os
import tarfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import connections

from doudi.server.areas.models import Division
from doudi.server.lib.environment import Environment, read
from doudi.server.lib.refusals import Refused
from doudi.server.operations.backup import backup, restore
from tests.server.cluster import APP, OWNER, Cluster
from tests.server.conftest import prepare, use

AT = datetime(2024, 7, 1, 12, 30, tzinfo=UTC)
LATER = datetime(2024, 7, 2, 12, 30, tzinfo=UTC)
_NO_DATABASE = {"DOUDI_DATABASE": "", "DOUDI_DATABASE_OWNER": ""}


def _environment(env: dict[str, str]) -> Environment:
    return read({**os.environ, **env})


def _said(place: Environment) -> dict[str, str]:
    """The environment as variables again."""
    database = {"DOUDI_DATABASE": place.database, "DOUDI_DATABASE_OWNER": place.owner} if place.postgresql else {}
    return {"DOUDI_HOME": str(place.home), **database}


def _division(code: str) -> None:
    Division.objects.create(code=code, name=f"地 {code}", level=4, since=date(2020, 1, 1))


@pytest.fixture
def place(committed: dict[str, str], tmp_path: Path) -> Environment:
    """An installation with a division and a file beside the database."""
    home = tmp_path / "home"
    if "DOUDI_DATABASE" not in committed:
        home.mkdir()
        connections.close_all()
        (tmp_path / "doudi.sqlite3").rename(home / "doudi.sqlite3")
    env = {**committed, "DOUDI_HOME": str(home)}
    use(env)
    (home / "snapshots" / "one").mkdir(parents=True)
    (home / "snapshots" / "one" / "manifest.json").write_text("{}")
    (home / "snapshots" / "two.tmp").mkdir()
    (home / "snapshots" / "two.tmp" / "half").write_text("half")
    (home / "static").mkdir()
    (home / "static" / "doudi.css").write_text("")
    _division("450000")
    return _environment(env)


def test_everything_comes_back(place: Environment, tmp_path: Path) -> None:
    file = tmp_path / "backups" / "a.doudi"
    manifest = backup(place, file, AT)
    assert "home/snapshots/one/manifest.json" in manifest.files
    assert not any("static" in name or "half" in name for name in manifest.files)
    _division("460000")
    (place.home / "snapshots" / "one" / "manifest.json").write_text("changed")
    connections.close_all()
    restore(place, file, replace=True, at=LATER)
    prepare(_said(place))
    assert list(Division.objects.values_list("code", flat=True)) == ["450000"]
    assert (place.home / "snapshots" / "one" / "manifest.json").read_text() == "{}"
    kept = place.home.with_name("home.before-20240702-123000")
    assert (kept / "snapshots" / "one" / "manifest.json").read_text() == "changed"


def test_the_keys_are_not_in_it(place: Environment, tmp_path: Path) -> None:
    place.keys.mkdir(parents=True, exist_ok=True)
    keys = {p.read_bytes() for p in place.keys.iterdir() if p.is_file()}
    assert keys, "there are keys to look for"
    file = tmp_path / "a.doudi"
    backup(place, file, AT)
    with tarfile.open(file) as tar:
        for entry in tar:
            assert "key" not in entry.name
            data = tar.extractfile(entry)
            assert data is not None
            held = data.read()
            assert not any(k.strip() in held for k in keys)


def test_a_place_with_data_is_not_overwritten_unasked(place: Environment, tmp_path: Path) -> None:
    file = tmp_path / "a.doudi"
    backup(place, file, AT)
    with pytest.raises(Refused) as refused:
        restore(place, file, replace=False, at=LATER)
    assert refused.value.code == "not-empty"
    with pytest.raises(Refused) as refused:
        backup(place, file, AT)
    assert refused.value.code == "backup-there"


@pytest.mark.parametrize("how", ["cut", "changed", "other", "missing"])
def test_a_damaged_backup_changes_nothing(place: Environment, tmp_path: Path, how: str) -> None:
    file = tmp_path / "a.doudi"
    backup(place, file, AT)
    whole = bytearray(file.read_bytes())
    if how == "cut":
        file.write_bytes(whole[: len(whole) // 2])
    elif how == "changed":
        whole[len(whole) // 2] ^= 0xFF
        file.write_bytes(whole)
    elif how == "other":
        file.write_text("not a backup")
    else:
        file.unlink()
    with pytest.raises(Refused) as refused:
        restore(place, file, replace=True, at=LATER)
    assert refused.value.code == ("no-backup" if how == "missing" else "backup-damaged")
    assert Division.objects.count() == 1
    assert (place.home / "snapshots" / "one" / "manifest.json").exists()
    assert not list(tmp_path.glob(".home-restoring-*"))


def test_a_backup_of_the_other_database_is_refused(place: Environment, tmp_path: Path, postgres: Cluster) -> None:
    file = tmp_path / "a.doudi"
    backup(place, file, AT)
    other = {"DOUDI_HOME": str(tmp_path / "new")}
    if not place.postgresql:
        other |= {
            "DOUDI_DATABASE": postgres.url("postgres", APP),
            "DOUDI_DATABASE_OWNER": postgres.url("postgres", OWNER),
        }
    with pytest.raises(Refused) as refused:
        restore(_environment({**_NO_DATABASE, **other}), file, replace=True, at=LATER)
    assert refused.value.code == "other-database"
    assert not (tmp_path / "new").exists()


@pytest.fixture
def elsewhere(place: Environment, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """An installation of the same kind with nothing in it, not even tables."""
    env = {"DOUDI_HOME": str(tmp_path / "new")}
    if not place.postgresql:
        yield env
        return
    server: Cluster = request.getfixturevalue("postgres")
    server.make("doudi_empty")
    yield {
        **env,
        "DOUDI_DATABASE": server.url("doudi_empty", APP),
        "DOUDI_DATABASE_OWNER": server.url("doudi_empty", OWNER),
    }
    connections.close_all()
    server.drop("doudi_empty")


def test_restored_into_an_empty_place(place: Environment, tmp_path: Path, elsewhere: dict[str, str]) -> None:
    file = tmp_path / "a.doudi"
    backup(place, file, AT)
    restore(_environment(elsewhere), file, replace=False, at=LATER)
    prepare(elsewhere)
    assert list(Division.objects.values_list("code", flat=True)) == ["450000"]
