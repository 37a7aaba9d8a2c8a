"""The database away or locked while somebody works: a plain page, nothing half-done, and all is well again afterwards."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from django.db import connection
from django.test import Client

from doudi.server.accounts.actions.officials import make_official
from doudi.server.accounts.actions.posts import give_post
from doudi.server.areas.actions.ensuring import ensure
from doudi.server.areas.shapes import NewDivision
from doudi.server.audit.models import Entry
from tests.server.cast import NAMES, SYSTEM, TOWN
from tests.server.cluster import Cluster
from tests.server.web.test_pages import ON, PASSWORD


def test_the_database_goes_away_and_comes_back(committed: dict[str, str], request: pytest.FixtureRequest) -> None:
    ensure(SYSTEM, [NewDivision(code, name) for code, name in NAMES.items()])
    official = make_official(by=SYSTEM, username="huang", name="黄窗", password=PASSWORD, area=TOWN, temporary=False)
    give_post(by=SYSTEM, official=official, role="clerk", area=TOWN, since=ON)
    client = Client(SERVER_NAME="localhost", headers={"accept-language": "zh-hans"}, raise_request_exception=False)
    before = Entry.objects.count()
    form = {"username": "huang", "password": PASSWORD}
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 200")
        with closing(sqlite3.connect(connection.settings_dict["NAME"])) as other:
            other.execute("BEGIN EXCLUSIVE")
            answer = client.post("/sign-in", form)
    else:
        server: Cluster = request.getfixturevalue("postgres")
        server.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'doudi_app'")
        answer = client.post("/sign-in", form)
    assert answer.status_code == 503
    assert "没有丢失" in answer.content.decode()
    connection.close()
    assert Entry.objects.count() == before
    assert client.post("/sign-in", form).status_code == 302
    assert client.get("/").status_code == 200
