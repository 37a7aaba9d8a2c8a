"""What went wrong, for who started the job in plain words, for the log without what a message or a value might give away."""

from __future__ import annotations

import errno
import traceback

from doudi.rules.faults import Faults


def plain(error: BaseException, job_id: int) -> tuple[str, str]:
    """Chinese and English: what happened and what to do."""
    if isinstance(error, MemoryError):
        zh = "内存不够，没有做完；请在机器空闲时再试，或请管理员加内存。"
        return zh, "There was not enough memory; try again when the machine is idle, or ask the administrator for more."
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        zh = "磁盘已满，没有做完；请管理员腾出空间后再试。"
        return zh, "The disk is full; ask the administrator to make room, then try again."
    if isinstance(error, Faults):
        zh = "规则包有错误，没有做完；请管理员用 doudi check-pack 检查：" + "；".join(
            f"{f.where} {f.zh}" for f in error.faults[:3]
        )
        en = "The pack has faults; ask the administrator to run doudi check-pack: "
        return zh, en + "; ".join(f"{f.where} {f.en}" for f in error.faults[:3])
    words = getattr(error, "zh", None), getattr(error, "en", None)
    if all(isinstance(w, str) and w for w in words):
        return str(words[0]), str(words[1])
    name = type(error).__name__
    zh = f"程序出错（{name}），没有做完，已做完的部分保留；请把任务号 {job_id} 告诉管理员，日志里有详情。"
    en = f"The program failed ({name}); what was finished is kept. Tell the administrator the number of this job, {job_id}: the log says more."
    return zh, en


def trace(error: BaseException) -> str:
    """Where it happened, from the outermost call inwards, and of which type it is. Neither the message nor any value: a database's message
    quotes rows."""
    parts: list[str] = []
    seen: BaseException | None = error
    while seen is not None and len(parts) < 5:
        frames = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(seen.__traceback__)]
        parts.append(f"{type(seen).__name__} at " + " > ".join(frames[-12:]))
        seen = seen.__cause__ or seen.__context__
    return " | caused by ".join(parts)
