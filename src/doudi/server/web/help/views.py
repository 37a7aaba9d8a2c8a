"""Help: what the pages are for, and tutorials by role."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from doudi.server.accounts.roles import roles
from doudi.server.lib.refusals import Refused
from doudi.server.web.help.tutorials import tutorials
from doudi.server.web.signed_in import actor_of
from doudi.server.web.words import T, english


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All tutorials, the reader's own first, and what each role may do."""
    _greet(request)
    mine = getattr(getattr(request, "actor", None), "role", "")
    ordered = sorted(tutorials(), key=lambda t: t.role != mine)
    page = {"tutorials": [(t, roles().roles[t.role]) for t in ordered], "mine": mine, "roles": _roles()}
    return render(request, "web/help/index.html", page)


@require_safe
def one(request: HttpRequest, code: str) -> HttpResponse:
    """A tutorial, step by step."""
    _greet(request)
    found = next((t for t in tutorials() if t.code == code), None)
    if found is None:
        raise Http404
    language = "en" if english() else "zh"
    steps = [(s, f"web/help/{s.picture(found.code, language)}") for s in found.steps]
    page = {"tutorial": found, "steps": steps, "way": [("/help", T("帮助", "Help"))]}
    return render(request, "web/help/tutorial.html", page)


def _roles() -> list[tuple[T, list[T]]]:
    known = roles()
    return [
        (T(r.zh, r.en), [T(known.permissions[p].zh, known.permissions[p].en) for p in sorted(r.permissions)])
        for r in known.roles.values()
    ]


def _greet(request: HttpRequest) -> None:
    """The frame shows who is signed in; who is not may read all the same."""
    try:
        request.actor = actor_of(request)  # type: ignore[attr-defined] # for the page's frame
    except Refused:
        request.actor = None  # type: ignore[attr-defined]
