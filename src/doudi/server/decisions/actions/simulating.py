"""What if: standards tried out on the households of a snapshot. Nobody's decision changes; what is kept are sums by township."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
from django.db import transaction

from doudi.rules import Faults
from doudi.screening.facts import FactsRefused
from doudi.screening.parts import open_facts
from doudi.screening.simulate import Effects, contrast
from doudi.screening.workers import WorkerEnded
from doudi.server.audit.actions import record
from doudi.server.decisions import places
from doudi.server.decisions.actions.snapshots import RUN_MAY, take_snapshot
from doudi.server.decisions.models import PURGED, WHOLE, WRITING, Snapshot
from doudi.server.decisions.selectors.simulations import seen_simulation, simulation_view
from doudi.server.decisions.simulated import Simulation
from doudi.server.decisions.snapshot.freeze import PLACES
from doudi.server.decisions.verbs import SIMULATED, SIMULATION_DROPPED, SIMULATION_NAMED
from doudi.server.decisions.views import SimulationView
from doudi.server.jobs import actions as jobs
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import now
from doudi.server.lib.refusals import Refused
from doudi.server.policybook.policy import Policy
from doudi.server.policybook.selectors import policy
from doudi.server.policybook.shapes import NewLine
from doudi.server.policybook.trial import tried

SIMULATE = "simulate"
"""The kind of job; its one parameter is ``simulation``."""
LONGEST = 120

Progress = Callable[[int, int], None]


def begin_simulation(
    by: Actor,
    lines: Sequence[NewLine],
    *,
    name: str,
    area: str = "",
    as_of: date | None = None,
    snapshot: int | None = None,
    proposal: int | None = None,
) -> SimulationView:
    """A scenario announced, and the job that works it out: on the facts of ``snapshot``, or, without one, on those of ``area`` as they stand on
    ``as_of``. Raises NotAllowed, NotFound; Refused with ``field`` for values that cannot be and for a snapshot whose files are gone."""
    by.require(RUN_MAY)
    said = _name(name)
    with acting(by):
        facts = Snapshot.objects.filter(by.scope.q("area"), id=snapshot, state=WHOLE).first() if snapshot else None
    if snapshot is not None and facts is None:
        raise Refused(
            "no-snapshot",
            f"快照{snapshot}不在您的辖区内，或数据已按期清除；请另选一个。",
            f"Snapshot {snapshot} is not in your areas, or its files were removed: choose another.",
            field="snapshot",
        )
    where, day = (facts.area, facts.as_of) if facts else (area, as_of)
    if day is None:
        raise Refused("empty", "请选择用哪个月的数据。", "Choose which month's facts to use.", field="snapshot")
    places.within(by, where)
    tried(by, day, lines)
    changes = [{"standard": x.standard, "area": x.area, "key": x.key, "value": x.value} for x in lines]
    with acting(by), transaction.atomic():
        made = Simulation.objects.create(
            name=said, area=where, snapshot=facts, as_of=day, changes=changes, proposal=proposal, made_at=now(),
            official=by.official, by_name=by.name,
        )  # fmt: skip
        made.job = jobs.start(by, SIMULATE, params={"simulation": made.id}, area=where).id
        Simulation.objects.filter(id=made.id).update(job=made.job)
        return simulation_view(made)


def work_out(by: Actor, simulation: int, *, threads: int = 2, progress: Progress | None = None) -> SimulationView:
    """Decides everybody twice and keeps the sums; safe to repeat. Raises NotFound; Refused where the facts are gone or damaged."""
    by.require(RUN_MAY)
    with acting(by):
        one = seen_simulation(by, simulation)
    if one.state == WHOLE:
        return simulation_view(one)
    if one.snapshot is None:
        taken = take_snapshot(by, as_of=one.as_of, area=one.area).id
        with acting(by), transaction.atomic():
            Simulation.objects.filter(id=one.id).update(snapshot=taken)
        with acting(by):
            one = seen_simulation(by, simulation)
    lines = [NewLine(x["standard"], x["area"], x["key"], x["value"]) for x in one.changes]
    before, after = policy(one.as_of), tried(by, one.as_of, lines)
    try:
        effects = _decided_twice(one, before, after, threads, progress)
    except Faults as error:
        first = error.faults[0]
        raise Refused("does-not-fit", f"{first.zh}。", f"{first.en}.") from error
    except (FactsRefused, WorkerEnded) as error:
        raise Refused("facts", error.zh, error.en) from error
    with acting(by), transaction.atomic():
        one.state, one.effects, one.ended_at = WHOLE, asdict(effects), now()
        one.policy, one.after = before.digest, after.digest
        written = Simulation.objects.filter(id=one.id, state=WRITING).update(
            state=WHOLE, effects=one.effects, ended_at=one.ended_at, policy=one.policy, after=one.after
        )
        if written:
            record(
                by, SIMULATED, area=one.area, count=sum(1 for _ in lines), simulation=one.id, as_of=one.as_of.isoformat(),
                standards="、".join(sorted({x.standard for x in lines})),
            )  # fmt: skip
    return simulation_view(one)


def name_simulation(by: Actor, simulation: int, name: str) -> SimulationView:
    """Gives a kept scenario another name."""
    by.require(RUN_MAY)
    said = _name(name)
    with acting(by), transaction.atomic():
        one = seen_simulation(by, simulation)
        if one.name != said:
            one.name = said
            Simulation.objects.filter(id=one.id).update(name=said)
            record(by, SIMULATION_NAMED, area=one.area, simulation=one.id, name=said)
        return simulation_view(one)


def drop_simulation(by: Actor, simulation: int) -> None:
    """Removes a scenario that nobody needs any more."""
    by.require(RUN_MAY)
    with acting(by), transaction.atomic():
        one = seen_simulation(by, simulation)
        Simulation.objects.filter(id=one.id).delete()
        record(by, SIMULATION_DROPPED, area=one.area, simulation=simulation, name=one.name)


def _decided_twice(one: Simulation, before: Policy, after: Policy, threads: int, progress: Progress | None) -> Effects:
    facts_of = one.snapshot
    if facts_of is None or facts_of.state == PURGED:
        raise Refused(
            "snapshot-purged",
            "所用快照的数据已过保存期清除；请用新的快照再模拟。",
            "The facts of that snapshot were removed when their time was up: simulate with a newer one.",
        )
    facts = open_facts(places.at(facts_of.folder), before.schema)
    offices = pq.read_table(places.at(facts_of.folder) / PLACES, columns=["household", "area"])
    rules = [p.ruleset(facts_of.month, facts_of.as_of) for p in (before, after)]
    home = int(one.area.ljust(12, "0")[:12]) if one.area else 0
    return contrast(
        rules[0], rules[1], before.plan, facts, home, places=_whole(offices), threads=threads, progress=progress
    )


def _whole(offices: pa.Table) -> pa.Table:
    return offices.cast(pa.schema({"household": pa.int64(), "area": pa.string()}))


def _name(name: str) -> str:
    said = name.strip()
    if not said:
        raise Refused("empty", "请给这个方案起个名称。", "Give the scenario a name.", field="name")
    if len(said) > LONGEST:
        raise Refused(
            "too-long", f"名称不能超过 {LONGEST} 个字。", f"A name has at most {LONGEST} characters.", field="name"
        )
    return said
