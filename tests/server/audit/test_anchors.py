"""The head written down outside the database: daily, by any number of processes, and after a backup was put back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connections

from doudi.server.audit import anchors
from doudi.server.audit.chain import verify
from doudi.server.audit.models import Entry
from doudi.server.lib.actor import system
from tests.server.audit.tampering import as_owner, written

DAY = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("anchors")


def test_once_a_day_of_the_offices_calendar(committed: dict[str, str], folder: Path) -> None:
    assert anchors.anchor_if_due(DAY, folder) is None
    written(2)
    first = anchors.anchor_if_due(DAY, folder)
    assert first is not None
    assert (first.kind, first.seq) == ("anchor", 2)
    written(1)
    # 23:59 in Shanghai, then midnight there
    assert anchors.anchor_if_due(datetime(2026, 11, 22, 15, 59, tzinfo=UTC), folder) is None
    second = anchors.anchor_if_due(datetime(2026, 11, 22, 16, 0, tzinfo=UTC), folder)
    assert second is not None
    assert second.seq == 3
    assert verify(folder=folder).whole


def test_a_clock_that_once_ran_ahead_does_not_stop_them(committed: dict[str, str], folder: Path) -> None:
    written(1)
    anchors.anchor_if_due(DAY + timedelta(days=4000), folder)
    assert anchors.anchor_if_due(DAY, folder) is not None


def test_the_file_tells_nothing_but_heads(committed: dict[str, str], folder: Path) -> None:
    written(1)
    anchors.anchor(DAY, folder)
    line = json.loads((folder / anchors.NAME).read_text())
    assert set(line) == {"kind", "chain", "seq", "last", "at", "by", "why", "mac"}
    assert (folder / anchors.NAME).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("spoil", ["altered", "removed", "swapped", "nonsense"])
def test_lines_altered_or_removed_are_found(committed: dict[str, str], folder: Path, spoil: str) -> None:
    for n in range(3):
        written(1)
        anchors.anchor(DAY + timedelta(days=n), folder)
    path = folder / anchors.NAME
    lines = path.read_text().splitlines()
    spoilt = {
        "altered": [lines[0], lines[1].replace('"seq": 2', '"seq": 1'), lines[2]],
        "removed": [lines[0], lines[2]],
        "swapped": [lines[1], lines[0], lines[2]],
        "nonsense": [lines[0], lines[1], "[]", lines[2]],
    }[spoil]
    path.write_text("\n".join(spoilt) + "\n")
    assert "anchor-altered" in {f.code for f in verify(folder=folder).faults}


def test_a_line_cut_off_when_the_machine_stopped_is_written_over(committed: dict[str, str], folder: Path) -> None:
    written(1)
    anchors.anchor(DAY, folder)
    path = folder / anchors.NAME
    with path.open("a") as file:
        file.write('{"kind": "anchor", "cha')
    assert verify(folder=folder).whole
    anchors.anchor(DAY + timedelta(days=1), folder)
    assert verify(folder=folder).whole
    assert verify(folder=folder).anchors == 2


def test_a_backup_put_back_and_noted_is_whole(committed: dict[str, str], folder: Path) -> None:
    written(3)
    as_owner(committed, "CREATE TABLE kept AS SELECT * FROM audit_head")
    anchors.anchor(DAY, folder)
    written(2)
    anchors.anchor(DAY + timedelta(days=1), folder)
    as_owner(
        committed, "DELETE FROM audit_entry WHERE seq > 3",
        "UPDATE audit_head SET seq = (SELECT seq FROM kept), last = (SELECT last FROM kept), mac = (SELECT mac FROM kept)",
    )  # fmt: skip
    assert not verify(folder=folder).whole
    anchors.restored(system("doudi restore"), DAY + timedelta(days=2), why="磁盘损坏", folder=folder)
    report = verify(folder=folder)
    assert report.whole
    assert [(a.seq, a.why) for a in report.restored] == [(3, "磁盘损坏")]
    assert (
        Entry.objects.get(seq=4).zh
        == "系统从备份恢复了数据库，操作记录从第 3 条接续，理由：磁盘损坏（来自 doudi restore）。"
    )
    written(4)
    anchors.anchor(DAY + timedelta(days=3), folder)
    assert verify(folder=folder).whole
    # What the backup held is still bound by the anchor from before.
    as_owner(committed, "UPDATE audit_entry SET why = 'x' WHERE seq = 2")
    assert [(f.code, f.seq) for f in verify(folder=folder).faults] == [("altered", 2)]


def test_a_note_of_a_backup_cannot_be_made_up_without_the_key(committed: dict[str, str], folder: Path) -> None:
    written(3)
    anchors.anchor(DAY, folder)
    path = folder / anchors.NAME
    line = json.loads(path.read_text())
    with path.open("a") as file:
        file.write(json.dumps({**line, "kind": "restored", "seq": 1}) + "\n")
    assert [f.code for f in verify(folder=folder).faults] == ["anchor-altered"]


def test_many_at_once(committed: dict[str, str], folder: Path) -> None:
    written(1)

    def one(_: int) -> None:
        try:
            anchors.anchor(DAY, folder)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, range(12)))
    report = verify(folder=folder)
    assert (report.whole, report.anchors) == (True, 12)


@pytest.mark.parametrize("due", [False, True])
def test_of_two_at_once_the_second_sees_what_the_first_anchored(
    committed: dict[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch, due: bool
) -> None:
    written(1)
    opened, others = anchors._opened, iter([True])

    @contextmanager
    def waited_for(where: Path | None) -> Iterator[int]:
        if next(others, False):
            # While we wait for the file's lock another records something and anchors that.
            written(2)
            assert anchors.anchor(DAY, folder) is not None
        with opened(where) as file:
            yield file

    monkeypatch.setattr(anchors, "_opened", waited_for)
    line = (anchors.anchor_if_due if due else anchors.anchor)(DAY, folder)
    assert (line.seq if line else None) == (None if due else 3)
    assert len(anchors.read(folder).anchors) == (1 if due else 2)
