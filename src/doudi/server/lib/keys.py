"""The keys: files in a folder of their own, outside the data folder, in no backup.

==============  =====================================================================================
file            what it is for
==============  =====================================================================================
field-N.key     the ring of field keys (16 bytes, SM4): the highest N seals, the others still open
index.key       blind index (32 bytes): finds a number without opening any
audit.key       the chain of the record of acts, its head and its anchors (32 bytes)
==============  =====================================================================================

Each holds its bytes in hexadecimal. Whether a key is the one that the database was written with, ``audit.actions.check_keys`` says.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

SIZES = {"index": 32, "audit": 32}
FIELD_SIZE = 16
LAST_FIELD_KEY = 0xFFFF
"""A sealed value has two bytes for the number of its key."""
_MADE = ".made"
LOOK_AGAIN = 5.0
"""Seconds after which a running process looks whether a key was added to the folder."""


class KeysRefused(Exception):
    """Keys that are missing, damaged, or not those of this database. ``zh`` and ``en`` say which, and what to do."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(f"{zh} / {en}")


@dataclass(frozen=True)
class Keys:
    """All keys of one installation; printing it prints none of them. ``current`` is the field key that seals."""

    fields: Mapping[int, bytes] = field(repr=False)
    current: int
    index: bytes = field(repr=False)
    audit: bytes = field(repr=False)

    def named(self) -> dict[str, bytes]:
        """What a database depends on, by file name without its ending."""
        ring = {f"field-{n}": key for n, key in sorted(self.fields.items())}
        return {"index": self.index, "audit": self.audit, **ring}


def load(folder: Path) -> Keys:
    """Raises KeysRefused for the first file that is missing, damaged, open to everybody, or the same key as another."""
    if not folder.is_dir():
        raise KeysRefused(
            f"密钥目录 {folder} 不存在；请放回原来的密钥目录，或用 DOUDI_KEYS 指明它在哪里。",
            f"The folder of keys {folder} does not exist; put the keys back, or say with DOUDI_KEYS where they are.",
        )
    if (folder / _MADE).exists():
        with _alone(folder):
            _put_in_place(folder)
    ring = {int(m[1]): p for p in folder.iterdir() if (m := re.fullmatch(r"field-([1-9]\d{0,4})\.key", p.name))}
    if not ring:
        raise _missing(folder / "field-1.key")
    fields = {n: _read(path, FIELD_SIZE) for n, path in sorted(ring.items())}
    rest = {name: _read(folder / f"{name}.key", size) for name, size in SIZES.items()}
    seen: dict[bytes, str] = {}
    for name, key in [*((f"field-{n}", k) for n, k in fields.items()), *rest.items()]:
        if key in seen:
            raise KeysRefused(
                f"{folder} 里 {name}.key 与 {seen[key]}.key 相同；每把密钥必须各不相同。",
                f"In {folder}, {name}.key is the same as {seen[key]}.key; every key must be its own.",
            )
        seen[key] = name
    return Keys(fields, max(fields), rest["index"], rest["audit"])


def holds_keys(folder: Path) -> bool:
    """Whether there is any key of ours, or one being made; the key that signs sessions is not one of them."""
    return (folder / _MADE).exists() or any(p.name != "session.key" for p in folder.glob("*.key"))


def make(folder: Path) -> Keys:
    """New keys, all or none of them. Raises KeysRefused where the folder holds a key already: keys are never overwritten."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(folder):
            _put_in_place(folder)
            if holds_keys(folder):
                raise KeysRefused(
                    f"{folder} 里已有密钥；已有的密钥不会被覆盖，请换一个空目录。",
                    f"{folder} holds keys already; keys are never overwritten: name an empty folder.",
                )
            staged = Path(tempfile.mkdtemp(prefix=".making-", dir=folder))
            for name, size in {"field-1": FIELD_SIZE, **SIZES}.items():
                _write(staged / f"{name}.key", size)
            _settle(staged)
            staged.rename(folder / _MADE)
            _put_in_place(folder)
    except OSError as error:
        raise KeysRefused(
            f"不能在 {folder} 生成密钥（{error.strerror}）；请用 DOUDI_KEYS 指明一个可写的目录。",
            f"No keys could be made in {folder} ({error.strerror}); name a folder that can be written to with DOUDI_KEYS.",
        ) from None
    return load(folder)


def add_field_key(folder: Path) -> int:
    """A new field key, which seals from now on; values sealed before still open with theirs. Gives its number."""
    number = max(load(folder).fields) + 1
    if number > LAST_FIELD_KEY:
        raise KeysRefused("字段密钥的编号用完了。", "The numbers of field keys are used up.")
    made = folder / f".field-{number}.new"
    made.unlink(missing_ok=True)
    _write(made, FIELD_SIZE)
    try:
        os.link(made, folder / f"field-{number}.key")
    except FileExistsError:
        raise KeysRefused(
            f"{folder} 里刚刚有人加了 field-{number}.key；请重试。",
            f"Somebody has just added field-{number}.key to {folder}; try again.",
        ) from None
    finally:
        made.unlink(missing_ok=True)
    _settle(folder)
    return number


def _read(path: Path, size: int) -> bytes:
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        raise _missing(path) from None
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "not text"
        raise KeysRefused(
            f"密钥文件 {path} 读不出来（{why}）。", f"The key file {path} cannot be read ({why})."
        ) from None
    if mode & 0o007:
        raise KeysRefused(
            f"密钥文件 {path} 对这台机器上的所有人开放；请执行 chmod 600 {path}。",
            f"The key file {path} is open to everybody on this machine; run chmod 600 {path}.",
        )
    if not re.fullmatch(rf"[0-9a-f]{{{2 * size}}}", text) or len(set(text)) == 1:
        raise KeysRefused(
            f"密钥文件 {path} 已损坏：应为 {2 * size} 个十六进制字符；请从密钥的副本恢复。",
            f"The key file {path} is damaged: it must hold {2 * size} hexadecimal characters; restore it from your copy of the keys.",
        )
    return bytes.fromhex(text)


def _missing(path: Path) -> KeysRefused:
    return KeysRefused(
        f"缺少密钥文件 {path}；请从密钥的副本恢复，没有它就打不开已有的数据。",
        f"The key file {path} is missing; restore it from your copy of the keys: without it what is stored cannot be opened.",
    )


def _write(path: Path, size: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(size) + "\n")
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time makes keys in ``folder``."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _put_in_place(folder: Path) -> None:
    """Keys made whole but not yet all in their places, because the process ended then, are moved there."""
    made = folder / _MADE
    if not made.is_dir():
        return
    for path in sorted(made.iterdir()):
        path.rename(folder / path.name)
    made.rmdir()
    _settle(folder)


def _settle(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class _Ring:
    """The keys of this process, looked at again when the folder has changed, so that a key added by command is soon used everywhere."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.keys: Keys | None = None
        self.folder: Path | None = None
        self.stamp = 0
        self.looked = 0.0

    def get(self, folder: Path, *, fresh: bool = False) -> Keys:
        seen = time.monotonic()
        if self.keys is not None and not fresh and self.folder == folder and seen - self.looked < LOOK_AGAIN:
            return self.keys
        with self.lock:
            try:
                stamp = folder.stat().st_mtime_ns
            except OSError:
                stamp = 0
            if self.keys is None or self.folder != folder or fresh or stamp != self.stamp:
                self.keys, self.folder, self.stamp = load(folder), folder, stamp
            self.looked = seen
            return self.keys


_ring = _Ring()


def keys(*, fresh: bool = False) -> Keys:
    """The keys that the settings name, read once; ``fresh`` reads them again. Raises KeysRefused as ``load`` does."""
    return _ring.get(settings.ENVIRONMENT.keys, fresh=fresh)
