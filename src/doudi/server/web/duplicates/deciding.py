"""Deciding on a pair: one person, after a look at what the merge would leave; two people; and taking it back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST

from doudi.server.jobs.actions import start
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import Changed, NotAllowed, NotFound, Refused
from doudi.server.registry.duplicates.actions import decide, undecide
from doudi.server.registry.duplicates.listing import merged_view, next_pair
from doudi.server.registry.duplicates.sides import Known
from doudi.server.web.duplicates.pages import MAY, filter_of, page_of, wanted_of
from doudi.server.web.fields import Field, Option, filled
from doudi.server.web.ledgers.filters import Known as Pack
from doudi.server.web.signed_in import signed_in, today
from doudi.server.web.words import T, said

_WHY = Field("why", "理由（记入操作记录）", "Reason (kept on record)", kind="textarea", attrs={"maxlength": "500"})


@signed_in
@require_POST
def search(_: HttpRequest, by: Actor) -> HttpResponse:
    """Everybody on record is compared anew, in the background; while that runs it is not begun again."""
    by.require(MAY)
    return HttpResponseRedirect(f"/jobs/{start(by, 'duplicates').id}", status=303)


@signed_in
@require_POST
def merge(request: HttpRequest, by: Actor, pair_id: int) -> HttpResponse:
    """First what the merge would leave (nothing is kept of it), then, confirmed, the merge."""
    by.require(MAY)
    on = today()
    page = page_of(by, pair_id, request.GET)
    found = page["pair"]
    if not found.whole:
        raise NotAllowed(
            "pair-outside",
            "有一方不在您的辖区内，请由管辖双方的上级认定。",
            "One of the two is outside your areas; an office over both decides.",
        )
    ids = [s.person for s in found.sides]
    keep = _chosen(request, ids)
    gone = ids[1] if keep == ids[0] else ids[0]
    home = page["sides"][ids.index(gone)]["known"]
    heads = _heads(home, gone, page["sides"][ids.index(keep)]["known"])
    new_heads = (
        {home.household: int(request.POST["head"])}
        if heads and home and home.household and request.POST.get("head", "").isdigit()
        else {}
    )
    fields = filled([*_heir(home, gone, heads), _WHY], request.POST)
    refused: Refused | None = None
    try:
        if request.POST.get("step") == "confirm":
            decide(
                by=by,
                pair_id=pair_id,
                same=True,
                why=request.POST.get("why", ""),
                on=on,
                keep=keep,
                new_heads=new_heads,
            )
            return _next(
                request, by, pair_id, T("认定为同一人，档案已合并", "found to be one person; the records are merged")
            )
        seen = merged_view(by=by, pair_id=pair_id, keep=keep, on=on, new_heads=new_heads or _first(home, heads))
        page["after"] = seen
        ledgers = Pack.of(on).ledgers
        page["after_ledgers"] = [
            ledgers.get(e.ledger, T(e.ledger, e.ledger)) for e in seen.enrolments if e.until is None
        ]
    except (NotFound, NotAllowed, Changed):
        raise
    except Refused as error:
        refused = error
        fields = filled(fields, request.POST, refused)
    page |= {"keep": keep, "gone": gone, "fields": fields, "refused": refused}
    return render(request, "web/duplicates/merge.html", page, status=422 if refused else 200)


@signed_in
@require_POST
def different(request: HttpRequest, by: Actor, pair_id: int) -> HttpResponse:
    """They are two people; the decision holds, and can be taken back."""
    by.require(MAY)
    try:
        decide(by=by, pair_id=pair_id, same=False, why=request.POST.get("why", ""), on=today())
    except Refused as refused:
        if type(refused) is not Refused:
            raise
        return _again(request, by, pair_id, refused)
    return _next(request, by, pair_id, T("认定为两个人", "found to be two people"))


@signed_in
@require_POST
def undo(request: HttpRequest, by: Actor, pair_id: int) -> HttpResponse:
    """The pair is open again; records that were merged are two again."""
    by.require(MAY)
    try:
        undecide(by=by, pair_id=pair_id, why=request.POST.get("why", ""), on=today())
    except (NotFound, NotAllowed, Changed):
        raise
    except Refused as refused:
        return _again(request, by, pair_id, refused)
    messages.success(
        request,
        said(f"第 {pair_id} 号的认定已撤销。", f"The decision on pair {pair_id} is taken back."),
        extra_tags="good",
    )
    return _see(f"/duplicates/{pair_id}{filter_of(request.GET)}")


def _again(request: HttpRequest, by: Actor, pair_id: int, refused: Refused) -> HttpResponse:
    page: dict[str, Any] = page_of(by, pair_id, request.GET)
    page |= {"refused": refused, "typed": request.POST.get("why", "")}
    return render(request, "web/duplicates/pair.html", page, status=422)


def _next(request: HttpRequest, by: Actor, pair_id: int, what: T) -> HttpResponse:
    messages.success(request, said(f"第 {pair_id} 号{what.zh}。", f"Pair {pair_id} was {what.en}."), extra_tags="good")
    following = next_pair(by, wanted_of({**request.GET.dict(), "state": "open"}), pair_id)
    query = filter_of(request.GET)
    return _see(f"/duplicates/{following}{query}" if following is not None else f"/duplicates{query}")


def _chosen(request: HttpRequest, ids: list[int]) -> int:
    typed = request.POST.get("keep", "")
    return next((i for i in ids if str(i) == typed), ids[0])


def _heads(home: Known | None, gone: int, kept: Known | None) -> tuple[Option, ...]:
    """Who might head the household that the merged record headed, where others stay in it."""
    if home is None or home.household is None or (kept is not None and kept.household == home.household):
        return ()
    if not any(m.head and m.person == gone for m in home.members):
        return ()
    return tuple(Option(str(m.person), m.name, m.name) for m in home.members if m.person != gone and m.name)


def _heir(home: Known | None, gone: int, heads: tuple[Option, ...]) -> list[Field]:
    """Who heads the household that loses its head; nothing is asked where nobody does."""
    name = _name(home, gone)
    zh, en = f"“{name}”原是另一户的户主，那一户由谁做户主", f"{name} headed another household; who heads it then"
    return [Field("head", zh, en, kind="choice", options=heads)] if heads else []


def _first(home: Known | None, heads: tuple[Option, ...]) -> dict[int, int]:
    return {home.household: int(heads[0].value)} if home is not None and home.household and heads else {}


def _name(home: Known | None, person: int) -> str:
    return next((m.name for m in home.members if m.person == person), "") if home else ""


def _see(where: str) -> HttpResponse:
    response = HttpResponseRedirect(where)
    response.status_code = 303
    return response
