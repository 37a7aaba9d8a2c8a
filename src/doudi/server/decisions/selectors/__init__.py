"""What may be asked of decisions, each answer narrowed to the reader's areas."""

from doudi.server.decisions.selectors.differences import difference
from doudi.server.decisions.selectors.household import HouseholdDecision, decide
from doudi.server.decisions.selectors.repricing import (
    owed,
    repricing_ledger,
    repricing_lines,
    repricing_places,
    repricings,
)
from doudi.server.decisions.selectors.runs import run, runs, snapshot, snapshots
from doudi.server.decisions.selectors.simulations import simulation, simulations
from doudi.server.decisions.selectors.waiting import WaitingList, waiting_lists
from doudi.server.decisions.selectors.work import work, work_counts, work_item

__all__ = [
    "HouseholdDecision", "WaitingList", "decide", "difference", "owed", "repricing_ledger", "repricing_lines", "repricing_places",
    "repricings", "run", "runs", "simulation",
    "simulations", "snapshot", "snapshots", "waiting_lists", "work", "work_counts", "work_item",
]  # fmt: skip
