"""The database as one file, as it stood at one moment, and back again: SQLite by its own backup, PostgreSQL by its own tools."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote, urlsplit

from doudi.server.lib.refusals import Refused

SQLITE, POSTGRESQL = "database.sqlite3", "database.dump"


def dump_sqlite(database: Path, target: Path) -> None:
    """A consistent copy while others read and write."""
    with closing(sqlite3.connect(database, timeout=60)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy, pages=4096)
        # What is restored is one file, with no journal beside it that could be left behind.
        copy.execute("PRAGMA journal_mode=DELETE")


def dump_postgresql(url: str, target: Path) -> None:
    """As the owner, whom row-level security does not bind."""
    _run("pg_dump", url, "--format=custom", "--compress=1", "--no-owner", "--no-privileges", f"--file={target}")


def restore_postgresql(url: str, source: Path) -> None:
    """Everything in one transaction: on any fault the database is as it was."""
    _run(
        "pg_restore", url, "--single-transaction", "--exit-on-error", "--clean", "--if-exists", "--no-owner", "--no-privileges", str(source)
    )  # fmt: skip


def tables_of(url: str) -> int:
    """How many tables the database holds."""
    return int(_run("psql", url, "-AtXqc", "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").strip())


def _run(program: str, url: str, *words: str) -> str:
    found = shutil.which(program)
    if found is None:
        raise Refused(
            "no-postgresql-tools",
            f"本机没有 {program}，请安装 PostgreSQL 客户端工具。",
            f"{program} is not on this machine: install PostgreSQL's client tools.",
        )
    parts = urlsplit(url)
    # A password among a program's words could be read by everybody on the machine.
    plain = url.replace(f":{parts.password}@", "@", 1) if parts.password else url
    secret = {"PGPASSWORD": unquote(parts.password)} if parts.password else {}
    done = subprocess.run(
        [found, "--dbname", plain, *words], capture_output=True, text=True, env={**os.environ, **secret}, check=False
    )
    if done.returncode:
        last = next(reversed(done.stderr.strip().splitlines()), "")
        raise Refused("postgresql-tool", f"{program} 没有成功：{last}", f"{program} did not succeed: {last}")
    return done.stdout
