"""The head of the chain, written down outside the database every day.

``anchors.jsonl`` in the folder of the settings holds a line a day: which record, how many entries, the mac of the last one, when. Each line has
a mac under the audit key over itself and the line before. Who holds the database and nothing else cannot write one; so a record that was cut at
its end, set back, emptied or exchanged no longer agrees with it. Two more kinds of line are written on purpose: ``restored`` after a backup was
put back, which gives up the anchors of the entries that the backup does not have; ``begun`` where a new record takes the place of another.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from hmac import compare_digest
from pathlib import Path

from django.conf import settings
from django.db import transaction

from doudi.server.audit.actions import RecordBroken, record
from doudi.server.audit.models import Entry, Head
from doudi.server.audit.sealing import anchor_mac, head_mac, moment
from doudi.server.audit.verbs import BEGUN, RESTORED
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import day_of
from doudi.server.lib.refusals import Refused

NAME = "anchors.jsonl"


@dataclass(frozen=True)
class Anchor:
    """``kind`` is anchor, restored or begun; ``last`` is the mac of entry ``seq`` of the record ``chain``, in hexadecimal."""

    kind: str
    chain: str
    seq: int
    last: str
    at: str
    by: str = ""
    why: str = ""

    @property
    def day(self) -> date:
        """When it was written, by the clock of the offices."""
        return _day(self.at)


@dataclass(frozen=True)
class Written:
    """What the file holds: the lines that are as they were written, the numbers of those that are not, and the mac of the last."""

    anchors: tuple[Anchor, ...]
    damaged: tuple[int, ...]
    last: str


def anchor(at: datetime, folder: Path | None = None) -> Anchor | None:
    """Writes the head down. None where nothing was recorded yet.

    Raises RecordBroken where the head is not as it was written, SetBack where the record no longer holds what was last anchored.
    """
    return _anchored(at, folder, again=True)


def anchor_if_due(at: datetime, folder: Path | None = None) -> Anchor | None:
    """The same, but at most once a day of the office's calendar: called as often as one likes, by any process."""
    return None if _done(read(folder), at) else _anchored(at, folder, again=False)


def _anchored(at: datetime, folder: Path | None, *, again: bool) -> Anchor | None:
    if _head() is None:
        return None
    with _opened(folder) as file:
        written = _read(file)
        if not again and _done(written, at):
            return None
        # Read only now: of two at once the second must not hold an older head against what the first has anchored.
        head = _head()
        assert head is not None
        _agrees(written, head)
        return _append(file, written, Anchor("anchor", *head, moment(at)))


def _done(written: Written, at: datetime) -> bool:
    return bool(written.anchors) and written.anchors[-1].day == day_of(at)


def restored(by: Actor, at: datetime, *, why: str, folder: Path | None = None) -> Anchor | None:
    """To be called once a backup has been put back, before anybody works: its record goes on from where it ended, and anchors of entries
    after that no longer count. Writes a line here and an entry there; again, after being stopped between the two, it does both again."""
    if _head() is None:
        return None
    with _opened(folder) as file:
        head = _head()
        assert head is not None
        line = _append(file, _read(file), Anchor("restored", *head, moment(at), by.name, why))
    with transaction.atomic():
        record(by, RESTORED, why=why, kept=line.seq)
    return line


def begin(by: Actor, at: datetime, *, why: str, folder: Path | None = None) -> Anchor:
    """A new record takes the place of the one anchored here until now: for a new database beside old anchors."""
    with transaction.atomic():
        record(by, BEGUN, why=why)
    with _opened(folder) as file:
        head = _head()
        assert head is not None
        return _append(file, _read(file), Anchor("begun", *head, moment(at), by.name, why))


class SetBack(Refused):
    """The record does not hold what was anchored."""

    def __init__(self, line: Anchor) -> None:
        super().__init__(
            "record-set-back",
            f"操作记录里没有 {line.day} 锚定的第 {line.seq} 条，或与当时不同；如果恢复过备份，应由 doudi restore 登记；否则请执行 doudi audit verify。",
            f"The record does not hold entry {line.seq} as it was anchored on {line.day}; a backup that was put back is noted by doudi restore: "
            "otherwise run doudi audit verify.",
        )


def read(folder: Path | None = None) -> Written:
    """The lines of the file; none where there is no file."""
    try:
        data = _path(folder).read_bytes()
    except FileNotFoundError:
        data = b""
    return _parsed(data)


def standing(anchors: tuple[Anchor, ...]) -> tuple[str, dict[int, str]]:
    """Which record the anchors are now of, and the last macs that it must have by the numbers of entries."""
    chain, macs = "", dict[int, str]()
    for line in anchors:
        if line.kind == "begun" or line.chain != chain:
            macs = {}
        if line.kind == "restored":
            macs = {seq: last for seq, last in macs.items() if seq <= line.seq}
        chain = line.chain
        macs[line.seq] = line.last
    return chain, macs


def _agrees(written: Written, head: tuple[str, int, str]) -> None:
    """Raises SetBack where the head does not go on from the last anchor."""
    if not written.anchors:
        return
    line = written.anchors[-1]
    held = Entry.objects.filter(seq=line.seq).values_list("mac", flat=True).first()
    if line.chain != head[0] or line.seq > head[1] or held is None or bytes(held).hex() != line.last:
        raise SetBack(line)


def _head() -> tuple[str, int, str] | None:
    """Chain, length and last mac; None before the first entry."""
    head = Head.objects.filter(id=1).first()
    if head is None:
        raise RecordBroken
    chain, seq, last = head.chain, head.seq, bytes(head.last)
    if (chain, seq, last) == ("", 0, b""):
        return None
    if not compare_digest(bytes(head.mac), head_mac(chain, seq, last)):
        raise RecordBroken
    return chain, seq, last.hex()


def _path(folder: Path | None) -> Path:
    chosen: Path = folder or settings.ENVIRONMENT.anchors
    return chosen / NAME


@contextmanager
def _opened(folder: Path | None) -> Iterator[int]:
    """The file, for one process at a time."""
    path = _path(folder)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError as error:
        raise Refused(
            "anchors-away",
            f"锚点文件 {path} 打不开（{error.strerror}）；请检查 DOUDI_ANCHORS 指的目录。",
            f"The anchors {path} cannot be opened ({error.strerror}); look at the folder that DOUDI_ANCHORS names.",
        ) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def _read(handle: int) -> Written:
    os.lseek(handle, 0, os.SEEK_SET)
    with os.fdopen(os.dup(handle), "rb") as file:
        return _parsed(file.read())


def _parsed(data: bytes) -> Written:
    anchors: list[Anchor] = []
    damaged: list[int] = []
    before = ""
    # What stands after the last line end was being written when the machine stopped, and never became a line.
    for number, text in enumerate(data.split(b"\n")[:-1], 1):
        try:
            fields = json.loads(text)
            sealed = fields.pop("mac")
            line = Anchor(**fields)
            whole = compare_digest(str(sealed), anchor_mac(asdict(line), before))
        except (ValueError, TypeError, AttributeError, KeyError):
            damaged.append(number)
            continue
        if whole:
            anchors.append(line)
        else:
            damaged.append(number)
        before = str(sealed)
    return Written(tuple(anchors), tuple(damaged), before)


def _append(handle: int, written: Written, line: Anchor) -> Anchor:
    fields = asdict(line)
    text = json.dumps({**fields, "mac": anchor_mac(fields, written.last)}, ensure_ascii=False) + "\n"
    end = os.lseek(handle, 0, os.SEEK_END)
    whole = _whole_lines(handle, end)
    if whole != end:
        os.ftruncate(handle, whole)
    os.write(handle, text.encode())
    os.fsync(handle)
    return line


def _whole_lines(handle: int, end: int) -> int:
    """Where the last whole line ends."""
    return os.pread(handle, end, 0).rfind(b"\n") + 1


def _day(at: str) -> date:
    return day_of(datetime.fromisoformat(at + "+00:00"))
