"""A programme tried on a household: one that is made up here and kept nowhere, or one of the reader's own on record."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from doudi.server.decisions.selectors import decide
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotFound, Refused
from doudi.server.policybook.browse import cases as worked
from doudi.server.policybook.browse.programmes import programme
from doudi.server.policybook.browse.trying import MOST_PEOPLE, trial, typed_of
from doudi.server.registry.selectors import find
from doudi.server.web.policy.frame import Asked, asked, shown, way
from doudi.server.web.signed_in import signed_in
from doudi.server.web.words import T

MOST_TEXT = 200


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def made_up(request: HttpRequest, by: Actor) -> HttpResponse:
    """The form; a worked case fills it in; sent, it is answered. What is typed comes in the body and is kept nowhere."""
    page = asked(request, by)
    name = request.GET.get("name", "")
    told = programme(page.shelf, name)
    proofs = worked.cases(page.shelf, programme=name)
    typed: dict[str, str] = {}
    people, answer = 1, False
    if request.method == "POST":
        typed = {k: str(v).strip()[:MOST_TEXT] for k, v in request.POST.dict().items() if ":" in k}
        people = _people(request.POST.get("people", "1")) + (1 if "add" in request.POST else 0)
        answer = "add" not in request.POST
    elif "case" in request.GET:
        typed, people = _case(page, request.GET.get("pack", ""), request.GET["case"])
        answer = True
    found = trial(page.shelf, name, typed, people, answer=answer)
    return shown(
        request, "try", page,
        {
            "t": found, "p": told, "cases": proofs[:12], "most": MOST_PEOPLE, "way": way(page, _step(page, name)),
            "finds": by.allows("registry.read") and by.allows("decisions.read"),
        },
        status=422 if found.wrong else 200,
    )  # fmt: skip


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def household(request: HttpRequest, by: Actor) -> HttpResponse:
    """One of the reader's own households: sought in the body, then decided under the text of the page's day. The looking is on record."""
    page = asked(request, by)
    name = request.GET.get("name", "")
    told = programme(page.shelf, name)
    more: dict[str, Any] = {"p": told, "way": way(page, _step(page, name)), "found": None, "q": ""}
    if request.method == "POST":
        text = request.POST.get("q", "").strip()
        more |= {"q": text, "found": find(by, text, on=page.on) if text else []}
    elif "household" in request.GET:
        number = _number(request.GET["household"])
        decision = decide(by, number, as_of=page.on, under=page.shelf.policy if page.carry.get("pack") else None)
        lang = page.shelf.lang
        own = [o for o in decision.outcomes if o.programme == name]
        answers = [
            (o, decision.html(name, o.path, lang), [page.shelf.words.missing(m) for m in o.missing]) for o in own
        ]
        granted = dict.fromkeys(o.programme for o in decision.outcomes if o.granted == "是" and o.programme != name)
        more |= {
            "household": number,
            "answers": answers,
            "other": [page.shelf.ref("programme", n) for n in granted],
            "class_": decision.household_class,
            "total": decision.total,
        }
    else:
        by.require("registry.read")
    return shown(request, "try_household", page, more)


def _case(page: Asked, pack: str, name: str) -> tuple[dict[str, str], int]:
    of = next((p for p in worked.packs(page.shelf) if p.name == pack), None)
    found = next((c for c in of.cases if c.name == name), None) if of else None
    if found is None:
        raise NotFound("no-case", f"没有案例“{name}”。", f"There is no case “{name}”.")
    return typed_of(page.shelf, found.household)


def _step(page: Asked, name: str) -> tuple[str, T]:
    said = page.shelf.names.name(name)
    return f"/policy/programme?{urlencode({'name': name})}", T(said.zh, said.en)


def _people(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else 1


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Refused("no-number", "这里要填户的系统号，全是数字。", "This is a household's system number, all digits.")
    return int(text)
