"""Work lists: brought up to a screening, and decided item by item."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
from django.db import transaction

from doudi.server.audit.actions import record
from doudi.server.decisions import places
from doudi.server.decisions.actions.snapshots import RUN_MAY
from doudi.server.decisions.actions.standing import bring_standings
from doudi.server.decisions.models import CLOSED, DISMISSED, DONE, OPEN, WHOLE, Run, WorkItem
from doudi.server.decisions.running.listing import Listed, rows_of
from doudi.server.decisions.selectors.runs import READ, seen_run, whole
from doudi.server.decisions.selectors.work import work_view
from doudi.server.decisions.snapshot.freeze import PLACES
from doudi.server.decisions.verbs import LISTED, WORK_DECIDED
from doudi.server.decisions.views import WorkView
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import now
from doudi.server.lib.refusals import NotFound, Refused
from doudi.server.lib.scope import Scope
from doudi.server.policybook.selectors import policy_of
from doudi.server.registry.selectors.lying import homes_among, households_lying, open_among, people_lying

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
    open again should it come back. Households that have left the area since the run's day are left to the office that they came to, and what
    was found elsewhere of those that came since stays. All of it or nothing; safe to repeat.

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
            done = _bring(by, one, found)
            bring_standings(by, one, chosen)
            record(
                by, LISTED, area=one.area, count=done.added + done.kept, run=run, added=done.added, closed=done.closed
            )
    return done


def _bring(by: Actor, run: Run, found: Iterable[Listed]) -> Refreshed:
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
        homes = households_lying(by, run.area, {row.household for row in chunk})
        people = people_lying(by, run.area, {row.person for row in chunk if row.person})
        for row in chunk:
            # Where they lie today: who has moved since is work for the office there, which has what was found of them before.
            lying = people.get(row.person) if row.person else homes.get(row.household)
            if lying is None:
                continue
            item = WorkItem(
                code=row.code, programme=row.programme, household=row.household, person=row.person, area=lying[0], other_area=lying[1],
                zh=row.zh, en=row.en, certain=row.certain, due=row.due, received=row.received, missing=row.missing, first_run=run,
                last_run=run,
            )  # fmt: skip
            before = known.pop(row.key, None)
            if before is None:
                # One that a moment ago came with its household is found by what it is about, not by where.
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
    left = {pk: (household, person) for (_, _, household, person), (pk, state) in known.items() if state != CLOSED}
    gone = sorted(left.keys() - _came_since(by, run, left))
    for at in range(0, len(gone), _CHUNK):
        WorkItem.objects.filter(id__in=gone[at : at + _CHUNK]).update(state=CLOSED)
    return Refreshed(added, kept, len(gone))


def _came_since(by: Actor, run: Run, left: Mapping[int, tuple[int, int]]) -> set[int]:
    """Of items (household, person) that the run did not find: those of households that it did not look at, for they came after its day. What was
    found of them elsewhere holds until they are screened here."""
    looked_at = set(pq.read_table(places.at(run.snapshot.folder) / PLACES, columns=["household"])[0].to_pylist())
    homes = homes_among(by, {person for household, person in left.values() if person and household not in looked_at})
    unseen: dict[int, int] = {}
    for pk, (household, person) in left.items():
        home = homes.get(person, household) if person else household
        if household not in looked_at and home not in looked_at:
            unseen[pk] = home
    open_ = open_among(by, set(unseen.values()))
    return {pk for pk, home in unseen.items() if home in open_}


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
