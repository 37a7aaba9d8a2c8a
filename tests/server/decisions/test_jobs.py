"""Long work of decisions: watched, cancelled, taken up again; everybody priced again as one act."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from doudi.server.audit.models import Entry
from doudi.server.decisions import places, work
from doudi.server.decisions.actions import reprice, run_snapshot, take_snapshot
from doudi.server.decisions.actions.repricing import days_of, reprice_steps
from doudi.server.decisions.actions.runs import steps
from doudi.server.decisions.models import Repricing
from doudi.server.decisions.selectors import repricing_lines, repricings, runs, snapshots
from doudi.server.decisions.selectors import work as listed
from doudi.server.jobs import actions as jobs
from doudi.server.jobs.running import CURRENT
from doudi.server.lib.moments import now
from doudi.server.lib.refusals import NotFound, Refused
from doudi.server.policybook.selectors import policy
from tests.server.cast import CLERK, CONFIRMING, OTHER_COUNTY
from tests.server.decisions.conftest import AS_OF, RECORDED, SYSTEM, County, everything, state
from tests.server.decisions.test_runs import enrich


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doudi.server.decisions.snapshot.freeze.PART", 40)


def start(**params: Any) -> int:
    return jobs.start(CONFIRMING, "screening", params={"as_of": AS_OF.isoformat(), **params}, area="451229").id


def test_a_month_screened_in_the_background(on_record: County) -> None:
    done = jobs.run_here(start())
    assert (done.state, done.zh) == ("done", "")
    assert (done.done, done.total) == (3, 3)
    (one,) = runs(CONFIRMING)
    assert one.id == done.result["run"]
    assert one.digest == done.result["digest"]
    assert len(listed(CONFIRMING, limit=500).rows) == min(500, done.result["added"])


def test_cancelled_it_leaves_nothing(on_record: County, monkeypatch: pytest.MonkeyPatch) -> None:
    before = sorted(places.at(places.RUNS).glob("*"))
    job = start()

    def cancelling(by: Any, run: int) -> Any:
        for done, of in steps(by, run, threads=1):
            if done == 2:
                jobs.cancel(CONFIRMING, job)
            yield done, of

    monkeypatch.setattr("doudi.server.decisions.work.steps", cancelling)
    assert jobs.run_here(job).state == "cancelled"
    assert runs(CONFIRMING) == []
    assert listed(CONFIRMING).rows == ()
    assert len(snapshots(CONFIRMING)) == 1
    assert sorted(places.at(places.RUNS).glob("*")) == before


@pytest.mark.parametrize("at", ["snapshot", "part", "end", "lists"])
def test_a_worker_that_dies_anywhere_is_followed_by_another(
    on_record: County, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    """What stands for a kill: the database is away, the job waits, and goes on from its cursor."""
    from django.db import OperationalError

    straight = run_snapshot(SYSTEM, take_snapshot(SYSTEM, as_of=AS_OF, area="451229").id, threads=1)
    job = start()

    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("away")

    with monkeypatch.context() as m:
        if at == "snapshot":
            m.setattr("doudi.screening.parts.FactsWriter.finish", away)
        elif at == "part":
            keep, seen = work._keep, []

            def third(job: Any, done: int, **more: Any) -> None:
                seen.append(done)
                if done == 2:
                    away()
                keep(job, done, **more)

            m.setattr(work, "_keep", third)
        else:
            m.setattr(work, {"end": "end_run", "lists": "refresh_work"}[at], away)
        assert jobs.run_here(job).state == "waiting"
    assert not CURRENT
    done = jobs.run_here(job)
    assert done.state == "done"
    assert done.result["digest"] == straight.digest
    assert len(runs(CONFIRMING)) == 2
    assert len({i.id for i in listed(CONFIRMING, limit=500).rows}) == min(
        500, done.result["added"] + done.result["kept"]
    )


def test_done_again_in_the_background(on_record: County) -> None:
    first = jobs.run_here(start(lists=False)).result
    enrich(on_record)
    again = jobs.run_here(jobs.start(CONFIRMING, "rescreening", params={"run": first["run"]}, area="451229").id)
    assert again.result["same"] is True


def dearer() -> tuple[str, str]:
    """The policy in force, and one whose minimum living standard is higher; both kept."""
    from doudi.server.policybook import policy as policies
    from doudi.server.policybook.texts import keep

    before = policy(AS_OF)
    files = dict(before.text.files)
    path = next(p for p in files if p.endswith("demo/standards/lines.yaml"))
    text = files[path].decode()
    files[path] = _raised(text).encode()
    from doudi.server.policybook.texts import loaded

    after = loaded(policies.Text(before.text.name, files))
    for p in (before, after):
        keep(SYSTEM, p)
    return before.digest, after.digest


def _raised(text: str) -> str:
    import re

    lines, inside = [], False
    for line in text.splitlines():
        if re.match(r"\S", line):
            inside = line.startswith("低保标准")
        lines.append(re.sub(r"(\d+) 元", lambda m: f"{int(m[1]) + 100} 元", line) if inside else line)
    return "\n".join(lines) + "\n"


def test_everybody_priced_again_by_month(on_record: County) -> None:
    before, after = dearer()
    done = reprice(
        CONFIRMING, area="451229", since=AS_OF, until=date(2024, 8, 31), before=before, after=after, why="标准提高"
    )
    assert (done.state, sorted(done.months)) == ("whole", ["2024-07", "2024-08"])
    assert (done.back_pay or 0) > 0
    lines, more = repricing_lines(CONFIRMING, done.id, limit=500)
    assert more is None
    assert sum(x.difference for x in lines if x.difference and x.difference > 0) == done.back_pay
    assert -sum(x.difference for x in lines if x.difference and x.difference < 0) == done.recovery
    assert {x.month for x in lines} == {date(2024, 7, 1), date(2024, 8, 1)}
    assert any(x.programme == "低保" and x.difference == (x.after or 0) - (x.before or 0) for x in lines)
    own, _ = repricing_lines(CLERK, done.id, limit=500)
    assert own == tuple(x for x in lines if x.area.startswith("451229103"))
    with pytest.raises(NotFound):
        repricing_lines(OTHER_COUNTY, done.id)
    assert repricings(OTHER_COUNTY) == []


def test_priced_again_in_the_background(on_record: County) -> None:
    before, after = dearer()
    params = {
        "proposal": 0, "areas": ["451229"], "since": "2024-07-01", "until": "2024-07-31", "before": before, "after": after, "preview": False,
    }  # fmt: skip
    done = jobs.run_here(jobs.start(CONFIRMING, "reprice", params=params, area="451229").id)
    assert (done.state, done.zh) == ("done", "")
    assert done.result["back_pay"] > 0
    assert len(repricings(CONFIRMING)) == 1
    looked = jobs.run_here(jobs.start(CONFIRMING, "reprice", params={**params, "preview": True}, area="451229").id)
    assert (looked.result["back_pay"], looked.result["repricings"]) == (done.result["back_pay"], {})
    assert len(repricings(CONFIRMING)) == 1, "a look leaves no ledger"


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize("how", ["refused", "cancelled", "broken"])
def test_one_that_ends_half_way_leaves_nothing(
    on_record: County, monkeypatch: pytest.MonkeyPatch, how: str, preview: bool
) -> None:
    """Two areas are one act: when the second fails nothing of the first is owed to anybody, and nobody reads that it was done."""
    before, after = dearer()
    params = {
        "proposal": 0, "areas": ["451229101", "451229103"], "since": "2024-07-01", "until": "2024-07-31", "before": before, "after": after,
        "preview": preview,
    }  # fmt: skip
    job = jobs.start(CONFIRMING, "reprice", params=params, area="451229").id
    begun: list[int] = []

    def failing(by: Any, repricing: int) -> Any:
        begun.append(repricing)
        for done, of in reprice_steps(by, repricing):
            assert [r.id for r in repricings(CONFIRMING)] == ([] if preview else sorted(begun, reverse=True))
            if len(begun) == 2 and how == "cancelled":
                jobs.cancel(CONFIRMING, job)
            elif len(begun) == 2:
                raise Refused("full", "磁盘满了。", "The disk is full.") if how == "refused" else RuntimeError("broken")
            yield done, of

    monkeypatch.setattr("doudi.server.decisions.work.reprice_steps", failing)
    assert jobs.run_here(job).state == ("cancelled" if how == "cancelled" else "failed")
    assert len(begun) == 2
    with everything():
        assert not Repricing.objects.exists()
    assert not Entry.objects.filter(verb="decisions.repriced").exists()
    monkeypatch.undo()
    again = jobs.run_here(jobs.start(CONFIRMING, "reprice", params=params, area="451229").id)
    assert (again.state, len(again.result["repricings"])) == ("done", 0 if preview else 2)
    assert again.result["back_pay"] > 0
    assert [r.state for r in repricings(CONFIRMING)] == ([] if preview else ["whole", "whole"])
    assert Entry.objects.filter(verb="decisions.repriced").count() == (0 if preview else 2)


def test_one_whose_database_is_away_goes_on_where_it_was(on_record: County, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    before, after = dearer()
    params = {
        "proposal": 0, "areas": ["451229101", "451229103"], "since": "2024-07-01", "until": "2024-07-31", "before": before, "after": after,
        "preview": False,
    }  # fmt: skip
    job = jobs.start(CONFIRMING, "reprice", params=params, area="451229").id
    with monkeypatch.context() as m:
        m.setattr(work, "end_repricing", lambda *_: (_ for _ in ()).throw(OperationalError("away")))
        assert jobs.run_here(job).state == "waiting"
    with everything():
        kept = sorted(Repricing.objects.values_list("id", flat=True))
    assert len(kept) == 2
    done = jobs.run_here(job)
    assert (done.state, sorted(done.result["repricings"].values())) == ("done", kept)


def test_what_a_clock_set_back_recorded_is_known(on_record: County) -> None:
    before, after = dearer()
    late = now() + timedelta(days=2)
    state(late, person_id=on_record.tables["person"]["id"][0].as_py(), values={"重病": True})
    done = reprice(CONFIRMING, area="451229", since=AS_OF, until=AS_OF, before=before, after=after)
    assert done.knowing_before == done.knowing_after >= late


@pytest.mark.parametrize(
    ("at", "until"),
    [
        (datetime(2026, 11, 30, 15, 59, tzinfo=UTC), date(2026, 11, 30)),
        (datetime(2026, 11, 30, 16, 0, tzinfo=UTC), date(2026, 12, 1)),
    ],
)
def test_the_month_begins_by_the_clock_of_the_office(
    monkeypatch: pytest.MonkeyPatch, at: datetime, until: date
) -> None:
    monkeypatch.setattr(work, "now", lambda: at)
    assert work._until(date(2026, 10, 1), None) == until


def test_a_corrected_past_of_everybody(on_record: County) -> None:
    digest = policy(AS_OF).digest
    enrich(on_record, people=10_000)
    done = reprice(
        CONFIRMING, area="451229", since=AS_OF, until=AS_OF, before=digest, after=digest, knowing_before=RECORDED,
        knowing_after=RECORDED + timedelta(days=30), why="核对更正",
    )  # fmt: skip
    assert (done.recovery or 0) > 0
    assert done.months["2024-07"]["before"] != done.months["2024-07"]["after"]


def test_which_days() -> None:
    assert days_of(date(2024, 11, 15), date(2025, 1, 31)) == [date(2024, 11, 15), date(2024, 12, 1), date(2025, 1, 1)]
    assert days_of(date(2024, 11, 1), date(2024, 10, 1)) == []


def test_a_span_that_cannot_be(on_record: County) -> None:
    digest = policy(AS_OF).digest
    for since, until in ((date(2024, 8, 1), date(2024, 7, 1)), (date(2020, 1, 1), date(2024, 7, 1))):
        with pytest.raises(Refused):
            reprice(CONFIRMING, area="451229", since=since, until=until, before=digest, after=digest)
    with pytest.raises(NotFound):
        reprice(CONFIRMING, area="451228", since=AS_OF, until=AS_OF, before=digest, after=digest)


@pytest.mark.parametrize(
    ("said", "prefix"),
    [
        ("451229", "451229"),
        ("451229000000", "451229"),
        ("000000000000", ""),
        ("451229103000", "451229103"),
        ("451229103201", "451229103201"),
        ("", ""),
    ],
)
def test_divisions_of_the_pack_are_prefixes_here(said: str, prefix: str) -> None:
    assert work._prefix(said) == prefix
