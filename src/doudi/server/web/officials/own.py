"""One's own account: posts, password, and the relatives whom one declares."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from doudi.server.accounts.actions.relatives import declare_relative, withdraw_relative
from doudi.server.accounts.selectors import posts_of, relatives_of
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import Refused
from doudi.server.web.fields import filled
from doudi.server.web.officials.fields import RELATIVE
from doudi.server.web.signed_in import signed_in, today


@signed_in
@require_safe
def me(request: HttpRequest, by: Actor) -> HttpResponse:
    return _shown(request, by)


@signed_in
@require_POST
def declare(request: HttpRequest, by: Actor) -> HttpResponse:
    """A relative, so that nobody handles the case of their own family."""
    given = request.POST
    try:
        declare_relative(
            by=by, official=by.official or 0, name=given.get("name", ""), relation=given.get("relation", ""), id_number=given.get("id_number", ""),
        )  # fmt: skip
    except Refused as error:
        return _shown(request, by, error)
    return redirect("/me")


@signed_in
@require_POST
def withdraw(request: HttpRequest, by: Actor, relative: int) -> HttpResponse:
    withdraw_relative(by=by, relative=relative, why=request.POST.get("why", ""))
    return redirect("/me")


def _shown(request: HttpRequest, by: Actor, refused: Refused | None = None) -> HttpResponse:
    own = by.official or 0
    page = {
        "posts": posts_of(own, on=today()), "relatives": relatives_of(by, own), "refused": refused,
        "fields": filled(RELATIVE, request.POST if refused else {}, refused),
    }  # fmt: skip
    return render(request, "web/officials/me.html", page, status=422 if refused else 200)
