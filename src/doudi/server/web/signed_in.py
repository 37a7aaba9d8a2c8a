"""Who looks at the page: the official of the session, in the post that was chosen, from the address of the request."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from datetime import date
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode

from doudi.server.accounts.addresses import address_of
from doudi.server.accounts.selectors import chosen_actor, posts_of
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import day_of, now
from doudi.server.lib.refusals import Changed, NotAllowed, NotFound, Refused
from doudi.server.lib.steady import steady
from doudi.server.registry.selectors.record import gathered
from doudi.server.web.kept import keep
from doudi.server.web.words import said

P = ParamSpec("P")
POST = "post"
_STATUS: tuple[tuple[type[Refused], int], ...] = ((NotFound, 404), (NotAllowed, 403), (Changed, 409), (Refused, 422))


def today() -> date:
    """The day at the office."""
    return day_of(now())


def actor_of(request: HttpRequest) -> Actor | None:
    """None where nobody is signed in or no post is chosen; the only post that somebody holds need not be chosen. Raises NotAllowed."""
    if not request.user.is_authenticated:
        return None
    second = bool(getattr(request.user, "is_verified", lambda: False)())
    return chosen_actor(
        int(request.user.pk),
        request.session.get(POST),
        on=today(),
        address=address_of(request) or "",
        second_factor=second,
    )


def signed_in(
    view: Callable[Concatenate[HttpRequest, Actor, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Gives the view the actor; who is not signed in is asked to be and brought back, with what was typed. Refusals become plain pages."""

    @wraps(view)
    def inner(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        looking = request.method in ("GET", "HEAD")
        try:
            with steady() if looking else nullcontext():
                by = actor_of(request)
                if by is None:
                    return _enter(request)
                request.actor = by  # type: ignore[attr-defined] # for the page's frame
                if not looking:
                    return _in_words(request, view(request, by, *args, **kwargs))
                # What is only looked at is looked at in one transaction: one state of things, and the scope said once.
                with gathered(), acting(by):
                    return _in_words(request, view(request, by, *args, **kwargs))
        except Refused as refused:
            return told(request, refused)

    return inner


def status_of(refused: Refused) -> int:
    """Of the answer that tells of it: 404, 403, 409 or 422."""
    return next(status for kind, status in _STATUS if isinstance(refused, kind))


def told(request: HttpRequest, refused: Refused) -> HttpResponse:
    """A page that says what was refused; a part of a page gets it in a header, for the place where such things are told."""
    if _part(request):
        answer = HttpResponse(status=status_of(refused))
        answer["Doudi-Told"] = quote(said(refused.zh, refused.en))
        return answer
    return render(request, "web/refused.html", {"refused": refused}, status=status_of(refused))


def _in_words(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """An address that is not asked in this way (a form's, opened like a page) says so, instead of showing nothing."""
    if answer.status_code != 405 or _part(request):
        return answer
    refused = Refused(
        "not-a-page", "这个地址不能这样打开，它只接收页面上的表单；请回到页面办理。",
        "This address cannot be opened like this: it takes what a page's form sends. Go back to the page and act there.",
    )  # fmt: skip
    page = render(request, "web/refused.html", {"refused": refused}, status=405)
    page["Allow"] = answer["Allow"]
    return page


def _enter(request: HttpRequest) -> HttpResponse:
    if _part(request):
        return HttpResponse(status=401)
    where = "posts" if request.user.is_authenticated else "sign-in"
    if request.method == "POST":
        page: dict[str, Any] = {
            "next": request.get_full_path(), "kept": keep(request), "late": True, "files": bool(request.FILES), "demo": settings.ENVIRONMENT.demo,
        }  # fmt: skip
        if where == "posts":
            page["posts"] = posts_of(int(request.user.pk or 0), on=today())
        return render(request, f"web/entrance/{where.replace('-', '_')}.html", page, status=401)
    return redirect(f"/{where}?{urlencode({'next': request.get_full_path()})}")


def _part(request: HttpRequest) -> bool:
    """Whether a script of a page asks for a part of it."""
    return bool(getattr(request, "htmx", False)) and not getattr(request, "htmx").boosted  # noqa: B009 - set by a middleware
