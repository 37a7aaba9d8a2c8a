"""One whole number, shown by a click and with a reason; that it was shown is on record."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotFound, Refused
from doudi.server.registry.actions import reveal
from doudi.server.registry.selectors.around import masked
from doudi.server.web.fields import filled
from doudi.server.web.record.acts.form import why_field
from doudi.server.web.signed_in import signed_in, status_of


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def reveal_page(request: HttpRequest, by: Actor, identifier: int) -> HttpResponse:
    """Asks for the reason, then shows the number. It is in no address, and no page of it is kept."""
    by.require("registry.reveal")
    fields, refused, shown, status = [why_field(required=True)], None, "", 200
    if request.method == "POST":
        try:
            shown = reveal(by=by, identifier=identifier, why=request.POST.get("why", ""))
        except NotFound:
            raise
        except Refused as wrong:
            refused, status = wrong, status_of(wrong)
        fields = filled(fields, request.POST, refused)
    number = masked(by, identifier)
    part = bool(request.htmx)  # type: ignore[attr-defined] # set by a middleware
    page = {
        "number": number,
        "identifier": identifier,
        "fields": fields,
        "refused": refused,
        "shown": shown,
        "part": part,
    }
    return render(request, "web/record/part_reveal.html" if part else "web/record/reveal.html", page, status=status)
