"""A page that fails leaves a trace in the log: where and of what type, and nothing of whom it was about."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from doudi.server.config.urls import urlpatterns as pages

NAME, NUMBER = "韦大山", "990101198001010017"


def broken(request: HttpRequest) -> HttpResponse:
    try:
        raise KeyError(NUMBER)
    except KeyError as error:
        raise ValueError(f"{NAME} {NUMBER} {request.GET}") from error


def absent(request: HttpRequest) -> HttpResponse:
    raise Http404(NAME)


urlpatterns = [path("broken", broken, name="broken"), path("absent", absent, name="absent"), *pages]


class Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[tuple[int, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append((record.levelno, str(record.msg) + record.getMessage()))


@pytest.fixture
def log() -> Any:
    kept = Kept()
    logging.getLogger().addHandler(kept)
    yield kept
    logging.getLogger().removeHandler(kept)


@override_settings(ROOT_URLCONF="tests.server.web.test_faults", ALLOWED_HOSTS=["*"])
def test_a_fault_says_where_and_not_whom(db: str, log: Kept) -> None:
    assert Client(raise_request_exception=False).get(f"/broken?name={NAME}").status_code == 500
    (told,) = [text for level, text in log.said if level == logging.ERROR]
    assert "ValueError at " in told
    assert "caused by KeyError at " in told
    assert "test_faults.py" in told
    assert " broken" in told
    assert not [text for _, text in log.said if NAME in text or NUMBER in text]


@override_settings(ROOT_URLCONF="tests.server.web.test_faults", ALLOWED_HOSTS=["*"])
def test_a_page_that_is_not_there_is_no_fault(db: str, log: Kept) -> None:
    assert Client(raise_request_exception=False).get("/absent").status_code == 404
    assert not [text for level, text in log.said if level >= logging.ERROR]
