"""Who is the head of a household, and how the others are related to the head: the parts that several acts share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db.models import Q

from doudi.server.lib.refusals import Refused
from doudi.server.registry.actions.inputs import head_relation, the_relation
from doudi.server.registry.actions.kernel import Work
from doudi.server.registry.models import Membership


def members_from(household: int, day: date) -> list[Membership]:
    """Every membership of the household that holds on ``day`` or later, as far as we know now."""
    rows = Membership.objects.filter(Q(until=None) | Q(until__gt=day), household=household, withdrawn=None)
    return list(rows.order_by("since", "id"))


def members_on(household: int, day: date) -> list[Membership]:
    return [m for m in members_from(household, day) if m.since <= day]


def belongs(household: int, person: int, day: date) -> Membership:
    """The person's membership of the household on ``day``. Raises Refused where there is none."""
    found = next((m for m in members_on(household, day) if m.person_id == person), None)
    if found is None:
        raise Refused(
            "not-a-member", f"{day} 这天，人#{person} 不是户#{household} 的成员。", f"On {day} person {person} was no member of household {household}.",
            field="person",
        )  # fmt: skip
    return found


def seat(
    w: Work, household: int, person: int, since: date, relations: Mapping[int, str], until: date | None = None
) -> None:
    """Makes ``person`` the head from ``since`` until before ``until`` (empty: for as long as is known).

    Relations are to the head: with another head, those that ``relations`` does not name are not known any more.
    """
    belongs(household, person, since)
    changed = {
        m.id
        for m in members_from(household, since)
        if m.head != (m.person_id == person) and (until is None or m.since < until)
    }
    if not changed:
        relate(w, household, since, relations, until)
        return
    own = head_relation(since)
    for m in members_from(household, since):
        head = m.person_id == person
        relation = own if head else the_relation(relations.get(m.person_id, ""), since)
        if (m.head, m.relation) != (head, relation):
            w.recast(m, since, until, head=head, relation=relation)


def relate(w: Work, household: int, since: date, relations: Mapping[int, str], until: date | None = None) -> None:
    """Says how members are related to the head, from ``since`` on. Raises Refused for one who is no member."""
    for person, relation in relations.items():
        m = belongs(household, person, since)
        if m.relation != the_relation(relation, since):
            w.recast(m, since, until, relation=relation)
