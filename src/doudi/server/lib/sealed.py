"""Fields sealed with SM4-GCM.

A sealed value is ``version (1 byte), key id (2), nonce (12), ciphertext, tag (16)``. The table, the field and the key id are authenticated
with it, so that a value moved into another column does not open. ``table`` and ``field`` are the names that the database has for them, and
the column is called ``cipher`` or ends in ``_cipher``: by that the rotation of keys finds every sealed column. Who holds the database but not
the keys learns a value's length and no more.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM

from doudi.server.lib.keys import Keys, KeysRefused, keys

VERSION = 1
_HEAD, _NONCE, _TAG = 3, 12, 16


class CannotOpen(Exception):
    """A sealed value that is not whole: altered, cut, or put into a column that it was not sealed for."""

    def __init__(self, table: str, field: str) -> None:
        self.zh = f"{table}.{field} 里有一个加密值打不开：它被改动过，或不是为这一列加密的；请用备份核对。"
        self.en = f"A sealed value of {table}.{field} does not open: it was altered, or sealed for another column; compare with a backup."
        super().__init__(f"{self.zh} / {self.en}")


def seal(text: str, *, table: str, field: str) -> bytes:
    """``text`` under the current field key, for this column only."""
    ring = keys()
    return _seal(text.encode(), table, field, ring, ring.current)


def unseal(data: bytes, *, table: str, field: str) -> str:
    """What was sealed. Raises CannotOpen, or KeysRefused where its key is not in the ring."""
    data = bytes(data)
    number = key_id(data)
    ring = keys()
    if number not in ring.fields:
        ring = keys(fresh=True)  # another process may have added it a moment ago
    if len(data) < _HEAD + _NONCE + _TAG or data[0] != VERSION:
        raise CannotOpen(table, field)
    key = ring.fields.get(number)
    if key is None:
        raise KeysRefused(
            f"{table}.{field} 里有用 field-{number}.key 加密的值，但密钥目录里没有这把密钥；请从密钥的副本恢复。",
            f"{table}.{field} holds a value sealed with field-{number}.key, which is not in the folder of keys; restore it from your copy.",
        )
    opener = Cipher(SM4(key), GCM(data[_HEAD : _HEAD + _NONCE], data[-_TAG:])).decryptor()
    opener.authenticate_additional_data(_bound_to(table, field, data[:_HEAD]))
    try:
        return (opener.update(data[_HEAD + _NONCE : -_TAG]) + opener.finalize()).decode()
    except InvalidTag:
        raise CannotOpen(table, field) from None


def key_id(data: bytes) -> int:
    """The number of the field key that ``data`` was sealed with; 0 for what is no sealed value."""
    return int.from_bytes(data[1:_HEAD], "big") if len(data) >= _HEAD else 0


def resealed(data: bytes, *, table: str, field: str) -> bytes:
    """The same value under the current field key; ``data`` itself where it already is."""
    return (
        bytes(data)
        if key_id(data) == keys().current
        else seal(unseal(data, table=table, field=field), table=table, field=field)
    )


def _seal(plain: bytes, table: str, field: str, ring: Keys, number: int) -> bytes:
    head = bytes([VERSION]) + number.to_bytes(2, "big")
    nonce = os.urandom(_NONCE)
    maker = Cipher(SM4(ring.fields[number]), GCM(nonce)).encryptor()
    maker.authenticate_additional_data(_bound_to(table, field, head))
    return head + nonce + maker.update(plain) + maker.finalize() + maker.tag


def _bound_to(table: str, field: str, head: bytes) -> bytes:
    return f"{table}\0{field}\0".encode() + head
