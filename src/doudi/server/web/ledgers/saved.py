"""Saved views: kept, opened, deleted."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST, require_safe

from doudi.server.lib.actor import Actor
from doudi.server.rolls.asked import asked
from doudi.server.rolls.selectors import saved_view
from doudi.server.rolls.views import drop_view, save_view
from doudi.server.web.ledgers.bulk import see
from doudi.server.web.ledgers.roll import address, words_of
from doudi.server.web.signed_in import signed_in


@signed_in
@require_POST
def save(request: HttpRequest, by: Actor) -> HttpResponse:
    """Keeps the filter under a name."""
    words = words_of(request)
    wanted = asked(words.get("of", ""), {k: v for k, v in words.items() if k not in ("of", "name", "shared")})
    view = save_view(by=by, asked=wanted, name=words.get("name", ""), shared=words.get("shared") == "on")
    return see(f"/ledgers/views/{view}")


@signed_in
@require_safe
def open_view(request: HttpRequest, by: Actor, view_id: int) -> HttpResponse:  # noqa: ARG001
    """The list that the view keeps."""
    view = saved_view(by, view_id)
    return HttpResponseRedirect(address(asked(view.of, view.query)))


@signed_in
@require_POST
def drop(request: HttpRequest, by: Actor, view_id: int) -> HttpResponse:  # noqa: ARG001
    """Deletes one's own."""
    drop_view(by=by, view=view_id)
    return see("/ledgers")
