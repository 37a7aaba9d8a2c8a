"""The page of a household: its story in order."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from doudi.server.decisions.selectors.preview import decide_known
from doudi.server.lib.actor import Actor
from doudi.server.policybook.selectors import policy
from doudi.server.registry.checks import HOUSEHOLD, PERSON
from doudi.server.registry.selectors.record import showing
from doudi.server.registry.selectors.through import whole
from doudi.server.registry.selectors.verbs import HOUSEHOLD_SEEN
from doudi.server.web.area_choice import near_names
from doudi.server.web.record import acts
from doudi.server.web.record.asked import asked, number
from doudi.server.web.record.facts import counted, facts_of_subject
from doudi.server.web.record.story import GRANTED, REFUSED, groups, members, names_of_members, unknowns
from doudi.server.web.record.telling import Teller
from doudi.server.web.signed_in import signed_in, today


@signed_in
@require_safe
def household_page(request: HttpRequest, by: Actor, household_id: int) -> HttpResponse:
    """Who, what class, what they receive and why, what is unknown, what is due, what happened, and every fact with its source."""
    when = asked(request)
    chosen = policy(when.as_of)
    with showing(by, HOUSEHOLD_SEEN, household=household_id):
        view, known = whole(by, household_id, as_of=when.as_of, knowing=when.knowing)
        decided = decide_known(by, known, as_of=when.as_of, under=chosen) if by.allows("decisions.read") else None
    tell = Teller(chosen, when.as_of)
    who = names_of_members(view)
    of_day = known.on(when.as_of, {s.code: s.rank for s in chosen.sources})
    own = facts_of_subject(household_id, None, HOUSEHOLD, of_day.facts, known.said.get(None, ()), tell)
    page: dict[str, Any] = {
        "view": view, "members": members(view, tell), "when": when, "today": today(), "decided": decided, "who": who,
        "done": number(request.GET.get("done", "")), "facts": own, "counted": counted(of_day.facts, tell, HOUSEHOLD),
        "place": near_names((view.area, view.other_area), when.as_of),
        "of": [(m, counted(m.facts, tell, PERSON)) for m in of_day.members if not m.elsewhere],
        "ledgers": [(e, tell.ledger(e.ledger)) for e in view.enrolments],
        "acts": acts.offered(by, view), "sources": chosen.sources,
    }  # fmt: skip
    if decided is not None:
        page |= {
            "class": chosen.said_class(decided.household_class) if decided.household_class else None,
            "granted": groups(decided, who, tell, GRANTED, when.query),
            "unsettled": sum(o.granted not in (GRANTED, REFUSED) for o in decided.outcomes),
            "refused": sum(o.granted == REFUSED for o in decided.outcomes),
            "unknowns": unknowns(decided, who, tell),
        }
    return render(request, "web/record/household.html", page)
