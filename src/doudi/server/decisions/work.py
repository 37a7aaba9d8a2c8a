"""The kinds of long work of this app. What each step did is on disk whole or in the database before the cursor says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial

from django.db import InterfaceError, OperationalError, transaction

from doudi.server.decisions.actions.figures import rebuild_figures
from doudi.server.decisions.actions.repricing import begin_repricing, drop_repricing, end_repricing, reprice_steps
from doudi.server.decisions.actions.runs import begin_run, drop_run, end_run, rerun, steps
from doudi.server.decisions.actions.simulating import SIMULATE, work_out
from doudi.server.decisions.actions.snapshots import begin, take_snapshot, write
from doudi.server.decisions.actions.work import refresh_work
from doudi.server.jobs.kinds import Result, kind
from doudi.server.jobs.running import Cancelled, Lost, Running, Stopped
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import day_of, now


@kind("snapshot", zh="留存数据快照", en="Snapshot", permission="screening.run", single=True)
def snapshot(job: Running) -> Result:
    """``as_of`` (ISO), ``knowing`` (ISO, or none: all that is recorded); of the job's area."""
    taken = take_snapshot(
        job.actor,
        as_of=date.fromisoformat(job.params["as_of"]),
        area=job.area,
        knowing=_moment(job.params.get("knowing")),
    )
    return {"snapshot": taken.id, "households": taken.households, "digest": taken.digest}


@kind("screening", zh="筛查", en="Screening", permission="screening.run", single=True)
def screening(job: Running) -> Result:
    """``as_of`` and perhaps ``knowing`` as for a snapshot, or ``snapshot``: one that is there; ``lists`` false leaves the work lists alone.

    Snapshot, then part after part, then the lists: each is taken up where it was left.
    """
    by, params = job.actor, job.params
    if "snapshot" not in job.cursor:
        given = params.get("snapshot") or begin(
            by, as_of=date.fromisoformat(params["as_of"]), area=job.area, knowing=_moment(params.get("knowing"))
        )
        _keep(job, 0, snapshot=given)
    taken = write(by, job.cursor["snapshot"], knowing=_moment(params.get("knowing")))
    if "run" not in job.cursor:
        _keep(job, 0, run=begin_run(by, taken.id))
    run = int(job.cursor["run"])
    with _dropped(partial(drop_run, by, run)):
        for done, total in steps(by, run):
            _keep(job, done, total=total)
    ended = end_run(by, run)
    result = {"snapshot": taken.id, "run": run, "households": taken.households, "digest": ended.digest}
    if params.get("lists", True):
        lists = refresh_work(by, run)
        result |= {"added": lists.added, "kept": lists.kept, "closed": lists.closed}
    return result


@kind("rescreening", zh="复核筛查", en="Screening again", permission="screening.run", single=True)
def rescreening(job: Running) -> Result:
    """``run``: done again on the same facts under the same policy; the result says whether every answer is the same."""
    found = rerun(job.actor, int(job.params["run"]))
    return {"run": found.again.id, "of": found.first.id, "same": found.same, "digest": found.again.digest}


@kind("figures", zh="汇总数字", en="Figures", permission="screening.run", single=True)
def figures(job: Running) -> Result:
    """``run``: counted again from its files."""
    return {"run": job.params["run"], "figures": rebuild_figures(job.actor, int(job.params["run"]))}


@kind("reprice", zh="按新标准重算", en="Repricing", permission="policy.read", single=True)
def reprice(job: Running) -> Result:
    """``areas``, ``since``, ``until`` (or none: this month), ``before`` and ``after`` (digests of policies), ``preview`` (nothing is kept); also
    ``knowing_before`` and ``knowing_after`` where the record of the past was corrected."""
    by, params = job.actor, job.params
    since = date.fromisoformat(params["since"])
    until = _until(since, params.get("until"))
    begun: dict[str, int] = dict(job.cursor.get("begun", {}))
    areas = [_prefix(a) for a in params["areas"]]
    with _whole_or_nothing(partial(_drop, by, begun)):
        for at, area in enumerate(areas):
            if area not in begun:
                with acting(by), transaction.atomic():
                    begun[area] = begin_repricing(
                        by, area=area, since=since, until=until, before=params["before"], after=params["after"],
                        knowing_before=_moment(params.get("knowing_before")), knowing_after=_moment(params.get("knowing_after")),
                        why=f"标准{params['proposal']}" if params.get("proposal") else params.get("why", ""),
                        preview=bool(params.get("preview")),
                    )  # fmt: skip
                    _keep(job, job.done, begun=begun)
            for n, of in reprice_steps(by, begun[area]):
                _keep(job, at * of + n, total=len(areas) * of)
        return _summed(job, begun)


@kind(SIMULATE, zh="模拟测算", en="Simulation", permission="screening.run", single=True)
def simulate(job: Running) -> Result:
    """``simulation``: the scenario. From the start where it was left: nothing is kept before all of it is done."""
    told = work_out(
        job.actor, int(job.params["simulation"]), progress=lambda done, total: _keep(job, done, total=total)
    )
    return {"simulation": told.id}


def _summed(job: Running, begun: dict[str, int]) -> Result:
    """All areas are ended together: half of what was asked is no repricing."""
    by, preview = job.actor, job.params.get("preview")
    with acting(by), transaction.atomic():
        views = {area: end_repricing(by, r) for area, r in begun.items()}
        if preview:
            _drop(by, begun)
    return {
        "repricings": {} if preview else begun,
        "months": {area: {month: told["items"] for month, told in v.months.items()} for area, v in views.items()},
        # Known: who may price an area again may see all of it.
        "back_pay": sum(v.back_pay or 0 for v in views.values()),
        "recovery": sum(v.recovery or 0 for v in views.values()),
    }


def _drop(by: Actor, begun: Mapping[str, int]) -> None:
    for repricing in begun.values():
        drop_repricing(by, repricing)


def _until(since: date, said: str | None) -> date:
    """Up to this month; of what begins later only its first month, which tells what it will mean."""
    this = day_of(now())
    last = max(this, since)
    return min(last, date.fromisoformat(said)) if said else last


def _prefix(area: str) -> str:
    """A division of the pack has twelve digits, nought where it goes no deeper."""
    if len(area) != 12:
        return area
    for n in (2, 4, 6, 9):
        if not area[n:].strip("0"):
            return area[:n] if area.strip("0") else ""
    return area


def _moment(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None


def _keep(job: Running, done: int, *, total: int | None = None, **more: object) -> None:
    with acting(job.actor), transaction.atomic():
        job.progress(done, total=total, cursor={**job.cursor, **more})


@contextmanager
def _dropped(drop: Callable[[], None]) -> Iterator[None]:
    """What is cancelled half-way leaves nothing behind."""
    try:
        yield
    except Cancelled:
        drop()
        raise


@contextmanager
def _whole_or_nothing(drop: Callable[[], object]) -> Iterator[None]:
    """What ends half-way, for whatever reason, leaves nothing behind; what only waits to be taken up again, here or elsewhere, does."""
    try:
        yield
    except (Stopped, Lost, OperationalError, InterfaceError):
        raise
    except Exception:
        drop()
        raise
