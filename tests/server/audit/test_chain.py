"""What was changed behind the application's back is found, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from doudi.server.audit import anchors, chain
from doudi.server.audit.actions import RecordBroken, record
from doudi.server.audit.chain import Report, verify
from doudi.server.audit.models import Entry
from tests.server.audit.tampering import CLERK, DID, as_owner, written

DAY = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
_ALL = "at, official, name, post, address, verb, zh, en, why, household, person, area, params, count, digest, mac"


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("anchors")


def codes(report: Report) -> list[tuple[str, int | None]]:
    return [(f.code, f.seq) for f in report.faults]


def test_what_was_written_is_whole(committed: dict[str, str], folder: Path) -> None:
    assert verify(folder=folder).whole
    written(12)
    anchors.anchor(DAY, folder)
    report = verify(folder=folder)
    assert report.whole
    assert (report.entries, report.length, report.anchors) == (12, 12, 1)


def test_any_column_altered(committed: dict[str, str], folder: Path) -> None:
    written(20)
    changed = {
        2: "at = '2026-01-01 00:00:00+00'", 3: "official = NULL", 4: "name = '别人'", 5: "post = ''", 6: "address = ''", 7: "verb = 'x'",
        8: "zh = ''", 9: "en = ''", 10: "why = ''", 11: "household = NULL", 12: "person = 3", 13: "area = ''", 14: "params = '{}'",
        15: "count = 2", 16: "digest = 'x'",
    }  # fmt: skip
    as_owner(committed, *(f"UPDATE audit_entry SET {what} WHERE seq = {seq}" for seq, what in changed.items()))
    assert codes(verify(folder=folder)) == [("altered", seq) for seq in changed]
    assert len(changed) == len(_ALL.split(", ")) - 1


def test_a_mac_altered_breaks_itself_and_the_next(committed: dict[str, str], folder: Path) -> None:
    written(4)
    as_owner(committed, "UPDATE audit_entry SET mac = (SELECT mac FROM audit_entry WHERE seq = 1) WHERE seq = 2")
    assert codes(verify(folder=folder)) == [("altered", 2), ("altered", 3)]


def test_removed_in_the_middle(committed: dict[str, str], folder: Path) -> None:
    written(9)
    as_owner(committed, "DELETE FROM audit_entry WHERE seq IN (4, 5)")
    report = verify(folder=folder)
    assert codes(report) == [("removed", 4)]
    assert report.faults[0].zh == "第 4 至 5 条被删掉了。"


@pytest.mark.parametrize("step", [1, 3, 20])
def test_removed_over_whole_steps_of_reading(
    committed: dict[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    monkeypatch.setattr(chain, "_STEP", step)
    written(30)
    assert verify(folder=folder).entries == 30
    as_owner(
        committed, "DELETE FROM audit_entry WHERE seq IN (1, 2) OR seq BETWEEN 7 AND 21", "UPDATE audit_entry SET why = 'x' WHERE seq = 25"
    )  # fmt: skip
    report = verify(folder=folder)
    assert codes(report) == [("removed", 1), ("removed", 7), ("altered", 25)]
    assert (report.entries, report.faults[1].zh) == (13, "第 7 至 21 条被删掉了。")


def test_removed_in_the_middle_and_numbered_anew(committed: dict[str, str], folder: Path) -> None:
    written(5)
    as_owner(
        committed, "DELETE FROM audit_entry WHERE seq = 3", "UPDATE audit_entry SET seq = 3 WHERE seq = 4",
        "UPDATE audit_entry SET seq = 4 WHERE seq = 5",
    )  # fmt: skip
    assert codes(verify(folder=folder)) == [("altered", 3), ("altered", 4), ("removed", 5)]


def test_removed_at_the_tail(committed: dict[str, str], folder: Path) -> None:
    written(5)
    as_owner(committed, "DELETE FROM audit_entry WHERE seq >= 4")
    assert codes(verify(folder=folder)) == [("removed", 4)]


def test_removed_at_the_tail_with_the_head_set_to_fit(committed: dict[str, str], folder: Path) -> None:
    written(5)
    as_owner(
        committed, "DELETE FROM audit_entry WHERE seq >= 4",
        "UPDATE audit_head SET seq = 3, last = (SELECT mac FROM audit_entry WHERE seq = 3)",
    )  # fmt: skip
    assert codes(verify(folder=folder)) == [("head", None)]
    with pytest.raises(RecordBroken), transaction.atomic():
        record(CLERK, DID, household=1, n=1)


def _set_back(env: dict[str, str], folder: Path) -> None:
    """Three entries are kept aside with their head, two more are written and anchored, and the three are put back."""
    written(3)
    as_owner(env, "CREATE TABLE kept AS SELECT * FROM audit_head")
    written(2)
    anchors.anchor(DAY, folder)
    as_owner(
        env, "DELETE FROM audit_entry WHERE seq > 3",
        "UPDATE audit_head SET seq = (SELECT seq FROM kept), last = (SELECT last FROM kept), mac = (SELECT mac FROM kept)",
    )  # fmt: skip


def test_the_tail_removed_and_a_true_older_head_put_back_is_found_by_the_anchor(
    committed: dict[str, str], folder: Path
) -> None:
    _set_back(committed, folder)
    assert codes(verify(folder=folder)) == [("removed-tail", 4)]
    with pytest.raises(anchors.SetBack):
        anchors.anchor(DAY + timedelta(days=1), folder)


def test_so_it_is_after_others_went_on_writing(committed: dict[str, str], folder: Path) -> None:
    _set_back(committed, folder)
    written(7)
    assert codes(verify(folder=folder)) == [("not-as-anchored", 5)]
    with pytest.raises(anchors.SetBack):
        anchors.anchor(DAY + timedelta(days=1), folder)


def test_a_head_set_back_alone_stops_all_writing(committed: dict[str, str], folder: Path) -> None:
    written(3)
    as_owner(committed, "CREATE TABLE kept AS SELECT * FROM audit_head")
    written(2)
    as_owner(
        committed,
        "UPDATE audit_head SET seq = (SELECT seq FROM kept), last = (SELECT last FROM kept), mac = (SELECT mac FROM kept)",
    )
    assert codes(verify(folder=folder)) == [("inserted", 4)]
    with pytest.raises(RecordBroken), transaction.atomic():
        record(CLERK, DID, household=1, n=1)


def test_inserted(committed: dict[str, str], folder: Path) -> None:
    written(3)
    as_owner(
        committed, "UPDATE audit_entry SET seq = 4 WHERE seq = 3",
        f"INSERT INTO audit_entry (seq, {_ALL}) SELECT 3, {_ALL} FROM audit_entry WHERE seq = 1",
    )  # fmt: skip
    assert codes(verify(folder=folder)) == [("inserted", 4), ("altered", 3), ("head", 3)]
    as_owner(committed, f"INSERT INTO audit_entry (seq, {_ALL}) SELECT 0, {_ALL} FROM audit_entry WHERE seq = 1")
    assert ("inserted", 0) in codes(verify(folder=folder))


def test_reordered(committed: dict[str, str], folder: Path) -> None:
    written(6)
    as_owner(
        committed, "UPDATE audit_entry SET seq = 100 WHERE seq = 2", "UPDATE audit_entry SET seq = 2 WHERE seq = 4",
        "UPDATE audit_entry SET seq = 4 WHERE seq = 100",
    )  # fmt: skip
    assert codes(verify(folder=folder)) == [("altered", n) for n in (2, 3, 4, 5)]


def test_emptied_and_begun_anew(committed: dict[str, str], folder: Path) -> None:
    written(3)
    anchors.anchor(DAY, folder)
    empty = ("DELETE FROM audit_entry", "UPDATE audit_head SET chain = '', seq = 0, last = '', mac = ''")
    as_owner(committed, *empty)
    if "DOUDI_DATABASE" not in committed:
        as_owner(committed, "UPDATE audit_head SET last = x'', mac = x''")
    assert codes(verify(folder=folder)) == [("other-record", None)]
    written(4)
    assert codes(verify(folder=folder)) == [("other-record", None)]
    with pytest.raises(anchors.SetBack):
        anchors.anchor(DAY + timedelta(days=1), folder)
    anchors.begin(CLERK, DAY, why="演示数据重做", folder=folder)
    assert verify(folder=folder).whole


def test_a_head_without_its_row(committed: dict[str, str], folder: Path) -> None:
    written(2)
    as_owner(committed, "DELETE FROM audit_head")
    assert ("head", None) in codes(verify(folder=folder))
    with pytest.raises(RecordBroken), transaction.atomic():
        record(CLERK, DID, household=1, n=1)


def test_text_that_is_no_text(committed: dict[str, str], folder: Path) -> None:
    written(5)
    if "DOUDI_DATABASE" in committed:
        with pytest.raises(psycopg.errors.CharacterNotInRepertoire):  # PostgreSQL keeps no such text
            as_owner(committed, "UPDATE audit_entry SET why = convert_from('\\xff', 'UTF8') WHERE seq = 2")
        assert verify(folder=folder).whole
        return
    as_owner(
        committed, "UPDATE audit_entry SET why = CAST(x'FF' AS TEXT) WHERE seq = 2", "UPDATE audit_entry SET zh = x'00' WHERE seq = 4",
        "UPDATE audit_entry SET mac = 'text' WHERE seq = 5",
    )  # fmt: skip
    assert codes(verify(folder=folder)) == [("altered", 2), ("altered", 4), ("altered", 5), ("head", 5)]


def test_the_application_itself_cannot_change_an_entry(db: str) -> None:
    record(CLERK, DID, household=1, n=1)
    refused = (ProgrammingError, IntegrityError)
    for statement in ("UPDATE audit_entry SET why = ''", "DELETE FROM audit_entry", "DELETE FROM audit_head"):
        with pytest.raises(refused), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Entry.objects.get().household == 1
