"""Home and search."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from doudi.server.areas.selectors import names_of
from doudi.server.decisions.selectors.home_figures import home_figures
from doudi.server.jobs.selectors import jobs
from doudi.server.lib.actor import Actor
from doudi.server.policybook.selectors import policy
from doudi.server.registry.checks import PERSON, RELATION
from doudi.server.registry.selectors import find
from doudi.server.registry.selectors.counted import counted
from doudi.server.web.home.todo import todos
from doudi.server.web.signed_in import signed_in, today
from doudi.server.web.unpaid import without_receipts


@signed_in
@require_safe
def home(request: HttpRequest, by: Actor) -> HttpResponse:
    """What waits for this post, what runs, and its areas in figures."""
    on = today()
    recent = jobs(by, limit=50)
    page: dict[str, Any] = {"todos": todos(by, on, recent), "jobs": [j for j in recent if not j.ended], "on": on}
    if by.allows("screening.read"):
        page["figures"] = home_figures(by, on)
        page["unpaid"] = without_receipts(by, on)
    if by.allows("registry.read"):
        page["counted"] = counted(by)
    codes = {f.area for f in page.get("figures", ())}
    if "counted" in page:
        codes |= {c for p, rows in page["counted"].below for c in (p, *(r[0] for r in rows))}
    page["names"] = names_of(codes - {""}, on)
    return render(request, "web/home/home.html", page)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest, by: Actor) -> HttpResponse:
    """What is sought comes in the body: names and numbers stay out of addresses, histories and logs."""
    text = request.POST.get("q", "").strip()
    found = find(by, text, on=today()) if text else []
    names, told = names_of({f.area for f in found}, today()), policy(today()).names
    lines = [(f, told.value_of((PERSON, RELATION), f.relation) if f.relation else None) for f in found]
    return render(request, "web/home/find.html", {"q": text, "found": lines, "names": names})
