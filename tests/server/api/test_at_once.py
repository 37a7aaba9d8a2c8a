"""Several at once, and a database that goes away: one request is one act, whatever happens."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from django.db import connection, connections

from doudi.server.api import replays
from doudi.server.api.models import Answer, Spent
from doudi.server.registry.models import Act
from tests.server.api.conftest import Answered, Office, Program, furnished
from tests.server.api.test_changing import FAMILY, WORK
from tests.server.cluster import Cluster


@pytest.fixture
def office_for_good(committed: dict[str, str]) -> Office:
    return furnished()


def together(token: str, *asks: tuple[str, object, str, str | None]) -> list[Answered]:
    """Each from a thread and a connection of its own."""

    def ask(what: tuple[str, object, str, str | None]) -> Answered:
        path, body, key, match = what
        try:
            return Program(token).post(path, body, key=key, match=match)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(asks)) as pool:
        return list(pool.map(ask, asks))


def test_the_same_request_several_times_at_once_is_one_act(office_for_good: Office) -> None:
    token = office_for_good.token("CLERK")
    acts = Act.objects.count()
    answers = together(token, *[("households", FAMILY, "k-1", None)] * 5)
    assert [a.status for a in answers] == [201] * 5, [a.text for a in answers]
    assert len({a.text for a in answers}) == 1
    assert sum(replays.HEADER in a.headers for a in answers) == 4
    assert Act.objects.count() == acts + 1
    assert Answer.objects.count() == 1
    assert Spent.objects.get().requests == 5


def test_of_two_changes_at_once_one_is_told(office_for_good: Office) -> None:
    program = office_for_good.program()
    here = office_for_good.here
    tag = program.get(f"households/{here}").headers["ETag"]
    path = f"households/{here}/statements"
    answers = together(
        program.token, (path, {**WORK, "values": {"城乡": "农村"}}, "a", tag), (path, {**WORK, "values": {"城乡": "城市"}}, "b", tag)
    )  # fmt: skip
    assert sorted(a.status for a in answers) == [201, 412], [a.text for a in answers]


def test_the_database_goes_away_and_comes_back(office_for_good: Office, request: pytest.FixtureRequest) -> None:
    program = office_for_good.program()
    acts = Act.objects.count()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 200")
        with closing(sqlite3.connect(connection.settings_dict["NAME"])) as other:
            other.execute("BEGIN EXCLUSIVE")
            answer = program.post("households", FAMILY, key="k-1")
    else:
        server: Cluster = request.getfixturevalue("postgres")
        server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'doudi_app'")
        answer = program.post("households", FAMILY, key="k-1")
    assert (answer.status, answer.code) == (503, "away")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Retry-After"] == "30"
    connection.close()
    assert Act.objects.count() == acts
    assert program.post("households", FAMILY, key="k-1").status == 201
    assert Act.objects.count() == acts + 1
