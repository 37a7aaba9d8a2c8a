"""The record of acts as the auditor reads it, and how the installation runs."""

from __future__ import annotations

import re

import pytest

from tests.server.web.world import FAST, World, client_of, made


@pytest.fixture
def world(db: str, anchors: object) -> World:
    with FAST:
        return made()


def test_the_auditor_finds_an_act_and_the_search_is_on_record(world: World) -> None:
    client = client_of(world.who["AUDITOR"])
    page = client.get("/audit?verb=registry.&text=登记").content.decode()
    assert "岩滩镇 乡镇窗口经办岗" in page
    assert f'href="/household/{world.here}"' in page
    assert f'href="/household/{world.there}"' not in page
    assert "查阅了操作记录" in client.get("/audit?verb=audit.").content.decode()
    seq = re.findall(r'href="/audit/(\d+)"', page)[0]
    assert client.get(f"/audit/{seq}").status_code == 200


@pytest.mark.parametrize(
    "query",
    ["since=2024-13-01", "household=abc", "since=2024-02-01&until=2024-01-01", "area=x", "household=" + "9" * 30],
)
def test_a_question_that_makes_no_sense_is_said_at_its_field(world: World, query: str) -> None:
    answer = client_of(world.who["AUDITOR"]).get(f"/audit?{query}")
    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode()


def test_the_administrator_sees_how_it_runs_and_nobody_by_name(world: World) -> None:
    page = client_of(world.who["ADMINISTRATOR"]).get("/system").content.decode()
    assert "数据库正常" in page
    assert "韦大山" not in page
    assert client_of(world.who["CLERK"]).get("/system").status_code == 403
