"""Lists, a household's page."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.safestring import mark_safe
from django.utils.timezone import is_naive, make_aware
from django.views.decorators.http import require_safe

from doudi.server.areas.selectors import names_of
from doudi.server.decisions.selectors import HouseholdDecision, decide, work
from doudi.server.lib.actor import Actor
from doudi.server.registry.selectors import household, timeline
from doudi.server.registry.selectors.lists import households as list_households
from doudi.server.registry.selectors.record import showing
from doudi.server.registry.selectors.verbs import HOUSEHOLD_SEEN
from doudi.server.registry.selectors.views import HouseholdView
from doudi.server.web.signed_in import signed_in, today
from doudi.server.web.words import english

_FIRST, _LAST = date(1950, 1, 1), date(2099, 12, 31)


@signed_in
@require_safe
def households(request: HttpRequest, by: Actor) -> HttpResponse:
    area, after = request.GET.get("area", ""), request.GET.get("after", "")
    page = list_households(
        by, on=today(), area=area if area.isdigit() else "", after=int(after) if after.isdigit() else None
    )
    names = names_of({h.area for h in page.rows} | {area}, today())
    return render(request, "web/households.html", {"page": page, "area": area, "names": names})


@signed_in
@require_safe
def worklist(request: HttpRequest, by: Actor) -> HttpResponse:
    """One list of the last screening, each row with its reason."""
    code, after = request.GET.get("list", ""), request.GET.get("after", "")
    page = work(by, code=code, after=int(after) if after.isdigit() else None)
    names = names_of({w.area for w in page.rows}, today())
    return render(request, "web/worklist.html", {"page": page, "code": code, "names": names})


@signed_in
@require_safe
def household_page(request: HttpRequest, by: Actor, household_id: int) -> HttpResponse:
    """The story of a household on a day, as it was known at a moment."""
    as_of = _day(request.GET.get("as_of", "")) or today().replace(day=1)
    knowing = _moment(request.GET.get("knowing", ""))
    with showing(by, HOUSEHOLD_SEEN, household=household_id):
        view = household(by, household_id, as_of=as_of, knowing=knowing)
        decided = decide(by, household_id, as_of=as_of, knowing=knowing) if by.allows("decisions.read") else None
        happened = timeline(by, household=household_id)
    page = {
        "view": view, "decided": decided, "as_of": as_of, "knowing": knowing, "happened": happened,
        "names": names_of({view.area, view.other_area}, as_of), **(_answers(decided, view) if decided else {}),
    }  # fmt: skip
    return render(request, "web/household.html", page)


def _day(text: str) -> date | None:
    """What is no date, or one that no rule speaks of, is taken for none."""
    try:
        found = parse_date(text)
    except ValueError:
        return None
    return found if found is not None and _FIRST <= found <= _LAST else None


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return make_aware(found) if found is not None and is_naive(found) else found


def _answers(decided: HouseholdDecision, view: HouseholdView) -> dict[str, list[dict[str, Any]]]:
    """Programmes in three groups, each with its explanation: granted, open, not granted."""
    names = {m.person: m.name for m in view.members}
    plans = {p.name: p for p in decided.decision.ruleset.programmes}
    groups: dict[str, list[dict[str, Any]]] = {"granted": [], "unsettled": [], "refused": []}
    for o in decided.outcomes:
        name = plans[o.programme].en if english() else o.programme
        person = o.path[0] if o.path else None
        who = names.get(int(person), "") if person is not None else ""
        shown = {
            "name": name,
            "who": who,
            "outcome": o,
            "why": mark_safe(decided.html(o.programme, o.path, "en" if english() else "zh")),
        }
        groups[{"是": "granted", "否": "refused"}.get(o.granted, "unsettled")].append(shown)
    return groups
