"""An official's own tokens: made for the post one acts in, seen, revoked. What a token is, is shown on one page, once."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from doudi.server.accounts.actions.tokens import LONGEST, make_token, revoke_token
from doudi.server.accounts.roles import roles
from doudi.server.accounts.selectors import posts_of, tokens_of
from doudi.server.accounts.shapes import TokenView
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import now
from doudi.server.lib.refusals import Refused
from doudi.server.web.fields import Field, Option, filled
from doudi.server.web.signed_in import POST, signed_in, today
from doudi.server.web.words import T

_KINDS = {"live": ("good", T("有效", "Live")), "expired": ("quiet", T("已过期", "Expired")), "revoked": ("bad", T("已撤销", "Revoked"))}  # fmt: skip
_DAYS = (30, 90, 180, LONGEST)


@signed_in
@require_safe
def listed(request: HttpRequest, by: Actor) -> HttpResponse:
    return _shown(request, by)


@signed_in
@require_POST
def make(request: HttpRequest, by: Actor) -> HttpResponse:
    """Answered with the page that shows the token: kept for a later page it would have to be stored."""
    given = request.POST
    days = given.get("days", "")
    chosen = given.getlist("permissions")
    try:
        made = make_token(
            by=by, post=_post(request, by), name=given.get("name", ""), days=int(days) if days.isascii() and days.isdigit() else 0, on=today(),
            # Whoever leaves everything ticked means the post as it is, and not what it may today.
            permissions=None if set(chosen) == by.may else chosen, areas=_codes(given.get("areas", "")),
            second_factor=bool(getattr(request.user, "is_verified", lambda: False)()), once=given.get("once", ""),
        )  # fmt: skip
    except Refused as error:
        return _shown(request, by, error)
    return render(request, "web/tokens/made.html", {"made": made})


@signed_in
@require_POST
def revoke(request: HttpRequest, by: Actor, token: int) -> HttpResponse:
    revoke_token(by=by, token=token, why=request.POST.get("why", ""))
    messages.success(
        request, str(T("令牌已撤销，立即失效。", "The token is revoked and good for nothing from now on."))
    )
    return redirect("tokens-list")


def _shown(request: HttpRequest, by: Actor, refused: Refused | None = None) -> HttpResponse:
    at = now()
    rows = [_row(t, t.state(at)) for t in tokens_of(by, by.official or 0)]
    page = {
        "live": [r for r in rows if r["state"] == "live"], "past": [r for r in rows if r["state"] != "live"], "refused": refused,
        "fields": filled(_fields(by), request.POST if refused else {}, refused),
    }  # fmt: skip
    return render(request, "web/tokens/list.html", page, status=422 if refused else 200)


def _row(token: TokenView, state: str) -> dict[str, Any]:
    kind, word = _KINDS[state]
    known = roles().permissions
    may = None if token.permissions is None else [T(known[p].zh, known[p].en) for p in token.permissions if p in known]
    return {"token": token, "state": state, "kind": kind, "word": str(word), "may": may}


def _fields(by: Actor) -> tuple[Field, ...]:
    known = roles().permissions
    may = tuple(Option(code, known[code].zh, known[code].en) for code in known if code in by.may)
    return (
        Field(
            "name",
            "用在哪里",
            "What for",
            required=True,
            hint=T("例如 县平台数据交换", "Such as: exchange with the county platform"),
            attrs={"autocomplete": "off", "maxlength": "80"},
        ),
        Field(
            "days",
            "有效期",
            "Good for",
            "choice",
            value="90",
            options=tuple(Option(str(n), f"{n} 天", f"{n} days") for n in _DAYS),
        ),
        Field(
            "permissions",
            "可以做什么",
            "What it may do",
            "choices",
            values=tuple(o.value for o in may),
            options=may,
            hint=T("只留用得着的；不会超过您的岗位", "Leave what is needed only; never more than your post"),
        ),
        Field(
            "areas",
            "只限这些区划",
            "These divisions only",
            hint=T(
                "区划代码，用空格隔开；不填为岗位的全部辖区",
                "Codes with blanks between; empty is all areas of the post",
            ),
            attrs={"autocomplete": "off", "inputmode": "numeric"},
        ),
    )


def _codes(text: str) -> list[str]:
    return [code for code in re.split(r"[\s,，、;；]+", text) if code]


def _post(request: HttpRequest, by: Actor) -> int:
    """The post in which one acts; 0, which is nobody's, where it ended a moment ago."""
    held = posts_of(by.official or 0, on=today())
    chosen = request.session.get(POST)
    return next((p.id for p in held if p.id == chosen), held[0].id if len(held) == 1 else 0)
