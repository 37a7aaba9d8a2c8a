"""When the database is away, locked or full: said in plain words, with what was typed still in the browser behind it."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import translation

_log = logging.getLogger("doudi.away")
_PAGE = """<!doctype html><html lang="{lang}"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><h1>{title}</h1><p>{text}</p></html>"""


class Away:
    """Answers 503 where the database did not answer. Whatever the request was to do was rolled back whole."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        except (OperationalError, InterfaceError) as error:
            return self._told(error)

    def process_exception(self, _: HttpRequest, error: Exception) -> HttpResponse | None:
        return self._told(error) if isinstance(error, OperationalError | InterfaceError) else None

    def _told(self, error: Exception) -> HttpResponse:
        _log.error("the database did not answer: %s", type(error).__name__)
        if translation.get_language() == "en":
            title, text = (
                "The database does not answer",
                "Nothing was saved and nothing is lost: go back, what you typed is still there; try again in a minute.",
            )
        else:
            title, text = "数据库暂时不可用", "这次没有保存，也没有丢失：请返回上一页，填写的内容还在；稍后再试。"
        return HttpResponse(
            _PAGE.format(lang="en" if title.isascii() else "zh-CN", title=title, text=text),
            status=503,
            headers={"Retry-After": "30"},
        )
