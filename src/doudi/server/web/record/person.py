"""The page of a person: who, the households they belonged to, what is stated of them, ledgers, what happened."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from doudi.server.lib.actor import Actor
from doudi.server.policybook.selectors import policy
from doudi.server.registry.checks import PERSON, RELATION, SEX
from doudi.server.registry.facts import resolve
from doudi.server.registry.selectors.life import life
from doudi.server.web.area_choice import near_names
from doudi.server.web.record.asked import asked, number
from doudi.server.web.record.facts import counted, facts_of_subject
from doudi.server.web.record.parts import MOST, named_person
from doudi.server.web.record.story import age
from doudi.server.web.record.telling import Teller
from doudi.server.web.signed_in import signed_in


@signed_in
@require_safe
def person_page(request: HttpRequest, by: Actor, person_id: int) -> HttpResponse:
    """A person on a day, as known at a moment. Numbers are masked."""
    when, before = asked(request), number(request.GET.get("before", ""))
    found = life(by, person_id, as_of=when.as_of, knowing=when.knowing, before=before, limit=MOST)
    view, said, acts = found.view, found.said, found.acts
    chosen = policy(when.as_of)
    tell = Teller(chosen, when.as_of)
    resolved = resolve(said, {s.code: s.rank for s in chosen.sources}, as_of=when.as_of, knowing=when.knowing)
    home = next(
        (m for m in view.memberships if m.since <= when.as_of and (m.until is None or m.until > when.as_of)), None
    )
    here = home.household if home is not None and home.number else 0
    shown = facts_of_subject(here, person_id, PERSON, resolved, said, tell)
    page: dict[str, Any] = {
        "view": view, "when": when, "home": home, "here": here, "sex": tell.member_value(SEX, view.sex) if view.sex else "",
        "age": age(view.born, min(filter(None, (view.died, when.as_of)))), "facts": shown, "counted": counted(resolved, tell, PERSON), "tell": tell,
        "memberships": [(m, tell.member_value(RELATION, m.relation) if m.relation else "") for m in reversed(view.memberships)],
        "ledgers": [(e, tell.ledger(e.ledger)) for e in view.enrolments],
        "events": [named_person(h, view, tell) for h in acts if when.knowing is None or h.recorded_at <= when.knowing],
        "more": acts[-1].act if len(acts) == MOST else None,
        "names": near_names((view.area, view.other_area), when.as_of),
        "changes": bool(here) and by.allows("registry.change") and when.now, "corrects": bool(here) and by.allows("registry.correct") and when.now,
    }  # fmt: skip
    return render(request, "web/record/person.html", page)
