"""Settings come from the environment, are read once, and are checked before anything starts. ``SETTINGS`` says what there is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

DATABASE = "doudi.sqlite3"
"""SQLite's file in the home."""


@dataclass(frozen=True)
class Setting:
    """One variable: what it says, and what holds where it is not set."""

    name: str
    zh: str
    en: str
    default: str


SETTINGS = (
    Setting(
        "DOUDI_HOME",
        "数据目录：数据库文件、快照、筛查结果、上传的文件",
        "the data folder: database file, snapshots, runs, uploads",
        "~/.local/share/doudi",
    ),
    Setting(
        "DOUDI_DATABASE",
        "postgresql://用户:口令@主机/库名；应当用不拥有任何表的用户",
        "postgresql://role:password@host/name, with the role that owns nothing",
        "SQLite: doudi.sqlite3 in DOUDI_HOME",
    ),
    Setting(
        "DOUDI_DATABASE_OWNER",
        "同一个库，拥有各表的用户；升级、备份、恢复时用",
        "the same database with the role that owns the tables, to migrate, back up and restore",
        "= DOUDI_DATABASE",
    ),
    Setting(
        "DOUDI_KEYS",
        "密钥目录：不能在数据目录里，不进备份",
        "folder of the keys: never inside the data folder, never in a backup",
        "~/.config/doudi/keys",
    ),
    Setting(
        "DOUDI_ANCHORS",
        "审计链头的存放处：不能在数据目录里",
        "folder where the heads of the audit chain are written down: never inside the data folder",
        "~/.config/doudi/anchors",
    ),
    Setting("DOUDI_PACK", "使用的规则包：内置的名称或文件夹", "the pack in force: a name of ours or a folder", "demo"),
    Setting(
        "DOUDI_HOSTS", "对外的主机名，逗号分隔", "host names served, with commas between", "localhost,127.0.0.1,[::1]"
    ),
    Setting(
        "DOUDI_HTTPS", "on：只走 HTTPS，安全 Cookie，HSTS", "on: HTTPS only, secure cookies, HSTS", "on (demo: off)"
    ),
    Setting(
        "DOUDI_DEMO",
        "on：演示，人是合成的，不要求第二因素",
        "on: a demonstration with synthetic people, no second factor asked for",
        "off",
    ),
    Setting("DOUDI_LOG", "日志写法：plain 或 json", "how logs are written: plain or json", "plain"),
    Setting(
        "DOUDI_UPLOAD_MB",
        "上传的文件最大多少 MB（1 到 1024）",
        "how many MB a file that is handed in may have (1 to 1024)",
        "64",
    ),
)


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
    upload_mb: int = 64

    @property
    def postgresql(self) -> bool:
        return bool(self.database)


def read(env: Mapping[str, str] | None = None) -> Environment:
    """Raises BadEnvironment for the first setting that cannot be used."""
    given = {k: v for k, v in (os.environ if env is None else env).items() if k.startswith("DOUDI_") and v.strip()}
    if unknown := sorted(set(given) - {s.name for s in SETTINGS} - {"DOUDI_PYTHON"}):
        known = "、".join(s.name for s in SETTINGS)
        raise BadEnvironment(
            f"没有叫 {unknown[0]} 的设置；有的是：{known}。",
            f"There is no setting {unknown[0]}; there are: {known.replace('、', ', ')}.",
        )
    user = Path.home()
    # Where they really lie: by a link a folder inside the home would look like one outside.
    home = Path(given.get("DOUDI_HOME", user / ".local/share/doudi")).expanduser().resolve()
    keys = Path(given.get("DOUDI_KEYS", user / ".config/doudi/keys")).expanduser().resolve()
    anchors = Path(given.get("DOUDI_ANCHORS", user / ".config/doudi/anchors")).expanduser().resolve()
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
    return Environment(
        home, database, owner, keys, anchors, given.get("DOUDI_PACK", "demo"), hosts, https, demo, log, _megabytes(given)
    )  # fmt: skip


def django_database(environment: Environment) -> dict[str, object]:
    """The entry of Django's DATABASES."""
    if not environment.postgresql:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(environment.home / DATABASE),
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
        # Compiling a query that looks rows up by a policy takes longer than running it.
        "OPTIONS": {"options": "-c jit=off"},
    }


def _megabytes(given: Mapping[str, str]) -> int:
    said = given.get("DOUDI_UPLOAD_MB", "64").strip()
    if not (said.isascii() and said.isdigit() and 1 <= int(said) <= 1024):
        raise BadEnvironment(
            f"DOUDI_UPLOAD_MB={said} 看不懂，应是 1 到 1024 的整数。", f"DOUDI_UPLOAD_MB={said} must be a whole number from 1 to 1024."
        )  # fmt: skip
    return int(said)


def _switch(given: Mapping[str, str], name: str, *, default: bool) -> bool:
    said = given.get(name)
    if said is None:
        return default
    if said.lower() in ("on", "1", "true", "yes"):
        return True
    if said.lower() in ("off", "0", "false", "no"):
        return False
    raise BadEnvironment(f"{name}={said} 看不懂，只能是 on 或 off。", f"{name}={said} must be on or off.")
