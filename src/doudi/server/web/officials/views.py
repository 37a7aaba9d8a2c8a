"""Accounts and posts, for the administrator."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from doudi.server.accounts.actions.officials import make_official, reset_password, resume, stop, unlock
from doudi.server.accounts.actions.posts import end_post, give_post
from doudi.server.accounts.actions.second_factors import reset_second_factor
from doudi.server.accounts.selectors import official, officials, relatives_of
from doudi.server.areas.selectors import names_of
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotFound, Refused
from doudi.server.web.dates import typed_day, typed_day_or_none
from doudi.server.web.fields import filled
from doudi.server.web.officials.fields import NEW, post_fields
from doudi.server.web.places import typed_place
from doudi.server.web.signed_in import signed_in, today
from doudi.server.web.words import T, said

PAGE = 50
_WAY = [("/officials", T("人员", "Officials"))]


@signed_in
@require_safe
def listed(request: HttpRequest, by: Actor) -> HttpResponse:
    """The accounts that the administrator looks after, by username."""
    text, after = request.GET.get("text", ""), request.GET.get("after", "")
    rows = officials(by, text=text, after=after, limit=PAGE + 1)
    query = QueryDict(mutable=True)
    query.update({"text": text, "after": rows[PAGE - 1].username if len(rows) > PAGE else ""})
    page = {
        "rows": rows[:PAGE],
        "text": text,
        "today": today(),
        "more": f"/officials?{query.urlencode()}" if len(rows) > PAGE else "",
    }
    return render(request, "web/officials/list.html", page)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, by: Actor) -> HttpResponse:
    """Opens an account; its temporary password is shown this once."""
    by.require("accounts.manage")
    refused: Refused | None = None
    if request.method == "POST":
        password, given = drawn(), request.POST
        try:
            who = make_official(
                by=by, username=given.get("username", ""), name=given.get("name", ""), password=password,
                area=typed_place(by, given.get("area", ""), today()), id_number=given.get("id_number", "").strip(),
            )  # fmt: skip
        except Refused as error:
            refused = error
        else:
            return _password(request, by, who, password)
    page = {"fields": filled(NEW, request.POST, refused), "refused": refused, "way": _WAY}
    return render(request, "web/officials/new.html", page, status=422 if refused else 200)


@signed_in
@require_safe
def one(request: HttpRequest, by: Actor, official_id: int) -> HttpResponse:
    """An account: state, posts, declared relatives."""
    return _shown(request, by, official_id)


@signed_in
@require_POST
def act(request: HttpRequest, by: Actor, official_id: int, act: str) -> HttpResponse:
    """One of ``ACTS``, then the account's page again."""
    official(by, official_id)
    if act == "password":
        password = drawn()
        reset_password(by=by, official=official_id, password=password, on=today(), why=request.POST.get("why", ""))
        return _password(request, by, official_id, password)
    if act not in ACTS:
        raise NotFound("no-act", "没有这项操作。", "There is no such act.")
    try:
        ACTS[act](by, official_id, request.POST, today())
    except Refused as error:
        return _shown(request, by, official_id, error, act)
    messages.success(request, said("已办理。", "Done."), extra_tags="good")
    return redirect(f"/officials/{official_id}")


def drawn() -> str:
    """A temporary password: four groups that can be read aloud, about 77 bits."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


def _give(by: Actor, who: int, given: QueryDict, on: date) -> None:
    give_post(
        by=by, official=who, role=given.get("role", ""), area=typed_place(by, given.get("area", ""), on),
        since=typed_day(given.get("since", ""), "since", on), until=typed_day_or_none(given.get("until", ""), "until"), why=given.get("why", ""),
    )  # fmt: skip


def _end(by: Actor, who: int, given: QueryDict, on: date) -> None:
    post = given.get("post", "")
    mine = {str(p.id) for p in official(by, who).posts}
    if post not in mine:
        raise NotFound(
            "no-post", "没有这个岗位，或不归您管理。", "There is no such post, or it is not yours to manage."
        )
    end_post(by=by, post=int(post), on=typed_day(given.get("on", ""), "on", on), why=given.get("why", ""))


ACTS: dict[str, Callable[[Actor, int, QueryDict, date], Any]] = {
    "give": _give,
    "end": _end,
    "stop": lambda by, who, given, _: stop(by=by, official=who, why=given.get("why", "")),
    "resume": lambda by, who, given, _: resume(by=by, official=who, why=given.get("why", "")),
    "unlock": lambda by, who, given, _: unlock(by=by, official=who, why=given.get("why", "")),
    "codes": lambda by, who, given, on: reset_second_factor(by=by, official=who, on=on, why=given.get("why", "")),
}


def _shown(
    request: HttpRequest, by: Actor, official_id: int, refused: Refused | None = None, act: str = ""
) -> HttpResponse:
    who = official(by, official_id)
    typed = request.POST if act == "give" else QueryDict()
    page = {
        "who": who, "today": today(), "names": names_of({who.area} - {""}, today()), "relatives": relatives_of(by, official_id), "way": _WAY,
        "fields": filled(post_fields(), typed, refused if act == "give" else None), "refused": refused, "act": act, "self": by.official == who.id,
    }  # fmt: skip
    return render(request, "web/officials/one.html", page, status=422 if refused else 200)


def _password(request: HttpRequest, by: Actor, official_id: int, password: str) -> HttpResponse:
    page = {"who": official(by, official_id), "password": password, "way": _WAY}
    return render(request, "web/officials/password.html", page)
