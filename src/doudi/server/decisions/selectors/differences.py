"""What changed from one run to another, for the households of the reader's areas."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from doudi.server.audit.actions import record
from doudi.server.decisions import places
from doudi.server.decisions.models import Run
from doudi.server.decisions.running.differences import Side, compared
from doudi.server.decisions.selectors.runs import READ, seen_run, whole
from doudi.server.decisions.verbs import DIFFERENCE_SEEN
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.policybook.selectors import policy_of

MOST = 1_000


@dataclass(frozen=True)
class Difference:
    """One answer that is another. ``granted_*``: 0 no, 1 yes, 2 unknown, -1 not in that run. ``paid_*`` in fen a month, None: unknown or none."""

    programme: str
    household: int
    person: int | None
    kind: str
    granted_before: int
    granted_after: int
    paid_before: int | None
    paid_after: int | None
    class_before: str | None
    class_after: str | None
    area: str
    other_area: str


@dataclass(frozen=True)
class DifferenceSum:
    """Of one division and programme: how many, and the sums before and after in fen a month, so far as known."""

    area: str
    programme: str
    kind: str
    items: int
    before: int
    after: int


@dataclass(frozen=True)
class Differences:
    """``rows``: at most those asked for, in the order of household, person, programme; ``count`` counts all."""

    before: int
    after: int
    count: int
    rows: tuple[Difference, ...]
    sums: tuple[DifferenceSum, ...]


def difference(
    reader: Actor, before: int, after: int, *, area: str = "", level: int = 9, limit: int = MOST, offset: int = 0
) -> Differences:
    """``level``: the digits of the divisions that sums are given by (9: townships). Raises NotAllowed, NotFound, Refused for a run that is gone."""
    reader.require(READ)
    scope = reader.scope.narrowed(area) if area else reader.scope
    with acting(reader):
        sides = [side(whole(seen_run(reader, run))) for run in (before, after)]
    with compared(sides[0], sides[1], scope) as db:
        (count,) = db.execute("SELECT count(*) FROM differences").fetchall()[0]
        rows = db.execute(
            "SELECT programme, household, person, kind, granted_before, granted_after, paid_before, paid_after, class_before, class_after, area, "
            "other_area FROM differences ORDER BY household, person, programme LIMIT ? OFFSET ?",
            [limit, offset],
        ).fetchall()
        sums = db.execute(
            f"SELECT left(area, {int(level)}), programme, kind, count(*), coalesce(sum(paid_before) FILTER (granted_before = 1), 0)::BIGINT, "
            "coalesce(sum(paid_after) FILTER (granted_after = 1), 0)::BIGINT FROM differences GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    with acting(reader), transaction.atomic():
        record(reader, DIFFERENCE_SEEN, area=area, count=int(count), before=before, after=after)
    return Differences(
        before, after, int(count), tuple(Difference(r[0], r[1], r[2] or None, *r[3:]) for r in rows),
        tuple(DifferenceSum(*s) for s in sums),
    )  # fmt: skip


def side(run: Run) -> Side:
    return Side(places.at(run.folder), places.at(run.snapshot.folder), policy_of(run.policy).plan.household_class[1])
