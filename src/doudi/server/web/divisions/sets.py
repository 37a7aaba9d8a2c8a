"""Sets of divisions across the tree: contiguous poor areas, resettlement sites; what lies in them, from which day."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from doudi.server.areas.actions import change_set, make_set
from doudi.server.areas.selectors import names_of, sets
from doudi.server.areas.shapes import KINDS, SetView
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotFound, Refused
from doudi.server.web.dates import typed_day
from doudi.server.web.fields import Field, Option, filled
from doudi.server.web.places import typed_place
from doudi.server.web.signed_in import signed_in, today
from doudi.server.web.words import T, said

CHANGE = "areas.change"
_PLACES = T("代码或名称，用顿号或换行分开", "Codes or names, one a line, or with 、 between")
_ON = Field("on", "从哪天起", "From", "date")
_WAY = [("/divisions", T("区划", "Divisions"))]


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest, by: Actor) -> HttpResponse:
    """The sets of which the actor's areas hold a part, and the form of a new one."""
    by.require(CHANGE)
    on = today()
    refused: Refused | None = None
    if request.method == "POST":
        try:
            made = make_set(
                by=by, kind=request.POST.get("kind", ""), name=request.POST.get("name", ""), codes=_places(by, request.POST.get("codes", ""), on),
                on=typed_day(request.POST.get("on", ""), "on", on),
            )  # fmt: skip
        except NotFound:
            raise
        except Refused as error:
            refused = error
        else:
            messages.success(request, said("片区已建立。", "The set is made."), extra_tags="good")
            return redirect(f"/divisions/sets/{made}")
    kinds = tuple(Option(code, zh, en) for code, (zh, en) in KINDS.items())
    fields = (
        Field("kind", "哪一类", "What kind", "choice", options=kinds), Field("name", "名称", "Name", required=True),
        Field("codes", "包括哪些地方", "Which places", "textarea", required=True, hint=_PLACES), _ON,
    )  # fmt: skip
    page = {
        "sets": [(s, T(*KINDS[s.kind])) for s in sets(by, on)],
        "fields": filled(fields, request.POST, refused),
        "refused": refused,
        "way": _WAY,
    }
    return render(request, "web/divisions/sets.html", page, status=422 if refused else 200)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, by: Actor, set_id: int) -> HttpResponse:
    """One set: what lies in it today, and what from a day on."""
    by.require(CHANGE)
    on = today()
    found = _found(by, set_id, on)
    refused: Refused | None = None
    if request.method == "POST":
        given = request.POST
        try:
            change_set(
                by=by, set_id=set_id, on=typed_day(given.get("on", ""), "on", on), add=_places(by, given.get("add", ""), on),
                remove=[c for c in given.getlist("remove") if c in found.codes], why=given.get("why", ""),
            )  # fmt: skip
        except NotFound:
            raise
        except Refused as error:
            refused = error
        else:
            messages.success(request, said("片区已变更。", "The set is changed."), extra_tags="good")
            return redirect(f"/divisions/sets/{set_id}")
    names = names_of(found.codes, on)
    members = tuple(Option(c, f"{names[c]}（{c}）", f"{names[c]} ({c})") for c in found.codes if by.scope.covers(c))
    fields = [
        Field("add", "加入哪些地方", "Places to add", "textarea", hint=_PLACES),
        *([Field("remove", "移出哪些地方", "Places to take out", "choices", options=members)] if members else []),
        _ON,
        Field("why", "依据", "Why", hint=T("批复文号等", "Such as the approval's number")),
    ]
    page = {
        "set": found, "kind": T(*KINDS[found.kind]), "names": names, "fields": filled(fields, request.POST, refused), "refused": refused,
        "way": [*_WAY, ("/divisions/sets", T("片区", "Sets"))],
    }  # fmt: skip
    return render(request, "web/divisions/set.html", page, status=422 if refused else 200)


def _found(by: Actor, set_id: int, on: date) -> SetView:
    """Raises NotFound where no part of the set is the actor's."""
    found = next((s for s in sets(by, on) if s.id == set_id), None)
    if found is None:
        raise NotFound(
            "no-set", "没有这个片区，或不在您的管辖范围内。", "There is no such set of areas, or none in your areas."
        )
    return found


def _places(by: Actor, text: str, on: date) -> list[str]:
    """The codes of the places that were typed. Raises Refused for what is none."""
    parts = [x.strip() for x in text.replace("、", "\n").replace("，", "\n").splitlines() if x.strip()]
    return [typed_place(by, x, on, "codes") for x in parts]
