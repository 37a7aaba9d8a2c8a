"""What if: the same people under other standards; sums by township, kept, compared, deleted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from doudi.screening.parts import open_facts
from doudi.screening.simulate import parse_change
from doudi.screening.simulate import simulate as on_disk
from doudi.server.audit.models import Entry
from doudi.server.decisions import places
from doudi.server.decisions.actions import begin_simulation, drop_simulation, name_simulation, purge, take_snapshot
from doudi.server.decisions.selectors import simulation, simulations, snapshot
from doudi.server.decisions.views import SimulationView
from doudi.server.jobs import actions as jobs
from doudi.server.lib.refusals import NotAllowed, NotFound, Refused
from doudi.server.policybook.selectors import policy, values
from doudi.server.policybook.shapes import NewLine
from tests.server import cast
from tests.server.cast import CLERK, CONFIRMING, COUNTY, OTHER_COUNTY, POLICY, PROVINCE, TOWN
from tests.server.decisions.conftest import AS_OF, SYSTEM, County

HIGHER = NewLine("低保标准", COUNTY, "农村", "7800 元")


@pytest.fixture(autouse=True)
def divisions(on_record: County) -> None:
    from doudi.server.areas.actions import ensure
    from doudi.server.areas.shapes import NewDivision

    ensure(SYSTEM, [NewDivision(code, name) for code, name in cast.NAMES.items()], date(2000, 1, 1))


def worked_out(
    *lines: NewLine, name: str = "提高农村低保", taken: int | None = None, as_of: date | None = AS_OF
) -> SimulationView:
    begun = begin_simulation(POLICY, lines or (HIGHER,), name=name, area=COUNTY, as_of=as_of, snapshot=taken)
    assert begun.job is not None
    assert begun.effects is None
    done = jobs.run_here(begun.job)
    assert (done.state, done.zh) == ("done", "")
    return simulation(POLICY, begun.id)


def test_a_higher_line_lets_nobody_lose(on_record: County) -> None:
    told = worked_out()
    assert told.effects is not None
    total = told.effects.total
    assert total.winners > 0
    assert total.losers == total.lost == 0
    assert total.cost_after - total.cost_before == total.gained > 0
    assert sum(a.gained for a in told.effects.areas) == total.gained
    assert sum(a.winners for a in told.effects.areas) == total.winners
    assert {len(f"{a.area:012d}".rstrip("0")) <= 9 for a in told.effects.areas} == {True}
    grown = {p.programme: p for p in told.effects.programmes if p.cost_after != p.cost_before}
    assert "低保" in grown


def test_it_agrees_with_the_command(on_record: County) -> None:
    """The same change, told to ``doudi simulate`` on the same facts."""
    told = worked_out()
    assert told.effects is not None
    assert told.snapshot is not None
    now = policy(AS_OF)
    facts = open_facts(places.at(snapshot(POLICY, told.snapshot).folder), now.schema)
    ruleset = now.ruleset(AS_OF, AS_OF)
    change = parse_change("低保标准.农村=7800元", now.pack.book)
    effects = on_disk(ruleset, now.plan, facts, [change], 451229000000)
    assert told.effects.total == replace(effects.total, area=told.effects.total.area)
    assert told.effects.programmes == effects.programmes
    assert told.effects.moves == effects.moves


def test_what_holds_already_changes_nothing(on_record: County) -> None:
    holds = next(v for v in values(POLICY, COUNTY, AS_OF, standard="低保标准") if v.key == "农村")
    assert holds.value is not None
    told = worked_out(NewLine("低保标准", COUNTY, "农村", holds.value))
    assert told.effects is not None
    assert told.effects.total.gained == told.effects.total.lost == 0
    assert told.effects.moves == ()


def test_an_earlier_snapshot_serves_again(on_record: County) -> None:
    taken = take_snapshot(SYSTEM, as_of=AS_OF, area=COUNTY)
    first, second = worked_out(taken=taken.id), worked_out(taken=taken.id, name="再算一遍")
    assert first.snapshot == second.snapshot == taken.id
    assert first.effects == second.effects
    assert first.households == taken.households


def test_nobodys_decision_changes(on_record: County) -> None:
    before = policy(AS_OF).digest
    told = worked_out()
    assert policy(AS_OF).digest == before == told.policy != told.after


def test_kept_named_and_deleted(on_record: County) -> None:
    told = worked_out()
    assert [s.name for s in simulations(POLICY)] == ["提高农村低保"]
    assert name_simulation(POLICY, told.id, " 方案一 ").name == "方案一"
    drop_simulation(POLICY, told.id)
    assert simulations(POLICY) == []
    verbs = list(
        Entry.objects.filter(verb__startswith="decisions.simul").order_by("seq").values_list("verb", flat=True)
    )
    assert verbs == ["decisions.simulated", "decisions.simulation-named", "decisions.simulation-dropped"]


def test_areas_are_kept_apart(on_record: County) -> None:
    told = worked_out()
    assert simulation(PROVINCE, told.id).id == told.id
    for reader in (CLERK, OTHER_COUNTY):
        assert simulations(reader) == []
        with pytest.raises(NotFound):
            simulation(reader, told.id)
    with pytest.raises(NotFound):
        drop_simulation(OTHER_COUNTY, told.id)
    with pytest.raises(NotAllowed):
        begin_simulation(CLERK, [replace(HIGHER, area=TOWN)], name="镇上", area=TOWN, as_of=AS_OF)
    with pytest.raises(NotAllowed):
        begin_simulation(OTHER_COUNTY, [HIGHER], name="别县", area="451228", as_of=AS_OF)
    with pytest.raises(NotFound):
        begin_simulation(CONFIRMING, [HIGHER], name="别县", area="451228", as_of=AS_OF)


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (replace(HIGHER, value="很多"), "lines.0.value"),
        (replace(HIGHER, key="牧区"), "lines.0.key"),
        (replace(HIGHER, standard="低保标淮"), "lines.0.standard"),
        (replace(HIGHER, value="999999999 元"), "lines.0.value"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(on_record: County, line: NewLine, field: str) -> None:
    with pytest.raises(Refused) as refused:
        begin_simulation(POLICY, [line], name="试", area=COUNTY, as_of=AS_OF)
    assert refused.value.field == field
    assert simulations(POLICY) == []


def test_facts_that_are_gone_are_said_to_be(on_record: County) -> None:
    taken = take_snapshot(SYSTEM, as_of=AS_OF, area=COUNTY, keep_until=date(2024, 8, 1))
    begun = begin_simulation(POLICY, [HIGHER], name="迟了", snapshot=taken.id)
    purge(SYSTEM, date(2024, 9, 1))
    assert begun.job is not None
    done = jobs.run_here(begun.job)
    assert done.state == "failed"
    assert "保存期" in done.zh
    with pytest.raises(Refused) as refused:
        begin_simulation(POLICY, [HIGHER], name="又迟了", snapshot=taken.id)
    assert refused.value.field == "snapshot"
