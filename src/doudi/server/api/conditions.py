"""ETags: what a client has already need not be sent, and what somebody changed in between is not overwritten.

The tag of a household is ``"version-digest"``: strong, for equal tags are equal bytes; a change takes the version in front. What a change answers
carries the new version alone, ``"13"``, so that changes can follow each other without reading in between.
"""

from __future__ import annotations

import re
from hashlib import sha256

from django.http import HttpRequest, HttpResponse

from doudi.server.api.problems import Problem

_VERSION = re.compile(r'"([0-9]{1,18})(?:-[0-9a-f]{32})?"')


def tag(body: bytes, version: int | None = None) -> str:
    digest = sha256(body).hexdigest()[:32]
    return f'"{digest}"' if version is None else f'"{version}-{digest}"'


def unchanged(request: HttpRequest, etag: str) -> bool:
    """Whether the client has this very answer already."""
    given = request.headers.get("If-None-Match", "")
    return given.strip() == "*" or etag in [one.strip().removeprefix("W/") for one in given.split(",")]


def not_modified(response: HttpResponse) -> HttpResponse:
    """304, with the headers that a cache must learn anew."""
    answer = HttpResponse(status=304)
    del answer.headers["Content-Type"]
    for name in ("ETag", "Cache-Control", "Vary"):
        if name in response.headers:
            answer.headers[name] = response.headers[name]
    return answer


def version_wanted(request: HttpRequest) -> int:
    """The household's version that the change is meant for. Raises Problem 428 without If-Match, 412 for a tag that no household has."""
    given = request.headers.get("If-Match")
    if given is None:
        raise Problem(
            428, "if-match-needed", "变更家庭户时须带 If-Match，值为您读到的 ETag。",
            "A change of a household demands If-Match with the ETag that you read.",
        )  # fmt: skip
    found = _VERSION.fullmatch(given.strip())
    if found is None:
        raise Problem(
            412, "if-match-wrong", "If-Match 的值不是家庭户的 ETag；请重新读取家庭户。",
            "If-Match is not the ETag of a household; read the household again.",
        )  # fmt: skip
    return int(found[1])
