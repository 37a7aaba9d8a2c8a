"""Errors as ``application/problem+json`` (RFC 9457): what happened, why, and how to mend it, in the language that was asked for."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse
from django.utils.translation import get_language
from ninja.errors import HttpError, ValidationError

from doudi.server.api.language import BAR
from doudi.server.lib.refusals import Changed, NotAllowed, NotFound, Refused, Told
from doudi.server.registry.checks import FactsRefused

_log = logging.getLogger("doudi.api")
_LONGEST = 2_000
"""Characters of what is said: a refusal may say back what was typed, however long that was."""
_MOST = 100
"""Faults that one answer lists."""
MEDIA = "application/problem+json"
TITLES = {
    400: ("请求看不懂", "The request cannot be read"),
    401: ("没有有效的令牌", "No valid token"),
    403: ("没有权限", "Not allowed"),
    404: ("没有这项内容", "There is no such thing"),
    405: ("不支持这种方法", "Method not supported here"),
    409: ("与别人的办理冲突", "In conflict with another act"),
    412: ("内容已被改动", "Changed in between"),
    413: ("请求过大", "Too large"),
    415: ("只接受 JSON", "Only JSON is taken"),
    422: ("内容不符合要求", "Refused"),
    428: ("须带 If-Match", "If-Match is demanded"),
    429: ("请求过于频繁", "Too many requests"),
    500: ("系统出错", "A fault of ours"),
    503: ("数据库暂时不可用", "The database does not answer"),
}


def english() -> bool:
    return (get_language() or "").startswith("en")


def said(zh: str, en: str) -> str:
    """In the language of the request."""
    return en if english() else zh


@dataclass(frozen=True)
class Fault:
    """One of several things that are wrong. ``field`` is where: ``values.性别``, ``limit``."""

    field: str
    code: str
    zh: str
    en: str


@dataclass
class Problem(Exception):
    """A request that is not answered as asked."""

    status: int
    code: str
    zh: str
    en: str
    field: str = ""
    faults: Sequence[Fault] = ()
    since: Sequence[Told] = ()
    headers: Mapping[str, str] = made(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__(self.code)


def problem_of(refused: Refused) -> Problem:
    """An action's or selector's refusal as the API says it."""
    faults: Sequence[Fault] = ()
    status = 422
    if isinstance(refused, NotFound):
        status = 404
    elif isinstance(refused, NotAllowed):
        status = 403
    elif isinstance(refused, Changed):
        # ``changed`` is about the version that If-Match named; a row that is gone is about something else.
        status = 412 if refused.code == "changed" else 409
    elif refused.code in ("busy", "once-reused"):
        status = 409
    elif isinstance(refused, FactsRefused):
        faults = [Fault(f.field, f.code, f.zh, f.en) for f in refused.faults]
    since = refused.since if isinstance(refused, Changed) else ()
    return Problem(status, refused.code, refused.zh, refused.en, refused.field, faults, since)


def problem_from(error: Exception) -> Problem:
    """Whatever went wrong, as the API says it. A fault of ours is logged by where it happened, never with what was being said."""
    match error:
        case Problem():
            return error
        case Refused():
            return problem_of(error)
        case ValidationError():
            return _invalid(error.errors)
        case Http404():
            return Problem(404, "no-page", "没有这个地址。", "There is no such address.")
        case HttpError() if error.status_code in TITLES:
            cause = error.__cause__
            return cause if isinstance(cause, Problem) else Problem(error.status_code, "refused", *_PLAIN)
        case OperationalError() | InterfaceError():
            _log.error("the database did not answer: %s", type(error).__name__)
            return Problem(
                503, "away", "数据库暂时不可用，这次什么也没有办；请稍后以同一个 Idempotency-Key 重试。",
                "The database does not answer and nothing was done; try again in a while, with the same Idempotency-Key.",
                headers={"Retry-After": "30"},
            )  # fmt: skip
    where = " ".join(line.strip().splitlines()[0] for line in traceback.format_tb(error.__traceback__)[-4:])
    _log.error("a request failed: %s at %s", type(error).__name__, where)
    return Problem(
        500,
        "fault",
        "系统出错，这次什么也没有办；已记录，请稍后再试。",
        "A fault of ours: nothing was done. It was noted; try again later.",
    )


def _invalid(errors: Iterable[Mapping[str, Any]]) -> Problem:
    """What the schema does not allow, with the place of each. What was typed is not said back: it may be about somebody."""
    faults = [Fault(_place(e["loc"]), str(e["type"]).replace("_", "-"), *_meant(e)) for e in errors]
    first = faults[0]
    zh = "".join(f"{f.field or '内容'}：{f.zh}" for f in faults[:5])
    en = " ".join(f"{f.field or 'the body'}: {f.en}." for f in faults[:5])
    return Problem(422, first.code if len(faults) == 1 else "invalid", zh, en, first.field, faults)


def _place(loc: Sequence[str | int]) -> str:
    """Where in the request: the parameter's name, or the way into the body."""
    # The first says which part of the request, and of a body the second is our own name for the whole.
    path = loc[2:] if loc and loc[0] == "body" else loc[1:]
    told = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path)
    return told.removeprefix(".").encode("utf-8", "replace").decode()[:200]


_MEANT = {
    "missing": "必须填写。", "extra_forbidden": "没有这一项。", "int_type": "应为整数。", "int_parsing": "应为整数。",
    "string_type": "应为文字。", "bool_type": "应为 true 或 false。", "bool_parsing": "应为 true 或 false。", "dict_type": "应为对象。",
    "model_type": "应为对象。", "model_attributes_type": "应为对象。", "list_type": "应为列表。", "literal_error": "不在可选的值之中。",
    "string_pattern_mismatch": "写法不对。",
}  # fmt: skip
_PLAIN = ("请求内容看不懂。", "The request cannot be read.")


def _meant(error: Mapping[str, Any]) -> tuple[str, str]:
    """In both languages; our own checks say it themselves, for those of the library there are a few words in Chinese."""
    ctx, en = error.get("ctx", {}), str(error["msg"])
    if BAR in str(ctx.get("error", "")):
        zh, _, en = str(ctx["error"]).partition(BAR)
        return zh, en
    for bound, zh in (
        ("ge", "不能小于"),
        ("gt", "应大于"),
        ("le", "不能大于"),
        ("lt", "应小于"),
        ("min_length", "至少"),
        ("max_length", "最多"),
    ):
        if bound in ctx:
            return f"{zh} {ctx[bound]}。", en
    return _MEANT.get(str(error["type"]), "不符合要求。"), en


def answer(problem: Problem) -> HttpResponse:
    """The problem as a response."""
    body: dict[str, Any] = {
        "type": f"urn:doudi:problem:{problem.code}",
        "title": said(*TITLES[problem.status]),
        "status": problem.status,
        "detail": said(problem.zh, problem.en)[:_LONGEST],
        "code": problem.code,
        "field": problem.field,
    }
    if problem.faults:
        body["errors"] = [
            {"field": f.field, "code": f.code, "detail": said(f.zh, f.en)[:_LONGEST]} for f in problem.faults[:_MOST]
        ]
    if problem.since:
        body["since"] = [said(*told) for told in problem.since]
    text = json.dumps(body, ensure_ascii=False)
    # What was typed may hold half of a surrogate pair, which no encoding can write.
    response = HttpResponse(text.encode("utf-8", "replace"), status=problem.status, content_type=MEDIA)
    response.headers["Cache-Control"] = "no-store"
    for name, value in problem.headers.items():
        response.headers[name] = value
    return response
