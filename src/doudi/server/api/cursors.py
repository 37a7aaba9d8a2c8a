"""Pages of lists: a cursor that nobody needs to understand, bound to the question that it goes on with."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any, TypeVar

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest
from django.utils.http import urlencode

from doudi.server.api.problems import Problem

R = TypeVar("R")
_SIGNER = Signer(salt="doudi.api.cursor")


def after(request: HttpRequest, cursor: str) -> int | None:
    """Where the page begins: after the row with this number. None for the first. Raises Problem 422 for a cursor of another question."""
    if not cursor:
        return None
    try:
        question, place = _SIGNER.unsign_object(cursor)
    except (BadSignature, ValueError, TypeError, RecursionError):
        raise _bad() from None
    if question != _question(request) or not isinstance(place, int):
        raise _bad()
    return place


def next_page(request: HttpRequest, place: int | None) -> str | None:
    """The address of the next page; None where there is none."""
    if place is None:
        return None
    cursor = _SIGNER.sign_object((_question(request), place))
    given = {k: v for k, v in _given(request).items() if v != ""}
    return f"{request.path}?{urlencode({**given, 'cursor': cursor})}"


def _question(request: HttpRequest) -> str:
    asked = {k: v for k, v in _given(request).items() if k != "limit"}
    return sha256(json.dumps([request.path, asked], sort_keys=True).encode()).hexdigest()[:16]


def _given(request: HttpRequest) -> Mapping[str, Any]:
    return {k: request.GET[k] for k in request.GET if k != "cursor"}


def _bad() -> Problem:
    return Problem(
        422, "bad-cursor", "翻页标记不对，或属于另一个查询；请从第一页重新开始。",
        "The cursor is damaged or belongs to another question; begin again with the first page.", field="cursor",
    )  # fmt: skip


def page(request: HttpRequest, rows: Sequence[R], limit: int, place: Callable[[R], int]) -> dict[str, Any]:
    """A page of ``rows``, of which one more than ``limit`` was asked for."""
    part = rows[:limit]
    return {"items": part, "next": next_page(request, place(part[-1]) if len(rows) > limit else None)}
