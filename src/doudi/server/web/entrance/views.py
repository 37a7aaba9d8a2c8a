"""Signing in, choosing a post, changing the language, signing out."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_http_methods, require_POST

from doudi.server.accounts.actions.officials import change_password
from doudi.server.accounts.actions.second_factors import confirm, enrol, give_code
from doudi.server.accounts.actions.signing_in import sign_in as begin
from doudi.server.accounts.actions.signing_in import sign_out as end
from doudi.server.accounts.addresses import address_of
from doudi.server.accounts.selectors import next_step, oneself, posts_of
from doudi.server.lib.refusals import Refused
from doudi.server.web.kept import carried, fields_of
from doudi.server.web.signed_in import POST, today


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    refused: Refused | None = None
    if request.method == "POST":
        try:
            done = begin(request, username=request.POST.get("username", ""), password=request.POST.get("password", ""))
        except Refused as error:
            refused = error
        else:
            later = {"password": "/password", "code": "/code", "enrol": "/code"}.get(done.next)
            if later is None or carried(request):
                return go_on(request, later or "")
            return redirect(f"{later}?{urlencode({'next': onward(request)})}")
    page = {
        "refused": refused,
        "username": request.POST.get("username", ""),
        "next": onward(request),
        "kept": carried(request),
        "demo": settings.ENVIRONMENT.demo,
    }
    return render(request, "web/entrance/sign_in.html", page, status=403 if refused else 200)


@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect("/sign-in")
    refused: Refused | None = None
    if request.method == "POST":
        try:
            by = oneself(int(request.user.pk), address=address_of(request) or "")
            change_password(by=by, old=request.POST.get("old", ""), new=request.POST.get("new", ""))
        except Refused as error:
            refused = error
        else:
            return redirect("/sign-in")
    return render(request, "web/entrance/password.html", {"refused": refused}, status=422 if refused else 200)


@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The one-time code of a second factor; where none is set up yet, its secret is shown this once."""
    if not request.user.is_authenticated:
        return redirect("/sign-in")
    by = oneself(int(request.user.pk), address=address_of(request) or "")
    step = next_step(int(request.user.pk), on=today())
    refused: Refused | None = None
    enrolment = None
    if request.method == "POST" and "code" in request.POST:
        try:
            if step == "enrol":
                confirm(by=by, code=request.POST.get("code", ""), request=request)
            else:
                give_code(by=by, code=request.POST.get("code", ""), request=request)
        except Refused as error:
            refused = error
        else:
            return go_on(request)
    elif step == "enrol":
        enrolment = enrol(by=by)
    page = {"refused": refused, "step": step, "enrolment": enrolment, "next": onward(request), "kept": carried(request)}
    return render(request, "web/entrance/code.html", page, status=403 if refused else 200)


@require_http_methods(["GET", "POST"])
def posts(request: HttpRequest) -> HttpResponse:
    """Which post to act in; without any there is nothing to do here."""
    if not request.user.is_authenticated:
        return redirect("/sign-in")
    official = int(request.user.pk)
    if next_step(official, on=today()) == "password":
        return redirect("/password")
    mine = posts_of(official, on=today())
    if request.method == "POST":
        chosen = next((p.id for p in mine if str(p.id) == request.POST.get("post")), None)
        if chosen is not None:
            request.session[POST] = chosen
            return go_on(request)
    page = {"posts": mine, "next": onward(request), "kept": carried(request)}
    return render(request, "web/entrance/posts.html", page)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        end(request, by=oneself(int(request.user.pk), address=address_of(request) or ""))
    return redirect("/sign-in")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    wanted = "en" if request.POST.get("language") == "en" else "zh-hans"
    translation.activate(wanted)
    response = redirect(onward(request))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, wanted, max_age=365 * 86400, samesite="Lax", secure=settings.ENVIRONMENT.https, httponly=True
    )  # fmt: skip
    return response


def go_on(request: HttpRequest, first: str = "") -> HttpResponse:
    """To where the visitor wanted to go; ``first`` through another page of the sign-in. What was typed before goes along."""
    kept = carried(request)
    if not kept:
        return redirect(onward(request))
    page = {"kept": kept, "next": onward(request), "first": first, "fields": fields_of(kept)}
    return render(request, "web/entrance/go_on.html", page)


def onward(request: HttpRequest) -> str:
    """Where the visitor wanted to go, if it is on this server."""
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/")
    return wanted if safe else "/"
