"""Screening a snapshot, in steps that survive a kill, and doing an old screening again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from django.db import transaction

from doudi import __version__
from doudi.screening.facts import FactsRefused
from doudi.screening.parts import Facts, open_facts
from doudi.server.audit.actions import record
from doudi.server.decisions import places
from doudi.server.decisions.actions.counting import counted, keep_figures
from doudi.server.decisions.actions.snapshots import RUN_MAY
from doudi.server.decisions.models import PURGED, WHOLE, WRITING, Run, Snapshot
from doudi.server.decisions.running.parts import decide_parts, finish
from doudi.server.decisions.selectors.runs import overlaps, run_view, seen_run
from doudi.server.decisions.verbs import RUN_DONE
from doudi.server.decisions.views import Repeated, RunView
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import now
from doudi.server.lib.refusals import NotFound, Refused
from doudi.server.policybook.policy import Policy
from doudi.server.policybook.selectors import policy, policy_of
from doudi.server.policybook.texts import keep


def run_snapshot(
    by: Actor, snapshot: int, *, under: Policy | None = None, threads: int = 2, why: str = "", again: int | None = None, figures: bool = True
) -> RunView:  # fmt: skip
    """Decide a snapshot under the policy that it was taken under, or ``under``; waits until it is done. ``figures`` as for ``end_run``.

    Raises NotAllowed, NotFound; Refused where the snapshot is not whole, purged or damaged.
    """
    run = begin_run(by, snapshot, under=under, why=why, again=again)
    for _ in steps(by, run, threads=threads):
        pass
    return end_run(by, run, figures=figures)


def rerun(by: Actor, run: int, *, threads: int = 2) -> Repeated:
    """The same facts under the same policy once more: the answers must be the same to the last, whatever was recorded or published since.

    Raises NotAllowed, NotFound; Refused where the facts were purged or damaged, or the policy's text is no longer what its digest says.
    """
    with acting(by):
        first = run_view(seen_run(by, run), by.scope)
    again = run_snapshot(by, first.snapshot, under=policy_of(first.policy), threads=threads, again=first.id)
    return Repeated(first, again)


def begin_run(by: Actor, snapshot: int, *, under: Policy | None = None, why: str = "", again: int | None = None) -> int:
    """A run announced; nothing is decided yet. Gives its id."""
    by.require(RUN_MAY)
    with acting(by), transaction.atomic():
        facts = _snapshot(by, snapshot)
        places.within(by, facts.area)
        chosen = under or policy_of(facts.policy)
        keep(by, chosen)
        ruleset = chosen.ruleset(facts.month, facts.as_of)
        made = Run.objects.create(
            snapshot=facts, area=facts.area, month=facts.month, as_of=facts.as_of, policy=chosen.digest, pack=chosen.pack.name,
            ruleset=ruleset.digest, engine=__version__, folder=places.fresh(places.RUNS, facts.month), again_id=again, why=why,
            made_at=now(), official=by.official,
        )  # fmt: skip
        return made.id


def steps(by: Actor, run: int, *, threads: int = 2) -> Iterator[tuple[int, int]]:
    """Decides part after part; gives (done, of all). Taken up again it goes on after the parts that are there."""
    with acting(by):
        one = seen_run(by, run)
        if one.state == WHOLE:
            return
        chosen = policy_of(one.policy)
    with _told():
        facts = _facts(one.snapshot, chosen)
        yield from decide_parts(
            chosen.ruleset(one.month, one.as_of), chosen.plan, facts, places.at(one.folder), threads=threads
        )


def end_run(by: Actor, run: int, *, figures: bool = True) -> RunView:
    """Once all parts are decided: the run is whole, under its digest, and counted. Safe to repeat.

    Its figures count as those of its month, unless it only repeats another, asks "what if" under a policy that is not in force, or ``figures`` is
    false.
    """
    by.require(RUN_MAY)
    with acting(by):
        one = seen_run(by, run)
        chosen = policy_of(one.policy)
    if one.state == WRITING:
        with _told():
            told = finish(chosen.ruleset(one.month, one.as_of), _facts(one.snapshot, chosen), places.at(one.folder))
        counts = figures and one.again_id is None and one.policy == policy(one.as_of).digest
        # Counted before the transaction, which then only writes: on SQLite it keeps all others from writing.
        with counted(one, chosen) if counts else nullcontext(()) as rows, acting(by), transaction.atomic():
            ended = Run.objects.filter(id=run, state=WRITING).update(
                state=WHOLE, digest=told.digest, parts=told.parts, rows=told.rows, ended_at=now()
            )
            if ended:
                if counts:
                    keep_figures(one, rows)
                households = told.rows.get(chosen.schema.root.file, 0)
                record(
                    by, RUN_DONE, area=one.area, count=households, digest=told.digest, why=one.why, run=run, snapshot=one.snapshot_id,
                    policy=one.policy[:12],
                )  # fmt: skip
    with acting(by):
        return run_view(seen_run(by, run), by.scope)


def drop_run(by: Actor, run: int) -> None:
    """A run that was cancelled leaves nothing that could be taken for results. One that is whole stays."""
    with acting(by), transaction.atomic():
        one = Run.objects.filter(by.scope.q("area"), id=run, state=WRITING).first()
        if one is None:
            return
        Run.objects.filter(id=run).update(state=PURGED, ended_at=now())
    places.gone(one.folder)


def _snapshot(by: Actor, snapshot: int) -> Snapshot:
    found = Snapshot.objects.filter(overlaps(by.scope), id=snapshot).first()
    if found is None:
        raise NotFound(
            "no-snapshot", f"没有快照{snapshot}，或不在您的辖区内。", f"There is no snapshot {snapshot} in your areas."
        )
    if found.state != WHOLE:
        zh, en = (
            ("数据已过保存期清除，只留有摘要", "was removed when its time was up")
            if found.state == PURGED
            else ("没有完成", "was never finished")
        )
        raise Refused(
            "snapshot-" + found.state,
            f"快照{snapshot}{zh}，不能筛查。",
            f"Snapshot {snapshot} {en} and cannot be screened.",
        )
    return found


def _facts(snapshot: Snapshot, chosen: Policy) -> Facts:
    facts = open_facts(places.at(snapshot.folder), chosen.schema)
    if facts.digest != snapshot.digest:
        raise Refused(
            "snapshot-changed",
            f"快照{snapshot.id}的数据与登记的摘要不符，不能据以认定；请从备份恢复。",
            f"The facts of snapshot {snapshot.id} are not those of its digest and decide nothing; restore a backup.",
        )
    return facts


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except FactsRefused as error:
        raise Refused(error.code, error.zh, error.en) from error
