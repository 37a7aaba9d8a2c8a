"""“What can my family get?”: one question after another, then every programme with yes, no or what would settle it.

Answers come with the body of a request and go out with its page, in a hidden field. There is no session, no record, no row, no line in a log that
holds them; see docs/adr/0014.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from doudi.screening.ones import in_all
from doudi.server.accounts.addresses import address_of
from doudi.server.decisions.asking import (
    Answers,
    Ask,
    Complaint,
    Standing,
    find_ask,
    read,
    reply,
    results,
    stand,
    write,
)
from doudi.server.lib.refusals import Refused
from doudi.server.policybook.policy import Policy
from doudi.server.policybook.selectors import policy
from doudi.server.web.public.limits import COMPUTING
from doudi.server.web.public.showing import desks, question_page, said_so_far
from doudi.server.web.signed_in import today
from doudi.server.web.words import T

Form = Mapping[str, Sequence[str]]


@cache_control(no_store=True)
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@csrf_protect
def can_get(request: HttpRequest) -> HttpResponse:
    """GET is always the first page: no address ever holds an answer."""
    day = today()
    now = policy(day)
    if request.method != "POST":
        return _start(request, now, day)
    if not COMPUTING.allows(address_of(request) or ""):
        slow = T(
            "问得太快了，请等几秒再继续，您的回答还在。",
            "That was too fast. Please wait a few seconds and go on; your answers are still here.",
        )
        answer = render(request, "web/public/wait.html", {"said": slow, "fields": _again(request)}, status=429)
        answer["Retry-After"] = "5"
        return answer
    form = {name: request.POST.getlist(name) for name in request.POST}
    try:
        answers = read(_one(form, "answers"))
        return _spoken(_step(request, now, day, answers, form), form)
    except Refused as refused:
        return render(request, "web/public/broken.html", {"refused": refused}, status=422)


def _step(request: HttpRequest, now: Policy, day: date, answers: Answers, form: Form) -> HttpResponse:
    act, verb_of = _one(form, "act") or "go", _one(form, "q")
    verb, _, what = act.partition(":")
    if verb == "language":
        _speak(what)
        verb, what = _one(form, "was") or "next", verb_of
        if verb not in ("ask", "result"):
            verb = "next"
    if verb == "result":
        return _result(request, stand(now, day, answers))
    if verb in ("ask", "back", "next"):
        wanted = what if verb == "ask" else _before(now, answers, verb_of) if verb == "back" else ""
        ask = find_ask(now, answers, wanted) if wanted else None
        return _question(request, stand(now, day, answers), ask, then=_one(form, "then"))
    ask = find_ask(now, answers, verb_of, form.get("among", ()))
    if ask is None:
        # Asked of somebody who was taken out meanwhile, or by an older page: go on with what is open.
        return _question(request, stand(now, day, answers), None)
    if ask.fact is not None and act in ("go", "find") and _looks_for_place(form):
        return _question(request, stand(now, day, answers), ask, typed=form, then=_one(form, "then"))
    after, wrong, done = reply(now, day, answers, ask, _placed(ask, answers, form))
    standing = stand(now, day, after)
    if wrong:
        return _question(request, standing, ask, typed=form, wrong=wrong, then=_one(form, "then"), status=422)
    if not done:
        return _question(request, standing, find_ask(now, after, ask.id), then=_one(form, "then"))
    if _one(form, "then") == "result":
        return _result(request, standing)
    return _question(request, standing, None)


def _question(
    request: HttpRequest,
    standing: Standing,
    ask: Ask | None,
    *,
    typed: Form | None = None,
    wrong: tuple[Complaint, ...] = (),
    then: str = "",
    status: int = 200,
) -> HttpResponse:
    """The question, or the first that is open; where none is, the answer."""
    if ask is None:
        ask = standing.asks[0] if standing.asks else None
    if ask is None:
        return _result(request, standing)
    if ask.shape == "who" and not typed and ask.id not in standing.answers.trail:
        ask = next((a for a in standing.asks if a.id == ask.id), ask)
    page = question_page(standing, ask, typed, wrong)
    page.back = _before(standing.policy, standing.answers, ask.id)
    page.then = "result" if then == "result" else ""
    found = {"page": page, "answers": write(standing.answers), "was": "ask", "q": ask.id}
    return render(request, "web/public/question.html", found, status=status)


def _result(request: HttpRequest, standing: Standing) -> HttpResponse:
    found = results(standing)
    plan = standing.policy.pack.screening
    total = in_all(standing.decision, plan) if plan else None
    declined = dict.fromkeys(w for r in found for line in r.lines for w in line.wanted if w.declined)
    page = {
        "yes": [r for r in found if r.state == "yes"], "desks": desks([r for r in found if r.state == "yes"]),
        "open": [r for r in found if r.state == "open"],
        "no": [r for r in found if r.state == "no"],
        "total": total,
        "left": len(standing.asks), "declined": list(declined), "told": said_so_far(standing), "day": standing.day,
        "taken": [t.said for t in standing.policy.pack.taken], "place": standing.policy.pack.info,
        "answers": write(standing.answers), "link": write(standing.answers), "was": "result", "q": "",
    }  # fmt: skip
    return render(request, "web/public/result.html", page)


def _start(request: HttpRequest, now: Policy, day: date) -> HttpResponse:
    page = {"ready": bool(now.pack.questions), "place": now.pack.info, "day": day, "was": "", "q": ""}
    return render(request, "web/public/start.html", page)


def _before(now: Policy, answers: Answers, wanted: str) -> str:
    """The question before this one on the way here, "" where it is the first; one whose row is gone is passed over."""
    trail = answers.trail[: answers.trail.index(wanted)] if wanted in answers.trail else answers.trail
    return next((t for t in reversed(trail) if find_ask(now, answers, t) is not None), "")


def _looks_for_place(form: Form) -> bool:
    """Whether the form only goes further down, or looks for a typed name."""
    chosen, typed = _one(form, "v"), _one(form, "find")
    act = _one(form, "act") or "go"
    return chosen.startswith("in:") or bool(typed and (act == "find" or not chosen)) or (act == "find" and not chosen)


def _placed(ask: Ask, answers: Answers, form: Form) -> Form:
    """A place as twelve digits; “the same” is the place that was told before."""
    if ask.fact is None or ask.fact.type.kind.value != "地区":
        return form
    value = _one(form, "v")
    if value == "same":
        told = answers.told.said.get(ask.question.rest.partition(".")[2], "")
        value = told if isinstance(told, str) else told[0]
    elif value.isascii() and value.isdigit():
        value = value.ljust(12, "0")
    return {**form, "v": (value,)}


def _again(request: HttpRequest) -> list[tuple[str, str]]:
    return [(name, v) for name in request.POST for v in request.POST.getlist(name) if name != "csrfmiddlewaretoken"]


def _one(form: Form, name: str) -> str:
    found = form.get(name) or ("",)
    return found[-1].strip()


def _speak(language: str) -> None:
    translation.activate("en" if language == "en" else "zh-hans")


def _spoken(answer: HttpResponse, form: Form) -> HttpResponse:
    """The language that was chosen on the way is remembered as it is elsewhere: in a cookie that says nothing else."""
    act = _one(form, "act")
    if act.startswith("language:"):
        wanted = "en" if act == "language:en" else "zh-hans"
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, wanted, max_age=365 * 86400, samesite="Lax", secure=settings.ENVIRONMENT.https, httponly=True
        )  # fmt: skip
    return answer
