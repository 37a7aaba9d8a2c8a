"""Every act on a household as its page does it: the form, what would follow, that it is done once, and undone."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import translation

from doudi.server.audit.models import Entry
from doudi.server.registry.models import Act
from doudi.server.registry.selectors import household
from doudi.server.registry.selectors.single import person
from doudi.server.registry.selectors.through import through
from doudi.server.web.signed_in import today
from doudi.server.web.templatetags.words import between
from tests.server.cast import NEXT_VILLAGE, OTHER_VILLAGE, SYSTEM
from tests.server.exchange.ledgers import IDS, an_id
from tests.server.web.test_record import (
    HX,
    clerk,
    family,
    form_of,
    hidden,
    page_of,
    people_of,
    value_of,
    value_of_table,
)
from tests.server.web.test_record import world as world
from tests.server.web.world import ON, World, client_of

DAY = timedelta(days=1)


def done(client: Client, home: int, slug: str, query: str = "", **typed: str | list[str]) -> str:
    """Fills in the form of an act and sends it; gives where it leads."""
    page = page_of(client, f"/household/{home}/{slug}{query}")
    form = {"once": hidden(page, "once"), "version": hidden(page, "version"), "on": today().isoformat()} | typed
    answer = client.post(f"/household/{home}/{slug}{query}", form)
    assert answer.status_code == 303, re.sub(r"<[^>]+>|\s+", " ", answer.content.decode().split("<main")[1])[:1500]
    twice = client.post(f"/household/{home}/{slug}{query}", form)
    assert twice.status_code == 303, "sent twice"
    assert "repeated" in twice["Location"]
    return answer["Location"]


def undone(client: Client, home: int, where: str) -> None:
    act = where.partition("done=")[2]
    answer = client.post(f"/household/{home}/undo", {"once": f"undo-{act}", "act": act})
    assert answer.status_code == 303, answer.content.decode()


def test_a_child_is_born_and_the_effect_is_shown(world: World) -> None:
    client = clerk(world)
    home, _ = family(world, "韦大")
    typed = {
        "how": "birth",
        "name": "韦新",
        "sex": "女",
        "born": today().isoformat(),
        "relation": "子女",
        "source": "申报",
    }
    form = form_of(client, f"/household/{home}/add-member", on=today().isoformat(), **typed)
    acts = Act.objects.count()
    shown = client.post(f"/household/{home}/add-member", form, headers=HX)
    assert "试算" in shown.content.decode()
    tried = client.post(f"/household/{home}/add-member", form | {"try": "1"})
    assert tried.status_code == 200
    assert 'value="韦新"' in tried.content.decode()
    assert Act.objects.count() == acts
    where = done(client, home, "add-member", **typed)
    assert people_of(world, home) == ["韦大", "韦新"]
    page = page_of(client, where)
    assert "韦新" in page
    undone(client, home, where)
    assert people_of(world, home) == ["韦大"]


def test_somebody_on_record_joins(world: World) -> None:
    client = clerk(world)
    home, _ = family(world, "韦大")
    other, (_, child) = family(world, "覃大", "覃小")
    done(client, other, "leave", person=str(child), how="leave", on=(today() - DAY).isoformat())
    found = client.post(
        "/household/entry",
        {"name": "覃小", "born": "1980-05-01", "sex": "男", "household": str(home), "row": ""},
        headers=HX,
    ).content.decode()
    assert f"/household/{home}/add-member?person={child}" in found
    done(client, home, "add-member", f"?person={child}", how="join", person=str(child), relation="子女")
    assert people_of(world, home) == ["韦大", "覃小"]


def test_who_marries_in_leaves_the_other_household_in_the_same_act(world: World) -> None:
    client = clerk(world)
    home, _ = family(world, "韦大")
    other, (head, _) = family(world, "覃大", "覃小")
    where = f"/household/{home}/add-member?person={head}"
    page = page_of(client, where)
    assert re.search(r'value="marry-in" checked', page)
    assert re.search(r"<option[^>]*>覃小</option>", page)
    typed = {"how": "marry-in", "person": str(head), "relation": "配偶"}
    refused = client.post(where, form_of(client, where, on=today().isoformat(), **typed))
    assert refused.status_code == 422
    assert "请指定新户主" in refused.content.decode()
    following = re.search(r'<option value="(\d+)"[^>]*>覃小</option>', page)
    assert following is not None
    story = done(client, home, "add-member", f"?person={head}", new_head=following[1], **typed)
    assert (people_of(world, home), people_of(world, other)) == (["韦大", "覃大"], ["覃小"])
    undone(client, home, story)
    assert (people_of(world, home), people_of(world, other)) == (["韦大"], ["覃大", "覃小"])


def test_the_head_dies_and_another_follows(world: World) -> None:
    client = clerk(world)
    home, (head, child) = family(world, "韦大", "韦小")
    form = form_of(client, f"/household/{home}/death", person=str(head), on=(today() - DAY).isoformat(), source="申报")
    refused = client.post(f"/household/{home}/death", form)
    assert refused.status_code == 422
    assert "请指定新户主" in refused.content.decode()
    assert people_of(world, home) == ["韦大", "韦小"]
    where = done(
        client,
        home,
        "death",
        person=str(head),
        on=(today() - DAY).isoformat(),
        source="申报",
        new_head=str(child),
        evidence="死亡证明 7 号",
    )
    assert people_of(world, home) == ["韦小"]
    assert household(world.who["CLERK"], home, as_of=today()).head
    assert "登记韦大死亡" in page_of(client, f"/household/{home}/course") or "死亡" in page_of(
        client, f"/household/{home}/course"
    )
    undone(client, home, where)
    assert people_of(world, home) == ["韦大", "韦小"]


def test_split_and_merge(world: World) -> None:
    client = clerk(world)
    home, (_, first, second) = family(world, "韦大", "韦二", "韦三")
    where = done(client, home, "split", people=[str(first), str(second)], head=str(first), area="第2村")
    new = int(where.split("/")[2].partition("?")[0])
    assert people_of(world, home) == ["韦大"]
    assert people_of(world, new) == ["韦二", "韦三"]
    assert household(world.who["CLERK"], new, as_of=today()).area == NEXT_VILLAGE
    number = household(world.who["CLERK"], new, as_of=today()).number
    nobody = form_of(client, f"/household/{home}/merge", gone="D没有", on=today().isoformat())
    assert client.post(f"/household/{home}/merge", nobody).status_code == 422
    tried = client.post(f"/household/{home}/merge", nobody | {"gone": number}, headers=HX)
    assert "试算" in tried.content.decode() or "判定不变" in tried.content.decode()
    done(client, home, "merge", gone=number, on=(today() + DAY).isoformat())
    joined = household(world.who["CLERK"], home, as_of=today() + DAY)
    assert {m.name for m in joined.members} == {"韦大", "韦二", "韦三"}


def test_head_and_relations(world: World) -> None:
    client = clerk(world)
    home, (head, child) = family(world, "韦大", "韦小")
    done(client, home, "relations", **{f"relation-{child}": "父母"})
    where = done(client, home, "change-head", person=str(child), **{f"relation-{head}": "父母"})
    view = household(world.who["CLERK"], home, as_of=today())
    assert view.head is not None
    assert view.head.person == child
    undone(client, home, where)
    nothing = form_of(client, f"/household/{home}/relations", on=today().isoformat())
    assert client.post(f"/household/{home}/relations", nothing).status_code == 422


def test_ledgers(world: World) -> None:
    client = clerk(world)
    home, (head,) = family(world, "韦大")
    done(client, home, "enrol", ledger="易地搬迁", person="")
    done(client, home, "enrol", ledger="残疾人", person=str(head))
    page = page_of(client, f"/household/{home}")
    assert "易地扶贫搬迁户" in page
    found = re.search(r"strike\?enrolment=(\d+)", page)
    assert found
    assert "持证残疾人" in page_of(client, f"/person/{head}")
    done(client, home, "strike", f"?enrolment={found[1]}", enrolment=found[1])
    assert "易地扶贫搬迁户" not in page_of(client, f"/household/{home}")
    wrong = form_of(client, f"/household/{home}/enrol", ledger="残疾人", person="", on=today().isoformat())
    assert client.post(f"/household/{home}/enrol", wrong).status_code == 422


def test_what_was_stated_is_corrected_ended_and_withdrawn(world: World) -> None:
    client = clerk(world)
    home, (head,) = family(world, "韦大")
    key = str(through(world.who["CLERK"], home).said[head][0].id)
    query = f"?statement={key}&name=劳动能力"
    page = page_of(client, f"/household/{home}/correct{query}")
    assert re.search(r'<option value="有劳动能力" selected>', page)
    typed = {
        "statement": key,
        "name": "劳动能力",
        "value": "完全丧失",
        "source": "导入",
        "since": ON.isoformat(),
        "why": "当时写错",
    }
    silent = form_of(client, f"/household/{home}/correct{query}", **typed | {"why": ""})
    refused = client.post(f"/household/{home}/correct{query}", silent)
    assert refused.status_code == 422
    assert 'id="f-why-error"' in refused.content.decode()
    where = done(client, home, "correct", query, **typed)
    assert value_of(world, home, "劳动能力", head) == "完全丧失"
    assert value_of(world, home, "性别", head) == "男"
    gone = client.post(f"/household/{home}/withdraw?statement={key}", {"statement": key, "why": "x", "once": "z"})
    assert gone.status_code == 409
    undone(client, home, where)
    key = str(through(world.who["CLERK"], home).said[head][0].id)
    done(client, home, "end-statement", f"?statement={key}", statement=key)
    assert value_of(world, home, "劳动能力", head) is None
    key = str(through(world.who["CLERK"], home).said[head][0].id)
    done(client, home, "withdraw", f"?statement={key}", statement=key, why="不该记")
    assert not through(world.who["CLERK"], home).said.get(head)


def test_a_row_of_a_table_is_corrected_and_the_others_stand(world: World) -> None:
    client = clerk(world)
    home = world.here
    typed = {"r0-种类": "住房", "r0-价值": "12000", "r1-种类": "机动车", "r1-价值": "300", "complete": "all"}
    form = form_of(client, f"/household/{home}/fact?name=财产", name="财产", since=ON.isoformat(), source="核对")
    assert client.post(f"/household/{home}/fact", form | typed).status_code == 303
    key = next(str(s.id) for s in through(world.who["CLERK"], home).said[None] if "财产" in s.tables)
    query = f"?statement={key}&name=财产"
    # The way there stands beside what was said.
    assert f'/correct?statement={key}&amp;name={quote("财产")}"' in page_of(client, f"/household/{home}")
    page = page_of(client, f"/household/{home}/correct{query}")
    assert re.search(r'name="r1-价值"[^>]*value="300"', page)
    assert 'value="all" checked' in page
    put = {"statement": key, "name": "财产", "source": "核对", "since": ON.isoformat(), "why": "多写了一个零"} | typed
    wrong = client.post(
        f"/household/{home}/correct{query}",
        form_of(client, f"/household/{home}/correct{query}", **put | {"r0-价值": "12.345"}),
    )
    assert wrong.status_code == 422
    assert re.search(r'name="r0-价值"[^>]*value="12.345"[^>]*aria-invalid', wrong.content.decode())
    where = done(client, home, "correct", query, **put | {"r0-价值": "1200"})
    rows = [{"种类": "住房", "价值": 120_000}, {"种类": "机动车", "价值": 30_000}]
    assert value_of_table(world, home, "财产") == {"rows": rows, "complete": True}
    undone(client, home, where)
    assert value_of_table(world, home, "财产")["rows"][0] == {"种类": "住房", "价值": 1_200_000}


def test_the_past_is_corrected(world: World) -> None:
    client = clerk(world)
    home, (_, child) = family(world, "韦大", "韦小")
    members = household(world.who["CLERK"], home, as_of=today()).members
    key = str(next(m.membership for m in members if m.person == child))
    done(
        client,
        home,
        "correct-membership",
        f"?person={child}",
        membership=key,
        since=(ON + DAY).isoformat(),
        relation="孙子女",
        why="原来记错",
    )
    now = household(world.who["CLERK"], home, as_of=today()).members[1]
    assert (now.since, now.relation) == (ON + DAY, "孙子女")
    done(client, home, "correct-residence", since=ON.isoformat(), area=NEXT_VILLAGE, address="三组", why="原来记错")
    assert household(world.who["CLERK"], home, as_of=ON).area == NEXT_VILLAGE


def test_undo_and_undo_of_the_undo(world: World) -> None:
    client = clerk(world)
    home, (_, child) = family(world, "韦大", "韦小")
    where = done(client, home, "leave", person=str(child), how="leave")
    course = page_of(client, f"/household/{home}/course")
    act = where.partition("done=")[2]
    assert f"/undo?act={act}" in course
    assert "韦小" not in people_of(world, home)
    back = done(client, home, "undo", f"?act={act}", act=act)
    assert people_of(world, home) == ["韦大", "韦小"]
    done(client, home, "undo", f"?act={back.partition('done=')[2]}", act=back.partition("done=")[2])
    assert people_of(world, home) == ["韦大"]


def test_stale_acts_are_told_and_keep_what_was_typed(world: World) -> None:
    client, colleague = clerk(world), client_of(world.who["REVIEWER"])
    home, (_, child) = family(world, "韦大", "韦小")
    mine = form_of(
        client, f"/household/{home}/leave", person=str(child), how="marry-out", on=today().isoformat(), why="出嫁"
    )
    done(colleague, home, "enrol", ledger="易地搬迁", person="")
    answer = client.post(f"/household/{home}/leave", mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "易地搬迁" in page
    assert "出嫁" in page
    assert re.search(r'value="marry-out" checked', page)
    assert people_of(world, home) == ["韦大", "韦小"]
    again = mine | {"version": hidden(page, "version"), "once": hidden(page, "once")}
    assert client.post(f"/household/{home}/leave", again).status_code == 303


def test_a_household_is_registered_all_at_once(world: World) -> None:
    client = clerk(world)
    page = page_of(client, "/household/new")
    form = {
        "once": hidden(page, "once"), "rows": "3", "on": today().isoformat(), "area": "第1村", "address": "五组 <8> 号", "head": "1", "source": "申报",
        "m0-name": "韦新妻", "m0-sex": "女", "m0-relation": "配偶", "m1-name": "韦新户", "m1-id": IDS["韦大山"], "m1-born": "1990-01-01",
    }  # fmt: skip
    taken = client.post("/household/new", form)
    told = taken.content.decode()
    assert taken.status_code == 422
    assert 'id="f-m1-id-error"' in told
    assert 'value="韦新妻"' in told
    form["m1-id"] = ""
    first, second = (client.post("/household/new", form) for _ in range(2))
    assert first.status_code == second.status_code == 303
    assert "repeated" in second["Location"]
    home = int(first["Location"].split("/")[2].partition("?")[0])
    view = household(world.who["CLERK"], home, as_of=today())
    assert [(m.name, m.head) for m in view.members] == [("韦新户", True), ("韦新妻", False)]
    assert "&lt;8&gt;" in page_of(client, first["Location"])
    more = client.post("/household/new", form | {"more": "1"}).content.decode()
    assert 'name="m5-name"' in more
    assert 'value="韦新妻"' in more
    for wrong in (
        {"area": "没有的村"},
        {"area": ""},
        {"on": ""},
        {"m0-name": "", "m1-name": ""},
        {"area": "451228101201"},
    ):
        answer = client.post("/household/new", form | wrong | {"once": "other"})
        assert answer.status_code in (403, 422), wrong


def test_an_identity_number_tells_sex_and_birth_and_a_wrong_one_is_told_in_its_row(world: World) -> None:
    client = clerk(world)
    form = {
        "once": hidden(page_of(client, "/household/new"), "once"), "rows": "3", "on": today().isoformat(), "area": "第1村", "head": "0",
        "source": "申报", "m0-name": "O'Brien·\U00020bb7明", "m0-id": an_id("19610503", 31), "m1-name": "韦\U0002a6a5", "m1-relation": "配偶",
        "m1-id": an_id("19630812", 32), "m1-born": "1963-08-13",
    }  # fmt: skip
    wrong = form | {"m1-id": form["m1-id"][:-1] + ("1" if form["m1-id"][-1] != "1" else "2")}
    answer = client.post("/household/new", wrong)
    assert answer.status_code == 422
    assert 'id="f-m1-id-error"' in answer.content.decode()
    assert 'id="f-m0-id-error"' not in answer.content.decode()
    made = client.post("/household/new", form)
    assert made.status_code == 303
    home = int(made["Location"].split("/")[2].partition("?")[0])
    members = household(world.who["CLERK"], home, as_of=today()).members
    assert [m.name for m in members] == ["O'Brien·\U00020bb7明", "韦\U0002a6a5"]
    head, wife = (m.person for m in members)
    assert [value_of(world, home, name, head) for name in ("性别", "出生日期")] == ["男", "1961-05-03"]
    # What was written stands: an official who reads the paper knows better than the number.
    assert [value_of(world, home, name, wife) for name in ("性别", "出生日期")] == ["女", "1963-08-13"]


def test_of_whom_nothing_is_known_no_sum_is_made_up(world: World) -> None:
    client = clerk(world)
    form = {
        "once": hidden(page_of(client, "/household/new"), "once"), "rows": "3", "on": today().isoformat(), "area": "第1村", "head": "0",
        "source": "申报", "m0-name": "韦新来",
    }  # fmt: skip
    page = page_of(client, client.post("/household/new", form)["Location"])
    assert "每月合计" in page
    assert "还说不准" in page.split("每月合计")[1][:200]
    sums = [int(n.replace(",", "")) for n in re.findall(r"([0-9][0-9,]*)(?:\.\d\d)? 元", page)]
    assert max(sums, default=0) <= 100_000


@pytest.mark.parametrize(
    ("sums", "told"),
    [
        ((5_000, 5_000), "50 元"),
        ((0, 10_000_000), "0 元 – 100,000 元"),
        ((0, 10_000_001), "还说不准"),
        ((5_000, 10_005_001), "50 元 以上，还说不准"),
    ],
)
def test_bounds_that_are_too_far_apart_are_no_sum(sums: tuple[int, int], told: str) -> None:
    with translation.override("zh-hans"):
        assert between(sums) == told


def test_a_relation_is_told_in_the_readers_language_where_somebody_is_found(world: World) -> None:
    found = clerk(world, "en").post("/find", {"q": "韦大山"}).content.decode()
    line = found.split("<tbody>")[1].split("</tr>")[0]
    assert "head" in line
    assert "户主" not in line


def test_who_may_be_on_record_already_is_shown_while_one_types(world: World) -> None:
    client = clerk(world)
    typed = {"row": "m0-", "m0-name": "韦大山", "m0-id": IDS["韦大山"], "area": "第1村"}
    found = client.post("/household/entry", typed, headers=HX).content.decode()
    assert "可能已经登记在册" in found
    assert f'data-person="{world.person_here}"' in found
    assert not client.post("/household/entry", {"row": "m0-", "m0-name": "韦"}, headers=HX).content.strip()
    far = client.post(
        "/household/entry", typed | {"m0-name": "覃小花", "m0-id": IDS["覃小花"]}, headers=HX
    ).content.decode()
    assert f"/person/{world.person_there}" not in far
    assert "辖区以外" in far
    assert not Entry.objects.filter(zh__contains="韦大山").exists()


@pytest.mark.parametrize(
    "slug",
    [
        "leave",
        "split",
        "merge",
        "move",
        "enrol",
        "add-member",
        "change-head",
        "correct-membership",
        "correct-residence",
    ],
)
def test_an_empty_form_is_answered_and_changes_nothing(world: World, slug: str) -> None:
    client = clerk(world)
    acts = Act.objects.count()
    answer = client.post(f"/household/{world.here}/{slug}", {"once": "x"})
    assert answer.status_code == 422
    assert (
        client.post(
            f"/household/{world.here}/{slug}", {"on": "昨天", "person": "-1", "version": "a"}, headers=HX
        ).status_code
        == 200
    )
    assert Act.objects.count() == acts


def known_by(world: World, who: int) -> tuple[str, list[tuple[str, str]]]:
    """Name and standing numbers, masked, as of today."""
    view = person(world.who["CLERK"], who, as_of=today())
    return view.name, sorted((n.kind, n.shown) for n in view.numbers if n.until is None)


def test_names_and_numbers(world: World) -> None:
    client = clerk(world)
    home, (head, _) = family(world, "韦大", "韦小")
    done(client, home, "rename", f"?person={head}", person=str(head), name="韦大有")
    assert known_by(world, head)[0] == "韦大有"
    page = page_of(client, f"/person/{head}")
    assert "韦大</span>" in page, "the former name stays"
    where = done(client, home, "correct-name", f"?person={head}", person=str(head), name="韦大友", why="户口本写的是友")
    assert known_by(world, head)[0] == "韦大友"
    undone(client, home, where)
    assert known_by(world, head)[0] == "韦大有"

    done(client, home, "number", f"?person={head}", person=str(head), kind="phone", number="13812345678")
    ((_, phone),) = known_by(world, head)[1]
    assert phone.endswith("5678")
    old = re.search(r"drop-number\?identifier=(\d+)", page_of(client, f"/person/{head}"))
    assert old is not None
    done(client, home, "number", person=str(head), kind="phone", number="13912340000", replaces=old[1])
    ((_, phone),) = known_by(world, head)[1]
    assert phone.endswith("0000"), "instead of the other"
    new = re.search(r"correct-number\?identifier=(\d+)", page_of(client, f"/person/{head}"))
    assert new is not None
    done(client, home, "correct-number", identifier=new[1], number="13912341111", why="听错了")
    ((_, phone),) = known_by(world, head)[1]
    assert phone.endswith("1111")
    last = re.search(r"drop-number\?identifier=(\d+)", page_of(client, f"/person/{head}"))
    assert last is not None
    done(client, home, "drop-number", identifier=last[1])
    assert known_by(world, head)[1] == []


def test_a_number_that_cannot_be_is_refused_with_what_was_typed(world: World) -> None:
    client = clerk(world)
    home, (head,) = family(world, "韦大")
    form = form_of(client, f"/household/{home}/number", on=today().isoformat(), person=str(head), kind="id")
    wrong = client.post(f"/household/{home}/number", form | {"number": "990103199001011230"})
    assert wrong.status_code == 422
    assert "990103199001011230" in wrong.content.decode()
    taken = client.post(f"/household/{home}/number", form | {"number": IDS["韦大山"]})
    assert taken.status_code == 422
    assert "已登记在另一人名下" in taken.content.decode()
    assert known_by(world, head)[1] == []


def test_a_household_moves_by_the_name_of_a_place_that_is_another_offices(world: World) -> None:
    client = clerk(world)
    page = page_of(client, f"/household/{world.here}/move")
    form = {"once": hidden(page, "once"), "version": hidden(page, "version"), "on": today().isoformat()}
    nowhere = client.post(f"/household/{world.here}/move", form | {"area": "没有这个镇"})
    assert nowhere.status_code == 422
    assert "没有找到这个地方" in nowhere.content.decode()
    moved = client.post(f"/household/{world.here}/move", form | {"area": "大化镇 第1村"})
    assert moved.status_code == 303
    assert household(SYSTEM, world.here, as_of=today()).area == OTHER_VILLAGE
