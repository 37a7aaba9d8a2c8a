"""The API's URLs, under ``/api/``."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, re_path
from django.views.decorators.csrf import csrf_exempt

from doudi.server.api import docs
from doudi.server.api.main import api
from doudi.server.api.problems import Problem, answer, problem_from

View = Callable[..., HttpResponse]


def mended(view: View) -> View:
    """A method that an address does not have, and whatever fails before an operation is reached, are said as problems too."""

    @csrf_exempt  # who calls shows a token and no cookie
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller is told in the API's own words
            return answer(problem_from(error))
        if response.status_code == 405:
            allowed = response.headers.get("Allow", "")
            return answer(
                Problem(
                    405, "method-not-allowed", f"这个地址只支持：{allowed}。", f"This address takes {allowed} only.",
                    headers={"Allow": allowed},
                )
            )  # fmt: skip
        return response

    return inner


@csrf_exempt
def nowhere(_: HttpRequest) -> HttpResponse:
    return answer(
        Problem(
            404,
            "no-page",
            "没有这个地址；有哪些见 /api/docs。",
            "There is no such address; see /api/docs for those there are.",
        )
    )


def _patterns() -> list[URLPattern | URLResolver]:
    found: list[URLPattern | URLResolver] = []
    for pattern in api.urls[0]:
        if isinstance(pattern, URLPattern) and pattern.name != "api-root":
            # In this room an address has no number but as text: what is no number is refused in words, and not unknown.
            found.append(path(f"v1/{pattern.pattern}".replace("//", "/"), mended(pattern.callback), name=pattern.name))
    return found


urlpatterns: list[URLPattern | URLResolver] = [
    path("docs", docs.page, name="api-docs"),
    path("v1/openapi.json", docs.openapi, name="api-openapi"),
    *_patterns(),
    re_path(r"^", nowhere, name="api-nowhere"),
]
