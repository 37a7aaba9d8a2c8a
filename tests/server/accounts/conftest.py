"""Accounts for tests: the divisions of the cast, a few officials, and a quick hash for their passwords."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import RequestFactory, override_settings

from doudi.server.accounts import actions
from doudi.server.areas.actions import ensure
from doudi.server.areas.shapes import NewDivision
from tests.server import cast

SINCE = date(2000, 1, 1)
DAY = date(2024, 7, 1)
PASSWORD = "quiet-river-47-stones"


@pytest.fixture(autouse=True)
def _quick() -> Iterator[None]:
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture
def tree(db: str) -> str:
    ensure(cast.SYSTEM, [NewDivision(code, name) for code, name in cast.NAMES.items()], SINCE)
    return db


def official(username: str = "lanlan", area: str = cast.COUNTY, **more: object) -> int:
    """An account in use, made by the system."""
    given = {"name": "蓝兰", "password": PASSWORD, "temporary": False, **more}
    return actions.make_official(by=cast.SYSTEM, username=username, area=area, **given)  # type: ignore[arg-type]


def request(address: str = "192.0.2.7") -> HttpRequest:
    """A request with a session that begins."""
    made = RequestFactory().post("/sign-in", REMOTE_ADDR=address)
    made.session = SessionStore()
    made.user = AnonymousUser()
    return made
