"""Backing up and restoring an installation: database and data folder, never the keys."""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from doudi import __version__
from doudi.server.audit.key_check import checks, must_fit
from doudi.server.lib.environment import DATABASE, Environment
from doudi.server.lib.private import new_file, own_file, own_folder
from doudi.server.lib.refusals import Refused
from doudi.server.operations import dump
from doudi.server.operations.archive import Manifest, pack, unpack

_LEFT_OUT = {"static"}
"""Folders of the home that are made again from the program."""


def backup(environment: Environment, target: Path, at: datetime) -> Manifest:
    """Writes everything but the keys to ``target``, whole or not at all. Others may go on working.

    The database is copied first: files are written before the rows that name them, so every row of the copy finds its files.
    Raises Refused where ``target`` is there already.
    """
    if target.exists():
        raise Refused(
            "backup-there",
            f"“{target}”已经存在，请换一个文件名。",
            f"“{target}” is there already: choose another name.",
        )
    if not target.parent.exists():
        own_folder(target.parent)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as scratch:
        copy = Path(scratch) / (dump.POSTGRESQL if environment.postgresql else dump.SQLITE)
        if environment.postgresql:
            dump.dump_postgresql(environment.owner, copy)
        else:
            dump.dump_sqlite(environment.home / DATABASE, copy)
        archive = Path(scratch) / "archive"
        with new_file(archive) as out:
            manifest = pack(out, {copy.name: copy, **_files(environment.home)}, _about(at))
            out.flush()
            os.fsync(out.fileno())
        archive.rename(target)
    return manifest


def restore(environment: Environment, source: Path, *, replace: bool, at: datetime) -> Manifest:
    """Puts a backup in place of what is there. Nothing is touched before the whole backup has been read and found undamaged.

    What was in the home is kept beside it under a name with the time. Raises Refused for a damaged backup, one of the other kind of
    database, or a place that is not empty without ``replace``; KeysRefused where the keys are not those that it was made with.
    """
    home = environment.home
    occupied = dump.tables_of(environment.owner) > 0 if environment.postgresql else (home / DATABASE).exists()
    if occupied and not replace:
        raise Refused(
            "not-empty", "这里已经有数据；确实要用备份替换，请加 --replace（原来的数据目录会改名保留）。",
            "There are data here already; to put the backup in their place add --replace (the old data folder is kept under another name).",
        )  # fmt: skip
    home.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{home.name}-restoring-", dir=home.parent))
    try:
        manifest = unpack(source, scratch)
        kind = dump.POSTGRESQL if environment.postgresql else dump.SQLITE
        if kind not in manifest.files:
            raise Refused(
                "other-database", "这份备份来自另一种数据库（SQLite 与 PostgreSQL 的备份不能互换），请改 DOUDI_DATABASE 后再恢复。",
                "This backup is of the other kind of database (SQLite's and PostgreSQL's cannot be exchanged): change DOUDI_DATABASE first.",
            )  # fmt: skip
        must_fit(manifest.about.get("keys", {}))
        files = scratch / "home"
        own_folder(files)
        if environment.postgresql:
            dump.restore_postgresql(environment.owner, scratch / kind)
        else:
            (scratch / kind).rename(files / DATABASE)
            own_file(files / DATABASE)
        if home.exists():
            home.rename(home.with_name(f"{home.name}.before-{at:%Y%m%d-%H%M%S}"))
        files.rename(home)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return manifest


def _files(home: Path) -> dict[str, Path]:
    """Files of the data folder by their names in the archive. What is being written has a dot or ``.tmp`` in its name and is left out."""
    found: dict[str, Path] = {}
    for folder, folders, names in os.walk(home):
        here = Path(folder)
        folders[:] = [
            f
            for f in folders
            if not f.startswith(".") and not f.endswith(".tmp") and not (here == home and f in _LEFT_OUT)
        ]
        for name in names:
            whole = not name.startswith((".", DATABASE)) and not name.endswith(".tmp")
            if whole and (here / name).is_file():
                found[f"home/{(here / name).relative_to(home).as_posix()}"] = here / name
    return found


def _about(at: datetime) -> dict[str, Any]:
    applied = sorted(f"{a}.{n}" for a, n in MigrationRecorder(connection).applied_migrations())
    return {
        "keys": checks(),
        "version": __version__,
        "vendor": connection.vendor,
        "made_at": at.isoformat(),
        "migrations": applied,
    }
