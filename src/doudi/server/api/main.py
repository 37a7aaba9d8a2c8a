"""The API, put together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.renderers import JSONRenderer

from doudi.server.api.calls import Strict, Token
from doudi.server.api.language import both
from doudi.server.api.problems import answer, problem_from
from doudi.server.api.resources import changes, decisions, households, jobs, lists, people, policy

VERSION = "1"
TAGS = {
    "households": ("家庭户", "Households"),
    "people": ("人员", "People"),
    "decisions": ("认定", "Decisions"),
    "lists": ("清单和筛查", "Lists and screenings"),
    "jobs": ("后台任务", "Jobs"),
    "policy": ("政策", "Policy"),
}
"""In the order in which they are shown."""


_AS_WRITTEN: Mapping[str, Any] = {"ensure_ascii": False}


class Plain(JSONRenderer):
    """Chinese as it is written."""

    json_dumps_params = _AS_WRITTEN


api = NinjaAPI(
    title=both("兜底 接口", "Doudi API"),
    version=VERSION,
    description=both(
        "为程序提供的登记、认定、清单和任务接口。令牌属于一名官员的一个岗位，能看到和能办的，不超过这个岗位。",
        "The registry, decisions, lists and jobs for programs. A token belongs to an official's post, and sees and does no more than the post.",
    ),
    docs_url=None,
    openapi_url=None,
    auth=Token(),
    parser=Strict(),
    renderer=Plain(),
    urls_namespace="api",
    openapi_extra={"tags": [{"name": name, "description": both(*said)} for name, said in TAGS.items()]},
)
# Changes stand with the households, in one router: an address has all its methods in one place.
for _router in dict.fromkeys(m.router for m in (households, changes, people, decisions, lists, jobs, policy)):
    api.add_router("", _router)


def _told(_: HttpRequest, error: Any) -> HttpResponse:
    return answer(problem_from(error))


# Every class that ninja has a handler of its own for, and everything else.
for _kind in (Exception, *list(api._exception_handlers)):
    api.add_exception_handler(_kind, _told)
