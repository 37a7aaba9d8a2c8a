"""One page for each thing that a formula can name."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from doudi.server.lib.actor import Actor
from doudi.server.policybook.browse.cases import cases
from doudi.server.policybook.browse.documents import implements
from doudi.server.policybook.browse.programmes import programme
from doudi.server.policybook.browse.terms import category, conflict, conflicts, derived, table, term
from doudi.server.web.policy.frame import area_field, asked, day_field, shown, way
from doudi.server.web.signed_in import signed_in
from doudi.server.web.words import T

NAMES = ("/policy/names", T("名称", "Names"))
CONFLICTS = ("/policy/conflicts", T("冲突规定", "Conflicts"))


@signed_in
@require_safe
def programme_page(request: HttpRequest, by: Actor) -> HttpResponse:
    """A programme in words."""
    page = asked(request, by)
    found = programme(page.shelf, request.GET.get("name", ""))
    proofs = cases(page.shelf, programme=found.zh)
    return shown(
        request, "programme", page,
        {
            "p": found, "clauses": implements(page.shelf, found.card.ref), "cases": proofs[:6], "cases_in_all": len(proofs),
            "fields": [day_field(page.on), area_field(by, page.shelf, page.area, page.on)],
        },
    )  # fmt: skip


@signed_in
@require_safe
def term_page(request: HttpRequest, by: Actor) -> HttpResponse:
    """A fact or a rule."""
    page = asked(request, by)
    found = term(page.shelf, request.GET.get("of", ""), request.GET.get("name", ""))
    more = {
        "x": found,
        "clauses": implements(page.shelf, found.ref),
        "way": way(page, NAMES),
        "fields": [day_field(page.on)],
    }
    return shown(request, "term", page, more)


@signed_in
@require_safe
def category_page(request: HttpRequest, by: Actor) -> HttpResponse:
    """A closed list of values."""
    page = asked(request, by)
    found = category(page.shelf, request.GET.get("name", ""))
    return shown(request, "category", page, {"x": found, "way": way(page, NAMES)})


@signed_in
@require_safe
def table_page(request: HttpRequest, by: Actor) -> HttpResponse:
    """A linked table, or some of its rows under a name of their own."""
    page = asked(request, by)
    found = table(page.shelf, request.GET.get("name", ""))
    return shown(request, "table", page, {"x": found, "way": way(page, NAMES)})


@signed_in
@require_safe
def conflict_page(request: HttpRequest, by: Actor) -> HttpResponse:
    """What excludes what, in its dated versions."""
    page = asked(request, by)
    found = conflict(page.shelf, request.GET.get("name", ""))
    more = {"x": found, "clauses": implements(page.shelf, found[0].ref), "way": way(page, CONFLICTS)}
    return shown(request, "conflict", page, more)


@signed_in
@require_safe
def conflicts_page(request: HttpRequest, by: Actor) -> HttpResponse:
    """Everything that excludes, tops up or goes together."""
    page = asked(request, by)
    return shown(request, "conflicts", page, {"found": conflicts(page.shelf)})


@signed_in
@require_safe
def derived_page(request: HttpRequest, by: Actor) -> HttpResponse:
    """Who is tried as a household of one."""
    page = asked(request, by)
    found = derived(page.shelf, request.GET.get("name", ""))
    more = {"x": found, "clauses": implements(page.shelf, found.ref), "way": way(page, NAMES)}
    return shown(request, "derived", page, more)
