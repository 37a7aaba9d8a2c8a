"""Idempotency keys: a request that was answered is answered the same again, and is done once.

The answer is written in the transaction that does the act, so that the two are never apart, whatever happens in between; of two requests at once
the second waits for the first. What was refused is not kept: nothing was done, and the mended request may come under the same key.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest, HttpResponse

from doudi.server.api.models import Answer
from doudi.server.api.problems import Problem
from doudi.server.lib.blind import blind
from doudi.server.lib.sealed import seal, unseal

KEPT = timedelta(hours=48)
"""How long an answer can be had again; promised are 24 hours."""
_KEY = re.compile(r"[!-~]{1,255}", re.ASCII)
HEADER = "Idempotency-Replayed"
_AT_ONCE = 200
_HEADERS = ("Content-Type", "ETag", "Location", "Cache-Control")


def key_of(request: HttpRequest) -> str:
    """Raises Problem 400 where the request has no key, or one too long."""
    given = request.headers.get("Idempotency-Key", "").strip()
    if not _KEY.fullmatch(given):
        raise Problem(
            400, "idempotency-key-needed", "须带 Idempotency-Key：1 到 255 个字母、数字或符号，每次新的办理换一个，例如 UUID。",
            "Send an Idempotency-Key of 1 to 255 letters, digits or signs, a new one for each new act, such as a UUID.",
        )  # fmt: skip
    return given


def once(request: HttpRequest, token: int, at: datetime, do: Callable[[], HttpResponse]) -> HttpResponse:
    """What ``do`` answers, or what it answered before under the request's key. Raises Problem 422 for a key that was used for something else."""
    key = blind("idempotency", f"{token}\0{key_of(request)}")
    asked = _asked(request)
    with transaction.atomic():
        _forget(at)
        row = Answer.objects.filter(key=key, made_at__gt=at - KEPT).first() or _first(token, key, asked, at)
        if row.cipher is not None or bytes(row.request) != asked:
            return _again(row, asked)
        response = do()
        if response.status_code >= 400:
            transaction.set_rollback(True)
        else:
            row.cipher = _sealed(response)
            row.save(update_fields=["cipher"])
        return response


def _first(token: int, key: bytes, asked: bytes, at: datetime) -> Answer:
    """A new row; or, where another request was quicker, its row, once that is done."""
    try:
        with transaction.atomic():
            return Answer.objects.create(token=token, key=key, request=asked, made_at=at)
    except IntegrityError:
        return Answer.objects.get(key=key)


def _again(row: Answer, asked: bytes) -> HttpResponse:
    if bytes(row.request) != asked:
        raise Problem(
            422, "idempotency-key-reused", "这个 Idempotency-Key 已用于另一项请求；新的办理请换一个。",
            "This Idempotency-Key was used for another request; take a new one for a new act.",
        )  # fmt: skip
    assert row.cipher is not None
    kept = json.loads(unseal(bytes(row.cipher), table="api_answer", field="cipher"))
    response = HttpResponse(base64.b64decode(kept["body"]), status=kept["status"])
    del response.headers["Content-Type"]
    for name, value in kept["headers"].items():
        response.headers[name] = value
    response.headers[HEADER] = "true"
    return response


def _sealed(response: HttpResponse) -> bytes:
    kept = {
        "status": response.status_code,
        "headers": {name: response.headers[name] for name in _HEADERS if name in response.headers},
        "body": base64.b64encode(response.content).decode(),
    }
    return seal(json.dumps(kept), table="api_answer", field="cipher")


def _asked(request: HttpRequest) -> bytes:
    """All that makes the request what it is. Blind: a body may tell of people, and a plain digest of little can be found out by trying."""
    told = [request.method or "", request.get_full_path(), request.headers.get("If-Match", ""), request.body.hex()]
    return blind("idempotency-request", "\0".join(told))


def _forget(at: datetime) -> None:
    """Answers whose time is over go, some at each request."""
    old = Answer.objects.filter(made_at__lte=at - KEPT).order_by("made_at")
    if connection.vendor == "postgresql":
        # Another request that forgets at once takes others and waits for nobody.
        old = old.select_for_update(skip_locked=True)
    Answer.objects.filter(id__in=list(old.values_list("id", flat=True)[:_AT_ONCE])).delete()
