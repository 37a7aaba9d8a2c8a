"""Changing the field key: while others work, stopped anywhere, and started again."""

from __future__ import annotations

import os
import random
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections, transaction

from doudi.server.audit import rotation
from doudi.server.audit.chain import verify
from doudi.server.audit.key_check import check_keys
from doudi.server.audit.models import Entry
from doudi.server.audit.rotation import Column
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import system
from doudi.server.lib.keys import KeysRefused, keys, make
from doudi.server.lib.refusals import Refused
from doudi.server.lib.sealed import key_id, seal, unseal
from tests.server.audit.tampering import as_owner
from tests.server.cluster import APP

BY = system("doudi keys rotate")
KILLS = int(os.environ.get("TEST_KILLS", "5"))
THINGS = Column("things", "id", "cipher")
THINGS_SEALED = {"table": "things", "field": "cipher"}


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keys and anchors of the test's own."""
    folder = tmp_path_factory.mktemp("outside")
    make(folder / "keys")
    own = replace(settings.ENVIRONMENT, keys=folder / "keys", anchors=folder / "anchors")
    monkeypatch.setattr(settings, "ENVIRONMENT", own)
    monkeypatch.setattr(rotation, "BATCH", 7)
    monkeypatch.setattr(rotation, "sealed_columns", lambda: (THINGS,))
    return folder


def stored(env: dict[str, str], n: int) -> None:
    """A table of ``n`` sealed values."""
    bytes_type = "bytea" if "DOUDI_DATABASE" in env else "blob"
    as_owner(env, f"CREATE TABLE things (id integer PRIMARY KEY, cipher {bytes_type})")
    if "DOUDI_DATABASE" in env:
        as_owner(env, f"GRANT SELECT, INSERT, UPDATE ON things TO {APP}")
    with transaction.atomic(), connection.cursor() as cursor:
        for number in range(n):
            cursor.execute("INSERT INTO things VALUES (%s, %s)", [number, seal(f"number {number}", **THINGS_SEALED)])


def opened() -> list[tuple[int, str]]:
    """Key and text of each value."""
    with acting(BY), connection.cursor() as cursor:
        cursor.execute("SELECT cipher FROM things ORDER BY id")
        rows = [bytes(r[0]) for r in cursor.fetchall()]
    return [(key_id(r), unseal(r, **THINGS_SEALED)) for r in rows]


def test_every_sealed_column_is_found_and_can_be_read(db: str) -> None:
    held = rotation.held(BY)
    assert {str(c) for c in held} >= {
        "accounts_relative.cipher",
        "accounts_secondfactor.cipher",
        "registry_identifier.cipher",
    }
    assert not any(held.values())


def test_a_new_key_and_everything_under_it(committed: dict[str, str], folder: Path) -> None:
    stored(committed, 20)
    assert not rotation.left(BY)
    assert rotation.add_key(BY) == 2
    assert rotation.left(BY)
    seen: list[int] = []
    assert rotation.reseal(BY, progress=seen.append, settle=0) == 20
    assert seen == [7, 14, 20]
    assert opened() == [(2, f"number {n}") for n in range(20)]
    assert rotation.reseal(BY, settle=0) == 0
    assert not rotation.left(BY)
    said = list(Entry.objects.order_by("seq").values_list("verb", "count"))
    assert said == [("keys.added", 1), ("keys.rotated", 7), ("keys.rotated", 7), ("keys.rotated", 6)]
    assert verify().whole
    check_keys()


def test_what_another_wrote_in_between_stays(committed: dict[str, str], folder: Path) -> None:
    stored(committed, 1)
    (rows,) = rotation._glances(BY, THINGS)
    rotation.add_key(BY)
    new = seal("another", **THINGS_SEALED)
    with acting(BY), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE things SET cipher = %s", [new])
    assert rotation._batch(BY, THINGS, [row.pk for row in rows]) == 0
    assert opened() == [(2, "another")]


def test_batches_are_small_in_bytes_too_and_empty_values_stay(
    committed: dict[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "BYTES", 100)
    stored(committed, 9)
    with acting(BY), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE things SET cipher = %s WHERE id = (SELECT min(id) FROM things)", [b""])
    rotation.add_key(BY)
    assert rotation.reseal(BY, settle=0) == 8
    assert max(Entry.objects.filter(verb="keys.rotated").values_list("count", flat=True)) == 2


def test_retired_only_when_nothing_is_under_it(committed: dict[str, str], folder: Path) -> None:
    stored(committed, 3)
    with pytest.raises(Refused, match="current key"):
        rotation.retire(BY, 1)
    rotation.add_key(BY)
    with pytest.raises(Refused, match=r"things.cipher \(3\)"):
        rotation.retire(BY, 1)
    rotation.reseal(BY, settle=0)
    rotation.retire(BY, 1)
    with pytest.raises(Refused, match="no field-1"):
        rotation.retire(BY, 1)
    (folder / "keys" / "field-1.key").unlink()
    check_keys()
    assert keys(fresh=True).current == 2
    assert {k for k, _ in opened()} == {2}


def test_a_value_that_does_not_open_stops_it_and_loses_nothing(committed: dict[str, str], folder: Path) -> None:
    stored(committed, 3)
    with acting(BY), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE things SET cipher = %s WHERE id = (SELECT max(id) FROM things)",
            [b"\1\0\1" + b"x" * 40],
        )
    rotation.add_key(BY)
    with pytest.raises(Exception, match=r"things\.cipher"):
        rotation.reseal(BY, settle=0)
    assert rotation.held(BY)[THINGS] == {1: 3}


def _killed_after(seconds: float | None) -> bool:
    """Rotates in a process of its own and kills it; False where it was done before (None: is waited for)."""
    connections.close_all()
    process = os.fork()
    if process == 0:
        code = 1
        try:
            if not rotation.left(BY):
                rotation.add_key(BY)
            rotation.reseal(BY, settle=0)
            code = 0
        finally:
            os._exit(code)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(process, signal.SIGKILL)
    _, status = os.waitpid(process, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def test_killed_anywhere_it_goes_on_where_it_stopped(committed: dict[str, str], folder: Path) -> None:
    stored(committed, 60)
    began = time.perf_counter()
    assert not _killed_after(None)
    whole = time.perf_counter() - began
    chance = random.Random(20261122)
    kills = 0
    while kills < KILLS:
        kills += _killed_after(chance.uniform(0, 1.2 * whole))
        keys(fresh=True)
        assert [text for _, text in opened()] == [f"number {n}" for n in range(60)]
    rotation.reseal(BY, settle=0)
    assert rotation.held(BY) == {THINGS: {keys().current: 60}}
    assert verify().whole
    assert keys().current > 1


def test_the_keys_of_another_database_are_refused(committed: dict[str, str], folder: Path, tmp_path: Path) -> None:
    stored(committed, 1)
    rotation.add_key(BY)
    make(tmp_path / "others")
    own = folder / "keys"
    for name in ("index", "audit", "field-1", "field-2"):
        kept = (own / f"{name}.key").read_text()
        other = "field-1" if name == "field-2" else name
        (own / f"{name}.key").write_text((tmp_path / "others" / f"{other}.key").read_text())
        with pytest.raises(KeysRefused, match=f"{name}.key is not this database's key"):
            check_keys()
        (own / f"{name}.key").write_text(kept)
    check_keys()
    (own / "field-2.key").unlink()
    with pytest.raises(KeysRefused, match=r"field-2\.key, which is not in the folder"):
        check_keys()
