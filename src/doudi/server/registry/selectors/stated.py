"""The facts of a household on a day: one value each, by what counts (``doudi.server.registry.facts``)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime

from django.db.models import Q

from doudi.server.areas.selectors import moves_of
from doudi.server.lib.actor import Actor
from doudi.server.policybook.selectors import policy
from doudi.server.registry.facts import Said, places_in, resolve
from doudi.server.registry.models import Household, Membership, Person, Residence, Statement
from doudi.server.registry.selectors import views
from doudi.server.registry.selectors.moment import held
from doudi.server.registry.selectors.record import showing
from doudi.server.registry.selectors.single import seen_household
from doudi.server.registry.selectors.verbs import FACTS_SEEN


def ranks(as_of: date) -> dict[str, int]:
    """Source -> rank, 1 the weightiest, by the pack in force on ``as_of``."""
    return {source.code: source.rank for source in policy(as_of).sources}


def facts_of(reader: Actor, household: int, *, as_of: date, knowing: datetime | None = None) -> views.HouseholdFacts:
    """Every fact of the household and of who belonged to it on ``as_of``, by what was known at ``knowing`` (None: now). Recorded as shown.

    Raises NotFound outside the reader's areas.
    """
    with showing(reader, FACTS_SEEN, household=household) as shown:
        found = seen_household(reader, household, shown)
        return _facts(reader, found, ranks(as_of), as_of, knowing)


def _facts(
    reader: Actor, of: Household, weight: Mapping[str, int], as_of: date, knowing: datetime | None
) -> views.HouseholdFacts:
    home = Residence.objects.filter(held(as_of, knowing), household=of.id).first()
    belong = list(Membership.objects.filter(held(as_of, knowing), household=of.id).order_by("-head", "since", "id"))
    ids = [m.person_id for m in belong]
    people = {p.id: p for p in Person.objects.filter(reader.scope.q("area", "other_area"), id__in=ids)}
    said: dict[tuple[int | None, int | None], list[Said]] = defaultdict(list)
    spoken = Statement.objects.filter(held(as_of, knowing)).filter(Q(household=of.id) | Q(person__in=list(people)))
    for s in spoken.select_related("act", "withdrawn"):
        said[s.household_id, s.person_id].append(
            Said(
                s.id,
                s.source,
                s.since,
                s.until,
                s.act_id,
                s.act.recorded_at,
                s.withdrawn.recorded_at if s.withdrawn else None,
                s.evidence,
                s.values,
                s.tables,
            )
        )
    members = []
    for m in belong:
        p = people.get(m.person_id)
        if p is None:
            members.append(views.MemberFacts(m.person_id, m.relation, m.head, None, "", elsewhere=True))
        else:
            resolved = resolve(said[None, p.id], weight, as_of=as_of, knowing=knowing)
            members.append(views.MemberFacts(p.id, m.relation, m.head, p.born, p.sex, resolved))
    return views.HouseholdFacts(
        of.id, home.area if home else of.area, home.other_area if home else of.other_area,
        resolve(said[of.id, None], weight, as_of=as_of, knowing=knowing), tuple(members), as_of, knowing,
        moves_of(places_in(s for some in said.values() for s in some)),
    )  # fmt: skip
