"""Whether the server can do its work: each part with a plain sentence, and no personal data."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal

from django.db import DatabaseError, connection

from doudi.server.jobs.selectors import waiting_since
from doudi.server.lib.moments import day_of, now
from doudi.server.operations.migrate import ahead, waiting
from doudi.server.policybook.selectors import setting_differs

LONG = timedelta(minutes=10)
"""A job that waits longer finds no worker, or too few."""
LEAST_FREE = 1 << 30
"""Bytes of disk below which a snapshot or a backup may not fit any more."""


@dataclass(frozen=True)
class Part:
    """One thing that was looked at. ``state``: fine; look (it works, but somebody should look); down (the server cannot work)."""

    code: str
    state: Literal["fine", "look", "down"]
    zh: str
    en: str


def health(home: Path) -> list[Part]:
    """Looked at in the order in which one depends on the other."""
    database = reachable()
    if database.state == "down":
        return [database, _disk(home)]
    migrations = _migrations()
    more = [_worker(now()), _pack(day_of(now()))] if migrations.state == "fine" else []
    return [database, migrations, *more, _disk(home)]


def well(parts: list[Part]) -> bool:
    return all(p.state != "down" for p in parts)


def reachable() -> Part:
    """Whether the database answers at all."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        return Part(
            "database",
            "down",
            "数据库连不上，请检查数据库服务和 DOUDI_DATABASE。",
            "The database cannot be reached: check it and DOUDI_DATABASE.",
        )
    return Part(
        "database", "fine", f"数据库正常（{connection.vendor}）。", f"The database answers ({connection.vendor})."
    )


def _migrations() -> Part:
    if newer := ahead():
        return Part(
            "migrations", "down", f"数据库被更新的版本用过（{newer[-1]}），请升级程序。",
            f"The database was used by a newer version ({newer[-1]}): upgrade this one.",
        )  # fmt: skip
    if names := waiting():
        return Part(
            "migrations", "down", f"数据库还差 {len(names)} 步升级，请运行 doudi migrate。",
            f"The database lacks {len(names)} migrations: run doudi migrate.",
        )  # fmt: skip
    return Part("migrations", "fine", "数据库结构是最新的。", "The database is up to date.")


def _worker(at: datetime) -> Part:
    since = waiting_since()
    if since is not None and at - since > LONG:
        minutes = int((at - since).total_seconds() // 60)
        return Part(
            "worker", "look", f"有任务等了 {minutes} 分钟还没有开始，请确认 doudi worker 在运行。",
            f"A job has waited for {minutes} minutes: see that doudi worker is running.",
        )  # fmt: skip
    return Part("worker", "fine", "没有任务积压。", "No job waits for long.")


def _pack(on: date) -> Part:
    if setting_differs(on):
        return Part(
            "pack", "look", "DOUDI_PACK 指的规则包与正在施行的文本不同；确要改用，请运行 doudi policy in-force。",
            "DOUDI_PACK names another text than the one in force; to change over, run doudi policy in-force.",
        )  # fmt: skip
    return Part("pack", "fine", "施行的规则包与设置一致。", "The pack in force is the one of the settings.")


def _disk(home: Path) -> Part:
    free = shutil.disk_usage(home).free
    gib = f"{free / (1 << 30):.1f} GiB"
    if free < LEAST_FREE:
        return Part("disk", "look", f"数据盘只剩 {gib}，请腾出空间。", f"Only {gib} left on the data disk: make room.")
    return Part("disk", "fine", f"数据盘剩余 {gib}。", f"{gib} left on the data disk.")
