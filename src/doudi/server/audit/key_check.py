"""Whether the keys in the folder are those that the database was written with."""

from __future__ import annotations

from hmac import compare_digest
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from doudi.server.audit.models import Head, KeyCheck
from doudi.server.lib.hashes import mac
from doudi.server.lib.keys import KeysRefused, holds_keys, keys, make
from doudi.server.lib.moments import now

_TEXT = b"Doudi key check"


def check_keys() -> None:
    """Raises KeysRefused for a key that is missing or is not this database's, naming it. An empty database gets keys where there are none.

    A field key newer than all that the database knows is taken into use here.
    """
    folder: Path = settings.ENVIRONMENT.keys
    known = _known()
    fresh = not known and not _written()
    if fresh and not holds_keys(folder):
        make(folder)
    ring = keys(fresh=True)
    if known is None or fresh:
        if known is not None:
            note_keys()
        return
    if not {"index", "audit", "field-1"} <= known.keys() | _retired():
        raise KeysRefused(
            "数据库里的密钥校验值不全，被人删过；请从备份恢复数据库。",
            "What the database holds to check the keys by is not whole: some was deleted; restore the database from a backup.",
        )
    named = ring.named()
    for name, sealed in known.items():
        if name not in named:
            raise KeysRefused(
                f"数据库里有用 {name}.key 的数据，但密钥目录 {folder} 里没有它；请从密钥的副本恢复。",
                f"The database was written with {name}.key, which is not in the folder of keys {folder}; restore it from your copy of the keys.",
            )
        if not compare_digest(sealed, _check(named[name])):
            raise KeysRefused(
                f"{folder / name}.key 不是这个数据库的密钥；请换回原来的密钥，或用 DOUDI_KEYS 指明正确的密钥目录。",
                f"{folder / name}.key is not this database's key; put the right one back, or name the right folder with DOUDI_KEYS.",
            )
    note_keys()


def checks() -> dict[str, str]:
    """What a backup says of the keys that it needs: the name of each, and what tells it from others."""
    return {name: sealed.hex() for name, sealed in (_known() or {}).items()}


def must_fit(wanted: dict[str, str]) -> None:
    """Raises KeysRefused where the keys in the folder are not those of ``checks``, naming the first. Where there are no keys, none fits."""
    folder: Path = settings.ENVIRONMENT.keys
    named = keys(fresh=True).named() if holds_keys(folder) else {}
    for name, check in wanted.items():
        if name not in named or not compare_digest(bytes.fromhex(check), _check(named[name])):
            raise KeysRefused(
                f"这份备份需要当时的 {name}.key，密钥目录 {folder} 里没有它或不是同一把；请先放回原来的密钥。没有改动任何数据。",
                f"This backup needs the {name}.key of its time, which is not in the folder of keys {folder}, or another is; put it back first. "
                "Nothing was changed.",
            )


def note_keys() -> None:
    """Writes down the check of every key not yet known: at first of all, later of field keys that were added."""
    # All of them at once: another process that starts now finds none or the whole set, and takes no half of it for a loss.
    with transaction.atomic():
        for name, key in sorted(keys().named().items()):
            KeyCheck.objects.get_or_create(name=name, defaults={"mac": _check(key), "made_at": now()})


def _check(key: bytes) -> bytes:
    return mac(key, b"check", _TEXT)


def _known() -> dict[str, bytes] | None:
    """The checks in the database, without those of retired keys; None where the tables are not there yet."""
    if KeyCheck._meta.db_table not in _tables():
        return None
    return {c.name: bytes(c.mac) for c in KeyCheck.objects.filter(retired_at=None).order_by("name")}


def _retired() -> set[str]:
    return set(KeyCheck.objects.exclude(retired_at=None).values_list("name", flat=True))


def _written() -> bool:
    """Whether anything was ever recorded."""
    return Head._meta.db_table in _tables() and Head.objects.filter(seq__gt=0).exists()


def _tables() -> set[str]:
    # Looking into a database file that is not there would make an empty one.
    if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).exists():
        return set()
    with connection.cursor() as cursor:
        return set(connection.introspection.table_names(cursor))
