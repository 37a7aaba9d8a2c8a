"""One household, one person, what happened to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime

from django.db.models import QuerySet

from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotFound
from doudi.server.registry.models import (
    ActOn,
    Enrolment,
    Household,
    Identifier,
    Membership,
    Person,
    PersonName,
    Residence,
)
from doudi.server.registry.selectors import views
from doudi.server.registry.selectors.moment import held, known
from doudi.server.registry.selectors.record import Shown, showing
from doudi.server.registry.selectors.verbs import HOUSEHOLD_SEEN, PERSON_SEEN, TIMELINE_SEEN
from doudi.server.registry.verbs import deed, said, whose


def household(reader: Actor, household_id: int, *, as_of: date, knowing: datetime | None = None) -> views.HouseholdView:
    """A household as it was on ``as_of``, by what was known at ``knowing`` (None: now). Recorded as shown.

    Raises NotFound outside the reader's areas, and for a household of which nothing was known then.
    """
    with showing(reader, HOUSEHOLD_SEEN, household=household_id) as shown:
        found = seen_household(reader, household_id, shown)
        homes = list(Residence.objects.filter(known(knowing), household=household_id).order_by("since", "id"))
        if not homes:
            raise no_household(household_id)
        # Before its first day and after its last a household is shown as it was nearest.
        home = next((h for h in reversed(homes) if h.since <= as_of), homes[0])
        enrolments = Enrolment.objects.filter(held(as_of, knowing), household=household_id).order_by("since", "id")
        return views.HouseholdView(
            found.id, found.number, home.area, home.other_area, home.address, found.closed, found.version,
            members_of(reader, [household_id], as_of=as_of, knowing=knowing).get(household_id, ()), tuple(map(enrolment_view, enrolments)), as_of, knowing,
        )  # fmt: skip


def person(reader: Actor, person_id: int, *, as_of: date, knowing: datetime | None = None) -> views.PersonView:
    """A person, with all households, names and numbers they had, as known at ``knowing``; the name is that of ``as_of``. Recorded as shown.

    Raises NotFound outside the reader's areas.
    """
    with showing(reader, PERSON_SEEN, person=person_id) as shown:
        one = seen_person(reader, person_id, shown)
        belonged = list(Membership.objects.filter(known(knowing), person=person_id).order_by("since", "id"))
        places = Household.objects.filter(
            reader.scope.q("area", "other_area"), id__in=[m.household_id for m in belonged]
        )
        numbers = dict(places.values_list("id", "number"))
        names = list(PersonName.objects.filter(known(knowing), person=person_id).order_by("since", "id"))
        named = next(
            (n.name for n in reversed(names) if n.since <= as_of and (n.until is None or n.until > as_of)), one.name
        )
        enrolments = Enrolment.objects.filter(known(knowing), person=person_id).order_by("since", "id")
        return views.PersonView(
            one.id, named, tuple(views.NameView(n.name, n.since, n.until) for n in names), one.sex, one.born, one.died, one.area,
            one.other_area, tuple(map(number_view, Identifier.objects.filter(known(knowing), person=person_id).order_by("kind", "since", "id"))),
            tuple(
                views.MembershipView(m.household_id, numbers.get(m.household_id, ""), m.relation, m.head, m.since, m.until) for m in belonged
            ),
            tuple(map(enrolment_view, enrolments)), one.merged_into_id, as_of, knowing,
        )  # fmt: skip


def timeline(
    reader: Actor,
    *,
    household: int | None = None,
    person: int | None = None,
    before: int | None = None,
    limit: int = 100,
) -> tuple[views.Happened, ...]:
    """What was done to a household or to a person, the latest first; further back with ``before``, the last act shown. Recorded as shown.

    Raises NotFound outside the reader's areas.
    """
    with showing(reader, TIMELINE_SEEN, household=household, person=person, whose=whose(household, person)) as shown:
        if household is not None:
            seen_household(reader, household, shown)
            touched = ActOn.objects.filter(household=household)
        elif person is not None:
            seen_person(reader, person, shown)
            touched = ActOn.objects.filter(person=person)
        else:
            raise ValueError("whose timeline?")
        return happened(touched, before, limit)


def happened(touched: QuerySet[ActOn], before: int | None, limit: int) -> tuple[views.Happened, ...]:
    """The acts of ``touched``, the latest first, further back with ``before``. For selectors."""
    if before is not None:
        touched = touched.filter(act__lt=before)
    rows = touched.order_by("-act_id", "-id").select_related("act", "act__undone_by")[: max(1, min(limit, 500))]
    acts = {row.act_id: row.act for row in rows}
    out = []
    for act in acts.values():
        zh, en = said(act)
        undone = getattr(act, "undone_by", None) is not None
        out.append(
            views.Happened(act.id, act.kind, act.on, act.recorded_at, act.name, act.post, zh, en, undone, *deed(act), act.why, act.params)
        )  # fmt: skip
    return tuple(out)


def members_of(
    reader: Actor, households: Collection[int], *, as_of: date, knowing: datetime | None
) -> dict[int, tuple[views.MemberView, ...]]:
    """Who belongs to each of ``households`` on a day, the head first. For selectors, which have found the households to be the reader's."""
    belong = list(
        Membership.objects.filter(held(as_of, knowing), household__in=households).order_by(
            "household_id", "-head", "since", "id"
        )
    )
    ids = {m.person_id for m in belong}
    people = {p.id: p for p in Person.objects.filter(reader.scope.q("area", "other_area"), id__in=ids)}
    names = dict(PersonName.objects.filter(held(as_of, knowing), person__in=people).values_list("person_id", "name"))
    numbers = Identifier.objects.filter(held(as_of, knowing), person__in=people).order_by("kind", "since", "id")
    return member_views(belong, people, names, list(numbers))


def member_views(
    belong: Collection[Membership],
    people: Mapping[int, Person],
    names: Mapping[int, str],
    known_by: Collection[Identifier],
) -> dict[int, tuple[views.MemberView, ...]]:
    """By household, those who belong to it, of whom ``people`` may be shown. For selectors."""
    numbers: dict[int, list[views.NumberView]] = defaultdict(list)
    for number in known_by:
        numbers[number.person_id].append(number_view(number))
    out: dict[int, list[views.MemberView]] = defaultdict(list)
    for m in belong:
        p = people.get(m.person_id)
        if p is None:
            view = views.MemberView(
                m.person_id, "", "", None, None, m.relation, m.head, m.since, m.until, m.id, elsewhere=True
            )  # fmt: skip
        else:
            view = views.MemberView(
                p.id, names.get(p.id, p.name), p.sex, p.born, p.died, m.relation, m.head, m.since, m.until, m.id, tuple(numbers[p.id])
            )  # fmt: skip
        out[m.household_id].append(view)
    return {household: tuple(members) for household, members in out.items()}


def seen_household(reader: Actor, household_id: int, shown: Shown | None = None) -> Household:
    """Raises NotFound where there is none, or none in the reader's areas."""
    found = Household.objects.filter(reader.scope.q("area", "other_area"), id=household_id).first()
    if found is None:
        raise no_household(household_id)
    if shown is not None:
        shown.area = found.area
    return found


def seen_person(reader: Actor, person_id: int, shown: Shown | None = None) -> Person:
    """Raises NotFound where there is none, or none in the reader's areas."""
    found = Person.objects.filter(reader.scope.q("area", "other_area"), id=person_id).first()
    if found is None:
        raise NotFound(
            "no-person", f"您的辖区内没有 {person_id} 号人员。", f"There is no person {person_id} in your areas."
        )
    if shown is not None:
        shown.area = found.area
    return found


def no_household(household_id: int) -> NotFound:
    return NotFound(
        "no-household",
        f"您的辖区内没有 {household_id} 号家庭户。",
        f"There is no household {household_id} in your areas.",
    )


def number_view(number: Identifier) -> views.NumberView:
    return views.NumberView(number.id, number.kind, number.shown, number.since, number.until)


def enrolment_view(e: Enrolment) -> views.EnrolmentView:
    return views.EnrolmentView(e.id, e.ledger, e.household_id, e.person_id, e.since, e.until, e.details, e.evidence)
