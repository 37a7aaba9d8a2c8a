"""Who belongs to a household without a break, who is its head, and how the others are related to the head: the parts that several acts share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import Q

from doudi.server.lib.refusals import Refused
from doudi.server.registry.actions.inputs import head_relation, the_relation
from doudi.server.registry.actions.kernel import Work
from doudi.server.registry.models import Membership, Residence


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


def stay(person: int, day: date) -> list[Membership]:
    """The person's memberships of one household without a gap, from the one that holds on ``day`` on; none where they belonged to none.

    Several rows make one stay: a change of the head, or of a relation, that was recorded for a day within cuts the row in two.
    """
    held = Q(until=None) | Q(until__gt=day)
    found: list[Membership] = []
    for m in Membership.objects.filter(held, person=person, withdrawn=None).order_by("since"):
        follows = (m.household_id, m.since) == (found[-1].household_id, found[-1].until) if found else m.since <= day
        if not follows:
            break
        found.append(m)
    return found


def not_merged_since(rows: list[Membership]) -> list[Membership]:
    """``rows``, a stay. Raises Refused where it ended because the household was merged into another: the person is in that one still, and whoever
    leaves is gone from there too."""
    last = rows[-1]
    if last.until is not None and not Residence.objects.filter(
        Q(until=None) | Q(until__gt=last.until), household=last.household_id, withdrawn=None
    ).exists():  # fmt: skip
        after = Membership.objects.filter(person=last.person_id, withdrawn=None, since=last.until).first()
        if after is not None:
            raise Refused(
                "merged-since", f"户#{last.household_id} 在 {last.until} 已并入户#{after.household_id}；请先撤销合户，再按先后补录。",
                f"Household {last.household_id} was merged into household {after.household_id} on {last.until}; undo that, then record both in order.", field="on",
            )  # fmt: skip
    return rows


def depart(w: Work, rows: Sequence[Membership], on: date) -> list[Membership]:
    """From ``on`` nobody belongs by ``rows`` any more; gives those that would have held on ``on`` or later."""
    left = [m for m in rows if m.until is None or m.until > on]
    for m in left:
        w.end(m, on)
    return left


def succeed(
    w: Work, household: int, left: Sequence[Membership], on: date, new_head: int | None, relations: Mapping[int, str], field: str = "new_head"
) -> None:  # fmt: skip
    """After the memberships ``left`` ended on ``on``: on the days on which one of them would have been the head, and others stay, ``new_head``
    takes over. A head who follows on record stays. Raises Refused where none is named."""
    for m in left:
        since = max(m.since, on)
        staying = [o.since for o in members_from(household, since) if m.until is None or o.since < m.until]
        if not m.head or not staying:
            continue
        since = max(since, *staying[:1])
        if new_head is None:
            raise Refused(
                "head-needed", f"户主离开后，{since} 起户#{household} 还有成员；请指定新户主。",
                f"The head is gone but others stay in household {household} from {since} on; name the new head.", field=field,
            )  # fmt: skip
        seat(w, household, new_head, since, relations, m.until)


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


def next_head(household: int, day: date) -> date | None:
    """The first day after ``day`` from which another is the head on record than on ``day``; None where nobody follows."""
    heads = [m for m in members_from(household, day) if m.head]
    return next((m.since for m in heads if m.since > day and m.person_id != heads[0].person_id), None)


def relate(w: Work, household: int, since: date, relations: Mapping[int, str], until: date | None = None) -> None:
    """Says how members are related to the head, from ``since`` on. Raises Refused for one who is no member."""
    for person, relation in relations.items():
        m = belongs(household, person, since)
        if m.relation != the_relation(relation, since):
            w.recast(m, since, until, relation=relation)
