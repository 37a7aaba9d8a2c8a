"""The text in force, to be read: programmes in words, formulas with links, standards through the years, clauses, worked cases, a made-up household."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise

import pytest

from doudi.packs.coverage import summary
from doudi.server.lib.refusals import NotAllowed, NotFound
from doudi.server.policybook.browse import Shelf, shelf
from doudi.server.policybook.browse import cases as worked
from doudi.server.policybook.browse.compare import compared
from doudi.server.policybook.browse.documents import document, documents, implements, measures
from doudi.server.policybook.browse.programmes import cards, groups, programme
from doudi.server.policybook.browse.search import find
from doudi.server.policybook.browse.standards import standard
from doudi.server.policybook.browse.terms import category, conflict, conflicts, derived, table, term
from doudi.server.policybook.browse.trying import trial, typed_of
from doudi.server.policybook.selectors import values
from tests.server.cast import COUNTY, PARTNER, POLICY
from tests.server.policybook.standards import DAY, published, value

ON = date(2026, 10, 1)
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(params=["zh", "en"])
def book(request: pytest.FixtureRequest, db: str) -> Shelf:
    return shelf(POLICY, ON, request.param)


def text(lines: object) -> str:
    return "\n".join("".join(p.text for p in line) for line in lines)  # type: ignore[attr-defined]


def test_it_is_for_those_who_may_read_policy(db: str) -> None:
    with pytest.raises(NotAllowed):
        shelf(PARTNER, ON, "zh")


def test_every_programme_is_told_in_words(book: Shelf) -> None:
    found = cards(book)
    assert len(found) == len(book.book.programmes)
    assert sum(len(own) for _, own in groups(found)) == len(found)
    for card in found:
        page = programme(book, card.ref.name)
        (now,) = [v for v in page.versions if v.now] or [page.versions[0]]
        assert now.conditions, card.ref.name
        assert all(c.text and text(c.lines) for c in now.conditions)
        assert bool(now.amount) == card.priced
        if book.lang == "en":
            assert not CHINESE.search(card.ref.text), card.ref.name
            assert not any(CHINESE.search(c.text) for c in now.conditions), card.ref.name


def test_names_in_a_formula_lead_to_their_pages(book: Shelf) -> None:
    page = programme(book, "低保")
    income = page.versions[0].conditions[2]
    refs = {p.ref.key for line in income.lines for p in line if p.ref}
    assert refs == {("term", "户", "人均月收入"), ("term", "户", "低保月标准")}
    assert text(income.lines).replace(" ", "") in (
        "人均月收入<低保月标准",
        "Monthlyincomeperhead<Monthlyminimumlivingstandardperhead",
    )
    assert next(line[0].text for line in page.versions[0].amount) in ("低保发放额", "Paid to the household")


def test_every_link_of_every_formula_leads_somewhere(book: Shelf) -> None:
    open_ = {
        "programme": programme,
        "standard": lambda s, n: standard(s, n, COUNTY),
        "table": table,
        "derived": derived,
        "conflict": conflict,
    }
    seen = set()
    for key, v in book.ruleset.variables.items():
        for line in book.formula(v.node, key[0]):
            seen |= {p.ref for p in line if p.ref is not None}
    assert {r.kind for r in seen} >= {"programme", "standard", "table", "term", "derived"}
    for ref in seen:
        if ref.kind == "term":
            assert term(book, ref.entity, ref.name).ref.name == ref.name
        else:
            open_[ref.kind](book, ref.name)
        assert "\ue000" not in ref.text


def test_who_uses_a_name_is_told(book: Shelf) -> None:
    income = term(book, "户", "人均月收入")
    assert {("programme", "", "低保"), ("programme", "", "低保边缘")} <= {u.key for u in income.users}
    born = term(book, "人", "出生日期")
    assert born.versions == ()
    assert born.users
    assert programme(book, "高龄津贴").standards
    assert {u.key for u in standard(book, "高龄津贴标准", COUNTY).users} == {("programme", "", "高龄津贴")}
    assert ("term", "人", "津贴年龄") in {u.key for u in term(book, "人", "出生日期").users}


def test_kinds_tables_conflicts_and_households_of_one(book: Shelf) -> None:
    kinds = category(book, "家庭类别")
    assert [v.zh for v in kinds.values][:2] == ["特困户", "低保户"]
    assert table(book, "成员").most == 30
    assert [c.kind for c in conflict(book, next(c.ref.name for c in conflicts(book)))]
    assert derived(book, "单人户").settles.kind == "programme"
    for wrong in (
        lambda: programme(book, "没有"),
        lambda: term(book, "户", "没有"),
        lambda: table(book, "户"),
        lambda: standard(book, "没有", ""),
    ):
        with pytest.raises(NotFound):
            wrong()


def test_a_replaced_rule_shows_its_dated_versions(book: Shelf) -> None:
    versions = programme(book, "高龄津贴").versions
    assert [(v.since, v.now) for v in versions] == [(date(2016, 6, 7), True), (None, False)]
    assert all(text(c.lines) for v in versions for c in v.conditions)


def test_a_standard_through_the_years(places: str) -> None:
    published()
    page = standard(shelf(POLICY, ON, "zh"), "低保标准", COUNTY)
    rural = [x for x in page.spans if x.key == "农村"]
    assert [x.number for x in rural if x.now] == [7200.0]
    for before, after in pairwise(rural):
        assert before.until is not None
        assert after.since is not None
        assert (after.since - before.until).days == 1
    for x in rural:
        if x.why == "found":
            assert value(x.since or date(2010, 1, 1)) == x.number
    new = next(x for x in rural if x.now)
    assert new.since == DAY
    assert new.cites[0].text.startswith("《大化县人民政府《大化县2026年农村低保标准》》")
    told = {(v.standard, v.key): v for v in values(POLICY, COUNTY, ON)}
    assert told["低保标准", "农村"].since == DAY


def test_what_nobody_has_said_and_what_is_stale(book: Shelf) -> None:
    spans = standard(book, "低保标准", COUNTY).spans
    assert [x.why for x in spans if x.since and x.since.year == 2029] == ["stale", "stale"]
    assert standard(book, "低保标准", "3502").spans == ()


def test_coverage_is_that_of_the_command(book: Shelf) -> None:
    listed = {d.short: d for d in documents(book)}
    for short, clauses in book.pack.clauses.items():
        page = document(book, short)
        assert page.summary == summary(clauses) == listed[short].summary
        states = [c.state for c in page.clauses]
        assert (states.count("done"), states.count("statement"), states.count("open")) == (
            page.summary.implemented, page.summary.statements, page.summary.open,
        )  # fmt: skip
    assert implements(book, book.ref("programme", "低保"))
    assert len(measures(book)) == len(book.pack.measures)


def test_worked_cases_come_out_as_they_say(book: Shelf) -> None:
    found = worked.cases(book, programme="高龄津贴")
    assert {c.pack for c in worked.cases(book)} >= {"national", "guangxi", "dahua", "demo"}
    assert found
    for card in found[:5]:
        page = worked.case(book, card.pack, card.name)
        assert page.expected
        assert [e for e in page.expected if e.got] == []
        assert page.card.why
        assert any(html.startswith("<div") for _, html in page.explained)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("高龄", "高龄津贴"),
        ("gaoling", "高龄津贴"),
        ("gljt", "高龄津贴"),
        ("old-age allowance", "高龄津贴"),
        ("Income per head", "人均月收入"),
    ],
)
def test_found_by_name_pinyin_initials_and_english(book: Shelf, typed: str, found: str) -> None:
    assert found in [r.name for r in find(book, typed)][:12]
    assert find(book, "  ") == []


def test_two_days_and_two_places(book: Shelf) -> None:
    then = shelf(POLICY, date(2016, 1, 1), book.lang)
    changed = compared(then, COUNTY, book, COUNTY)
    assert "低保边缘" in [c.ref.name for c in changed.programmes]
    rural = "rural" if book.lang == "en" else "农村"
    assert ("低保标准", rural) in [(c.ref.name, c.key) for c in changed.standards]
    assert compared(book, COUNTY, book, COUNTY).nothing
    elsewhere = compared(book, "3502", book, COUNTY)
    assert elsewhere.programmes == ()
    assert [c.before for c in elsewhere.standards if c.ref.name == "低保标准"] == ["", ""]
    assert "本地户籍" in [c.ref.name for c in elsewhere.regional]


def test_a_case_typed_in_answers_as_the_case_does(book: Shelf) -> None:
    card = next(c for c in worked.cases(book, programme="高龄津贴") if c.pack == "demo")
    case = next(c for p in worked.packs(book) if p.name == "demo" for c in p.cases if c.name == card.name)
    then = book.at(case.as_of)
    typed, people = typed_of(then, case.household)
    told = trial(then, "高龄津贴", typed, people, answer=True)
    assert told.wrong == ()
    wanted = {e.path: e.expected for e in case.expect if e.name == "高龄津贴" and e.asked == "outcome"}
    got = {(a.number,): a.outcome for a in told.answers}
    order = {r.id: n for n, r in enumerate(case.household.rows["人"], 1)}
    for path, outcome in wanted.items():
        assert got[(order[path[0]],)] == outcome


def test_what_is_not_known_is_asked_for_and_nothing_else_is_assumed(book: Shelf) -> None:
    empty = trial(book, "高龄津贴", {}, 1, answer=True)
    (answer,) = empty.answers
    assert answer.outcome == "无法判定"
    assert answer.missing
    assert any(a.wanted for x in empty.sections for a in x.asks)
    young = {"h:户籍地": "451229", "p1:户籍地": "451229", "p1:健在": "是", "p1:出生日期": "2000-01-01"}
    (answer,) = trial(book, "高龄津贴", young, 1, answer=True).answers
    assert answer.outcome == "不符合"
    assert answer.missing == ()


def test_what_cannot_be_read_is_said_at_its_field(book: Shelf) -> None:
    typed = {"p1:出生日期": "昨天", "p1:户籍地": "哪里", "h:城乡": "农村"}
    told = trial(book, "高龄津贴", typed, 1, answer=True)
    assert [a.field for a in told.wrong] == ["p1:出生日期", "p1:户籍地"]
    assert told.answers == ()
    assert next(a for a in told.sections[0].asks if a.field == "h:城乡").value == "农村"
