"""Screening a snapshot: the same answers at any time, whole or not there, taken up where it was left; and what changed between two."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import asdict, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.conf import settings

from doudi.server.decisions import places
from doudi.server.decisions.actions import rerun, run_snapshot, take_snapshot
from doudi.server.decisions.actions.runs import begin_run, end_run, steps
from doudi.server.decisions.running.parts import digest_of_files
from doudi.server.decisions.selectors import difference, run, runs
from doudi.server.lib.refusals import NotAllowed, NotFound, Refused
from tests.server.cast import CLERK, CONFIRMING, OTHER_COUNTY, PARTNER
from tests.server.decisions.conftest import AS_OF, RECORDED, SYSTEM, County, everything, state, statement_of

NEXT = date(2024, 8, 1)


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doudi.server.decisions.snapshot.freeze.PART", 20)


def enrich(county: County, people: int = 12, at: timedelta = timedelta(days=3), since: date = date(2024, 1, 1)) -> None:
    """The first people turn out to earn much: what they get changes."""
    for person in county.tables["person"]["id"].to_pylist()[:people]:
        old = statement_of(person_id=person)
        rich = {"complete": True, "rows": [{"种类": "工资", "金额": 300_000_00, "日期": "2024-05-01", "评估": False}]}
        state(
            RECORDED + at, source=old.source, since=since, person_id=person, values=old.values, tables={**old.tables, "收入": rich},
            withdraw=(old.id,),
        )  # fmt: skip
        at += timedelta(seconds=1)


def test_last_month_again_after_corrections_and_another_pack(
    on_record: County, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run_snapshot(SYSTEM, take_snapshot(SYSTEM, as_of=AS_OF).id, threads=1)
    enrich(on_record)
    # Another pack from now on: the old run's policy is the text that was kept.
    monkeypatch.setattr(settings, "ENVIRONMENT", _with_pack(settings.ENVIRONMENT, "guangxi"))
    again = rerun(SYSTEM, first.id, threads=1)
    assert again.same
    assert again.again.digest == first.digest
    assert again.again.again == first.id
    assert (again.again.policy, again.again.engine) == (first.policy, first.engine)
    monkeypatch.undo()
    now = run_snapshot(SYSTEM, take_snapshot(SYSTEM, as_of=AS_OF).id, threads=1)
    assert now.digest != first.digest


def _with_pack(environment: Any, pack: str) -> Any:
    return replace(environment, pack=pack)


def test_the_digest_is_that_of_the_files(on_record: County, small_parts: None) -> None:
    done = run_snapshot(SYSTEM, take_snapshot(SYSTEM, as_of=AS_OF).id, threads=1)
    assert done.parts == 5
    assert digest_of_files(places.at(done.folder), done.parts) == done.digest


def test_taken_up_after_the_last_part(on_record: County, small_parts: None) -> None:
    taken = take_snapshot(SYSTEM, as_of=AS_OF)
    whole = run_snapshot(SYSTEM, taken.id, threads=1)
    left = begin_run(SYSTEM, taken.id)
    for done, _ in steps(SYSTEM, left, threads=1):
        if done == 3:
            break
    folder = places.at(run(SYSTEM, left).folder)
    made = {p.name: p.stat().st_mtime_ns for p in folder.glob("part-*/part.json")}
    with pytest.raises(Refused, match="没有完成"):
        difference(SYSTEM, whole.id, left)
    assert [r.id for r in runs(SYSTEM)] == [whole.id]
    resumed = list(steps(SYSTEM, left, threads=1))
    assert (resumed[0], resumed[-1]) == ((3, 5), (5, 5))
    assert end_run(SYSTEM, left).digest == whole.digest
    assert made.items() <= {p.name: p.stat().st_mtime_ns for p in folder.glob("part-*/part.json")}.items()


def test_a_damaged_snapshot_decides_nothing(on_record: County) -> None:
    taken = take_snapshot(SYSTEM, as_of=AS_OF)
    file = next(places.at(taken.folder).glob("part-*/person.parquet"))
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(bytes(data))
    with pytest.raises(Refused, match="不一致"):
        run_snapshot(SYSTEM, taken.id, threads=1)
    assert runs(SYSTEM) == []


def test_difference_and_before_make_after(on_record: County) -> None:
    first = run_snapshot(SYSTEM, take_snapshot(SYSTEM, as_of=AS_OF).id, threads=1)
    enrich(on_record, people=10_000)
    _leave(on_record, 3)
    second = run_snapshot(SYSTEM, take_snapshot(SYSTEM, as_of=AS_OF).id, threads=1)
    for a, b in ((first, second), (second, first)):
        found = difference(SYSTEM, a.id, b.id, limit=100_000)
        assert found.count == len(found.rows) > 0
        answers = _answers(a)
        for x in found.rows:
            key = (x.programme, x.household, x.person or 0)
            assert answers.get(key, (-1, None, None)) == (x.granted_before, x.paid_before, x.class_before), key
            answers[key] = (x.granted_after, x.paid_after, x.class_after)
        assert {k: v for k, v in answers.items() if v[0] != -1} == _answers(b)
    assert difference(SYSTEM, first.id, first.id).rows == ()
    kinds = {x.kind for x in difference(SYSTEM, first.id, second.id, limit=100_000).rows}
    assert {"停发", "类别变动"} <= kinds
    assert {x.kind for x in difference(SYSTEM, second.id, first.id, limit=100_000).rows} >= {"新增", "类别变动"}


def _leave(county: County, household: int) -> None:
    """A household leaves: it stands in the one run only."""
    from doudi.server.registry.models import Act, Membership

    with everything():
        act = Act.objects.create(kind="leave", on=AS_OF, recorded_at=RECORDED + timedelta(days=5), name="测")
        Membership.objects.filter(household_id=county.tables["household"]["id"][household].as_py()).update(
            withdrawn=act
        )


def _answers(one: Any) -> dict[tuple[str, int, int], tuple[int, int | None, str | None]]:
    out: dict[tuple[str, int, int], tuple[int, int | None, str | None]] = {}
    for table in ("household", "person"):
        for file in sorted(places.at(one.folder).glob(f"part-*/{table}.parquet")):
            found = pq.read_table(file)
            names = [n.removesuffix(".granted") for n in found.column_names if n.endswith(".granted")]
            for row in found.to_pylist():
                household, person = (row["id"], 0) if table == "household" else (row["parent"], row["id"])
                for name in names:
                    out[name, household, person] = (row[f"{name}.granted"], row[f"{name}.paid"], None)
                if table == "household":
                    out["", household, 0] = (0, None, row["家庭类别"])
    return out


def test_sums_by_township_are_those_of_the_rows(on_record: County) -> None:
    first = run_snapshot(SYSTEM, take_snapshot(SYSTEM, as_of=AS_OF).id, threads=1)
    enrich(on_record, people=40)
    second = run_snapshot(SYSTEM, take_snapshot(SYSTEM, as_of=AS_OF).id, threads=1)
    found = difference(SYSTEM, first.id, second.id, limit=100_000)
    assert sum(s.items for s in found.sums) == found.count
    assert all(len(s.area) == 9 for s in found.sums)
    for s in found.sums:
        rows = [x for x in found.rows if (x.area[:9], x.programme, x.kind) == (s.area, s.programme, s.kind)]
        assert s.before == sum(x.paid_before or 0 for x in rows if x.granted_before == 1)
        assert s.after == sum(x.paid_after or 0 for x in rows if x.granted_after == 1)
    assert len(difference(SYSTEM, first.id, second.id, limit=2).rows) == 2


def test_a_township_sees_the_county_s_run_narrowed(on_record: County) -> None:
    first = run_snapshot(CONFIRMING, take_snapshot(CONFIRMING, as_of=AS_OF, area="451229").id, threads=1)
    enrich(on_record, people=200)
    second = run_snapshot(CONFIRMING, take_snapshot(CONFIRMING, as_of=AS_OF, area="451229").id, threads=1)
    whole = difference(CONFIRMING, first.id, second.id, limit=100_000)
    own = difference(CLERK, first.id, second.id, limit=100_000)
    assert own.rows == tuple(x for x in whole.rows if x.area.startswith("451229103"))
    assert 0 < own.count < whole.count
    assert {s.area for s in own.sums} == {"451229103"}
    assert difference(CONFIRMING, first.id, second.id, area="451229103", limit=100_000).rows == own.rows
    for reader in (OTHER_COUNTY,):
        assert runs(reader) == []
        with pytest.raises(NotFound):
            difference(reader, first.id, second.id)
        with pytest.raises(NotFound):
            rerun(reader, first.id)
    with pytest.raises(NotAllowed):
        runs(PARTNER)
    with pytest.raises(NotAllowed):
        run_snapshot(CLERK, first.snapshot)


_KILLED = """
from doudi.server.config.start import start
start()
from doudi.server.lib.actor import system
from doudi.server.decisions.actions.runs import steps
import sys
for _ in steps(system("test"), int(sys.argv[1]), threads=2):
    print("part", flush=True)
"""


def test_killed_again_and_again_it_gives_the_same(
    on_record: County, committed: dict[str, str], small_parts: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGKILL at random moments; nothing half is ever counted."""
    monkeypatch.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, home=Path(committed["DOUDI_HOME"])))
    taken = take_snapshot(SYSTEM, as_of=AS_OF)
    whole = run_snapshot(SYSTEM, taken.id, threads=1)
    left = begin_run(SYSTEM, taken.id)
    env = {**os.environ, **committed}
    rng = random.Random(5)
    kills = 0
    for _ in range(2):
        child = subprocess.Popen(
            [sys.executable, "-c", _KILLED, str(left)],
            env=env,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert child.stdout is not None
        if child.stdout.readline():
            time.sleep(rng.random() * 0.15)
        os.killpg(child.pid, signal.SIGKILL)
        kills += child.wait() == -signal.SIGKILL
        child.stdout.close()
    assert kills
    for _ in steps(SYSTEM, left, threads=1):
        pass
    assert end_run(SYSTEM, left).digest == whole.digest
    assert asdict(run(SYSTEM, left))["rows"] == whole.rows
