"""Work lists: brought up to a screening, and decided item by item."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from doudi.server.audit.actions import record
from doudi.server.decisions import places
from doudi.server.decisions.actions.snapshots import RUN_MAY
from doudi.server.decisions.actions.standing import bring_standings
from doudi.server.decisions.models import CLOSED, DISMISSED, DONE, OPEN, WHOLE, Run, WorkItem
from doudi.server.decisions.running.listing import Listed, rows_of
from doudi.server.decisions.selectors.runs import READ, seen_run, whole
from doudi.server.decisions.selectors.work import work_view
from doudi.server.decisions.verbs import LISTED, WORK_DECIDED
from doudi.server.decisions.views import WorkView
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import now
from doudi.server.lib.refusals import NotFound, Refused
from doudi.server.lib.scope import Scope
from doudi.server.policybook.selectors import policy_of

STATES = {OPEN: "待办", DONE: "已办", DISMISSED: "不需办理"}
_TOLD = ("area", "other_area", "zh", "en", "certain", "due", "received", "missing", "last_run_id")
_CHUNK = 2_000


@dataclass(frozen=True)
class Refreshed:
    """``added`` items are new or open again; ``kept`` were there already, with what was decided on them; ``closed`` hold no longer."""

    added: int
    kept: int
    closed: int


def refresh_work(by: Actor, run: int) -> Refreshed:
    """Brings the lists of the run's area up to what it found. What an official decided stays while it holds; what holds no longer is closed, and
    open again should it come back. All of it or nothing; safe to repeat.

    Raises Refused for a run that is not the latest of its area: work is not done by last month's facts.
    """
    by.require(RUN_MAY)
    with acting(by):
        one = whole(seen_run(by, run))
        places.within(by, one.area)
        chosen = policy_of(one.policy)
        newer = Run.objects.filter(area=one.area, state=WHOLE, as_of__gt=one.as_of).order_by("-as_of").first()
    if newer is not None:
        raise Refused(
            "not-latest",
            f"筛查{run}（{one.as_of}）之后已有 {newer.as_of} 的筛查{newer.id}，工作清单只按最近一次更新。",
            f"Run {newer.id} as of {newer.as_of} is later than run {run} as of {one.as_of}; work lists follow the latest only.",
        )
    with tempfile.TemporaryDirectory(prefix="doudi-lists-") as scratch:
        found = rows_of(
            places.at(one.folder), places.at(one.snapshot.folder), chosen, one.as_of, one.month, Path(scratch)
        )
        with acting(by), transaction.atomic():
            done = _bring(one, found)
            bring_standings(one, chosen)
            record(
                by, LISTED, area=one.area, count=done.added + done.kept, run=run, added=done.added, closed=done.closed
            )
    return done


def _bring(run: Run, found: Iterable[Listed]) -> Refreshed:
    here = WorkItem.objects.filter(Scope.of([run.area]).q("area"))
    known = {
        (code, programme, household, person): (pk, state)
        for pk, state, code, programme, household, person in here.values_list(
            "id", "state", "code", "programme", "household", "person"
        ).iterator(chunk_size=_CHUNK)
    }
    added = kept = 0
    for chunk in _chunks(found):
        fresh: list[WorkItem] = []
        again: list[WorkItem] = []
        for row in chunk:
            item = WorkItem(
                code=row.code, programme=row.programme, household=row.household, person=row.person, area=row.area, other_area=row.other_area,
                zh=row.zh, en=row.en, certain=row.certain, due=row.due, received=row.received, missing=row.missing, first_run=run,
                last_run=run,
            )  # fmt: skip
            before = known.pop(row.key, None)
            if before is None:
                # A household that moved here brings its items along: they are found by what they are about, not by where.
                fresh.append(item)
                continue
            item.id, item.state = before[0], OPEN if before[1] == CLOSED else before[1]
            again.append(item)
            added += before[1] == CLOSED
            kept += before[1] != CLOSED
        added += len(fresh)
        WorkItem.objects.bulk_create(
            fresh, update_conflicts=True, unique_fields=["code", "programme", "household", "person"], update_fields=list(_TOLD),
        )  # fmt: skip
        WorkItem.objects.bulk_update(again, [*_TOLD, "state"], batch_size=500)
    gone = [pk for pk, state in known.values() if state != CLOSED]
    for at in range(0, len(gone), _CHUNK):
        WorkItem.objects.filter(id__in=gone[at : at + _CHUNK]).update(state=CLOSED)
    return Refreshed(added, kept, len(gone))


def _chunks(rows: Iterable[Listed]) -> Iterator[list[Listed]]:
    chunk: list[Listed] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    yield chunk


def decide_work(by: Actor, item: int, *, state: str, why: str) -> WorkView:
    """An official's word on an item: done, dismissed, or open again; ``why`` is needed for each. The same again changes nothing.

    Raises NotAllowed, NotFound; Refused for another state, without a reason, or for an item that holds no longer.
    """
    by.require(READ)
    by.require("decisions.read")
    if state not in STATES:
        raise Refused(
            "bad-state", f"状态“{state}”不认识，只能是 {'、'.join(STATES)}。", f"The state “{state}” is not one of {', '.join(STATES)}.",
            field="state",
        )  # fmt: skip
    if not why.strip():
        raise Refused("no-reason", "请写明理由。", "Give the reason.", field="why")
    with acting(by), transaction.atomic():
        seen = WorkItem.objects.filter(by.scope.q("area", "other_area"), id=item)
        found = seen.select_for_update().first()
        if found is None:
            raise NotFound(
                "no-item", f"没有清单事项{item}，或不在您的辖区内。", f"There is no item {item} in your areas."
            )
        if found.state == CLOSED:
            raise Refused(
                "item-closed",
                f"事项{item}在最近一次筛查中已不存在，不用再办。",
                f"Item {item} no longer holds since the last screening.",
            )
        if (found.state, found.why, found.decided_by) != (state, why.strip(), by.official):
            found.state, found.why = state, why.strip()
            found.decided_by, found.decided_name, found.decided_at = by.official, by.name[:80], now()
            WorkItem.objects.filter(id=item).update(
                state=found.state,
                why=found.why,
                decided_by=found.decided_by,
                decided_name=found.decided_name,
                decided_at=found.decided_at,
            )
            record(
                by, WORK_DECIDED, household=found.household, person=found.person or None, area=found.area, why=why.strip(), item=item,
                code=found.code, state=STATES[state],
            )  # fmt: skip
        return work_view(found)
