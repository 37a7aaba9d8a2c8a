"""All of a person for one page, asked for at once: what ``person`` and ``timeline`` give, and every statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import OuterRef, Q, Subquery

from doudi.server.lib.actor import Actor
from doudi.server.registry.facts import Said
from doudi.server.registry.models import ActOn, Enrolment, Household, Identifier, Membership, PersonName
from doudi.server.registry.selectors import views
from doudi.server.registry.selectors.moment import known
from doudi.server.registry.selectors.record import showing
from doudi.server.registry.selectors.single import enrolment_view, happened, number_view, seen_person
from doudi.server.registry.selectors.through import statements
from doudi.server.registry.selectors.verbs import PERSON_SEEN


@dataclass(frozen=True)
class Life:
    """``said``: every statement known of the person. ``acts``: what was done, the latest first."""

    view: views.PersonView
    said: tuple[Said, ...]
    acts: tuple[views.Happened, ...]


def life(
    reader: Actor,
    person: int,
    *,
    as_of: date,
    knowing: datetime | None = None,
    before: int | None = None,
    limit: int = 100,
) -> Life:
    """A person as known at ``knowing`` (None: now), named as on ``as_of``; acts further back with ``before``. Recorded as shown.

    Raises NotFound outside the reader's areas.
    """
    with showing(reader, PERSON_SEEN, person=person) as shown:
        mine = reader.scope.q("person__area", "person__other_area")
        rows = PersonName.objects.filter(mine, known(knowing), person=person).select_related("person")
        names = list(rows.order_by("since", "id"))
        # Who was merged into another, or whose registration was undone, has no name any more.
        one = names[0].person if names else seen_person(reader, person)
        shown.area = one.area
        numbered = Household.objects.filter(reader.scope.q("area", "other_area"), id=OuterRef("household"))
        belonged = Membership.objects.filter(known(knowing), person=person).annotate(
            number=Subquery(numbered.values("number")[:1])
        )
        numbers = Identifier.objects.filter(known(knowing), person=person).order_by("kind", "since", "id")
        enrolments = Enrolment.objects.filter(known(knowing), person=person).order_by("since", "id")
        named = next(
            (n.name for n in reversed(names) if n.since <= as_of and (n.until is None or n.until > as_of)), one.name
        )
        view = views.PersonView(
            one.id, named, tuple(views.NameView(n.name, n.since, n.until) for n in names), one.sex, one.born, one.died, one.area, one.other_area,
            tuple(map(number_view, numbers)),
            tuple(
                views.MembershipView(m.household_id, getattr(m, "number", None) or "", m.relation, m.head, m.since, m.until)
                for m in belonged.order_by("since", "id")
            ),
            tuple(map(enrolment_view, enrolments)), one.merged_into_id, as_of, knowing,
        )  # fmt: skip
        acts = happened(ActOn.objects.filter(person=person), before, limit)
        return Life(view, statements(Q(person=person), knowing).get(person, ()), acts)
