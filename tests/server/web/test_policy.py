"""Policy in the hands of its readers: every name opens, a household can be tried, nothing typed is kept, both languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import replace
from datetime import date
from html import unescape
from urllib.parse import quote, unquote

import pytest
from django.test import Client

from doudi.packs import Pack
from doudi.packs.case import Expectation
from doudi.server.audit.models import Entry
from doudi.server.policybook.browse import cases as worked
from doudi.server.policybook.browse import shelf
from tests.server.cast import CLERK, FAR_VILLAGE
from tests.server.web.world import FAST, World, client_of, made

LINK = re.compile(r'href="(/policy/[^"#]+)')


@pytest.fixture
def world(db: str) -> Iterator[World]:
    with FAST:
        yield made()


def text(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def test_every_link_of_a_programme_opens(world: World) -> None:
    client = client_of(world.who["CLERK"])
    page = text(client, f"/policy/programme?name={quote('低保')}")
    assert "给谁" in page
    links = {unescape(x) for x in LINK.findall(page)}
    assert {re.split(r"[?]", x)[0] for x in links} >= {
        "/policy/term",
        "/policy/standard",
        "/policy/cases",
        "/policy/try",
    }
    for link in sorted(links):
        assert client.get(link).status_code == 200, link


def test_found_by_initials_and_in_english(world: World) -> None:
    assert "高龄津贴" in text(client_of(world.who["CLERK"]), "/policy?q=gljt")
    english = text(client_of(world.who["CLERK"], "en"), "/policy?q=old-age")
    assert "Old-age allowance" in english
    assert "No such name" in text(client_of(world.who["CLERK"], "en"), "/policy?q=zzzz")


def test_the_day_and_the_place_go_along(world: World) -> None:
    client = client_of(world.who["CLERK"])
    page = text(client, "/policy?on=2016-01-01&area=3502")
    links = [unescape(x) for x in LINK.findall(page) if "programme" in x]
    assert links
    assert all("on=2016-01-01" in x and "area=3502" in x for x in links)
    assert "这一天没有施行" in page
    assert "没有数" in text(client, f"/policy/standard?name={quote('低保标准')}&area=3502")


@pytest.mark.parametrize("wrong", ["on=2016-13-01", "on=0001-01-01", "area=xx", "area=45122"])
def test_what_is_no_day_or_place_is_refused_in_words(world: World, wrong: str) -> None:
    page = text(client_of(world.who["CLERK"]), f"/policy?{wrong}", 422)
    assert "2024-07-01" in page or "区划代码" in page


@pytest.mark.parametrize(
    "path",
    [
        "programme?name=x",
        "term?of=户&name=x",
        "standard?name=",
        "document?name=x",
        "case?pack=demo&name=x",
        "try?name=",
    ],
)
def test_what_is_not_there_is_said_so(world: World, path: str) -> None:
    text(client_of(world.who["CLERK"]), f"/policy/{path}", 404)


def test_the_history_is_drawn(world: World) -> None:
    answer = client_of(world.who["CLERK"]).get(f"/policy/standard/chart.svg?name={quote('低保标准')}&area=451229")
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer.content.startswith(b"<svg")


def test_coverage_counts_and_filters(world: World) -> None:
    client = client_of(world.who["CLERK"])
    every, left = (text(client, f"/policy/document?name=DH{more}") for more in ("", "&state=open"))
    rows = [page.count('<tr id="') for page in (every, left)]
    book = shelf(CLERK, date(2026, 10, 1), "zh").pack.clauses["DH"].clauses
    assert rows == [len(book), sum(1 for c in book if not c.implemented_by and c.kind != "statement")]


def test_a_case_shows_its_arithmetic_and_what_the_rules_say_now(world: World) -> None:
    s = shelf(CLERK, date(2026, 10, 1), "zh")
    card = worked.cases(s, programme="高龄津贴")[0]
    client = client_of(world.who["CLERK"])
    page = text(client, f"/policy/case?pack={card.pack}&name={quote(card.name)}")
    assert card.why[:20] in unescape(page)
    assert "一致" in page
    filled = text(client, f"/policy/try?name={quote('高龄津贴')}&pack={card.pack}&case={quote(card.name)}")
    assert 'class="chip' in filled


def test_a_made_up_household_is_answered_and_kept_nowhere(world: World) -> None:
    client = client_of(world.who["CLERK"])
    path = f"/policy/try?name={quote('高龄津贴')}&on=2026-10-01"
    before = Entry.objects.count()
    young = {"people": "1", "h:户籍地": "451229", "p1:户籍地": "451229", "p1:健在": "是", "p1:出生日期": "2000-01-01"}
    page = client.post(path, young).content.decode()
    assert "不符合" in page
    assert 'value="2000-01-01"' in page
    two = client.post(path, {**young, "add": "1"}).content.decode()
    assert 'name="p2:出生日期"' in two
    assert 'value="2000-01-01"' in two
    wrong = client.post(path, {**young, "p1:出生日期": "昨天"})
    assert wrong.status_code == 422
    assert "昨天" in wrong.content.decode()
    assert Entry.objects.count() == before


def test_one_of_my_own_households_is_tried_and_the_looking_is_on_record(world: World) -> None:
    client = client_of(world.who["CLERK"])
    path = f"/policy/try/household?name={quote('低保')}&on=2024-07-01"
    found = client.post(path, {"q": "韦大山"}).content.decode()
    assert f"household={world.here}" in found
    assert "覃小花" not in client.post(path, {"q": "覃小花"}).content.decode().replace('value="覃小花"', "")
    before = Entry.objects.filter(verb="decisions.seen").count()
    page = text(client, f"{path}&household={world.here}")
    assert "还缺" in page
    assert Entry.objects.filter(verb="decisions.seen").count() == before + 1
    text(client, f"{path}&household={world.there}", 404)
    assert FAR_VILLAGE not in page


def test_two_days_compared(world: World) -> None:
    page = text(client_of(world.who["CLERK"]), "/policy/compare?on2=2016-01-01&on=2026-10-01")
    assert "低保标准" in page
    assert "没有生效的版本" in page
    assert "没有不同" in text(client_of(world.who["CLERK"]), "/policy/compare?on2=2026-10-01&on=2026-10-01")


def test_names_that_look_like_markup_stay_text(world: World) -> None:
    page = text(client_of(world.who["CLERK"]), "/policy?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in page


def test_the_other_packs_can_be_read_too(world: World) -> None:
    """What the documents of other places rule is there to be looked at; nobody is decided by it."""
    client = client_of(world.who["CLERK"])
    page = text(client, "/policy?pack=xiamen&on=2017-01-01")
    assert "这里不按它认定" in page
    link = next(unescape(x) for x in LINK.findall(page) if "高龄津贴" in unquote(unescape(x)))
    assert "pack=xiamen" in link
    text(client, link)
    old = text(client, f"/policy/standard?name={quote('高龄津贴标准')}&pack=xiamen&on=2017-01-01")
    assert "1,100.00 元" in old
    assert "1,100.00 元" not in text(client, f"/policy/standard?name={quote('高龄津贴标准')}&on=2017-01-01")
    assert "这里不按它认定" not in text(client, "/policy?pack=../../etc")
    tried = text(client, f"/policy/try/household?name={quote('低保')}&household={world.here}&on=2024-07-01&pack=xiamen")
    assert "结论" in tried


def spoilt(pack: Pack, wrong: Callable[[Expectation], Expectation]) -> Pack:
    """The pack with other expectations in its cases."""
    found = copy(pack)
    found.__dict__["cases"] = tuple(replace(c, expect=tuple(map(wrong, c.expect))) for c in pack.cases)
    return found


def test_a_case_that_comes_out_otherwise_says_what_came_out_in_the_readers_language(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is asked: every expectation of some cases made wrong."""
    untrue: dict[str, str | tuple[int, int] | frozenset[str]] = {
        "outcome": "x",
        "granted": "x",
        "value": (-1, -1),
        "missing": frozenset({"人.x"}),
    }

    def wrong(e: Expectation) -> Expectation:
        return replace(e, expected=untrue[e.asked])

    packs = worked.packs(shelf(CLERK, date(2026, 10, 1), "zh"))
    otherwise = tuple(spoilt(p, wrong) for p in packs)
    monkeypatch.setattr(worked, "packs", lambda _: otherwise)
    monkeypatch.setattr(worked, "_wanted", lambda *_: "")
    every = [(p.name, c) for p in otherwise for c in p.cases]
    few = {(e.asked, bool(e.derived)): (pack, c) for pack, c in every for e in c.expect}
    assert {asked for asked, _ in few} == untrue.keys()
    for pack, c in few.values():
        zh, en = (worked.case(shelf(CLERK, date(2026, 10, 1), lang), pack, c.name) for lang in ("zh", "en"))
        for e, ours, theirs in zip(c.expect, zh.expected, en.expected, strict=True):
            assert ours.got, (c.name, e)
            assert theirs.got, (c.name, e)
            assert not re.search(r"[\u3400-\u9fff]", theirs.got), (c.name, e.name, theirs.got)


def test_a_case_that_comes_out_otherwise_is_shown_in_english(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    pack = worked.packs(shelf(CLERK, date(2026, 10, 1), "zh"))[0]
    found = next(c for c in pack.cases if any(e.asked == "granted" and e.expected == "是" for e in c.expect))
    otherwise = spoilt(pack, lambda e: replace(e, expected="否") if e.asked == "granted" else e)
    monkeypatch.setattr(worked, "packs", lambda _: (otherwise,))
    path = f"/policy/case?pack={quote(pack.name)}&name={quote(found.name)}"
    assert '<span aria-hidden="true">✗</span> yes' in text(client_of(world.who["CLERK"], "en"), path)
    assert '<span aria-hidden="true">✗</span> 是' in text(client_of(world.who["CLERK"]), path)
