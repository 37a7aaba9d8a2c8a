"""A PostgreSQL of our own for tests and bench: made in a temporary folder, gone afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

OWNER, APP = "doudi_owner", "doudi_app"
_QUICK = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60"


@dataclass(frozen=True)
class Cluster:
    """A running server, reached by a socket in ``folder``."""

    folder: Path
    bin: Path

    def url(self, database: str, role: str) -> str:
        return f"postgresql://{role}@/{database}?host={self.folder}&port=5432"

    def sql(self, statement: str, database: str = "postgres", role: str = "postgres") -> str:
        done = subprocess.run(
            [self.bin / "psql", "-h", self.folder, "-U", role, "-d", database, "-v", "ON_ERROR_STOP=1", "-AtXqc", statement],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout

    def make(self, database: str) -> None:
        """An empty database that the owner owns and the application may use."""
        self.sql(f'CREATE DATABASE "{database}" OWNER {OWNER}')
        self.sql(f'GRANT CONNECT ON DATABASE "{database}" TO {APP}')

    def drop(self, database: str) -> None:
        self.sql(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


def binaries() -> Path | None:
    """Where PostgreSQL's programs are, or None where there are none."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    return next((p.parent for p in sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)), None)


@contextmanager
def cluster(settings: str = _QUICK) -> Iterator[Cluster]:
    """PostgreSQL refuses to run as root; as root everything is done as the user ``postgres``."""
    programs = binaries()
    if programs is None:
        raise FileNotFoundError("PostgreSQL is not installed: initdb was not found")
    user = "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="doudi-pg-"))
    data = folder / "data"
    if user:
        shutil.chown(folder, user)
    folder.chmod(0o755)

    def run(*command: str | Path) -> None:
        subprocess.run(command, check=True, capture_output=True, user=user, cwd=folder, timeout=120)

    try:
        run(
            programs / "initdb",
            "-D",
            data,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
            "--locale=C.UTF-8",
        )
        run(
            programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log",
            "-o", f"-c listen_addresses='' -c unix_socket_directories={folder} {settings}", "start",
        )  # fmt: skip
        server = Cluster(folder, programs)
        server.sql(f"CREATE ROLE {OWNER} LOGIN; CREATE ROLE {APP} LOGIN;")
        yield server
    finally:
        subprocess.run(
            [programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"], capture_output=True, user=user, cwd="/"
        )
        shutil.rmtree(folder, ignore_errors=True)
