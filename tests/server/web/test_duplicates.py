"""Suspected doubles side by side: what is shown to whom, what a merge leaves, deciding and taking back, and on to the next."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from doudi.server.jobs.running import run
from doudi.server.lib.acting import acting
from doudi.server.registry.actions import NewMember, NewStatement, enrol, register_household
from doudi.server.registry.duplicates.listing import WantedPairs, next_pair, pair_page
from doudi.server.registry.models import Pair, Person
from tests.server.cast import (
    CLERK,
    CONFIRMING,
    FAR_VILLAGE,
    NEXT_VILLAGE,
    OTHER_COUNTY,
    OTHER_VILLAGE,
    SYSTEM,
    VILLAGE_CODE,
)
from tests.server.web.test_matrix import MOST_QUERIES, questions
from tests.server.web.world import FAST, ON, World, client_of, made

SAME, ALIKE, SLIP = "name-same", "name-sound", "id-digit"


@pytest.fixture
def world(db: str) -> World:
    with FAST:
        return made()


def somebody(name: str, area: str, born: str = "1980-01-15", with_: str = "") -> int:
    said = (NewStatement("申报", {"出生日期": born, "性别": "男"}),)
    others = [NewMember(with_, "子女")] if with_ else []
    members = [NewMember(name, head=True, statements=said), *others]
    return register_household(by=SYSTEM, area=area, members=members, on=ON).people[0]


def suspected(
    score: int, code: str = SAME, areas: tuple[str, str] = (VILLAGE_CODE, NEXT_VILLAGE), with_: str = ""
) -> Pair:
    a, b = somebody("蒙大山", areas[0]), somebody("蒙大珊", areas[1], with_=with_)
    evidence = [
        {"code": code, "points": score - 44, "values": {"count": 3, "place": 7}}, {"code": "born-same", "points": 44},
    ]  # fmt: skip
    with acting(SYSTEM):
        return Pair.objects.create(
            a_id=a, b_id=b, area_a=areas[0], area_b=areas[1], score=score, evidence=evidence, found_at=datetime(2024, 7, 1, 20, tzinfo=UTC)
        )  # fmt: skip


def test_pages_hold_every_pair_once_forward_and_back(world: World) -> None:
    pairs = [suspected(s) for s in (90, 120, 90, 160, 200, 85, 120)]
    wanted = sorted(pairs, key=lambda p: (-p.score, p.id))
    for limit in (1, 2, 3, 10):
        seen, after, last = [], None, None
        while True:
            page = pair_page(CLERK, WantedPairs(), after=after, limit=limit)
            seen += [p.id for p in page.rows]
            last, after = page, page.after
            if after is None:
                break
        assert seen == [p.id for p in wanted]
        back = [p.id for p in last.rows]
        while last.before is not None:
            last = pair_page(CLERK, WantedPairs(), before=last.before, limit=limit)
            back = [p.id for p in last.rows] + back
        assert back == seen
    assert next_pair(CLERK, WantedPairs(), wanted[0].id) == wanted[1].id
    assert next_pair(CLERK, WantedPairs(), wanted[-1].id) == wanted[0].id, "after the last it begins anew"
    assert next_pair(OTHER_COUNTY, WantedPairs(), None) is None


def test_filters_by_what_speaks_for_a_pair(world: World) -> None:
    certain, strong, likely = suspected(170, "id-same"), suspected(130, SLIP), suspected(85, ALIKE)
    far = suspected(170, "id-same", (VILLAGE_CODE, FAR_VILLAGE))

    def ids(**how: object) -> list[int]:
        page = pair_page(CLERK, WantedPairs(**how))  # type: ignore[arg-type]
        assert page.count == len(page.rows)
        return [p.id for p in page.rows]

    assert ids() == [certain.id, strong.id, likely.id]
    assert ids(strength="certain") == ids(kind="number") == [certain.id], (
        "of the one with a side elsewhere nothing is told"
    )
    assert ids(strength="strong") == ids(kind="number-alike") == [strong.id]
    assert ids(strength="likely") == ids(kind="name-alike") == [likely.id]
    assert ids(shared=True) == [far.id]
    assert ids(state="same") == []
    assert ids(area=VILLAGE_CODE) == []
    assert [p.id for p in pair_page(OTHER_COUNTY, WantedPairs(shared=True)).rows] == [far.id]
    assert pair_page(OTHER_COUNTY, WantedPairs(kind="number")).rows == ()


def test_a_pair_side_by_side(world: World) -> None:
    pair = suspected(130, ALIKE)
    page = client_of(world.who["CLERK"]).get(f"/duplicates/{pair.id}").content.decode()
    for said in (
        "蒙大山",
        "蒙大珊",
        "姓名同音",
        "+86",
        "出生日期相同",
        "+44",
        "1980-01-15",
        'accesskey="s"',
        'accesskey="d"',
        'accesskey="l"',
    ):
        assert said in page, said
    assert not re.search(r"<script(?! src)|<style| style=| on\w+=", page)
    english = client_of(world.who["CLERK"], "en").get(f"/duplicates/{pair.id}").content.decode()
    assert "names that are read alike" in english


def test_what_lies_elsewhere_is_kept_back(world: World) -> None:
    pair = suspected(130, ALIKE, (VILLAGE_CODE, FAR_VILLAGE))
    page = client_of(world.who["CLERK"]).get(f"/duplicates/{pair.id}").content.decode()
    assert "蒙大山" in page
    assert "安阳镇" in page
    for hidden in ("蒙大珊", "姓名同音", "第1村</", "+86"):
        assert hidden not in page.split("<h1>")[1].replace("岩滩镇 第1村", ""), hidden
    for what in ("merge", "different"):
        assert client_of(world.who["CLERK"]).post(f"/duplicates/{pair.id}/{what}", {"why": "像"}).status_code == 403
    other = suspected(130, ALIKE, (OTHER_VILLAGE, OTHER_VILLAGE))
    for way in (f"/duplicates/{other.id}", "/duplicates/999999"):
        assert client_of(world.who["CLERK"]).get(way).status_code == 404
    assert client_of(world.who["AUDITOR"]).get("/duplicates").status_code == 403


def test_a_merge_is_looked_at_then_done_then_taken_back(world: World) -> None:
    first, second = suspected(170, "id-same", with_="蒙小珊"), suspected(90)
    enrol(by=SYSTEM, ledger="残疾人", person=first.b_id, on=ON)
    clerk = client_of(world.who["CLERK"])
    look = clerk.post(f"/duplicates/{first.id}/merge", {"keep": first.a_id})
    page = look.content.decode()
    assert look.status_code == 200
    assert "合并后是这样" in page
    assert "持证残疾人" in page, "the ledger of the other comes along"
    assert "蒙小珊" in page, "somebody must head the other household"
    with acting(SYSTEM):
        assert Person.objects.get(pk=first.b_id).merged_into_id is None, "nothing is done yet"
        heir = Person.objects.get(name="蒙小珊").id
    short = clerk.post(
        f"/duplicates/{first.id}/merge", {"keep": first.a_id, "step": "confirm", "why": " ", "head": heir}
    )
    assert short.status_code == 422
    assert "请写明认定的理由" in short.content.decode()
    form = {"keep": first.a_id, "step": "confirm", "why": "已电话核实，同一人", "head": heir}
    done = clerk.post(f"/duplicates/{first.id}/merge", form)
    assert (done.status_code, done["Location"]) == (303, f"/duplicates/{second.id}"), "on to the next"
    assert "认定为同一人" in clerk.get(done["Location"]).content.decode()
    with acting(SYSTEM):
        assert Person.objects.get(pk=first.b_id).merged_into_id == first.a_id
    undo = clerk.post(f"/duplicates/{first.id}/undo", {"why": "弄错了"})
    assert (undo.status_code, undo["Location"]) == (303, f"/duplicates/{first.id}")
    with acting(SYSTEM):
        assert Person.objects.get(pk=first.b_id).merged_into_id is None
        assert Pair.objects.get(pk=first.id).state == "open"


def test_two_people_and_later(world: World) -> None:
    first, second = suspected(120), suspected(90)
    clerk = client_of(world.who["CLERK"])
    assert ">2024-07-02</time>" in clerk.get("/duplicates").content.decode(), (
        "found in the evening by London's clock is the next day here"
    )
    assert clerk.get(f"/duplicates/{first.id}/next")["Location"] == f"/duplicates/{second.id}"
    assert clerk.post(f"/duplicates/{first.id}/different", {"why": ""}).status_code == 422
    done = clerk.post(f"/duplicates/{first.id}/different?strength=strong", {"why": "两个人，都见过"})
    assert (done.status_code, done["Location"]) == (303, "/duplicates?strength=strong"), "no other pair is as strong"
    assert clerk.post(f"/duplicates/{first.id}/different", {"why": "再按一次"}).status_code == 303
    assert "两个人，都见过" in clerk.get(f"/duplicates/{first.id}").content.decode()
    assert f"/duplicates/{first.id}?state=different" in clerk.get("/duplicates?state=different").content.decode()
    with acting(CONFIRMING):
        assert Pair.objects.get(pk=first.id).why == "两个人，都见过"


def test_pages_ask_little_whatever_there_is(world: World) -> None:
    pairs = [suspected(80 + i) for i in range(30)]
    clerk = client_of(world.who["CLERK"])
    for path in ("/duplicates", f"/duplicates/{pairs[0].id}"):
        assert clerk.get(path).status_code == 200
        asked = questions(clerk, path)
        assert len(asked) <= MOST_QUERIES, "\n".join([f"{path}: {len(asked)}", *(q[:90] for q in asked)])
    for query in ("after=x", "before=99999999999999999999", "kind=x", "strength=x", "state=x", "area=4a"):
        assert clerk.get(f"/duplicates?{query}").status_code in (200, 404, 422), query


def test_the_search_is_begun_once_and_seen_by_all_who_decide(world: World) -> None:
    clerk, confirming = client_of(world.who["CLERK"]), client_of(world.who["CONFIRMING"])
    assert "还没有比对过" in clerk.get("/duplicates").content.decode()
    begun = clerk.post("/duplicates/search")
    assert begun.status_code == 303
    assert confirming.post("/duplicates/search")["Location"] == begun["Location"], "whoever comes second joins"
    assert confirming.get(begun["Location"]).status_code == 200
    waiting = confirming.get("/duplicates").content.decode()
    assert "现在全部比对一遍" not in waiting
    assert client_of(world.who["VILLAGE"]).post("/duplicates/search").status_code == 403
    assert client_of(world.who["VILLAGE"]).get(begun["Location"]).status_code == 404
    assert run(int(begun["Location"].rsplit("/", 1)[1])) == "done"
    after = clerk.get("/duplicates").content.decode()
    assert "上次比对" in after
    assert "现在全部比对一遍" in after
