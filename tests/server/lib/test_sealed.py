"""Sealed fields: what is stored says nothing, opens only where it belongs, and still opens after the key was changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as asked
from hypothesis import strategies as st

from doudi.server.lib import keys as keyring
from doudi.server.lib.blind import blind
from doudi.server.lib.keys import KeysRefused, add_field_key, keys
from doudi.server.lib.sealed import CannotOpen, key_id, resealed, seal, unseal

few = asked(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
HERE = {"table": "registry_identifier", "field": "cipher"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keys of the test's own."""
    folder = tmp_path / "keys"
    keyring.make(folder)
    monkeypatch.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, keys=folder))
    return folder


@few
@given(st.text())
def test_what_is_sealed_opens(text: str) -> None:
    sealed = seal(text, **HERE)
    assert unseal(sealed, **HERE) == text
    assert unseal(memoryview(sealed), **HERE) == text  # type: ignore[arg-type]
    assert len(sealed) == 3 + 12 + len(text.encode()) + 16


@few
@given(st.text("0123456789X", min_size=4, max_size=18))
def test_no_plain_text_and_never_the_same_twice(text: str) -> None:
    one, other = seal(text, **HERE), seal(text, **HERE)
    assert text.encode() not in one
    assert one[3:] != other[3:]


@few
@given(st.data())
def test_one_bit_changed_anywhere_is_refused(data: st.DataObject) -> None:
    sealed = bytearray(seal("990102198001021234", **HERE))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises((CannotOpen, KeysRefused)):
        unseal(bytes(sealed), **HERE)


@pytest.mark.parametrize(
    "where", [{"table": "registry_identifier", "field": "other"}, {"table": "accounts_relative", "field": "cipher"}]
)
def test_in_another_column_it_does_not_open(where: dict[str, str]) -> None:
    with pytest.raises(CannotOpen) as refused:
        unseal(seal("990102198001021234", **HERE), **where)
    assert "990102" not in str(refused.value)


@pytest.mark.parametrize("junk", [b"", b"\1", b"\1\0\1", b"\1\0\1" + b"x" * 27, b"\2" + b"\0\1" + b"x" * 40])
def test_what_was_never_sealed(junk: bytes) -> None:
    with pytest.raises(CannotOpen):
        unseal(junk, **HERE)


def test_after_a_new_key_the_older_still_opens(folder: Path) -> None:
    old = seal("甲", **HERE)
    found = blind("id", "1")
    assert add_field_key(folder) == 2
    assert keys(fresh=True).current == 2
    new = seal("乙", **HERE)
    assert (key_id(old), key_id(new)) == (1, 2)
    assert (unseal(old, **HERE), unseal(new, **HERE)) == ("甲", "乙")
    assert blind("id", "1") == found
    again = resealed(old, **HERE)
    assert (key_id(again), unseal(again, **HERE)) == (2, "甲")
    assert resealed(again, **HERE) == again


def test_a_key_added_by_another_process_is_found_when_it_is_needed(folder: Path) -> None:
    before = keys()
    add_field_key(folder)
    assert keys() is before  # not looked at yet
    new = keyring.load(folder)
    sealed = _under(new)
    assert unseal(sealed, **HERE) == "丙"
    assert keys().current == 2


def test_a_process_that_goes_on_seals_with_the_new_key_soon(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys()
    add_field_key(folder)
    monkeypatch.setattr(keyring, "LOOK_AGAIN", 0.0)
    assert key_id(seal("丁", **HERE)) == 2


def test_a_key_that_is_gone_is_named(folder: Path) -> None:
    add_field_key(folder)
    keys(fresh=True)
    sealed = seal("戊", **HERE)
    (folder / "field-2.key").unlink()
    keys(fresh=True)
    with pytest.raises(KeysRefused, match=r"field-2\.key"):
        unseal(sealed, **HERE)


def _under(ring: keyring.Keys) -> bytes:
    from doudi.server.lib import sealed

    return sealed._seal("丙".encode(), HERE["table"], HERE["field"], ring, ring.current)
