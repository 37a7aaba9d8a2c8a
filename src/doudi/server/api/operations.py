"""How an operation is declared: once, with what it answers, what it may refuse, and an example of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, TypeVar

from ninja import Router
from ninja.decorators import decorate_view

from doudi.server.api.calls import guarded
from doudi.server.api.language import both
from doudi.server.api.problems import MEDIA, TITLES

F = TypeVar("F", bound=Callable[..., Any])
ALWAYS = (401, 403, 422, 429, 500, 503)
"""What any operation may answer."""
_HEADERS = {
    "Idempotency-Key": (
        both(
            "这次办理的唯一编号，例如 UUID；同一编号、同一内容再次发送，得到同一答复，只办一次",
            "a key of this act, such as a UUID; sent again with the same content it is answered the same and done once",
        ),
        {"type": "string", "pattern": "^[!-~]{1,255}$"},
        "0b5c2a1e-7f0e-4f6e-9d7a-5a2f9e1c3b44",
    ),
    "If-Match": (
        both("家庭户的 ETag：只在它没有变过时才办理", "the household's ETag: done only where it has not changed since"),
        {"type": "string"},
        '"12"',
    ),
    "If-None-Match": (
        both("已有内容的 ETag；没有变化时答复 304", "the ETag of what you have; 304 where nothing changed"),
        {"type": "string"},
        '"9f86d081884c7d659a2feaa0c55ad015"',
    ),
}


def operation(
    router: Router,
    method: str,
    path: str,
    *,
    name: str,
    zh: str,
    en: str,
    answers: Any,
    example: Any,
    more: tuple[str, str] = ("", ""),
    status: int = 200,
    takes: Any = None,
    errors: Iterable[int] = (),
    writes: bool = False,
    changes: bool = False,
) -> Callable[[F], F]:
    """``name`` is the operation's id; ``zh`` and ``en`` say in a line what it does, ``more`` in a few sentences. ``takes`` is an example of the
    body (None: it has none) and ``example`` of the answer. ``errors``: statuses beside those that any operation may answer."""
    refusals = {*errors, *ALWAYS}
    parameters = []
    if writes:
        refusals |= {400, 409}
        parameters.append(_header("Idempotency-Key", required=True))
    if changes:
        refusals |= {404, 412, 428}
        parameters.append(_header("If-Match", required=True))
    if takes is not None:
        refusals |= {400, 413, 415}
    responses: dict[int, Any] = {s: _refusal(s) for s in sorted(refusals)}
    responses[status] = {
        "content": {"application/json": {"example": example}},
        "headers": _told(method, status, changes),
    }
    if method == "get":
        parameters.append(_header("If-None-Match", required=False))
        responses[304] = {"description": both("没有变化", "Not modified")}
    extra: dict[str, Any] = {"parameters": parameters, "responses": responses}
    if takes is not None:
        extra["requestBody"] = {"content": {"application/json": {"example": takes}}}

    def declare(view: F) -> F:
        shielded = decorate_view(guarded(writes=writes, body=takes is not None, changes=changes))(view)
        add = router.api_operation(
            [method.upper()], path, response={status: answers}, operation_id=name, url_name=f"api-{name}", summary=both(zh, en),
            description=both(*more) if more[0] else None, openapi_extra=extra,
        )  # fmt: skip
        add(shielded)
        return view

    return declare


def _refusal(status: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "description": both(*TITLES[status]),
        "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": _example(status)}},
    }
    if status in (429, 503):
        found["headers"] = {
            "Retry-After": {"description": both("多少秒后再试", "seconds to wait"), "schema": {"type": "integer"}}
        }
    return found


def _example(status: int) -> dict[str, Any]:
    code = {
        400: "bad-json", 401: "token-expired", 403: "not-allowed", 404: "no-household", 409: "busy", 412: "changed", 413: "too-large",
        415: "json-only", 422: "fact-unknown", 428: "if-match-needed", 429: "rate-limited", 500: "fault", 503: "away",
    }[status]  # fmt: skip
    title = both(*TITLES[status])
    return {
        "type": f"urn:doudi:problem:{code}", "title": title, "status": status, "detail": title, "code": code, "field": "",
    }  # fmt: skip


def _header(name: str, *, required: bool) -> dict[str, Any]:
    said, schema, example = _HEADERS[name]
    return {
        "in": "header", "name": name, "required": required, "description": said, "schema": schema, "example": example,
    }  # fmt: skip


def _told(method: str, status: int, changes: bool) -> dict[str, Any]:
    text = {"schema": {"type": "string"}}
    found: dict[str, Any] = {}
    if method == "get" or changes or status == HTTPStatus.CREATED:
        found["ETag"] = text
    if status in (HTTPStatus.CREATED, HTTPStatus.ACCEPTED):
        found["Location"] = text
    return found | {
        "RateLimit": {**text, "description": both("这一分钟还能请求几次", "what is left of this minute")},
    }
