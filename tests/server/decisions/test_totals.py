"""How many there are in a whole larger than the reader's areas is not told to the reader: unknown, and never nought."""

from __future__ import annotations

from datetime import timedelta

from doudi.server.api.shapes import lists as shapes
from doudi.server.decisions.actions import run_snapshot, take_snapshot
from doudi.server.decisions.actions.repricing import begin_repricing, end_repricing, reprice_steps
from doudi.server.decisions.selectors import repricings, run, runs, snapshot, snapshots
from doudi.server.decisions.selectors.repricing import repricing_ledger
from doudi.server.policybook.selectors import policy
from tests.server.cast import CLERK, CONFIRMING, COUNTY, REVIEWER
from tests.server.decisions.conftest import AS_OF, RECORDED, SYSTEM, County
from tests.server.decisions.test_runs import enrich


def test_totals_of_a_county_are_told_to_the_county_alone(on_record: County) -> None:
    taken = take_snapshot(CONFIRMING, as_of=AS_OF, area=COUNTY)
    done = run_snapshot(CONFIRMING, taken.id, threads=1)
    homes = len(on_record.tables["household"])
    for reader in (CONFIRMING, SYSTEM):
        for one in (run(reader, done.id), runs(reader)[0]):
            assert one.rows is not None
            assert one.rows["household"] == homes
        assert {s.households for s in (snapshot(reader, taken.id), snapshots(reader)[0])} == {homes}
    for reader in (CLERK, REVIEWER):
        assert [x.rows for x in (run(reader, done.id), runs(reader)[0])] == [None, None]
        for s in (snapshot(reader, taken.id), snapshots(reader)[0]):
            assert (s.households, s.people, s.disputed) == (None, None, None)
            assert s.digest == taken.digest
    assert shapes.Run.model_validate(run(CLERK, done.id), from_attributes=True).rows is None


def test_sums_of_a_repricing_are_told_to_its_area_alone(on_record: County) -> None:
    enrich(on_record, people=10_000)
    digest = policy(AS_OF).digest
    one = begin_repricing(
        SYSTEM, area=COUNTY, since=AS_OF, until=AS_OF, before=digest, after=digest, knowing_before=RECORDED + timedelta(hours=1)
    )  # fmt: skip
    list(reprice_steps(SYSTEM, one, threads=1))
    whole = end_repricing(SYSTEM, one)
    assert whole.recovery
    assert (repricings(CONFIRMING)[0].recovery, repricings(CONFIRMING)[0].months) == (whole.recovery, whole.months)
    told, places, lines, _ = repricing_ledger(CLERK, one)
    for r in (told, repricings(CLERK)[0]):
        assert (r.back_pay, r.recovery) == (None, None)
        assert {m["items"] for m in r.months.values()} == {None}
    assert 0 < sum(p.recovery for p in places) < whole.recovery
    assert all(x.area.startswith("451229103") for x in lines)
