"""Saying why a command does nothing."""

from __future__ import annotations

import errno
import sys
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


def why_not(error: OSError) -> str:
    """Why a file could not be read or written, in Chinese; ``error.strerror`` says it in English."""
    return _WHY_NOT.get(error.errno or 0) or error.strerror or str(error)
