"""Two records are found to be of one person, and made one; and taken apart again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import pairwise

from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import Refused
from doudi.server.registry.actions.heads import seat
from doudi.server.registry.actions.kernel import Done, Work, work
from doudi.server.registry.actions.laws import FOREVER, uncovered
from doudi.server.registry.actions.members import NOBODY
from doudi.server.registry.actions.rows import fresh
from doudi.server.registry.models import Act, Enrolment, Identifier, Membership, Person, PersonName, Statement

NONE: Mapping[int, int] = {}
Lost = tuple[int, date, date | None]


def merge_people(
    *, by: Actor, keep: int, gone: int, on: date, new_heads: Mapping[int, int] = NONE, version: int | None = None, why: str = "", once: str = "",
) -> Done:  # fmt: skip
    """The record of ``gone`` was one of ``keep`` all along: everything known of it becomes known of ``keep``.

    Where both belonged to a household on the same day, the household of ``keep`` counts. Where that leaves the other household without a head,
    ``new_heads`` (household -> person) names one. Of two names, or two id numbers, those of ``keep`` stay. Raises Refused, NotFound.
    """
    with work(by, "merge-people", on=on, why=why, once=once, permission="registry.merge") as w:
        if w.repeated:
            return w.repeated
        if keep == gone:
            raise Refused("same-person", "这是同一份档案。", "These are one record already.", field="gone")
        homes = Membership.objects.filter(person__in=(keep, gone), withdrawn=None).values_list(
            "household_id", flat=True
        )
        w.hold(households=set(homes))
        w.person_each([keep, gone], version)
        lost = _memberships(w, keep, gone)
        for name in PersonName.objects.filter(person=gone, withdrawn=None):
            w.withdraw(name)
        _identifiers(w, keep, gone)
        for said in Statement.objects.filter(person=gone, withdrawn=None):
            w.withdraw(said)
            w.bring(fresh(said, person_id=keep))
        _enrolments(w, keep, gone)
        for household, since, until in lost:
            if household in new_heads:
                seat(w, household, new_heads[household], since, NOBODY, until)
        Person.objects.filter(pk=gone).update(merged_into=keep)
        w.tell(person=keep, gone=gone)
        return w.done(people=[keep, gone])


def merging_act(gone: int) -> int | None:
    """The act that merged the record into another, where it still is merged."""
    if not Person.objects.filter(pk=gone, merged_into__isnull=False).exists():
        return None
    acts = Act.objects.filter(kind="merge-people", touched__person=gone).order_by("-recorded_at")
    return next((a.id for a in acts if a.params["gone"] == gone), None)


def _memberships(w: Work, keep: int, gone: int) -> list[Lost]:
    """Gives the household and the days on which it lost its head."""
    ours = list(Membership.objects.filter(person=keep, withdrawn=None))
    theirs = list(Membership.objects.filter(person=gone, withdrawn=None))
    if not theirs:
        return []
    days = sorted({d for m in ours + theirs for d in (m.since, m.until or FOREVER)})
    wanted: list[Membership] = []
    lost: list[Lost] = []
    for since, until in pairwise(days):
        a, b = (_on(rows, since) for rows in (ours, theirs))
        row = a or b
        if row is None:
            continue
        heads = a is not None and b is not None and a.household_id == b.household_id and b.head
        if a is not None and b is not None and b.head and not heads:
            lost.append((b.household_id, since, None if until == FOREVER else until))
        relation = b.relation if heads and b is not None else row.relation
        part = fresh(
            row, person_id=keep, since=since, until=None if until == FOREVER else until, head=row.head or heads, relation=relation
        )  # fmt: skip
        before = wanted[-1] if wanted else None
        if before is not None and before.until == since and _alike(before, part):
            before.until = part.until
        else:
            wanted.append(part)
    for m in theirs:
        w.withdraw(m)
    for m in ours:
        if not any((m.since, m.until) == (n.since, n.until) and _alike(m, n) for n in wanted):
            w.withdraw(m)
    for n in wanted:
        if not any((m.since, m.until) == (n.since, n.until) and _alike(m, n) for m in ours):
            w.bring(n)
    return lost


def _on(rows: list[Membership], day: date) -> Membership | None:
    return next((m for m in rows if m.since <= day and (m.until is None or day < m.until)), None)


def _alike(a: Membership, b: Membership) -> bool:
    return (a.household_id, a.relation, a.head) == (b.household_id, b.relation, b.head)


def _identifiers(w: Work, keep: int, gone: int) -> None:
    ours = list(Identifier.objects.filter(person=keep, withdrawn=None))
    for row in Identifier.objects.filter(person=gone, withdrawn=None):
        w.withdraw(row)
        same = [m for m in ours if m.kind == row.kind and (row.kind == "id" or bytes(m.blind) == bytes(row.blind))]
        _where_uncovered(w, row, keep, same)


def _enrolments(w: Work, keep: int, gone: int) -> None:
    ours = list(Enrolment.objects.filter(person=keep, withdrawn=None))
    for row in Enrolment.objects.filter(person=gone, withdrawn=None):
        w.withdraw(row)
        _where_uncovered(w, row, keep, [m for m in ours if m.ledger == row.ledger])


def _where_uncovered(w: Work, row: Identifier | Enrolment, keep: int, ours: list[Identifier] | list[Enrolment]) -> None:
    """The row becomes that of ``keep`` on the days on which there is none of ``ours``."""
    held = [(m.since, m.until or FOREVER) for m in ours]
    for since, until in uncovered([(row.since, row.until or FOREVER)], held):
        w.bring(fresh(row, person_id=keep, since=since, until=None if until == FOREVER else until))
