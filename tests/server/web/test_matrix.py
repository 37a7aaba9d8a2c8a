"""Every URL, every role, every area: who may not is told so, what lies elsewhere does not exist, and no page shows anybody from elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from doudi.server.lib.actor import Actor
from tests.server.cast import FAR_VILLAGE, VILLAGE_CODE
from tests.server.web.matrix import Entry, all_entries, seeds, url_names
from tests.server.web.world import FAST, World, client_of, made

MOST_QUERIES = 25
CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
NAMES_HERE, NAMES_THERE = "韦大山", "覃小花"


def questions(client: Client, path: str) -> list[str]:
    """What a page asks of the database; the control of transactions, which a test has more of, is no question."""
    with CaptureQueriesContext(connection) as asked_for:
        client.get(path)
    return [q["sql"] for q in asked_for.captured_queries if not q["sql"].startswith(CONTROL)]


@pytest.fixture
def world(db: str) -> World:
    with FAST:
        found = made()
        for seed in seeds():
            seed(found)
    return found


def test_every_url_has_an_entry() -> None:
    names = dict(url_names())
    assert "" not in names, f"URLs without a name: {names.get('')}"
    entries = all_entries()
    assert sorted(names.keys() - entries.keys()) == [], "give these an entry in tests/server/web/entries"
    assert sorted(entries.keys() - names.keys()) == [], "there are no such URLs"


def asked(client: Client, entry: Entry, world: World, path: str) -> tuple[int, str]:
    form = entry.sent(world)
    answer: Any = client.get(path) if form is None else client.post(path, form)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer.status_code, body.decode(errors="replace")


def expected(entry: Entry, by: Actor, area: str, placed: bool) -> tuple[int, ...]:
    if entry.needs and not any(by.allows(p) for p in entry.needs):
        return (403, 404) if placed else (403,)
    if placed and not by.scope.covers(area):
        return (404,)
    return entry.status


def test_every_role_sees_what_is_its_own(world: World) -> None:
    wrong = []
    for role, by in world.who.items():
        client = client_of(by)
        for name, entry in all_entries().items():
            if entry.alone:
                continue
            placed = entry.there is not None
            for path, area in zip(entry.paths(world), (VILLAGE_CODE, FAR_VILLAGE), strict=False):
                status, body = asked(client, entry, world, path)
                if status not in expected(entry, by, area, placed):
                    wrong.append(f"{role} {name} {path}: {status}, expected {expected(entry, by, area, placed)}")
                for who, where in ((NAMES_HERE, VILLAGE_CODE), (NAMES_THERE, FAR_VILLAGE)):
                    if who in body and not by.scope.covers(where):
                        wrong.append(f"{role} {name} {path}: shows {who}")
    assert not wrong, "\n".join(wrong)


def test_nobody_sees_anything_that_is_not_public(world: World) -> None:
    wrong = []
    for name, entry in all_entries().items():
        status, body = asked(Client(SERVER_NAME="localhost"), entry, world, entry.paths(world)[0])
        right = status in ((*entry.status, 302) if entry.public else (302, 401))
        if not right or NAMES_HERE in body or NAMES_THERE in body:
            wrong.append(f"{name}: {status}")
    assert not wrong, "\n".join(wrong)


def test_no_page_asks_the_database_too_much(world: World) -> None:
    """At most 25 questions a page, beginnings and ends of transactions left out; what each asks for more rows is for its own tests."""
    over = []
    for who in ("CONFIRMING", "POLICY", "AUDITOR", "ADMINISTRATOR"):
        client = client_of(world.who[who])
        for name, entry in all_entries().items():
            if entry.form is not None or entry.alone:
                continue
            if (n := len(questions(client, entry.paths(world)[0]))) > MOST_QUERIES:
                over.append(f"{name} as {who}: {n}")
    assert not over, "\n".join(over)
