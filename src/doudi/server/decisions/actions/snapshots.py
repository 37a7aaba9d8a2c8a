"""Taking a month's snapshot, and removing those whose time is up."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.db import connection, transaction
from django.db.models import Q

from doudi.server.areas.selectors import lineage
from doudi.server.areas.selectors.then import scope_on
from doudi.server.audit.actions import record
from doudi.server.decisions import places
from doudi.server.decisions.models import PURGED, WHOLE, WRITING, Run, Snapshot
from doudi.server.decisions.selectors.runs import snapshot_view
from doudi.server.decisions.snapshot.arrow import source
from doudi.server.decisions.snapshot.freeze import Progress, freeze
from doudi.server.decisions.verbs import PURGED as PURGED_VERB
from doudi.server.decisions.verbs import SNAPSHOT_TAKEN
from doudi.server.decisions.views import SnapshotView
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor, system
from doudi.server.lib.moments import now
from doudi.server.lib.refusals import NotFound, Refused
from doudi.server.policybook.policy import Policy
from doudi.server.policybook.selectors import policy, policy_of
from doudi.server.policybook.texts import keep
from doudi.server.registry.selectors.snapshot import Moment, Question

KEEP_MONTHS = 36
"""Three years: as far back as sums are asked back or paid afterwards and inspections look. Digests are kept for ever."""
ABANDONED_DAYS = 2
"""A snapshot that has been half-written for so long is nobody's any more."""
RUN_MAY = "screening.run"


def take_snapshot(
    by: Actor,
    *,
    as_of: date,
    area: str = "",
    knowing: datetime | None = None,
    under: Policy | None = None,
    keep_until: date | None = None,
    progress: Progress | None = None,
) -> SnapshotView:
    """Freeze the facts of the households of ``area`` as of ``as_of``, by what was known at ``knowing`` (None: everything recorded so far).

    ``under``: the policy whose facts and source order count; None: that in force on ``as_of``. What others have not committed is not in it.
    Raises NotAllowed; NotFound for an area outside the actor's, Refused for one that was not there and came of nothing on that day.
    """
    made = begin(by, as_of=as_of, area=area, knowing=knowing, under=under, keep_until=keep_until)
    return write(by, made, knowing=knowing, progress=progress)


def begin(
    by: Actor,
    *,
    as_of: date,
    area: str = "",
    knowing: datetime | None = None,
    under: Policy | None = None,
    keep_until: date | None = None,
) -> int:
    """The snapshot as announced: nothing is read yet, and nothing can be read of it. Gives its id."""
    by.require(RUN_MAY)
    places.within(by, area)
    if not scope_on(area, as_of).prefixes:
        raise Refused(
            "area-not-there", f"{as_of} 这天没有 {area} 这个行政区划，也没有整体变成它或由它变成的区划；请选当时包含它的区划。",
            f"There was no division {area} on {as_of}, nor any that became it or that it became; choose the division that it was part of then.",
            field="area",
        )  # fmt: skip
    chosen = under or policy(as_of)
    month = as_of.replace(day=1)
    at = now()
    with acting(by), transaction.atomic():
        keep(by, chosen)
        made = Snapshot.objects.create(
            month=month, as_of=as_of, knowing=knowing or at, area=area, policy=chosen.digest, shape=chosen.schema.digest,
            folder=places.fresh(places.SNAPSHOTS, month), made_at=at, official=by.official,
            keep_until=keep_until or _later(month, KEEP_MONTHS),
        )  # fmt: skip
        return made.id


def write(
    by: Actor, snapshot: int, *, knowing: datetime | None = None, progress: Progress | None = None
) -> SnapshotView:
    """Reads and writes what ``begin`` announced; from the start where an earlier attempt was killed. Whole already: gives it as it is."""
    by.require(RUN_MAY)
    with acting(by):
        made = Snapshot.objects.filter(by.scope.q("area"), id=snapshot).first()
    if made is None:
        raise NotFound(
            "no-snapshot", f"没有快照{snapshot}，或不在您的辖区内。", f"There is no snapshot {snapshot} in your areas."
        )
    if made.state != WRITING:
        return snapshot_view(made, by.scope)
    chosen = policy_of(made.policy)
    ranks = {s.code: s.rank for s in chosen.sources}
    # Everything of the area is read whoever asks: what an official of today may not see was decided upon all the same.
    reader = system("snapshot")
    if connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "a snapshot sees what is committed: take it outside any transaction"
        )
    with acting(reader), source(reader.scope) as read:
        moment = moment_of(made.as_of, knowing)
        found = freeze(
            read,
            Question(moment, scope_on(made.area, made.as_of)),
            chosen.schema,
            ranks,
            places.at(made.folder),
            made.month,
            moves=lineage(),
            progress=progress,
        )
    with acting(by), transaction.atomic():
        made.knowing, made.state, made.digest = moment.knowing, WHOLE, found.facts.digest
        made.households, made.people, made.disputed = found.households, found.people, found.disputed
        written = Snapshot.objects.filter(id=made.id, state=WRITING).update(
            knowing=made.knowing, state=WHOLE, digest=made.digest, households=made.households, people=made.people,
            disputed=made.disputed,
        )  # fmt: skip
        if written:
            record(
                by, SNAPSHOT_TAKEN, area=made.area, count=made.households, digest=made.digest, snapshot=made.id,
                as_of=made.as_of.isoformat(), until=made.keep_until.isoformat(),
            )  # fmt: skip
    return snapshot_view(made, by.scope)


def moment_of(as_of: date, knowing: datetime | None) -> Moment:
    """Inside ``acting``. Without ``knowing``: everything on record, even what a clock since set back has recorded later than now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id), max(recorded_at) FROM registry_act")
        last, at = cursor.fetchone()
    if isinstance(at, str):
        at = datetime.fromisoformat(at).replace(tzinfo=UTC)
    if knowing is None:
        knowing = max(now(), at) if at is not None else now()
    all_known = at is None or at <= knowing
    return Moment(as_of, knowing, (last or 0) if all_known else None, connection.vendor == "postgresql")


def purge(by: Actor, on: date) -> int:
    """Removes the files of snapshots, and of their runs, that were to be kept until before ``on``, and of those never finished; gives how many
    snapshots. Rows and digests stay. Safe to repeat."""
    by.require(RUN_MAY)
    over = Q(state=WHOLE, keep_until__lt=on) | Q(state=WRITING, month__lt=on, made_at__date__lt=_before(on))
    with acting(by):
        due = list(Snapshot.objects.filter(by.scope.q("area")).filter(over).order_by("id"))
    for snapshot in due:
        with acting(by), transaction.atomic():
            runs = list(Run.objects.filter(snapshot=snapshot))
            at = now()
            Run.objects.filter(snapshot=snapshot).update(state=PURGED)
            if Snapshot.objects.filter(id=snapshot.id).exclude(state=PURGED).update(state=PURGED, purged_at=at):
                record(by, PURGED_VERB, area=snapshot.area, digest=snapshot.digest, snapshot=snapshot.id)
        # Last: were the files gone first and the rest not done, something would be taken for whole that is not.
        for name in (snapshot.folder, *(r.folder for r in runs)):
            places.gone(name)
    return len(due)


def _later(month: date, months: int) -> date:
    years, rest = divmod(month.month - 1 + months, 12)
    return date(month.year + years, rest + 1, 1)


def _before(on: date) -> date:
    return date.fromordinal(on.toordinal() - ABANDONED_DAYS)
