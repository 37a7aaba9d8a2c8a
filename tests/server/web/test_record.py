"""The household's and the person's page: the story, facts stated in place with what would follow, acts; nothing twice, nothing lost, nothing unasked."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from doudi.server.audit.models import Entry
from doudi.server.decisions.selectors import decide
from doudi.server.lib.refusals import Refused
from doudi.server.policybook.selectors import policy
from doudi.server.registry import actions
from doudi.server.registry.actions import NewMember, NewStatement
from doudi.server.registry.checks import HOUSEHOLD
from doudi.server.registry.models import Act, Statement
from doudi.server.registry.selectors import facts_of, household
from doudi.server.web.signed_in import today
from tests.server.cast import NEXT_VILLAGE, VILLAGE_CODE
from tests.server.exchange.ledgers import IDS
from tests.server.web.world import FAST, ON, World, client_of, made

HX = {"HX-Request": "true"}
SAID = {"健在": True, "劳动能力": "有劳动能力", "性别": "男", "出生日期": "1980-05-01"}


@pytest.fixture
def world(db: str) -> World:
    with FAST:
        return made()


def clerk(world: World, language: str = "zh-hans") -> Client:
    return client_of(world.who["CLERK"], language)


def page_of(client: Client, path: str, status: int = 200, *, part: bool = False) -> str:
    answer = client.get(path, headers=HX if part else None)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def hidden(page: str, name: str) -> str:
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def form_of(client: Client, path: str, **typed: str) -> dict[str, str]:
    """The form of an act or a fact, with its own key and the version that was seen, and what is typed."""
    page = page_of(client, path)
    return {"once": hidden(page, "once"), "version": hidden(page, "version"), **typed}


def fact(client: Client, home: int, name: str, value: str, of: int | None = None, **more: str) -> dict[str, str]:
    query = f"name={name}" + (f"&of={of}" if of else "")
    who = {"of": str(of)} if of else {}
    form = form_of(
        client, f"/household/{home}/fact?{query}", name=name, value=value, since=ON.isoformat(), source="核对", **who
    )
    return form | more


def value_of(world: World, home: int, name: str, of: int | None = None) -> Any:
    facts = facts_of(world.who["CLERK"], home, as_of=today())
    resolved = facts.facts if of is None else next(m.facts for m in facts.members if m.person == of)
    return resolved.plain().get(name)


def value_of_table(world: World, home: int, name: str) -> Any:
    return facts_of(world.who["CLERK"], home, as_of=today()).facts.plain_tables().get(name)


def people_of(world: World, home: int) -> list[str]:
    return [m.name for m in household(world.who["CLERK"], home, as_of=today()).members]


def family(world: World, *names: str) -> tuple[int, tuple[int, ...]]:
    said = NewStatement("导入", SAID)
    members = [NewMember(n, "户主" if i == 0 else "子女", head=i == 0, statements=(said,)) for i, n in enumerate(names)]
    done = actions.register_household(by=world.who["CLERK"], area=VILLAGE_CODE, members=members, on=ON)
    assert done.household is not None
    return done.household, done.people


# -- the story ------------------------------------------------------------------------------------------------------------


def test_the_page_tells_who_what_and_why(world: World) -> None:
    client = clerk(world)
    page = page_of(client, f"/household/{world.here}")
    assert "韦大山" in page
    assert "岩滩镇 第1村" in page
    assert IDS["韦大山"] not in page
    assert "还不清楚什么" in page
    why = page_of(client, f"/household/{world.here}/why?programme=低保", part=True)
    assert "<html" not in why
    assert "缺少" in why
    whole = page_of(client, f"/household/{world.here}/why?programme=低保")
    assert "<html" in whole
    assert page_of(client, f"/household/{world.here}/why?programme=没有", 404)
    course = page_of(client, f"/household/{world.here}/course", part=True)
    assert "登记了本户" in course
    assert "经过" in course


def test_in_english_nothing_of_ours_is_chinese(world: World) -> None:
    client = clerk(world, "en")
    for path in ("", "/course", "/facts", "/refused", "/fact?name=城乡", "/leave", "/add-member"):
        page = page_of(client, f"/household/{world.here}{path}").split("<main", 1)[1]
        page = re.sub(r"<(\w+)[^>]*lang=\"zh-CN\"[^>]*>.*?</\1>", "", page, flags=re.S)
        told = re.sub(r"<[^>]+>", " ", page)
        assert not re.findall(r"[一-鿿]+", told.replace("韦大山", "")), (path, re.findall(r"[一-鿿]+", told))


@pytest.mark.parametrize("name", ["Jean O'Brien", "𠮷𠀀𪚥", "阿卜杜热合曼·买买提"])
def test_odd_names_look_right(world: World, name: str) -> None:
    home, (person, *_) = family(world, name)
    client = clerk(world)
    for path in (f"/household/{home}", f"/person/{person}", f"/household/{home}/leave"):
        assert name.replace("'", "&#x27;") in page_of(client, path)


def test_twenty_people_are_no_slower_and_no_heavier(world: World) -> None:
    home, _ = family(world, *(f"韦{c}" for c in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"))
    client = clerk(world)
    client.get(f"/household/{world.here}")
    for path in ("", "/course", "/facts", "/leave"):
        with CaptureQueriesContext(connection) as asked:
            page = page_of(client, f"/household/{home}{path}")
        assert len(asked) <= 25, path
        assert len(page.encode()) < 150_000, path


def test_a_household_of_nobody(world: World) -> None:
    home, (person,) = family(world, "韦独")
    actions.leave(by=world.who["CLERK"], person=person, on=ON + timedelta(days=9))
    client = clerk(world)
    page = page_of(client, f"/household/{home}")
    assert "没有人属于这一户了" in page
    assert "leave" not in page
    assert "add-member" in page
    page_of(client, f"/household/{home}/course")
    page_of(client, f"/household/{home}/add-member")
    assert "不属于任何家庭" not in page_of(client, f"/person/{person}")


def test_as_we_knew_it_then(world: World) -> None:
    client = clerk(world)
    before = Act.objects.order_by("-recorded_at")[0].recorded_at
    client.post(f"/household/{world.here}/fact", fact(client, world.here, "城乡", "城市"))
    now = page_of(client, f"/household/{world.here}/facts")
    assert "城市" in now
    then = page_of(client, f"/household/{world.here}/facts?knowing={before:%Y-%m-%dT%H:%M:%S.%fZ}")
    assert "城市" not in then
    page = page_of(client, f"/household/{world.here}?knowing={before:%Y-%m-%dT%H:%M:%S.%fZ}")
    assert "在这里不能办理" in page
    assert "/add-member" not in page
    assert page_of(client, f"/household/{world.here}?as_of=2020-01-01")


# -- facts stated where they stand ------------------------------------------------------------------------------------------


def test_while_it_is_typed_the_decision_is_shown_and_nothing_is_kept(world: World) -> None:
    client = clerk(world)
    home, (person, *_) = family(world, "韦残", "韦小残")
    form = fact(client, home, "共同生活", "no", of=person)
    kept = (Act.objects.count(), Statement.objects.count())
    answer = client.post(f"/household/{home}/preview", form, headers=HX)
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "判定不变" in shown or "现在" in shown
    changed = client.post(
        f"/household/{home}/preview", {**form, "name": "劳动能力", "value": "力大无穷"}, headers=HX
    ).content.decode()
    assert "没有“力大无穷”这一项" in changed
    for wrong in ({"since": ""}, {"value": ""}, {"source": "道听途说"}):
        assert client.post(f"/household/{home}/preview", form | wrong, headers=HX).status_code == 200
    assert (Act.objects.count(), Statement.objects.count()) == kept
    assert Entry.objects.filter(verb="decisions.previewed", household=home).exists()


def test_before_and_after_are_what_the_rules_say(world: World) -> None:
    """Somebody is eighty: the page shows the allowance as granted, and it is, once it is stated."""
    home, (person, *_) = family(world, "韦寿")
    client = clerk(world)
    form = fact(client, home, "出生日期", "1930-01-01", of=person)
    shown = client.post(f"/household/{home}/preview", form, headers=HX).content.decode()
    assert 'class="turned"' in shown
    kept = decide(world.who["CLERK"], home, as_of=today())
    assert client.post(f"/household/{home}/fact", form).status_code == 303
    assert value_of(world, home, "出生日期", person) == "1930-01-01"
    after = decide(world.who["CLERK"], home, as_of=today())
    told = {t.strip(" ·") for t in re.findall(r'<tr class="turned"><th scope="row">([^<]+)', shown)} - {
        "类别",
        "每月合计",
    }
    was, now = ({(o.programme, o.path): (o.granted, o.paid) for o in d.outcomes} for d in (kept, after))
    assert told == {programme for (programme, path), answer in now.items() if was[programme, path] != answer}
    # Said once more it changes nothing.
    assert "判定不变" in client.post(f"/household/{home}/preview", form, headers=HX).content.decode()


def test_what_is_saved_can_be_undone(world: World) -> None:
    client = clerk(world)
    answer = client.post(f"/household/{world.here}/fact", fact(client, world.here, "城乡", "农村"))
    assert answer.status_code == 303
    assert value_of(world, world.here, "城乡") == "农村"
    page = page_of(client, answer["Location"])
    assert "撤销" in page
    undone = client.post(f"/household/{world.here}/undo", {"once": "k", "act": hidden(page, "act")})
    assert undone.status_code == 303
    assert value_of(world, world.here, "城乡") is None
    again = client.post(f"/household/{world.here}/undo", {"once": "k2", "act": hidden(page, "act")})
    assert again.status_code == 422
    assert "已被撤销" in again.content.decode()


def test_sent_twice_it_is_done_once(world: World) -> None:
    client = clerk(world)
    form = fact(client, world.here, "城乡", "农村")
    first, second = (client.post(f"/household/{world.here}/fact", form) for _ in range(2))
    assert first.status_code == second.status_code == 303
    assert "repeated" in second["Location"]
    assert Act.objects.filter(kind="state").count() == 1
    # Back in the browser, and another value: that is no repetition, and the household has changed since.
    other = client.post(f"/household/{world.here}/fact", form | {"value": "城市"})
    assert other.status_code == 409
    assert value_of(world, world.here, "城乡") == "农村"


def test_two_windows_the_later_is_told_and_keeps_what_was_typed(world: World) -> None:
    client, colleague = clerk(world), client_of(world.who["REVIEWER"])
    mine = fact(client, world.here, "申请日期", "2026-03-04", evidence="申请书 12 号")
    assert (
        colleague.post(f"/household/{world.here}/fact", fact(colleague, world.here, "城乡", "农村")).status_code == 303
    )
    answer = client.post(f"/household/{world.here}/fact", mine)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "已被改动" in page
    assert "覃审" in page
    assert 'value="2026-03-04"' in page
    assert "申请书 12 号" in page
    told = page[page.index('class="notice bad"') : page.index("您填写的内容都在下面")]
    assert "本户" in told, "the household is named as who reads knows it"
    assert "stated" not in told, "in one language"
    assert value_of(world, world.here, "申请日期") is None
    client.post("/language", {"language": "en", "next": "/"})
    english = client.post(f"/household/{world.here}/fact", mine).content.decode()
    told = english[english.index('class="notice bad"') : english.index("What you typed is all below")]
    assert "this household" in told
    assert "户#" not in told
    assert "登记" not in told
    client.post("/language", {"language": "zh-hans", "next": "/"})
    now = mine | {"version": hidden(page, "version"), "once": hidden(page, "once")}
    assert client.post(f"/household/{world.here}/fact", now).status_code == 303
    assert value_of(world, world.here, "申请日期") == "2026-03-04"
    assert value_of(world, world.here, "城乡") == "农村"


def test_what_is_wrong_is_told_at_the_field_and_kept(world: World) -> None:
    client = clerk(world)
    form = fact(client, world.here, "申请日期", "1850-01-01", evidence="申请书")
    answer = client.post(f"/household/{world.here}/fact", form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="f-value-error"' in page
    assert "申请书" in page
    rows = form_of(client, f"/household/{world.here}/fact?name=财产", name="财产", since=ON.isoformat(), source="核对")
    wrong = client.post(
        f"/household/{world.here}/fact", rows | {"r0-种类": "住房", "r0-价值": "12.345", "complete": "all"}
    )
    assert wrong.status_code == 422
    assert 'value="12.345"' in wrong.content.decode()
    right = client.post(
        f"/household/{world.here}/fact", rows | {"r0-种类": "住房", "r0-价值": "120,000.50", "complete": "all"}
    )
    assert right.status_code == 303
    table = facts_of(world.who["CLERK"], world.here, as_of=today()).facts.plain_tables()["财产"]
    assert table == {"rows": [{"种类": "住房", "价值": 12_000_050}], "complete": True}
    more = client.post(f"/household/{world.here}/fact", rows | {"r0-种类": "住房", "more": "1"}).content.decode()
    assert more.count('name="r3-') == 2
    assert re.search(r'<option value="住房" selected>', more)


def test_not_known_and_bounds_can_be_stated(world: World) -> None:
    client = clerk(world)
    assert client.post(f"/household/{world.here}/fact", fact(client, world.here, "城乡", "?")).status_code == 303
    facts = facts_of(world.who["CLERK"], world.here, as_of=today()).facts
    assert facts.values["城乡"].value is None
    person = world.person_here
    form = fact(client, world.here, "自理丧失项数", "", of=person) | {"lo": "2", "hi": "3"}
    assert client.post(f"/household/{world.here}/fact", form).status_code == 303
    assert value_of(world, world.here, "自理丧失项数", person) == {"lo": 2, "hi": 3}
    page = page_of(client, f"/household/{world.here}/facts?of={person}")
    assert "在 2 项 与 3 项 之间" in page


def test_a_weaker_word_is_told_that_it_does_not_count_and_rivals_stand_side_by_side(world: World) -> None:
    client = clerk(world)
    client.post(f"/household/{world.here}/fact", fact(client, world.here, "城乡", "农村"))
    weak = fact(client, world.here, "城乡", "城市", source="申报")
    assert "不会采用" in client.post(f"/household/{world.here}/preview", weak, headers=HX).content.decode()
    rival = fact(client, world.here, "城乡", "城市")
    assert "说法不一" in client.post(f"/household/{world.here}/preview", rival, headers=HX).content.decode()
    assert client.post(f"/household/{world.here}/fact", rival).status_code == 303
    page = page_of(client, f"/household/{world.here}/facts")
    assert "rivals" in page
    both = page.split('class="two rivals"')[1][:3000]
    assert "农村" in both
    assert "城市" in both


def test_ones_own_slip_of_today_is_put_right_and_leaves_no_second_word(world: World) -> None:
    client = clerk(world)
    wrong = form_of(client, f"/household/{world.here}/fact?name=财产", name="财产", since=ON.isoformat(), source="核对")
    rows = {"r0-种类": "住房", "r0-价值": "60000", "complete": "all"}
    assert client.post(f"/household/{world.here}/fact", wrong | rows).status_code == 303
    page = page_of(client, f"/household/{world.here}/fact?name=财产")
    assert re.search(r'<input[^>]*name="instead"[^>]*checked', page)
    assert f'value="{ON.isoformat()}"' in page
    assert re.search(r'<option value="核对" selected>', page)
    right = (
        wrong
        | rows
        | {"once": hidden(page, "once"), "version": hidden(page, "version"), "r0-价值": "66000", "instead": "on"}
    )
    tried = client.post(f"/household/{world.here}/preview", right, headers=HX).content.decode()
    assert "说法不一" not in tried
    # A colleague's word is no slip of one's own.
    other = page_of(client_of(world.who["REVIEWER"]), f"/household/{world.here}/fact?name=财产")
    assert 'name="instead"' not in other
    done = client.post(f"/household/{world.here}/fact", right)
    assert done.status_code == 303
    table = value_of_table(world, world.here, "财产")
    assert table == {"rows": [{"种类": "住房", "价值": 6_600_000}], "complete": True}
    # What another source says stands beside it, ticked or not; taken back, the earlier word stands again.
    page = page_of(client, f"/household/{world.here}/fact?name=财产")
    said = right | {
        "once": hidden(page, "once"),
        "version": hidden(page, "version"),
        "r0-价值": "70000",
        "source": "申报",
    }
    assert "不会采用" in client.post(f"/household/{world.here}/preview", said, headers=HX).content.decode()
    undo = {"once": "back", "act": hidden(page_of(client, done["Location"]), "act")}
    undone = client.post(f"/household/{world.here}/undo", undo)
    assert undone.status_code == 303
    assert value_of_table(world, world.here, "财产") == {
        "rows": [{"种类": "住房", "价值": 6_000_000}],
        "complete": True,
    }


def test_rows_on_which_words_disagree_are_not_typed_again(world: World) -> None:
    client = clerk(world)
    for value in ("60000", "66000"):
        form = form_of(
            client, f"/household/{world.here}/fact?name=财产", name="财产", since=ON.isoformat(), source="核对"
        )
        rows = {"r0-种类": "住房", "r0-价值": value, "complete": "all"}
        assert client.post(f"/household/{world.here}/fact", form | rows).status_code == 303
    assert value_of_table(world, world.here, "财产") is None
    page = page_of(client, f"/household/{world.here}/fact?name=财产")
    assert re.search(r'name="r0-价值"[^>]*value="66000(.00)?"', page)


def test_nobody_elses_word_and_no_older_one_is_a_slip(world: World) -> None:
    who, home = world.who, world.here
    row = actions.state(by=who["REVIEWER"], source="核对", on=ON, household=home, values={"城乡": "农村"}).row
    both = actions.state(
        by=who["CLERK"], source="核对", on=ON, household=home, values={"城乡": "农村", "申请日期": "2024-05-01"}
    ).row
    for statement in (row, both):
        with pytest.raises(Refused) as refused:
            actions.state(
                by=who["CLERK"], source="核对", on=ON, household=home, values={"城乡": "城市"}, instead_of=statement
            )
        assert refused.value.code == "not-ones-slip"
    assert value_of(world, home, "城乡") == "农村"


def test_no_fact_that_the_pack_does_not_have(world: World) -> None:
    client = clerk(world)
    for query in ("name=没有", f"name=重病&of={world.person_there}", "name=重病", ""):
        assert client.get(f"/household/{world.here}/fact?{query}").status_code == 404
    assert client.post(f"/household/{world.there}/preview", {"name": "城乡"}).status_code == 404


# -- who may ----------------------------------------------------------------------------------------------------------------


def test_only_what_one_may_is_offered(world: World) -> None:
    offered = page_of(client_of(world.who["VILLAGE"]), f"/household/{world.here}")
    assert "/add-member" in offered
    assert "/number/" not in offered
    assert "/correct?" not in offered
    looks = page_of(client_of(world.who["OBSERVER"]), f"/household/{world.here}")
    assert "/add-member" not in looks
    assert "/fact?" not in looks
    observer = client_of(world.who["OBSERVER"])
    for path in ("add-member", "leave", "fact", "preview", "undo", "move"):
        assert observer.post(f"/household/{world.here}/{path}", {"name": "城乡"}).status_code == 403


def test_a_number_is_shown_for_a_reason_that_is_on_record(world: World) -> None:
    client = clerk(world)
    page = page_of(client, f"/person/{world.person_here}")
    found = re.search(r'href="/number/(\d+)"', page)
    assert found
    path = f"/number/{found[1]}"
    assert IDS["韦大山"] not in page_of(client, path)
    none = client.post(path, {"why": " "})
    assert none.status_code == 422
    assert IDS["韦大山"] not in none.content.decode()
    shown = client.post(path, {"why": "核对社保卡"}, headers=HX)
    assert IDS["韦大山"] in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    entry = Entry.objects.get(verb="registry.reveal")
    assert (entry.person, entry.why) == (world.person_here, "核对社保卡")


def test_what_is_on_record_of_looking(world: World) -> None:
    before = Entry.objects.count()
    client = clerk(world)
    page_of(client, f"/household/{world.here}")
    page_of(client, f"/household/{world.here}/course")
    page_of(client, f"/person/{world.person_here}")
    new = Entry.objects.order_by("seq")[before:]
    assert [e.verb for e in new] == ["registry.see-household", "registry.see-household", "registry.see-person"]


def test_nothing_on_the_pages_that_the_policy_forbids(world: World) -> None:
    client = clerk(world)
    for path in ("", "/course", "/facts", "/fact?name=财产", "/add-member", "/split"):
        page = page_of(client, f"/household/{world.here}{path}")
        assert not re.search(r"<script(?! src)|<style| style=| on\w+=", page), path
    register = page_of(client, "/household/new")
    assert not re.search(r"<script(?! src)|<style| style=| on\w+=", register)


def test_people_move_between_pages(world: World) -> None:
    client = clerk(world)
    home, (head, child) = family(world, "韦大", "韦小")
    move = form_of(client, f"/household/{home}/move", area="第2村", on=today().isoformat(), address="二组")
    assert client.post(f"/household/{home}/move", move).status_code == 303
    assert household(world.who["CLERK"], home, as_of=today()).area == NEXT_VILLAGE
    page = page_of(client, f"/person/{child}")
    assert f"/household/{home}" in page
    assert f"/person/{head}" in page_of(client, f"/household/{home}")


def much_done(world: World) -> None:
    """Acts whose sentences name ledgers, facts, tables, sources and kinds of numbers."""
    by, home, person = world.who["CLERK"], world.here, world.person_here
    later = ON + timedelta(days=1)
    for x in policy(today()).ledgers:
        whose = (home, None) if x.of == HOUSEHOLD else (None, person)
        row = actions.enrol(by=by, ledger=x.code, on=ON, household=whose[0], person=whose[1]).row
        assert row is not None
        actions.strike(by=by, enrolment=row, on=later)
    actions.state(by=by, source="核对", on=ON, household=home, values={"城乡": "农村"})
    rows = {"complete": True, "rows": [{"种类": "工资", "金额": 300_000, "日期": "2024-05-01", "评估": False}]}
    told = actions.state(
        by=by, source="申报", on=ON, person=person, values={"劳动能力": "有劳动能力"}, tables={"收入": rows}
    )
    assert told.row is not None
    actions.withdraw(by=by, statement=told.row, why="说错了", on=later)
    number = actions.identify(by=by, person=person, kind="phone", number="13800138000", on=ON)
    assert number.row is not None
    actions.drop_identifier(by=by, identifier=number.row, on=later)


def test_in_english_what_happened_has_english_names(world: World) -> None:
    much_done(world)
    client = clerk(world, "en")
    for path in (f"/household/{world.here}/course", f"/person/{world.person_here}"):
        page = page_of(client, path).split("What happened", 1)[1].split("</ol>")[0]
        page = re.sub(r"<(\w+)[^>]*lang=\"zh-CN\"[^>]*>.*?</\1>", "", page, flags=re.S)
        told = re.sub(r"<[^>]+>", " ", page).replace("韦大山", "")
        assert not re.findall(r"[一-鿿]+", told), (path, re.findall(r"[一-鿿]+", told))
        assert "Phone" in told
        assert policy(today()).names.variable("人", "劳动能力").en in told
    for x in policy(today()).ledgers:
        assert f"“{x.en}”" in page_of(client, f"/household/{world.here}/course"), x.code


def test_in_chinese_what_happened_has_chinese_names(world: World) -> None:
    much_done(world)
    page = page_of(clerk(world), f"/household/{world.here}/course")
    assert "记录对韦大山的说明（申报）：劳动能力、收入" in page
    assert "登记韦大山的号码（电话）" in page
    for x in policy(today()).ledgers:
        assert f"“{x.zh}”台账" in page, x.code
