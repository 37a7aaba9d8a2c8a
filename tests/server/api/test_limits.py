"""How much a token may ask, counted for all processes together."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from doudi.server.api import limits
from doudi.server.api.limits import spend
from doudi.server.api.models import Spent
from doudi.server.api.problems import Problem
from tests.server.api.conftest import Office, Program

AT = datetime(2024, 7, 1, 8, 0, 20, tzinfo=UTC)


def left(headers: dict[str, str]) -> int:
    found = re.fullmatch(r'"token";r=(\d+);t=(\d+)', headers["RateLimit"])
    assert found is not None
    assert 0 < int(found[2]) <= 60
    return int(found[1])


def test_what_is_left_is_told_and_then_nothing_is(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PER_MINUTE", 4)
    program, other = office.program(), office.program()
    answers = [program.get("me") for _ in range(4)]
    if Spent.objects.get().requests < 4:
        pytest.skip("the minute ended while the test ran")
    assert [left(a.headers) for a in answers] == [3, 2, 1, 0]
    assert answers[0].headers["RateLimit-Policy"] == '"token";q=4;w=60'
    over = program.get("me")
    assert (over.status, over.code) == (429, "rate-limited")
    assert 0 < int(over.headers["Retry-After"]) <= 60
    assert left(over.headers) == 0
    assert other.get("me").status == 200
    assert Program(program.token, "en").get("me").json["detail"].startswith("At most 4 requests")


def test_what_fails_counts_too(office: Office) -> None:
    program = office.program()
    answers = [program.get(p) for p in ("me", "households/0", "people/987654321", "households?nothing=1")]
    assert [a.status for a in answers] == [200, 422, 404, 422]
    rest = [left(a.headers) for a in answers]
    assert all(a - b == 1 or b > a for a, b in pairwise(rest))


def test_the_next_minute_begins_anew(db: str) -> None:
    for _ in range(3):
        spend(7, AT, 3)
    with pytest.raises(Problem) as stopped:
        spend(7, AT, 3)
    assert stopped.value.headers["Retry-After"] == "40"
    assert left(dict(spend(7, AT.replace(minute=1), 3))) == 2
    # A process whose clock is behind counts into the minute that has begun.
    assert left(dict(spend(7, AT, 3))) == 1
    assert Spent.objects.get().requests == 2
