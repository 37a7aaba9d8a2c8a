"""Everything that writes decisions."""

from doudi.server.decisions.actions.repricing import reprice
from doudi.server.decisions.actions.runs import rerun, run_snapshot
from doudi.server.decisions.actions.simulating import begin_simulation, drop_simulation, name_simulation, work_out
from doudi.server.decisions.actions.snapshots import purge, take_snapshot
from doudi.server.decisions.actions.work import decide_work, refresh_work

__all__ = [
    "begin_simulation", "decide_work", "drop_simulation", "name_simulation", "purge", "refresh_work", "reprice", "rerun", "run_snapshot",
    "take_snapshot", "work_out",
]  # fmt: skip
