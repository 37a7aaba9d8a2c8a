"""Snapshots and runs. A run of a county is seen by its townships too; what of it they are shown is narrowed where it is shown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from doudi.server.decisions import places
from doudi.server.decisions.models import PURGED, WHOLE, Run, Snapshot
from doudi.server.decisions.views import RunView, SnapshotView
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor, system
from doudi.server.lib.refusals import NotFound, Refused
from doudi.server.lib.scope import Scope

READ = "screening.read"


def overlaps(scope: Scope) -> Q:
    """Rows whose ``area`` lies in the scope, or holds part of it."""
    if "" in scope.prefixes:
        # Everything is the empty Q, and that or'd with another is the other alone.
        return Q()
    above = {p[:n] for p in scope.prefixes for n in range(len(p))}
    return scope.q("area") | Q(area__in=above)


def snapshots(reader: Actor, *, area: str = "", month: date | None = None, limit: int = 50) -> list[SnapshotView]:
    """The newest first."""
    reader.require(READ)
    with acting(reader):
        rows = Snapshot.objects.filter(overlaps(reader.scope), area__startswith=area).order_by("-id")
        rows = rows.filter(month=month) if month else rows
        return [snapshot_view(s, reader.scope) for s in rows[:limit]]


def runs(
    reader: Actor, *, area: str = "", month: date | None = None, limit: int = 50, before: int | None = None
) -> list[RunView]:
    """Finished runs, the newest first; ``before`` is the last id of the page before."""
    reader.require(READ)
    with acting(reader):
        rows = Run.objects.filter(overlaps(reader.scope), area__startswith=area, state=WHOLE).order_by("-id")
        rows = rows.filter(month=month) if month else rows
        rows = rows.filter(id__lt=before) if before is not None else rows
        return [run_view(r, reader.scope) for r in rows[:limit]]


def ever_screened(reader: Actor, area: str = "") -> bool:
    """Whether a screening of the reader's areas, or of ``area`` in them, came to its end, whether or not its files are still kept."""
    reader.require(READ)
    with acting(reader):
        return Run.objects.filter(overlaps(reader.scope.narrowed(area)), state__in=(WHOLE, PURGED)).exists()


def run(reader: Actor, run_id: int) -> RunView:
    """Raises NotAllowed, NotFound."""
    reader.require(READ)
    with acting(reader):
        return run_view(seen_run(reader, run_id), reader.scope)


def snapshot(reader: Actor, snapshot_id: int) -> SnapshotView:
    """Raises NotAllowed, NotFound."""
    reader.require(READ)
    with acting(reader):
        found = Snapshot.objects.filter(overlaps(reader.scope), id=snapshot_id).first()
    if found is None:
        raise NotFound(
            "no-snapshot",
            f"没有快照{snapshot_id}，或不在您的辖区内。",
            f"There is no snapshot {snapshot_id} in your areas.",
        )
    return snapshot_view(found, reader.scope)


def seen_run(reader: Actor, run_id: int) -> Run:
    found = Run.objects.filter(overlaps(reader.scope), id=run_id).select_related("snapshot").first()
    if found is None:
        raise NotFound("no-run", f"没有筛查{run_id}，或不在您的辖区内。", f"There is no run {run_id} in your areas.")
    return found


def days_of(runs: Iterable[int]) -> dict[int, date]:
    """Run -> the day as of which it screened, whoever's it was: what was found of a household goes along with it to offices that never see the
    run itself. A day names nobody."""
    wanted = set(runs)
    found = dict(Run.objects.filter(id__in=wanted).values_list("id", "as_of")) if wanted else {}
    if wanted - found.keys():
        # What the database does not show here is another's.
        with acting(system("days of runs")):
            found |= dict(Run.objects.filter(id__in=wanted - found.keys()).values_list("id", "as_of"))
    return found


def whole(run: Run) -> Run:
    """Raises Refused for a run whose results cannot be read."""
    if run.state == PURGED:
        raise Refused(
            "purged",
            f"筛查{run.id}的数据已过保存期清除，只留有摘要。",
            f"The files of run {run.id} were removed when their time was up.",
        )
    if run.state != WHOLE or not (places.at(run.folder) / "run.json").exists():
        raise Refused(
            "not-whole",
            f"筛查{run.id}没有完成，不能使用；请重新筛查。",
            f"Run {run.id} was never finished; screen again.",
        )
    return run


def snapshot_view(s: Snapshot, scope: Scope) -> SnapshotView:
    """As one with the areas ``scope`` may see it: of a whole larger than these no total is told."""
    own = scope.covers(s.area)
    return SnapshotView(
        s.id, s.month, s.as_of, s.knowing, s.area, s.policy, s.digest, s.state, s.households if own else None, s.people if own else None,
        s.disputed if own else None, s.made_at, s.keep_until, s.folder,
    )  # fmt: skip


def run_view(r: Run, scope: Scope) -> RunView:
    """The same of a run."""
    return RunView(
        r.id, r.snapshot_id, r.area, r.month, r.as_of, r.policy, r.pack, r.ruleset, r.engine, r.digest, r.state, r.parts,
        r.rows if scope.covers(r.area) else None, r.again_id, r.made_at, r.ended_at, r.folder,
    )  # fmt: skip
