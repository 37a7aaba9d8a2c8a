"""Settings come from the environment, are read once, and are checked before anything starts.

=======================  ======================================================================  =====================================
variable                 what it says                                                            where it is not set
=======================  ======================================================================  =====================================
DOUDI_HOME               the data folder: database file, snapshots, runs, uploads                ``~/.local/share/doudi``
DOUDI_DATABASE           ``postgresql://role:password@host/name``, the role that owns nothing    SQLite: ``doudi.sqlite3`` in the home
DOUDI_DATABASE_OWNER     the same database under the role that owns the tables, for migrations   as DOUDI_DATABASE
DOUDI_KEYS               folder of the keys; never inside the home, never in a backup            ``~/.config/doudi/keys``
DOUDI_ANCHORS            folder where the heads of the audit chain are written down              ``~/.config/doudi/anchors``
DOUDI_PACK               pack in force: a name of ours or a folder                               ``demo``
DOUDI_HOSTS              host names served, comma between                                        ``localhost,127.0.0.1,[::1]``
DOUDI_HTTPS              ``on``: only over HTTPS, secure cookies, HSTS                           ``on``, but ``off`` in the demo
DOUDI_DEMO               ``on``: synthetic people, demonstration accounts, no second factor      ``off``
DOUDI_LOG                ``json`` or ``plain``                                                   ``plain``
=======================  ======================================================================  =====================================
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

VARIABLES = (
    "DOUDI_HOME", "DOUDI_DATABASE", "DOUDI_DATABASE_OWNER", "DOUDI_KEYS", "DOUDI_ANCHORS", "DOUDI_PACK", "DOUDI_HOSTS", "DOUDI_HTTPS",
    "DOUDI_DEMO", "DOUDI_LOG",
)  # fmt: skip


class BadEnvironment(Exception):
    """A setting that cannot be used. ``zh`` and ``en`` say which, why, and how to mend it."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(f"{zh} / {en}")


@dataclass(frozen=True)
class Environment:
    """The settings, checked."""

    home: Path
    database: str
    owner: str
    keys: Path
    anchors: Path
    pack: str
    hosts: tuple[str, ...]
    https: bool
    demo: bool
    log: str

    @property
    def postgresql(self) -> bool:
        return bool(self.database)


def read(env: Mapping[str, str] | None = None) -> Environment:
    """Raises BadEnvironment for the first setting that cannot be used."""
    given = {k: v for k, v in (os.environ if env is None else env).items() if k.startswith("DOUDI_") and v.strip()}
    user = Path.home()
    home = Path(given.get("DOUDI_HOME", user / ".local/share/doudi")).expanduser().absolute()
    keys = Path(given.get("DOUDI_KEYS", user / ".config/doudi/keys")).expanduser().absolute()
    anchors = Path(given.get("DOUDI_ANCHORS", user / ".config/doudi/anchors")).expanduser().absolute()
    demo = _switch(given, "DOUDI_DEMO", default=False)
    for name, folder in (("DOUDI_KEYS", keys), ("DOUDI_ANCHORS", anchors)):
        if folder == home or home in folder.parents:
            raise BadEnvironment(
                f"{name}={folder} 在数据目录 {home} 里面；密钥和审计锚点必须放在数据目录以外，请改 {name} 或 DOUDI_HOME。",
                f"{name}={folder} lies inside the data folder {home}; keys and anchors must live outside it: change {name} or DOUDI_HOME.",
            )
    database = given.get("DOUDI_DATABASE", "")
    owner = given.get("DOUDI_DATABASE_OWNER", database)
    for name, url in (("DOUDI_DATABASE", database), ("DOUDI_DATABASE_OWNER", owner)):
        if url:
            _postgresql(name, url)
    log = given.get("DOUDI_LOG", "plain")
    if log not in ("plain", "json"):
        raise BadEnvironment(
            f"DOUDI_LOG={log} 看不懂，只能是 plain 或 json。", f"DOUDI_LOG={log} must be plain or json."
        )
    hosts = tuple(h.strip() for h in given.get("DOUDI_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if h.strip())
    https = _switch(given, "DOUDI_HTTPS", default=not demo)
    return Environment(home, database, owner, keys, anchors, given.get("DOUDI_PACK", "demo"), hosts, https, demo, log)


def django_database(environment: Environment) -> dict[str, object]:
    """The entry of Django's DATABASES."""
    if not environment.postgresql:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(environment.home / "doudi.sqlite3"),
            "OPTIONS": {
                # A write that begins as a read could fail half-way with "locked"; immediate transactions wait at their start.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; "
                "PRAGMA cache_size=-65536;",
            },
        }
    return _postgresql("DOUDI_DATABASE", environment.database)


def _postgresql(name: str, url: str) -> dict[str, object]:
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise BadEnvironment(
            f"{name} 看不懂，应写成 postgresql://用户:口令@主机:端口/库名。",
            f"{name} cannot be read; write postgresql://role:password@host:port/name.",
        )
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": str(parts.port or query.get("port", "")),
        "CONN_HEALTH_CHECKS": True,
        "CONN_MAX_AGE": 60,
    }


def _switch(given: Mapping[str, str], name: str, *, default: bool) -> bool:
    said = given.get(name)
    if said is None:
        return default
    if said.lower() in ("on", "1", "true", "yes"):
        return True
    if said.lower() in ("off", "0", "false", "no"):
        return False
    raise BadEnvironment(f"{name}={said} 看不懂，只能是 on 或 off。", f"{name}={said} must be on or off.")
