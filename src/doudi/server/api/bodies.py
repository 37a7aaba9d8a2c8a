"""Bodies of requests, read strictly: JSON and nothing else, no deeper and no larger than anybody needs, with text that both databases can keep."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, UnreadablePostError
from pydantic_core import from_json

from doudi.server.api.problems import Problem

LARGEST = 1_048_576
"""Bytes of a body."""
DEEPEST = 32
"""Levels of lists and objects within each other."""
WIDEST = 2**63 - 1
"""Whole numbers lie between this and its negative: what both databases can hold."""


def body_of(request: HttpRequest) -> Any:
    """The body as values. Raises Problem 400, 413, 415, 422."""
    raw = _bytes(request)
    media = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if media != "application/json":
        raise Problem(
            415,
            "json-only",
            "请求内容应为 JSON，Content-Type 应为 application/json。",
            "The body must be JSON and Content-Type application/json.",
        )
    try:
        found = from_json(raw, allow_inf_nan=False)
    except (ValueError, RecursionError):
        raise Problem(
            400, "bad-json", "请求内容不是正确的 JSON（UTF-8）。", "The body is not valid JSON in UTF-8."
        ) from None
    check(found, "", 0)
    return found


def check(value: Any, where: str, depth: int) -> None:
    """Raises Problem 422 for a value too deep, a number too large, text with null characters or halves of surrogate pairs."""
    if depth > DEEPEST:
        raise Problem(422, "too-deep", f"内容嵌套超过 {DEEPEST} 层。", f"Nested deeper than {DEEPEST} levels.")
    if isinstance(value, str):
        if not readable(value):
            raise Problem(
                422, "bad-text", "文字里有不能保存的字符（空字符或半个代理对）。",
                "The text holds characters that cannot be kept: null, or half of a surrogate pair.", field=where,
            )  # fmt: skip
    elif isinstance(value, int):
        if not -WIDEST <= value <= WIDEST:
            raise Problem(422, "number-too-large", "数字过大。", "The number is too large.", field=where)
    elif isinstance(value, dict):
        for name, one in value.items():
            here = f"{where}.{name}" if where else name
            if not readable(name):
                check(name, where, depth)
            check(one, here, depth + 1)
    elif isinstance(value, list):
        for i, one in enumerate(value):
            check(one, f"{where}[{i}]", depth + 1)


def readable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)


def _bytes(request: HttpRequest) -> bytes:
    length = request.headers.get("Content-Length", "")
    large = Problem(413, "too-large", f"请求内容不能超过 {LARGEST} 字节。", f"A body has at most {LARGEST} bytes.")
    if length.isascii() and length.isdigit() and int(length[:20]) > LARGEST:
        raise large
    try:
        raw = request.body
    except RequestDataTooBig:
        raise large from None
    except UnreadablePostError:
        raise Problem(400, "cut-short", "请求内容没有传完。", "The body was cut short.") from None
    if len(raw) > LARGEST:
        raise large
    return raw
