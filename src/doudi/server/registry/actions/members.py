"""People join households, leave them, die; heads change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.db.models import Q

from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import Refused
from doudi.server.registry.actions.heads import belongs, members_on, relate, seat
from doudi.server.registry.actions.inputs import NewMember, NewStatement, bring_statement, the_relation, the_span
from doudi.server.registry.actions.kernel import Done, Work, work
from doudi.server.registry.actions.pack import pack_on
from doudi.server.registry.actions.register import join
from doudi.server.registry.actions.rows import homes_of
from doudi.server.registry.checks import ALIVE, DIED, PERSON
from doudi.server.registry.models import Enrolment, Membership

JOINING = ("birth", "adoption", "marry-in", "join", "found")
LEAVING = ("leave", "marry-out", "divorce")
NOBODY: Mapping[int, str] = {}
DAY = timedelta(days=1)


def add_member(
    *, by: Actor, household: int, member: NewMember, how: str, on: date, version: int | None = None, why: str = "", once: str = "",
) -> Done:  # fmt: skip
    """Somebody belongs to the household from ``on``: birth, adoption, marry-in, join (comes to live there), found (had been left out).

    Raises Refused, NotFound, Changed.
    """
    if how not in JOINING:
        raise Refused(
            "how-unknown", f"加入方式只能是 {'、'.join(JOINING)}。", f"How is one of {', '.join(JOINING)}.", field="how"
        )
    with work(by, how, on=on, why=why, once=once) as w:
        if w.repeated:
            return w.repeated
        if member.person is not None:
            w.person(member.person)
        w.household(household, version)
        if member.head:
            raise Refused(
                "head-later",
                "请先登记为成员，再办理户主变更。",
                "Add the member first, then change the head.",
                field="head",
            )
        person = join(w, household, member, head=not members_on(household, on))
        w.tell(household=household, person=person)
        return w.done(household=household, people=[person])


def leave(
    *, by: Actor, person: int, on: date, how: str = "leave", new_head: int | None = None, relations: Mapping[int, str] = NOBODY,
    version: int | None = None, why: str = "", once: str = "",
) -> Done:  # fmt: skip
    """From ``on`` the person belongs to the household no more: leave (moves out), marry-out, divorce. Where the head leaves and others stay,
    ``new_head`` follows, with ``relations`` to the new head. Raises Refused, NotFound, Changed."""
    if how not in LEAVING:
        raise Refused(
            "how-unknown", f"离开方式只能是 {'、'.join(LEAVING)}。", f"How is one of {', '.join(LEAVING)}.", field="how"
        )
    with work(by, how, on=on, why=why, once=once) as w:
        if w.repeated:
            return w.repeated
        w.person(person, version)
        m = _membership(person, on)
        w.household(m.household_id)
        w.end(m, on)
        succeed(w, m.household_id, m, on, new_head, relations)
        w.tell(household=m.household_id, person=person)
        return w.done(household=m.household_id, people=[person])


def death(
    *, by: Actor, person: int, on: date, source: str = "申报", evidence: str = "", new_head: int | None = None,
    relations: Mapping[int, str] = NOBODY, version: int | None = None, why: str = "", once: str = "",
) -> Done:  # fmt: skip
    """The person died on ``on``: belongs to the household through that day, leaves every ledger, and is stated to be dead by ``source``.

    The household stays. Where the head died and others stay, ``new_head`` follows. Raises Refused, NotFound, Changed.
    """
    with work(by, "death", on=on, why=why, once=once) as w:
        if w.repeated:
            return w.repeated
        found = w.person(person, version)
        if on > w.today:
            raise Refused(
                "in-future", f"死亡日期 {on} 晚于今天。", f"The day of death, {on}, is after today.", field="on"
            )
        lived = Membership.objects.filter(person=person, withdrawn=None)
        rows = list(lived.filter(Q(until=None) | Q(until__gt=on + DAY)).order_by("since"))
        if found.died is not None and not rows:
            raise Refused(
                "died-already", f"人#{person} 已于 {found.died} 登记死亡；日期有误请办理更正。",
                f"Person {person} is on record as having died on {found.died}; correct that if it is wrong.", field="person",
            )  # fmt: skip
        for m in rows:
            if m.since > on:
                raise Refused(
                    "after-death", f"人#{person} 在 {m.since} 才加入户#{m.household_id}，晚于死亡日期 {on}；请先核实。",
                    f"Person {person} joined household {m.household_id} on {m.since}, after dying on {on}; find out which is right.", field="on",
                )  # fmt: skip
            w.household(m.household_id)
            w.end(m, on + DAY)
            succeed(w, m.household_id, m, on + DAY, new_head, relations)
        for e in Enrolment.objects.filter(Q(until=None) | Q(until__gt=on + DAY), person=person, withdrawn=None):
            w.end(e, on + DAY)
        declared = {c.fact.name for c in pack_on(on).schema.of(PERSON).columns}
        values = {k: v for k, v in ((ALIVE, False), (DIED, on.isoformat())) if k in declared}
        made = bring_statement(w, NewStatement(source, values, evidence=evidence), person=person) if values else None
        w.alive(person, on)
        home = rows[0].household_id if rows else homes_of([person], on).get(person)
        w.tell(household=home, person=person)
        return w.done(household=home, people=[person], row=made.id if made else None)


def change_head(
    *, by: Actor, household: int, person: int, on: date, relations: Mapping[int, str] = NOBODY, version: int | None = None, why: str = "",
    once: str = "",
) -> Done:  # fmt: skip
    """``person`` is the head from ``on``; ``relations`` says how the others are related to the new head (not named: not known)."""
    with work(by, "head", on=on, why=why, once=once) as w:
        if w.repeated:
            return w.repeated
        w.household(household, version)
        if belongs(household, person, on).head:
            raise Refused(
                "head-already",
                f"{on} 这天，人#{person} 已是户主。",
                f"On {on} person {person} is the head already.",
                field="person",
            )
        seat(w, household, person, on, relations)
        w.tell(household=household, person=person)
        return w.done(household=household, people=[person])


def change_relations(
    *, by: Actor, household: int, relations: Mapping[int, str], on: date, version: int | None = None, why: str = "", once: str = "",
) -> Done:  # fmt: skip
    """From ``on`` the members named are related to the head as ``relations`` says."""
    with work(by, "relations", on=on, why=why, once=once) as w:
        if w.repeated:
            return w.repeated
        w.household(household, version)
        relate(w, household, on, relations)
        w.tell(household=household)
        return w.done(household=household, people=sorted(relations))


def correct_membership(
    *, by: Actor, membership: int, since: date, until: date | None, relation: str | None = None, why: str, version: int | None = None,
    once: str = "",
) -> Done:  # fmt: skip
    """The person had belonged to the household from ``since`` until before ``until`` all along, and we had it wrongly."""
    with work(by, "correct-membership", on=since, why=why, once=once, permission="registry.correct") as w:
        if w.repeated:
            return w.repeated
        must_say_why(why)
        row = Membership.objects.filter(pk=membership).first()
        w.household(row.household_id if row else 0, version)
        assert row is not None
        w.hold(people=[row.person_id])
        the_span(since, until)
        w.withdraw(row)
        said = row.relation if relation is None else the_relation(relation, since)
        made = w.bring(
            Membership(
                household_id=row.household_id, person_id=row.person_id, relation=said, head=row.head, since=since, until=until
            )
        )  # fmt: skip
        w.alive(row.person_id, since, "since")
        w.tell(household=row.household_id, person=row.person_id)
        return w.done(household=row.household_id, people=[row.person_id], row=made.id)


def must_say_why(why: str) -> None:
    """Raises Refused where no reason is given for what changes the past or shows what is hidden."""
    if not why.strip():
        raise Refused("why-needed", "请填写理由。", "Give a reason.", field="why")


def succeed(
    w: Work, household: int, left: Membership, on: date, new_head: int | None, relations: Mapping[int, str]
) -> None:
    """After somebody left on ``on``: where it was the head, and others stay, the new head takes over. Raises Refused where none is named."""
    staying = members_on(household, on)
    if not left.head or not staying:
        return
    if new_head is None:
        raise Refused(
            "head-needed", f"户主离开后，户#{household} 还有成员；请指定新户主。",
            f"The head is gone but others stay in household {household}; name the new head.", field="new_head",
        )  # fmt: skip
    seat(w, household, new_head, on, relations, left.until)


def _membership(person: int, on: date) -> Membership:
    """The membership that holds on ``on``, or just before it. Raises Refused."""
    rows = Membership.objects.filter(Q(until=None) | Q(until__gt=on), person=person, withdrawn=None, since__lt=on)
    found = rows.order_by("since").first()
    if found is None:
        raise Refused(
            "no-household", f"{on} 之前一天，人#{person} 不属于任何家庭户。", f"On the day before {on}, person {person} belonged to no household.",
            field="person",
        )  # fmt: skip
    return found
