"""An act is taken back: what it brought is withdrawn, what it withdrew is brought again. Nothing of it is forgotten.

A row that an undo brings again says in ``again`` which row it repeats. Undoing looks for what still carries a row (see ``carrying``); where nothing
does, a later act has built on it, and that act must be undone first. Undoing an undo restores the act. A household that comes back to where it
was before its division changed has the codes of today from the day of the change on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Q

from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotFound, Refused
from doudi.server.registry import verbs
from doudi.server.registry.actions.carrying import RECODE, carriers
from doudi.server.registry.actions.current import chunks
from doudi.server.registry.actions.inputs import alone_with
from doudi.server.registry.actions.kernel import Done, Work, locked, work
from doudi.server.registry.actions.laws import LawBroken
from doudi.server.registry.actions.rows import fresh
from doudi.server.registry.actions.same_person import merging_act
from doudi.server.registry.duplicates.raising import close_of, open_of
from doudi.server.registry.models import (
    Act,
    ActOn,
    Enrolment,
    Household,
    Identifier,
    Known,
    Membership,
    Person,
    PersonName,
    Residence,
    Statement,
)

KNOWN: tuple[type[Known], ...] = (PersonName, Identifier, Residence, Membership, Statement, Enrolment)
"""Every table of rows that are known between two acts."""
NEVER_UNDONE = (RECODE,)
TOLD = 5


class BuiltOn(Refused):
    """Later acts rest on this one. ``acts`` are those to undo first, the latest first."""

    def __init__(self, acts: list[Act]) -> None:
        self.acts = tuple(a.id for a in acts)
        zh, en = ([verbs.said(a)[i] for a in acts[:TOLD]] for i in (0, 1))
        super().__init__(
            "built-on", f"后来的业务以它为基础，请先撤销：{'；'.join(zh)}", f"Later acts rest on this one; undo them first: {'; '.join(en)}", field="act"
        )  # fmt: skip


def undo(*, by: Actor, act: int, on: date, why: str = "", once: str = "", permission: str = "registry.undo") -> Done:
    """Takes ``act`` back; for an undo: restores what it undid. ``on`` is the day on which this is done.

    Raises BuiltOn where later acts rest on it, or gave an id number of it to somebody else; Refused where it is undone already, NotFound where
    any household or person of it lies outside the actor's areas.
    """
    with work(by, "undo", on=on, why=why, once=once, permission=permission) as w:
        if w.repeated:
            return w.repeated
        asked = Act.objects.filter(pk=act).first()
        if asked is None:
            raise _unknown(act)
        _lock(w, asked)
        last, steps = _last(asked)
        if steps % 2:
            raise Refused(
                "undone-already", f"第 {act} 号业务已被撤销。", f"Act {act} has been undone already.", field="act"
            )
        first, depth = _first(last)
        if first.kind in NEVER_UNDONE:
            raise Refused(
                "not-undoable", "区划变更不能撤销；请按新的变更办理。", "A change of divisions is not undone; record the change back as a new one.",
                field="act",
            )  # fmt: skip
        w.act.undoes = last
        w.act.kind = "redo" if depth % 2 else "undo"
        _reverse(w, last)
        _numbers_are_free(w, last)
        if first.kind == "merge-people":
            _merged(w, first, again=bool(depth % 2))
        w.tell(of=first.id)
        w.built_on = _later(asked)
        household, people, row = first.params.get("done", (None, (), None))
        w.tell(household=household, person=people[0] if people and household is None else None)
        return w.done(household=household, people=people, row=row)


def unmerge(*, by: Actor, gone: int, on: date, why: str = "", once: str = "") -> Done:
    """The two were different people after all: the record that had been merged into another is one of its own again."""
    act = merging_act(gone)
    if act is None:
        raise Refused(
            "not-merged",
            f"人#{gone} 的档案没有并入别人。",
            f"The record of person {gone} is not merged into another.",
            field="gone",
        )
    return undo(by=by, act=act, on=on, why=why, once=once, permission="registry.merge")


def _unknown(act: int) -> NotFound:
    return NotFound(
        "act-unknown", f"您的辖区内没有第 {act} 号业务。", f"There is no act {act} in your areas.", field="act"
    )


def _lock(w: Work, act: Act) -> None:
    """Locks all that the act touched. Raises NotFound where any of it lies outside the actor's areas."""
    on = ActOn.objects.filter(act=act)
    for column, model in (("household", Household), ("person", Person)):
        ids = sorted(set(on.exclude(**{column: None}).values_list(column, flat=True)))
        for part in chunks(ids):
            rows: Any = model.objects.filter(id__in=part)
            if len(w.seen(rows, "area", "other_area")) < len(part):
                raise _unknown(act.id)
            list(locked(rows).values_list("pk"))


def _last(act: Act) -> tuple[Act, int]:
    """The act, or the undo of it, or the undo of that … that nothing has undone; and how many steps away it is."""
    steps = 0
    while (after := Act.objects.filter(undoes=act).first()) is not None:
        act, steps = after, steps + 1
    return act, steps


def _first(act: Act) -> tuple[Act, int]:
    """What all the undoing was of in the end, and how many undos lie between."""
    depth = 0
    while act.undoes is not None:
        act, depth = act.undoes, depth + 1
    return act, depth


def _merged(w: Work, merger: Act, *, again: bool) -> None:
    """The record is one of its own again, or it is merged ``again``; and what was suspected of the two is open, or settled."""
    gone = merger.params["gone"]
    Person.objects.filter(pk=gone).update(merged_into=merger.params["person"] if again else None)
    if again:
        close_of([gone], at=w.at)
    else:
        open_of(merger.id)


def _reverse(w: Work, last: Act) -> None:
    missing: set[int] = set()
    standing: dict[type[Known], list[Any]] = {}
    for model in KNOWN:
        brought = model._default_manager.filter(act=last).exclude(withdrawn=last)
        standing[model], gone = carriers(model, {again or pk for pk, again in brought.values_list("pk", "again")})
        missing |= gone
    if missing:
        raise BuiltOn(list(Act.objects.filter(pk__in=missing).order_by("-recorded_at")))
    for model in KNOWN:
        w.withdraw_all(model, standing[model])
        before: list[Any] = list(model._default_manager.filter(withdrawn=last).exclude(act=last))
        w.bring_all(model, [fresh(row, again_id=row.again_id or row.pk) for row in before])


def _numbers_are_free(w: Work, last: Act) -> None:
    """Raises BuiltOn where an id number that is brought again became somebody else's after ``last``. Who had it before then shares it knowingly."""
    mine: dict[bytes, set[int]] = defaultdict(set)
    for person, index in Identifier.objects.filter(act=w.act, kind="id").values_list("person", "blind"):
        mine[bytes(index)].add(person)
    alone_with(mine)
    since: set[int] = set()
    for part in chunks(sorted(mine)):
        now, before, after = set(), set(), defaultdict(set)
        rows = Identifier.objects.filter(kind="id", blind__in=part).select_related("act", "withdrawn")
        for row in rows.defer("cipher").order_by("id"):
            holds = bytes(row.blind), row.person_id
            if row.withdrawn is None and row.person_id not in mine[holds[0]]:
                now.add(holds)
            if row.act.recorded_at > last.recorded_at:
                after[holds].add(row.act_id)
            elif row.withdrawn is None or row.withdrawn.recorded_at >= last.recorded_at:
                before.add(holds)
        since |= {act for holds in now - before for act in after[holds]}
        shared = {index for index, _ in now}
        w.alone |= {i: min(mine[i]) for i in part if len(mine[i]) == 1 and i not in shared}
    if since:
        raise BuiltOn(list(Act.objects.filter(pk__in=since, undone_by=None).order_by("-recorded_at")))


def _later(asked: Act) -> Callable[[LawBroken], Refused]:
    """What to say where the laws do not let the act be undone: which later acts stand in the way."""

    def say(broken: LawBroken) -> Refused:
        households = {b.household for b in broken.breaches if b.household is not None}
        people = {b.person for b in broken.breaches if b.person is not None}
        touched = Q(touched__household__in=households) | Q(touched__person__in=people)
        acts = Act.objects.filter(touched, recorded_at__gt=asked.recorded_at, undone_by=None)
        acts = acts.exclude(kind__in=NEVER_UNDONE).distinct()
        standing = [
            a for a in acts.order_by("-recorded_at")[:100] if _first(a)[1] % 2 == 0 and _first(a)[0].id != asked.id
        ]
        return BuiltOn(standing) if standing else broken

    return say
