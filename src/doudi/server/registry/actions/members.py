"""People join households, leave them, die; heads change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.db.models import Q

from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import Refused
from doudi.server.registry.actions.heads import (
    belongs,
    depart,
    members_on,
    next_head,
    not_merged_since,
    relate,
    seat,
    stay,
    succeed,
)
from doudi.server.registry.actions.inputs import NewMember, NewStatement, bring_statement, the_relation, the_span
from doudi.server.registry.actions.kernel import Done, work
from doudi.server.registry.actions.pack import pack_on
from doudi.server.registry.actions.register import join
from doudi.server.registry.checks import ALIVE, DIED, PERSON
from doudi.server.registry.models import Enrolment, Membership

MARRIAGE = "marry-in"
JOINING = ("birth", "adoption", MARRIAGE, "join", "found")
LEAVING = ("leave", "marry-out", "divorce")
NOBODY: Mapping[int, str] = {}
DAY = timedelta(days=1)


def add_member(
    *, by: Actor, household: int, member: NewMember, how: str, on: date, new_head: int | None = None, relations: Mapping[int, str] = NOBODY,
    version: int | None = None, why: str = "", once: str = "",
) -> Done:  # fmt: skip
    """Somebody belongs to the household from ``on``: birth, adoption, marry-in, join (comes to live there), found (had been left out).

    Who marries in from another household leaves that in the same act. Where they are its head and others stay there, ``new_head`` follows, with
    ``relations`` to the new head. Raises Refused, NotFound, Changed.
    """
    if how not in JOINING:
        raise Refused(
            "how-unknown", f"加入方式只能是 {'、'.join(JOINING)}。", f"How is one of {', '.join(JOINING)}.", field="how"
        )
    with work(by, how, on=on, why=why, once=once) as w:
        if w.repeated:
            return w.repeated
        former: list[Membership] = []
        if member.person is not None:
            w.person(member.person)
            former = stay(member.person, on - DAY) if how == MARRIAGE else []
        homes = {m.household_id for m in former} - {household}
        w.household_each([household, *homes], {household: version})
        if member.head:
            raise Refused(
                "head-later",
                "请先登记为成员，再办理户主变更。",
                "Add the member first, then change the head.",
                field="head",
            )
        for home in homes:
            succeed(w, home, depart(w, former, on), on, new_head, relations)
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
        rows = not_merged_since(_belonging(person, on))
        home = rows[0].household_id
        w.household(home)
        succeed(w, home, depart(w, rows, on), on, new_head, relations)
        w.tell(household=home, person=person)
        return w.done(household=home, people=[person])


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
        rows = stay(person, on)
        later = Membership.objects.filter(person=person, withdrawn=None, since__gt=on).exclude(
            id__in=[m.id for m in rows]
        )
        for m in later.order_by("since")[:1]:
            raise Refused(
                "after-death", f"人#{person} 在 {m.since} 才加入户#{m.household_id}，晚于死亡日期 {on}；请先核实。",
                f"Person {person} joined household {m.household_id} on {m.since}, after dying on {on}; find out which is right.", field="on",
            )  # fmt: skip
        left = depart(w, rows, on + DAY)
        if found.died is not None and not left:
            raise Refused(
                "died-already", f"人#{person} 已于 {found.died} 登记死亡；日期有误请办理更正。",
                f"Person {person} is on record as having died on {found.died}; correct that if it is wrong.", field="person",
            )  # fmt: skip
        home = rows[0].household_id if rows else None
        if home is not None:
            w.household(home)
            succeed(w, home, left, on + DAY, new_head, relations)
        for e in Enrolment.objects.filter(Q(until=None) | Q(until__gt=on + DAY), person=person, withdrawn=None):
            w.end(e, on + DAY)
        declared = {c.fact.name for c in pack_on(on).schema.of(PERSON).columns}
        values = {k: v for k, v in ((ALIVE, False), (DIED, on.isoformat())) if k in declared}
        made = bring_statement(w, NewStatement(source, values, evidence=evidence), person=person) if values else None
        w.alive(person, on)
        w.tell(household=home, person=person)
        return w.done(household=home, people=[person], row=made.id if made else None)


def change_head(
    *, by: Actor, household: int, person: int, on: date, relations: Mapping[int, str] = NOBODY, version: int | None = None, why: str = "",
    once: str = "",
) -> Done:  # fmt: skip
    """``person`` is the head from ``on`` until the day from which another takes over on record; ``relations`` says how the others are related to the
    new head (not named: not known)."""
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
        seat(w, household, person, on, relations, next_head(household, on))
        w.tell(household=household, person=person)
        return w.done(household=household, people=[person])


def change_relations(
    *, by: Actor, household: int, relations: Mapping[int, str], on: date, version: int | None = None, why: str = "", once: str = "",
) -> Done:  # fmt: skip
    """From ``on`` the members named are related to the head as ``relations`` says, until another is the head on record."""
    with work(by, "relations", on=on, why=why, once=once) as w:
        if w.repeated:
            return w.repeated
        w.household(household, version)
        for person, relation in relations.items():
            there = belongs(household, person, on)
            if there.head and there.relation != the_relation(relation, on):
                raise Refused(
                    "is-head", f"{on} 这天，人#{person} 就是户主，没有与户主的关系可改。",
                    f"On {on} person {person} is the head, who is related to nobody else as head; change the head instead.", field="relations",
                )  # fmt: skip
        relate(w, household, on, relations, next_head(household, on))
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


def _belonging(person: int, on: date) -> list[Membership]:
    """How the person belongs to a household on the day before ``on``, and from then on without a gap. Raises Refused."""
    rows = stay(person, on - DAY)
    if not rows:
        raise Refused(
            "no-household", f"{on} 之前一天，人#{person} 不属于任何家庭户。", f"On the day before {on}, person {person} belonged to no household.",
            field="person",
        )  # fmt: skip
    if rows[-1].until == on:
        raise Refused(
            "left-already", f"人#{person} 已从 {on} 起离开户#{rows[0].household_id}。",
            f"Person {person} has left household {rows[0].household_id} from {on} on already.", field="person",
        )  # fmt: skip
    return rows
