"""What happens around every operation: who calls, how much they may, what they sent, and what goes with the answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja.operation import Operation
from ninja.parser import Parser
from ninja.security import HttpBearer

from doudi.server.accounts.addresses import address_of
from doudi.server.accounts.selectors import by_token
from doudi.server.accounts.selectors.tokens import Bearer
from doudi.server.api import conditions, replays
from doudi.server.api.bodies import body_of, check
from doudi.server.api.limits import spend
from doudi.server.api.problems import Problem, answer, problem_from
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import day_of, now
from doudi.server.lib.refusals import NotAllowed, NotFound

Run = Callable[..., HttpResponse]
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="doudi"'}


class Call(HttpRequest):
    """A request that was let in. ``version`` and ``location`` are set by the operation: what is now the household's version, and where what was
    made can be read."""

    bearer: Bearer
    by: Actor
    at: datetime
    parsed: Any
    version: int | None
    location: str


def today(request: Call) -> date:
    """The day at the office."""
    return day_of(request.at)


class Token(HttpBearer):
    """An official's token for one of their posts; see ``/tokens``."""

    def __call__(self, request: HttpRequest) -> Bearer | None:
        # ``guarded`` has looked already: whoever comes so far was let in.
        return getattr(request, "bearer", None)

    def authenticate(self, request: HttpRequest, token: str) -> Bearer:
        """Raises Problem 401."""
        try:
            return by_token(token, at=now(), address=address_of(request) or "")
        except (NotAllowed, NotFound) as refused:
            error = {"WWW-Authenticate": 'Bearer realm="doudi", error="invalid_token"'}
            raise Problem(401, refused.code, refused.zh, refused.en, headers=error) from None


class Strict(Parser):
    """Gives operations the body that ``guarded`` has read."""

    def parse_body(self, request: HttpRequest) -> Any:
        return getattr(request, "parsed", None)


def guarded(*, writes: bool, body: bool, changes: bool) -> Callable[[Run], Run]:
    """Around an operation. ``writes``: it changes something, and is done once under its Idempotency-Key; ``changes``: a household, whose version
    If-Match must name."""

    def decorate(run: Run) -> Run:
        operation = getattr(run, "__self__", None)
        known = _query_names(operation) if isinstance(operation, Operation) else frozenset()

        @wraps(run)
        def inner(request: Call, **given: Any) -> HttpResponse:
            headers: dict[str, str] = {}
            try:
                request.at, request.version, request.location = now(), None, ""
                request.bearer = _bearer(request)
                request.by = request.bearer.actor
                headers |= spend(request.bearer.token, request.at)
                _check_query(request, known)
                if body:
                    request.parsed = body_of(request)
                if changes:
                    conditions.version_wanted(request)

                def do() -> HttpResponse:
                    return _finished(request, run(request, **given))

                response = replays.once(request, request.bearer.token, request.at, do) if writes else do()
            except Exception as error:  # noqa: BLE001 - whatever it is, the caller is told in the API's own words
                response = answer(problem_from(error))
            for name, value in headers.items():
                response.headers.setdefault(name, value)
            return response

        return inner

    return decorate


def _bearer(request: HttpRequest) -> Bearer:
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret.strip():
        raise Problem(
            401, "token-needed", "请在 Authorization 头里带上 Bearer 令牌；令牌在“接口令牌”页开立。",
            "Send a token in the Authorization header as Bearer; tokens are made on the page “API tokens”.", headers=_CHALLENGE,
        )  # fmt: skip
    return Token().authenticate(request, secret.strip())


def _query_names(operation: Operation) -> frozenset[str]:
    return frozenset(
        name
        for model in operation.models
        if model.__ninja_param_source__ == "query"
        for name in getattr(model, "__ninja_flatten_map__", {})
    )


def _check_query(request: HttpRequest, known: frozenset[str]) -> None:
    """A misspelt filter would be no filter: what is not known is refused, and so is a name given twice."""
    for name in request.GET:
        if name not in known or len(request.GET.getlist(name)) > 1:
            raise Problem(
                422, "query-unknown", "地址里有不认识或重复的参数。", "The address has a parameter that is not known here, or one twice.",
                field=name.replace("\0", "")[:80],
            )  # fmt: skip
        check(request.GET[name], name, 0)


def _finished(request: Call, response: HttpResponse) -> HttpResponse:
    """The headers that go with an answer, and 304 where the client has it already."""
    response.headers["Cache-Control"] = "no-store"
    if response.status_code >= 300:
        return response
    if request.location:
        response.headers["Location"] = request.location
    if request.method == "GET":
        response.headers["Cache-Control"] = "private, no-cache"
        response.headers["ETag"] = conditions.tag(response.content, request.version)
        if conditions.unchanged(request, response.headers["ETag"]):
            return conditions.not_modified(response)
    elif request.version is not None:
        response.headers["ETag"] = f'"{request.version}"'
    return response
