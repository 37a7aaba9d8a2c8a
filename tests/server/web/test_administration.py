"""Accounts, posts, relatives and divisions, changed on pages."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from doudi.server.accounts.selectors import official, posts_of
from doudi.server.areas.selectors import became, name_of, set_scope
from doudi.server.policybook.actions import NewLine
from doudi.server.registry.selectors import household
from tests.server.cast import COUNTY, FAR_VILLAGE, NAMES, NEXT_VILLAGE, OTHER_TOWN_CODE, TOWN, VILLAGE_CODE
from tests.server.policybook import standards
from tests.server.web.world import FAST, World, client_of, made

ON, LATER = date(2024, 8, 1), date(2024, 9, 1)


@pytest.fixture
def world(db: str) -> World:
    with FAST:
        return made()


@pytest.fixture
def client(world: World) -> Client:
    return client_of(world.who["ADMINISTRATOR"])


def test_an_account_is_opened_given_a_post_and_used(world: World, client: Client) -> None:
    with FAST:
        page = client.post("/officials/new", {"name": "蓝新", "username": "lanxin", "area": "岩滩镇"}).content.decode()
        password = re.findall(r"<code>([a-z0-9-]{19})</code>", page)[0]
        who = int(re.findall(r'href="/officials/(\d+)"', page)[0])
        given = client.post(f"/officials/{who}/give", {"role": "village", "area": VILLAGE_CODE, "since": "2024-01-01"})
        assert given.status_code == 302
        assert [(p.role.code, p.area) for p in posts_of(who)] == [("village", VILLAGE_CODE)]
        visitor = Client(SERVER_NAME="localhost")
        assert visitor.post("/sign-in", {"username": "lanxin", "password": password})["Location"].startswith(
            "/password"
        )
        assert password not in client.get(f"/officials/{who}").content.decode()


def test_posts_that_do_not_go_together_are_refused_where_they_are_asked_for(world: World, client: Client) -> None:
    clerk = world.who["CLERK"].official or 0
    answer = client.post(f"/officials/{clerk}/give", {"role": "confirming", "area": COUNTY, "since": "2024-01-01"})
    assert answer.status_code == 422
    assert "不能由同一人" in answer.content.decode()
    assert len(posts_of(clerk)) == 1


def test_a_stopped_account_is_out_at_once(world: World, client: Client) -> None:
    inside = client_of(world.who["CLERK"])
    assert inside.get("/").status_code == 200
    assert client.post(f"/officials/{world.who['CLERK'].official}/stop", {"why": "调离"}).status_code == 302
    assert inside.get("/").status_code == 302
    assert not official(world.who["ADMINISTRATOR"], world.who["CLERK"].official or 0).active


def test_nobody_ends_a_post_of_an_account_that_is_another_s(world: World, client: Client) -> None:
    far = world.who["OTHER_COUNTY"].official or 0
    post = posts_of(far)[0].id
    for path in (f"/officials/{far}/end", f"/officials/{world.who['CLERK'].official}/end"):
        assert client.post(path, {"post": str(post), "on": "2024-09-01"}).status_code in (404, 422)
    assert posts_of(far)[0].until is None


def test_relatives_are_declared_by_oneself_and_shown_masked(world: World) -> None:
    client = client_of(world.who["CLERK"])
    number = "990103196105030117"
    wrong = client.post("/me/relatives", {"name": "黄小", "relation": "子女", "id_number": "123"})
    assert wrong.status_code == 422
    assert "黄小" in wrong.content.decode()
    from tests.server.exchange.ledgers import IDS

    number = IDS["罗来"]
    assert client.post("/me/relatives", {"name": "黄小", "relation": "子女", "id_number": number}).status_code == 302
    page = client.get("/me").content.decode()
    assert "黄小" in page
    assert number not in page


def test_a_village_is_merged_and_its_people_go_with_it(world: World, client: Client) -> None:
    sent = {"code": VILLAGE_CODE, "into": NEXT_VILLAGE, "on": ON.isoformat(), "why": "批复 1 号"}
    answer = client.post("/divisions/merge", sent)
    assert answer.status_code == 302, answer.content.decode()
    assert became(VILLAGE_CODE, date(2024, 1, 1), ON) == (NEXT_VILLAGE,)
    assert household(world.who["CONFIRMING"], world.here, as_of=ON).area == NEXT_VILLAGE


def test_who_merges_is_told_what_has_to_be_settled(world: World, client: Client) -> None:
    values = [NewLine("低保标准", town, "农村", f"{yuan} 元") for town, yuan in ((TOWN, 7200), (OTHER_TOWN_CODE, 7100))]
    p = standards.draft(*values, by=world.who["POLICY"])
    standards.publish(standards.approve(p), by=world.who["POLICY"])
    sent = {"code": TOWN, "into": OTHER_TOWN_CODE, "on": "2026-08-01", "why": "批复 3 号"}
    page = client.post("/divisions/merge", sent, follow=True).content.decode()
    assert "不替您选：低保标准（农村）" in page
    assert "不替您选" not in client.get("/divisions").content.decode()


def test_a_set_of_divisions_is_made_and_changed(world: World, client: Client) -> None:
    form = {"kind": "resettlement", "name": "江南安置点", "codes": f"{VILLAGE_CODE}、没有的村", "on": ON.isoformat()}
    wrong = client.post("/divisions/sets", form)
    assert wrong.status_code == 422
    assert "没有的村" in wrong.content.decode(), "what was typed stays"
    made = client.post("/divisions/sets", form | {"codes": f"{VILLAGE_CODE}、{NAMES[OTHER_TOWN_CODE]}"})
    assert made.status_code == 302, made.content.decode()
    where = made["Location"]
    assert "江南安置点" in client.get("/divisions/sets").content.decode()
    assert "江南安置点" in client.get(f"/divisions?code={VILLAGE_CODE}").content.decode()
    change = {"add": NEXT_VILLAGE, "remove": [VILLAGE_CODE], "on": LATER.isoformat(), "why": "批复 2 号"}
    assert client.post(where, change).status_code == 302
    set_id = int(where.rsplit("/", 1)[1])
    admin = world.who["ADMINISTRATOR"]
    for day, there in ((ON, {VILLAGE_CODE, OTHER_TOWN_CODE}), (LATER, {NEXT_VILLAGE, OTHER_TOWN_CODE})):
        assert set(set_scope(admin, set_id, day).prefixes) == there
    assert client.post("/divisions/sets", form | {"codes": FAR_VILLAGE, "name": "别县"}).status_code in (403, 404, 422)


def test_a_division_is_renamed_added_and_refused_with_what_was_typed(world: World, client: Client) -> None:
    assert client.post("/divisions/rename", {"code": TOWN, "name": "新岩滩镇", "on": ON.isoformat()}).status_code == 302
    assert name_of(TOWN, ON) == "新岩滩镇"
    assert (
        client.post(
            "/divisions/add", {"code": TOWN, "new_code": f"{TOWN}299", "name": "新村", "on": ON.isoformat()}
        ).status_code
        == 302
    )
    wrong = client.post(
        "/divisions/add", {"code": TOWN, "new_code": "451229101299", "name": "别镇的村", "on": ON.isoformat()}
    )
    assert wrong.status_code == 422
    assert "别镇的村" in wrong.content.decode()
    assert client.post("/divisions/rename", {"code": "451228", "name": "别县", "on": ON.isoformat()}).status_code == 404


def test_a_workbook_of_divisions_is_looked_at_before_it_is_loaded(world: World, client: Client) -> None:
    def sheet(*rows: tuple[str, str]) -> SimpleUploadedFile:
        out = BytesIO()
        with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
            page = book.add_worksheet()
            for i, row in enumerate((("代码", "名称"), *rows)):
                page.write_row(i, 0, row)
        return SimpleUploadedFile("d.xlsx", out.getvalue())

    new = (f"{TOWN}298", "河口村")
    seen = client.post("/divisions/import", {"do": "preview", "on": "2024-07-01", "file": sheet(new)})
    assert "新设" in seen.content.decode()
    assert name_of(new[0], ON) == new[0]
    assert client.post("/divisions/import", {"do": "load", "on": "2024-07-01", "file": sheet(new)}).status_code == 302
    assert name_of(new[0], ON) == new[1]
    wrong = client.post("/divisions/import", {"do": "load", "on": "2024-07-01", "file": sheet(("45x", "错"))})
    assert wrong.status_code == 422
    hostile = SimpleUploadedFile("d.xlsx", b"no workbook")
    assert client.post("/divisions/import", {"do": "load", "on": "2024-07-01", "file": hostile}).status_code == 422
