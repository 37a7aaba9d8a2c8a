"""Structured logs without personal data: which page by its name, never the address with what was typed; which record by its key."""

from __future__ import annotations

import logging
import re
import sys
import time
import uuid
from collections.abc import Callable, MutableMapping
from typing import Any

import structlog
from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse

from doudi.server.jobs.faults import trace

_NUMBERS = re.compile(r"\d{7,}[\dXx]?")
"""Runs of digits long enough to be a phone, a card or an identity number."""
_log = structlog.get_logger("doudi.request")


def without_numbers(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The last net: whatever a library puts into a message, long numbers do not reach the log."""
    for key, value in event.items():
        if isinstance(value, str) and key != "timestamp":
            event[key] = _NUMBERS.sub("[…]", value)
    return event


def configure(how: str) -> None:
    """``how``: json, one object a line; or plain, for eyes."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        without_numbers,
    ]
    last: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if how == "json"
        else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processor=last))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    # What it has to say of sign-in stands in the record of acts.
    logging.getLogger("axes").setLevel(logging.WARNING)
    # These say addresses as typed, and statements with their values.
    for name in ("django.request", "django.server", "gunicorn.access", "django.db.backends"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def fault(sender: Any, request: HttpRequest | None = None, **_: Any) -> None:  # noqa: ARG001 - as Django calls it
    """What a page failed of: where, and of which type. Django's own line would tell the address as typed, and the message what it was about."""
    error = sys.exc_info()[1]
    match = getattr(request, "resolver_match", None)
    if error is not None:
        _log.error("fault", view=match.view_name if match else "", trace=trace(error))


class RequestLog:
    """One line a request: method, the URL's name in the table, status, milliseconds, the official's id. One more where it failed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        got_request_exception.connect(fault, dispatch_uid="log")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        structlog.contextvars.bind_contextvars(request=uuid.uuid4().hex[:12])
        try:
            response = self.get_response(request)
            match = request.resolver_match
            session = getattr(request, "session", None)
            user = request.user if session is not None and session.accessed else None
            _log.info(
                "request",
                method=request.method,
                view=match.view_name if match else "",
                status=response.status_code,
                ms=round((time.perf_counter() - begun) * 1000, 1),
                official=user.pk if user is not None else None,
            )
            return response
        finally:
            structlog.contextvars.clear_contextvars()
