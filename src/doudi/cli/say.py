"""Saying why a command does nothing."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click


def refuse(zh: str, en: str, code: int = 2) -> NoReturn:
    """Say why not, in Chinese and in English, and end with status ``code``."""
    click.echo(zh, err=True)
    click.echo(en, err=True)
    sys.exit(code)


_WHY_NOT = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EISDIR: "这是一个文件夹",
    errno.ENOTDIR: "路径中间有一段是文件，不是文件夹",
    errno.EACCES: "没有权限，或文件正在别的程序里打开",
    errno.EPERM: "没有权限",
    errno.EROFS: "所在的磁盘是只读的，请换一个文件夹",
    errno.ENOSPC: "磁盘已满，请清理后再运行，或换一个文件夹",
    errno.EDQUOT: "磁盘配额已用完，请清理后再运行，或换一个文件夹",
    errno.EFBIG: "文件超过系统允许的大小",
    errno.ENAMETOOLONG: "名称太长",
    errno.EEXIST: "已有同名的文件",
}


PATIENCE = 5.0
"""Seconds: so long the processes that a killed command had started may still be at work on what they have in hand."""


def _taken(folder: int) -> bool:
    import fcntl

    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keeps other commands out of ``folder`` while two of them would mix what they write; gone with the process, however it ends.

    Ends the program with exit code 2 where another command is at work there. Raises OSError where the folder cannot be opened. Systems without
    such locks are left without.
    """
    if os.name != "posix":
        yield
        return
    held = os.open(folder, os.O_RDONLY)
    try:
        given_up = time.monotonic() + PATIENCE
        while not _taken(held):
            if time.monotonic() < given_up:
                time.sleep(0.1)
                continue
            refuse(
                f"另一个命令正在写“{folder}”；请等它结束，或用 --out 换一个文件夹",
                f"another command is writing “{folder}”; wait until it is done, or choose another folder by --out",
            )
        yield
    finally:
        os.close(held)


def why_not(error: OSError) -> str:
    """Why a file could not be read or written, in Chinese; ``error.strerror`` says it in English."""
    return _WHY_NOT.get(error.errno or 0) or error.strerror or str(error)
