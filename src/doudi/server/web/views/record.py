"""Lists of households and of the last screening."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from doudi.server.areas.selectors import names_of
from doudi.server.decisions.selectors import work
from doudi.server.lib.actor import Actor
from doudi.server.registry.selectors.lists import households as list_households
from doudi.server.web.signed_in import signed_in, today


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
