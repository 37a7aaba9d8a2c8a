"""Everything that writes decisions."""

from doudi.server.decisions.actions.repricing import reprice
from doudi.server.decisions.actions.runs import rerun, run_snapshot
from doudi.server.decisions.actions.snapshots import purge, take_snapshot
from doudi.server.decisions.actions.work import decide_work, refresh_work

__all__ = ["decide_work", "purge", "refresh_work", "reprice", "rerun", "run_snapshot", "take_snapshot"]
