"""Ledgers as an office works with them: narrowed, turned, kept, acted on, taken away; nothing of other offices, nobody's name in an address."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from doudi.server.registry import batch as b
from doudi.server.registry.actions.load import load
from doudi.server.registry.selectors import ledger_list
from tests.server.cast import FAR_VILLAGE, NEXT_VILLAGE, SYSTEM, VILLAGE_CODE
from tests.server.web.test_matrix import MOST_QUERIES, questions
from tests.server.web.world import FAST, ON, World, client_of, made

HOMES = 120


@pytest.fixture
def world(db: str) -> World:
    with FAST:
        found = made()
    load(by=SYSTEM, batch=_many(), on=ON)
    return found


def _many() -> b.Batch:
    areas = [VILLAGE_CODE, NEXT_VILLAGE, FAR_VILLAGE]
    return b.Batch(
        people=[b.NewPerson(f"p{i}", f"蒙{'甲乙丙丁'[i % 4]}{'山水火土木'[i % 5]}") for i in range(HOMES)],
        households=[b.NewHousehold(f"h{i}", areas[i % 3], number=f"N{i:04}") for i in range(HOMES)],
        memberships=[b.NewMembership(f"h{i}", f"p{i}", head=True) for i in range(HOMES)],
        enrolments=[b.NewEnrolment("低保", household=f"h{i}") for i in range(0, HOMES, 2)],
    )


def numbers(page: str) -> list[str]:
    return re.findall(r"N\d{4}(?=(?:</a>)?</td>)", page)


def walked(client: Client, path: str) -> list[list[str]]:
    pages = []
    while path:
        page = client.get(path).content.decode()
        pages.append(numbers(page))
        found = re.search(r'rel="next" href="([^"]+)"', page)
        path = path.split("?")[0] + found[1].replace("&amp;", "&") if found else ""
    return pages


def test_a_ledger_is_turned_forward_and_back(world: World) -> None:
    clerk = client_of(world.who["CLERK"])
    pages = walked(clerk, "/ledgers/households")
    lines = [n for page in pages for n in page]
    assert len(lines) == len(set(lines)) == 80, "two villages of three; the household of the world has another number"
    assert all(int(n[1:]) % 3 < 2 for n in lines)
    last = clerk.get("/ledgers/households?sort=-people").content.decode()
    assert len(numbers(last)) > 0
    second = re.search(r'rel="next" href="([^"]+)"', clerk.get("/ledgers/households").content.decode())
    assert second is not None
    there = clerk.get("/ledgers/households" + second[1]).content.decode()
    back = re.search(r'rel="prev" href="([^"]+)"', there)
    assert back is not None
    assert numbers(clerk.get("/ledgers/households" + back[1].replace("&amp;", "&")).content.decode()) == pages[0]


def test_everybody_on_a_list_can_be_opened(world: World) -> None:
    clerk = client_of(world.who["CLERK"])
    page = clerk.get("/ledgers/people").content.decode()
    people, homes = (set(re.findall(rf'href="/{what}/(\d+)"', page)) for what in ("person", "household"))
    assert len(people) == len(homes) == 50
    for path in (f"/person/{min(people)}", f"/household/{min(homes)}"):
        assert clerk.get(path).status_code == 200


def test_what_is_narrowed_is_an_address_and_what_is_sought_is_not(world: World) -> None:
    clerk = client_of(world.who["CLERK"])
    form = {
        "area": VILLAGE_CODE,
        "ledger": "低保",
        "class": "",
        "q": "",
        "people_from": "1",
        "people_to": "",
        "sort": "area",
    }
    answer = clerk.post("/ledgers/households", form)
    assert answer.status_code == 303
    assert answer["Location"] == f"/ledgers/households?area={VILLAGE_CODE}&ledger=%E4%BD%8E%E4%BF%9D&people_from=1"
    shown = numbers(clerk.get(answer["Location"]).content.decode())
    assert shown == [f"N{i:04}" for i in range(0, HOMES, 6)]
    named = clerk.post("/ledgers/households", form | {"q": "蒙甲山", "area": ""})
    assert named.status_code == 200
    assert numbers(named.content.decode()) == ["N0000", "N0060", "N0040", "N0100"], (
        "N0020 and N0080 are of the other county"
    )
    assert "q=" not in "".join(re.findall(r'(?:href|action)="([^"]*)"', named.content.decode()))


def test_a_form_that_cannot_be_meant_comes_back_as_it_was(world: World) -> None:
    answer = client_of(world.who["CLERK"]).post("/ledgers/people", {"age_from": "abc", "q": "蒙"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="abc"' in page
    assert 'value="蒙"' in page
    assert "0 到 130" in page


def test_chosen_lines_are_looked_at_and_then_done_once(world: World) -> None:
    clerk = client_of(world.who["CLERK"])
    page = clerk.get(f"/ledgers/households?area={VILLAGE_CODE}").content.decode()
    ids = re.findall(r'name="ids" value="(\d+)"', page)[:3]
    before = {e.household.id for e in ledger_list(SYSTEM, "受灾", on=ON).rows if e.household}
    form: dict[str, Any] = {
        "of": "household",
        "area": VILLAGE_CODE,
        "which": "chosen",
        "ids": ids,
        "act": "enrol",
        "to": "受灾",
        "on": ON.isoformat(),
    }
    short = clerk.post("/ledgers/choose", form | {"why": ""})
    assert short.status_code == 422
    assert all(f'name="ids" value="{i}"' in short.content.decode() for i in ids), "what was ticked is kept"
    answer = clerk.post("/ledgers/choose", form | {"why": "村民会议评议"})
    assert answer.status_code == 303
    where = answer["Location"]
    assert "确认办理 3" in clerk.get(where).content.decode()
    assert {e.household.id for e in ledger_list(SYSTEM, "受灾", on=ON).rows if e.household} == before
    for _ in range(2):
        assert clerk.post(f"{where}/confirm").status_code == 303
    page = clerk.get(where).content.decode()
    assert "办成" in page
    assert {str(e.household.id) for e in ledger_list(SYSTEM, "受灾", on=ON).rows if e.household} == set(ids)
    assert client_of(world.who["REVIEWER"]).get(where).status_code == 404, "a choice is its maker's"
    assert client_of(world.who["REVIEWER"]).post(f"{where}/confirm").status_code == 404


def test_all_that_fit_are_done_in_the_background(world: World) -> None:
    clerk = client_of(world.who["CLERK"])
    form = {
        "of": "household",
        "ledger": "低保",
        "which": "all",
        "act": "strike",
        "to": "低保",
        "on": "2024-08-01",
        "why": "复核退出",
    }
    where = clerk.post("/ledgers/choose", form)["Location"]
    assert clerk.post(f"{where}/confirm").status_code == 303
    assert "正在后台办理" in clerk.get(where).content.decode()


def test_saved_views_open_the_same_list_for_the_office(world: World) -> None:
    clerk, reviewer, other = (client_of(world.who[w]) for w in ("CLERK", "REVIEWER", "OTHER_TOWN"))
    kept = {"of": "household", "ledger": "低保", "q": "蒙甲山", "name": "本镇低保", "shared": "on"}
    where = clerk.post("/ledgers/views", kept)["Location"]
    assert clerk.get(where)["Location"] == "/ledgers/households?ledger=%E4%BD%8E%E4%BF%9D"
    assert reviewer.get(where).status_code == 302
    assert "本镇低保" in reviewer.get("/ledgers").content.decode()
    assert other.get(where).status_code == 404
    assert "本镇低保" not in other.get("/ledgers").content.decode()
    assert reviewer.post(f"{where}/drop").status_code == 404
    assert clerk.post(f"{where}/drop").status_code == 303
    assert clerk.get(where).status_code == 404


def test_an_export_is_exactly_what_is_listed(world: World) -> None:
    clerk = client_of(world.who["CLERK"])
    page = clerk.get(f"/ledgers/households?area={VILLAGE_CODE}&ledger=%E4%BD%8E%E4%BF%9D").content.decode()
    link = re.search(r'href="(/ledgers/export/household[^"]*)"', page)
    assert link is not None
    answer = clerk.get(link[1].replace("&amp;", "&"))
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    said = {str(c) for row in rows for c in row}
    assert {n for n in said if re.fullmatch(r"N\d{4}", n)} == set(numbers(page))
    form = {"of": "household", "which": "all", "q": "蒙甲山", "act": "export"}
    where = clerk.post("/ledgers/choose", form)["Location"]
    rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(clerk.get(f"{where}/workbook").content))
        .get_sheet_by_index(0)
        .to_python()
    )
    assert {str(c) for row in rows for c in row} >= {"N0000", "N0040"}
    assert client_of(world.who["OBSERVER"]).get("/ledgers/export/household").status_code == 403


def test_nothing_of_other_areas_in_any_way(world: World) -> None:
    clerk = client_of(world.who["CLERK"])
    for path in ("/ledgers", "/ledgers/households", "/ledgers/people"):
        assert clerk.get(f"{path}?area={FAR_VILLAGE}").status_code == 404
        assert "安阳镇" not in clerk.get(path).content.decode()
    far = client_of(world.who["OTHER_COUNTY"])
    ids = re.findall(r'name="ids" value="(\d+)"', far.get("/ledgers/households").content.decode())
    form = {"of": "household", "which": "chosen", "ids": ids, "act": "enrol", "to": "受灾", "why": "试试"}
    answer = clerk.post("/ledgers/choose", form)
    assert answer.status_code == 422
    assert "没有选中" in answer.content.decode()


def test_pages_ask_little_whatever_there_is(world: World) -> None:
    clerk = client_of(world.who["CLERK"])
    for path in (
        "/ledgers",
        "/ledgers/households",
        "/ledgers/people?ledger=%E4%BD%8E%E4%BF%9D&sort=age",
        "/ledgers/households?class=-&open=1",
    ):
        assert clerk.get(path).status_code == 200
        asked = questions(clerk, path)
        assert len(asked) <= MOST_QUERIES, "\n".join([f"{path}: {len(asked)}", *(q[:90] for q in asked)])


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_hold_nothing_that_the_policy_forbids(world: World, language: str) -> None:
    clerk = client_of(world.who["CLERK"], language)
    for path in ("/ledgers", "/ledgers/households", "/ledgers/people"):
        page = clerk.get(path).content.decode()
        assert not re.search(r"<script(?! src)|<style| style=| on\w+=", page), path
        if language == "en":
            assert "Ledgers" in page


def test_odd_questions_do_no_harm(world: World) -> None:
    clerk = client_of(world.who["CLERK"])
    for query in (
        "after=x",
        "after=99999999999999999999",
        "before=-1",
        "area=4a",
        "sort=x",
        "people_from=0",
        "class=%00",
        "ledger=%00",
        "list=x",
    ):
        assert clerk.get(f"/ledgers/households?{query}").status_code in (200, 422), query
    for form in (
        {},
        {"of": "x"},
        {"of": "household", "on": "2024-13-45", "why": "x"},
        {"of": "household", "ids": "x", "why": "x", "act": "enrol"},
    ):
        assert clerk.post("/ledgers/choose", form).status_code in (404, 422), form
    assert clerk.get("/ledgers/export/x").status_code == 422
