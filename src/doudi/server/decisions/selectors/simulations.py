"""Scenarios that were kept, of the reader's areas."""

from __future__ import annotations

from doudi.screening.simulate import AreaEffect, Effects, ProgrammeEffect
from doudi.server.decisions.models import WHOLE
from doudi.server.decisions.selectors.runs import READ
from doudi.server.decisions.simulated import Simulation
from doudi.server.decisions.views import SimulationView
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotFound
from doudi.server.policybook.shapes import NewLine


def simulations(
    reader: Actor, *, proposal: int | None = None, limit: int = 50, before: int | None = None
) -> list[SimulationView]:
    """The newest first; ``before`` is the last id of the page before."""
    reader.require(READ)
    with acting(reader):
        rows = Simulation.objects.filter(reader.scope.q("area")).select_related("snapshot").order_by("-id")
        rows = rows.filter(proposal=proposal) if proposal is not None else rows
        rows = rows.filter(id__lt=before) if before is not None else rows
        return [simulation_view(s) for s in rows[:limit]]


def simulation(reader: Actor, simulation_id: int) -> SimulationView:
    """Raises NotAllowed, NotFound."""
    reader.require(READ)
    with acting(reader):
        return simulation_view(seen_simulation(reader, simulation_id))


def seen_simulation(reader: Actor, simulation_id: int) -> Simulation:
    """Whole areas only: the sums of a county are not for one of its townships."""
    rows = Simulation.objects.filter(reader.scope.q("area"), id=simulation_id).select_related("snapshot")
    found = rows.first()
    if found is None:
        raise NotFound(
            "no-simulation",
            f"没有模拟方案{simulation_id}，或不在您的辖区内。",
            f"There is no scenario {simulation_id} in your areas.",
        )
    return found


def simulation_view(s: Simulation) -> SimulationView:
    households = s.snapshot.households if s.snapshot is not None else None
    return SimulationView(
        s.id, s.name, s.area, s.snapshot_id, households, s.as_of,
        tuple(NewLine(x["standard"], x["area"], x["key"], x["value"]) for x in s.changes), s.proposal, s.state,
        _effects(s.effects) if s.state == WHOLE else None, s.policy, s.after, s.job, s.by_name, s.made_at, s.ended_at,
    )  # fmt: skip


def _effects(kept: dict) -> Effects:  # type: ignore[type-arg]
    return Effects(
        AreaEffect(**kept["total"]),
        tuple(AreaEffect(**x) for x in kept["areas"]),
        tuple(ProgrammeEffect(**x) for x in kept["programmes"]),
        tuple((a, b, n) for a, b, n in kept["moves"]),
        kept["undecided"],
    )
