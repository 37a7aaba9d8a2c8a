"""Who looks at the page: the official of the session, in the post that was chosen, from the address of the request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Concatenate, ParamSpec
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode

from doudi.server.accounts.addresses import address_of
from doudi.server.accounts.selectors import actor, posts_of
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import now
from doudi.server.lib.refusals import Changed, NotAllowed, NotFound, Refused

P = ParamSpec("P")
POST = "post"
_HERE = ZoneInfo("Asia/Shanghai")


def today() -> date:
    """The day at the office."""
    return now().astimezone(_HERE).date()


def actor_of(request: HttpRequest) -> Actor | None:
    """None where nobody is signed in or no post is chosen; the only post that somebody holds need not be chosen. Raises NotAllowed."""
    if not request.user.is_authenticated:
        return None
    official = int(request.user.pk)
    posts = posts_of(official, on=today())
    chosen = request.session.get(POST)
    post = next((p.id for p in posts if p.id == chosen), posts[0].id if len(posts) == 1 else None)
    if post is None:
        return None
    second = bool(getattr(request.user, "is_verified", lambda: False)())
    return actor(official, post, on=today(), address=address_of(request) or "", second_factor=second)


def signed_in(
    view: Callable[Concatenate[HttpRequest, Actor, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Gives the view the actor; who is not signed in is asked to be and brought back. Refusals become plain pages."""

    @wraps(view)
    def inner(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            by = actor_of(request)
            if by is None:
                where = "posts" if request.user.is_authenticated else "sign-in"
                return redirect(f"/{where}?{urlencode({'next': request.get_full_path()})}")
            request.actor = by  # type: ignore[attr-defined] # for the page's frame
            return view(request, by, *args, **kwargs)
        except NotFound as refused:
            return _told(request, refused, 404)
        except NotAllowed as refused:
            return _told(request, refused, 403)
        except Changed as refused:
            return _told(request, refused, 409)
        except Refused as refused:
            return _told(request, refused, 422)

    return inner


def _told(request: HttpRequest, refused: Refused, status: int) -> HttpResponse:
    return render(request, "web/refused.html", {"refused": refused}, status=status)
