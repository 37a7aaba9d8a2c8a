"""Keys in their folder: made once, never overwritten, named where they cannot be used."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from doudi.server.lib.keys import KeysRefused, add_field_key, holds_keys, load, make

FILES = {"field-1.key", "index.key", "audit.key"}


def names(folder: Path) -> set[str]:
    return {p.name for p in folder.iterdir()}


def test_made_for_their_owner_alone(tmp_path: Path) -> None:
    made = make(tmp_path / "a" / "keys")
    assert names(tmp_path / "a" / "keys") == FILES
    assert all((tmp_path / "a" / "keys" / n).stat().st_mode & 0o777 == 0o600 for n in FILES)
    assert (tmp_path / "a" / "keys").stat().st_mode & 0o077 == 0
    assert load(tmp_path / "a" / "keys") == made
    assert (len(made.fields[1]), len(made.index), len(made.audit), made.current) == (16, 32, 32, 1)
    assert len({made.fields[1], made.index, made.audit, made.index[:16], made.audit[:16]}) == 5


def test_printed_they_say_nothing(tmp_path: Path) -> None:
    made = make(tmp_path / "keys")
    assert repr(made) == "Keys(current=1)"


def test_never_overwritten(tmp_path: Path) -> None:
    made = make(tmp_path)
    with pytest.raises(KeysRefused, match="never overwritten"):
        make(tmp_path)
    assert load(tmp_path) == made


def test_the_key_of_sessions_is_another_matter(tmp_path: Path) -> None:
    (tmp_path / "session.key").write_text("x")
    assert not holds_keys(tmp_path)
    make(tmp_path)
    assert holds_keys(tmp_path)


def test_several_at_once_make_one_set(tmp_path: Path) -> None:
    def one(_: int) -> bool:
        try:
            make(tmp_path / "keys")
        except KeysRefused:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(one, range(6))) == [False] * 5 + [True]
    load(tmp_path / "keys")


@pytest.mark.parametrize("name", sorted(FILES))
@pytest.mark.parametrize("spoil", ["missing", "short", "no-hex", "all-one", "open", "folder", "binary"])
def test_what_cannot_be_used_is_named(tmp_path: Path, name: str, spoil: str) -> None:
    make(tmp_path)
    path = tmp_path / name
    text = path.read_text().strip()
    if spoil == "open":
        path.chmod(0o604)
    else:
        path.unlink()
    if spoil == "folder":
        path.mkdir()
    elif spoil == "binary":
        path.write_bytes(b"\xff" * 32)
    elif spoil not in ("missing", "open"):
        path.write_text({"short": text[:-2], "no-hex": "z" + text[1:], "all-one": "0" * len(text)}[spoil])
        path.chmod(0o600)
    with pytest.raises(KeysRefused) as refused:
        load(tmp_path)
    assert str(path) in refused.value.zh
    assert str(path) in refused.value.en
    assert text not in str(refused.value)


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(KeysRefused, match="DOUDI_KEYS"):
        load(tmp_path / "none")


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KeysRefused, match="DOUDI_KEYS"):
        make(tmp_path / "file" / "keys")


def test_one_key_for_two_ends_is_refused(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / "audit.key").write_text((tmp_path / "index.key").read_text())
    with pytest.raises(KeysRefused, match="every key must be its own"):
        load(tmp_path)


def test_the_ring_grows(tmp_path: Path) -> None:
    first = make(tmp_path)
    assert [add_field_key(tmp_path), add_field_key(tmp_path)] == [2, 3]
    ring = load(tmp_path)
    assert (ring.current, sorted(ring.fields), ring.fields[1]) == (3, [1, 2, 3], first.fields[1])
    (tmp_path / "field-1.key").unlink()  # retired
    assert add_field_key(tmp_path) == 4


_MAKES = """
import os, sys
from pathlib import Path
from doudi.server.lib import keys
real = {n: getattr(os, n) for n in ("fsync", "open")}
left = int(sys.argv[2])
def counted(name):
    def call(*a, **k):
        global left
        left -= 1
        if left < 0:
            os._exit(9)
        return real[name](*a, **k)
    return call
for name in real:
    setattr(os, name, counted(name))
real_rename = Path.rename
def rename(self, to):
    global left
    left -= 1
    if left < 0:
        os._exit(9)
    return real_rename(self, to)
Path.rename = rename
keys.make(Path(sys.argv[1]))
"""


@pytest.mark.parametrize("steps", range(0, 18, 3))
def test_stopped_while_making_there_are_all_keys_or_none(tmp_path: Path, steps: int) -> None:
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    stopped = subprocess.run(
        [sys.executable, "-c", _MAKES, str(tmp_path / "keys"), str(steps)], env=env, check=False, timeout=60
    )
    assert stopped.returncode in (0, 9)
    folder = tmp_path / "keys"
    if folder.exists() and holds_keys(folder):
        load(folder)
        assert names(folder) >= FILES
    else:
        make(folder)
