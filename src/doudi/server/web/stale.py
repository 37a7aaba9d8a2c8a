"""A form that is older than the sign-in of its browser: told in plain words, with what was typed to be sent again.

It comes about where somebody signs in anew in another window, or the browser's cookies were cleared, while a form stands open.
"""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from doudi.server.web.kept import fields_of, keep
from doudi.server.web.words import T, said

_ENTRANCE = ("/sign-in", "/sign-out", "/language")
"""Where nothing is typed that is worth sending again, or that a page may hold."""
_TOLD = T(
    "这一页打开之后，登录已经变了，刚才的内容还没有办。请刷新这一页再试。",
    "The sign-in changed after this page was opened, and nothing was done yet. Reload the page and try again.",
)


def stale(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - how Django calls it
    """Django's answer to a form without the right token. Only what a page of this server sent is offered again: a form that another site made up
    must not become one of ours by a click."""
    if getattr(request, "htmx", False):
        answer = HttpResponse(status=403)
        answer["Doudi-Told"] = quote(said(_TOLD.zh, _TOLD.en))
        return answer
    kept = keep(request) if _ours(request) and request.path not in _ENTRANCE else ""
    page = {"fields": fields_of(kept) if kept else [], "next": request.get_full_path(), "files": bool(request.FILES)}
    return render(request, "web/entrance/stale.html", page, status=403)


def _ours(request: HttpRequest) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
