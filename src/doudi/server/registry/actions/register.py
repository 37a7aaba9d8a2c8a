"""A household comes on record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotAllowed, Refused
from doudi.server.registry.actions.inputs import (
    NewMember,
    NewStatement,
    bring_person,
    bring_statement,
    day_after,
    head_relation,
    new_household,
    the_relation,
    the_text,
)
from doudi.server.registry.actions.kernel import Done, Work, work
from doudi.server.registry.actions.places import the_place
from doudi.server.registry.models import Membership, Person, Residence


def register_household(
    *,
    by: Actor,
    area: str,
    members: Sequence[NewMember],
    on: date,
    number: str = "",
    other_area: str = "",
    address: str = "",
    statements: Sequence[NewStatement] = (),
    why: str = "",
    once: str = "",
) -> Done:
    """A household with its people, where it is, and what is stated of it and of them, on record from ``on``; the first head among them is
    the head, and where none is named the first member. ``statements`` are of the household.

    Raises Refused, NotAllowed where the area is not the actor's, NotFound for somebody on record outside the actor's areas.
    """
    with work(by, "register", on=on, why=why, once=once) as w:
        if w.repeated:
            return w.repeated
        must_cover(by, area, other_area)
        if not members:
            raise Refused(
                "no-members", "家庭户至少要有一名成员。", "A household has at least one member.", field="members"
            )
        if sum(m.head for m in members) > 1:
            raise Refused("two-heads", "只能有一名户主。", "There is one head only.", field="members")
        known = [m.person for m in members if m.person is not None]
        if known:
            w.person_each(known)
        place, other = the_place(area, on), other_area and the_place(other_area, on, "other_area")
        household = new_household(number, place, other)
        w.bring(
            Residence(
                household=household,
                area=place,
                other_area=other,
                address=the_text(address, 200, "address"),
                since=on,
            )
        )
        head = next((i for i, m in enumerate(members) if m.head), 0)
        people = [join(w, household.id, m, head=i == head) for i, m in enumerate(members)]
        for said in statements:
            bring_statement(w, said, household=household.id)
        w.tell(household=household.id, area=area, count=len(people))
        return w.done(household=household.id, people=people)


def must_cover(by: Actor, area: str, other_area: str = "") -> None:
    """Raises NotAllowed where neither area is the actor's: one does not register what one cannot see."""
    if not by.scope.covers(area, other_area):
        raise NotAllowed(
            "area-not-yours",
            f"{area} 不在您的辖区内，不能在那里登记。",
            f"{area} is not among your areas; you cannot register there.",
            field="area",
        )


def join(w: Work, household: int, new: NewMember, *, head: bool) -> int:
    """Somebody belongs to the household from the day of the act, who is on record as dead through the day of death; gives the person."""
    if new.person is None:
        person = bring_person(w, new, w.on)
    else:
        person = Person.objects.get(pk=new.person)
        for said in new.statements:
            bring_statement(w, said, person=person.id)
    relation = the_relation(new.relation, w.on) or (head_relation(w.on) if head else "")
    w.bring(
        Membership(
            household_id=household,
            person=person,
            relation=relation,
            head=head,
            since=w.on,
            until=day_after(person, w.on),
        )
    )
    w.alive(person.id, w.on)
    return person.id
