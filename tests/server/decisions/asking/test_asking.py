"""Asking: what still matters is asked, what is withheld stays unknown, what was said stays said, and a link is read back or refused."""

from __future__ import annotations

import base64
import json
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doudi.server.decisions.asking import Answers, Told, find_ask, read, reply, results, stand, write
from doudi.server.decisions.asking.told import everything
from doudi.server.lib.refusals import Refused
from tests.server.decisions.asking.families import PACKS, CannotBeSaid, Family, cases_of, policy_of, sayable, told_of

DAY = date(2026, 11, 22)
POLICY = policy_of("demo")
ADD = {"act": ["add"], "way": ["0"]}


def told(*forms: tuple[str, dict[str, list[str]]], to: Answers | None = None) -> Answers:
    """The answers after these replies, each to the question of that id."""
    answers = to or Answers()
    for wanted, form in forms:
        ask = find_ask(POLICY, answers, wanted)
        assert ask is not None, wanted
        answers, wrong, _ = reply(POLICY, DAY, answers, ask, form)
        assert not wrong, wrong
    return answers


def someone(relation: str, year: int) -> tuple[str, dict[str, list[str]]]:
    return "户.人@", {**ADD, "关系": [relation], "出生日期-y": [str(year)], "出生日期-m": ["3"], "出生日期-d": ["4"]}


START = (
    ("户.户籍地@", {"v": ["451229103"]}), ("户.城乡@", {"v": ["农村"]}), ("户.居住地@", {"v": ["451229103"]}),
    someone("户主", 1980), someone("配偶", 1982), someone("子女", 2015), ("户.人@", {"act": ["done"]}),
)  # fmt: skip


def asked(answers: Answers) -> list[str]:
    return [a.id for a in stand(POLICY, DAY, answers).asks]


def test_the_place_is_asked_first_and_only_what_can_still_matter() -> None:
    assert asked(Answers())[:3] == ["户.户籍地@", "户.城乡@", "户.居住地@"]
    here = asked(told(*START))
    assert "人.收入" in here
    assert "人.死亡日期@1" not in here, "nobody has died"
    cared_for = told(*START, ("人.父亲状况", {"none": ["1"], "among": ["3"]}))
    assert not {"人.母亲状况", "人.机构养育"} & set(asked(cared_for)), "asked only of a child whose father is not there"
    elsewhere = asked(told(("户.户籍地@", {"v": ["350203"]}), *START[1:]))
    assert len(elsewhere) < len(here), "most help is for those registered here"


def test_children_and_grown_ups_are_asked_other_things() -> None:
    ask = next(a for a in stand(POLICY, DAY, told(*START)).asks if a.id == "人.父亲状况")
    assert ask.among == ((3,),), "only the child's father is asked about"


def test_what_is_declined_is_not_asked_again_and_stays_unknown() -> None:
    answers = told(*START, ("人.收入", {"act": ["skip"], "among": ["1", "2", "3"]}))
    assert not any(a.startswith(("人.收入", "收入.")) and "无法核实" not in a for a in asked(answers))
    income = next(r for r in results(stand(POLICY, DAY, answers)) if r.programme == "低保")
    assert income.state == "open"
    assert any(w.id == "人.收入" and w.declined for line in income.lines for w in line.wanted)


@pytest.mark.parametrize("name", PACKS)
def test_withheld_answers_never_turn_into_a_payment(name: str) -> None:
    """Every question of the way is declined in turn, the others answered truly: whoever is then granted anything is granted it with everything
    said, and never less than the sum named now."""
    policy = policy_of(name)
    for case in cases_of(name)[7::90]:
        try:
            facts = sayable(policy, case.as_of, case.household)
            whole = Family(policy, case.as_of, facts).interviewed()
        except CannotBeSaid:
            continue
        best = {(o.programme, o.path): o for o in stand(policy, case.as_of, whole).decision.programmes}
        for wanted in whole.trail[::7]:
            answers = silent_about(wanted, Family(policy, case.as_of, facts))
            for o in stand(policy, case.as_of, answers).decision.programmes:
                truly = best.get((o.programme, o.path))
                if o.granted == "是" and truly is not None:
                    assert truly.granted == "是", (case.name, wanted, o.programme)
                    if o.paid is not None and truly.paid is not None:
                        assert o.paid[0] <= truly.paid[1], (case.name, wanted, o.programme)


def silent_about(wanted: str, family: Family) -> Answers:
    """Everything answered but one question, and what then cannot be said."""
    answers = Answers()
    for _ in range(120):
        asks = stand(family.policy, family.day, answers).asks
        if not asks:
            return answers
        try:
            if asks[0].id == wanted:
                raise CannotBeSaid
            answers = family.answered(answers, asks[0])
        except CannotBeSaid:
            answers, _, _ = reply(family.policy, family.day, answers, asks[0], {"act": ["skip"]})
    raise AssertionError("more than 120 questions")


def test_a_ceiling_that_says_nothing_is_not_told() -> None:
    found = {r.programme: r.lines[0] for r in results(stand(POLICY, DAY, told(*START)))}
    assert (found["低保"].paid, found["低保"].boundless) == ((0, 3 * 535_00), False)
    assert found["渐退帮扶"].boundless, "100,000 yuan is only what could be written down"


def test_nobody_said_nothing_granted() -> None:
    for name in PACKS:
        policy = policy_of(name)
        for answers in (Answers(), Answers(Told(0, rows={"人": [Told(1), Told(2)]}, whole={"人": True}))):
            assert not [r.programme for r in results(stand(policy, DAY, answers)) if r.state == "yes"]


def test_who_is_ticked_is_asked_on_and_the_others_are_done() -> None:
    answers = told(*START, ("人.在读阶段", {"who": ["3"]}))
    assert [a for a in asked(answers) if a.startswith("人.在读阶段")] == ["人.在读阶段@3"]
    assert answers.told.rows["人"][0].said["在读阶段"] == "不在读"
    answers = told(("人.在读阶段@3", {"v": ["小学"]}), to=answers)
    assert answers.told.rows["人"][2].said["在读阶段"] == "小学"


def test_a_question_answered_anew_keeps_the_rest() -> None:
    before = told(
        *START,
        ("人.残疾", {"who": ["1"]}),
        ("人.残疾@1", {"act": ["add"], "类别": ["肢体"], "等级": ["二级"]}),
        ("人.残疾@1", {"act": ["done"]}),
    )
    again = told(("人.残疾", {"who": ["1", "2"]}), to=before)
    assert again.told.rows["人"][0].rows["残疾"][0].said == {"类别": "肢体", "等级": "二级"}
    assert "残疾" in again.told.rows["人"][1].ticked
    assert again.trail == before.trail
    nobody = told(("人.残疾", {"none": ["1"]}), to=again)
    assert not nobody.told.rows["人"][0].rows.get("残疾")
    assert nobody.told.rows["人"][0].whole["残疾"] is True


def test_sums_for_every_kind_at_once() -> None:
    answers = told(
        *START,
        ("人.收入", {"who": ["1"]}),
        ("人.收入@1", {"k": ["工资", "经营"], "金额-工资": ["12000"], "金额-经营": ["3000-5000"]}),
    )
    rows = answers.told.rows["人"][0].rows["收入"]
    assert [r.said for r in rows] == [
        {"种类": "工资", "金额": "12000 元"},
        {"种类": "经营", "金额": ("3000 元", "5000 元")},
    ]
    assert not [a for a in asked(answers) if a.startswith("收入.")], "since when it was asked, it is in time"
    unsaid = told(("人.收入@1", {"k": ["工资"], "金额-工资": [""]}), to=answers)
    assert "金额" in unsaid.told.rows["人"][0].rows["收入"][0].kept


@pytest.mark.parametrize(
    ("wanted", "form"),
    [
        ("户.城乡@", {"v": ["海上"]}),
        ("户.城乡@", {}),
        ("人.收入", {}),
        ("人.收入", {"who": ["1"], "none": ["1"]}),
        ("户.人@", {**ADD, "关系": ["皇帝"]}),
        ("户.人@", {**ADD}),
        ("户.人@", {"act": ["add"], "way": ["9"], "关系": ["子女"]}),
        ("户.人@", {**ADD, "关系": ["子女"], "出生日期-y": ["2031"]}),
        ("户.人@", {**ADD, "关系": ["子女"], "出生日期-y": ["1999"], "出生日期-m": ["13"]}),
        ("户.人@", {**ADD, "关系": ["子女"], "出生日期-y": ["1999"], "出生日期-d": ["3"]}),
        ("户.人@", {**ADD, "关系": ["子女"], "出生日期-m": ["3"]}),
        ("户.人@", {**ADD, "关系": ["子女"], "出生日期-y": ["1066"]}),
        ("户.财产@", {"act": ["add"], "种类": ["存款"], "价值": ["很多"]}),
        ("户.财产@", {"act": ["add"], "种类": ["存款"], "价值": ["5000-3000"]}),
        ("户.财产@", {"act": ["add"], "种类": ["存款"], "价值": ["-5"]}),
        ("户.财产@", {"act": ["add"], "种类": ["存款"], "价值": ["9" * 30]}),
        ("户.户籍地@", {"v": ["天上"]}),
    ],
)
def test_what_cannot_be_read_is_said_and_changes_nothing(wanted: str, form: dict[str, list[str]]) -> None:
    before = told(*START)
    ask = find_ask(POLICY, before, wanted)
    assert ask is not None
    after, wrong, done = reply(POLICY, DAY, before, ask, form)
    assert (after, done) == (before, False)
    assert wrong
    assert all(w.zh and w.en for w in wrong)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("3,000", "3000 元"),
        ("1.5万", "1.5 万元"),
        ("3000元", "3000 元"),
        ("３０００", "3000 元"),
        ("2000～2500", ("2000 元", "2500 元")),
    ],
)
def test_sums_as_people_write_them(typed: str, kept: object) -> None:
    answers = told(("户.财产@", {"act": ["add"], "种类": ["存款"], "价值": [typed]}))
    assert answers.told.rows["财产"][0].said["价值"] == kept


def test_a_family_of_twenty_and_no_more_than_the_rules_hold() -> None:
    answers = told(*START[:3], *(someone("其他亲属", 1950 + i) for i in range(30)))
    ask = find_ask(POLICY, answers, "户.人@")
    assert ask is not None
    _, wrong, _ = reply(POLICY, DAY, answers, ask, someone("其他亲属", 1990)[1])
    assert wrong[0].field == "add"
    twenty = told(*START[:3], *(someone("其他亲属", 1950 + i) for i in range(20)), ("户.人@", {"act": ["done"]}))
    assert len({r.id for r in twenty.told.rows["人"]}) == 20
    assert read(write(twenty)) == twenty
    assert len(write(twenty)) < 12_000
    assert stand(POLICY, DAY, twenty).asks


def test_somebody_filled_in_but_not_added_is_not_lost() -> None:
    answers = told(*START[:4], ("户.人@", {**someone("子女", 2015)[1], "act": ["done"]}))
    assert [r.said["关系"] for r in answers.told.rows["人"]] == ["户主", "子女"]
    assert answers.told.whole["人"] is True


def test_a_member_who_is_taken_out_takes_all_along() -> None:
    answers = told(
        *START, ("人.收入", {"who": ["3"]}), ("户.人@", {"act": ["remove:3"]}), ("户.人@", {"act": ["done"]})
    )
    assert [r.id for r in answers.told.rows["人"]] == [1, 2]
    assert find_ask(POLICY, answers, "人.收入@3") is None
    assert not any("@3" in a for a in asked(answers))


# --- links ------------------------------------------------------------------------------------------------------------


def packed(thing: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(thing).encode()).decode().rstrip("=")


def test_every_case_goes_through_a_link() -> None:
    for name in PACKS:
        policy = policy_of(name)
        for case in policy.pack.cases:
            answers = Answers(told_of(policy, case.household, "户"), ["户.户籍地@"])
            assert read(write(answers)) == answers


@pytest.mark.parametrize(
    "text",
    [
        "x", "é", "====", "AAAA", "bm8", packed([]), packed({"v": 1}), packed({"v": 2, "a": {"i": 0}}), packed({"v": 1, "a": {"i": -1}}),
        packed({"v": 1, "a": {"i": True}}), packed({"v": 1, "a": {"i": 0, "z": 1}}), packed({"v": 1, "a": {"i": 0}, "z": 1}),
        packed({"v": 1, "a": {"i": 0, "f": {"城乡": 3}}}), packed({"v": 1, "a": {"i": 0, "f": {"城乡": ["a", "b", "c"]}}}),
        packed({"v": 1, "a": {"i": 0, "r": {"人": [{"i": 1}, {"i": 1}]}}}), packed({"v": 1, "a": {"i": 0, "r": {"人": 3}}}),
        packed({"v": 1, "a": {"i": 0, "k": "abc"}}), packed({"v": 1, "a": {"i": 0}, "q": [3]}), "A" * 70_000, "[" * 50_000,
        packed({"v": 1, "a": {"i": 0, "w": {"人": {"x": 1}}}}), packed({"v": 1, "a": {"i": 0, "w": {"人": 7}}}),
    ],
)  # fmt: skip
def test_broken_links_are_refused(text: str) -> None:
    with pytest.raises(Refused):
        read(text)


@pytest.mark.parametrize(
    "row",
    [
        {"f": {"没有这个": "是"}}, {"f": {"城乡": "海上"}}, {"f": {"户籍地": ["9", "1"]}}, {"r": {"没有": [{"i": 1}]}}, {"w": {"没有": 1}},
        {"w": {"人": ["男"]}}, {"r": {"人": [{"i": n} for n in range(31)]}}, {"f": {"作为单人户": "是"}}, {"w": {"财产": ["没有"]}},
    ],
)  # fmt: skip
def test_links_of_other_rules_are_refused(row: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        stand(POLICY, DAY, read(packed({"v": 1, "a": {"i": 0, **row}})))


@given(st.integers(0, 400), st.characters(codec="ascii"))
@settings(max_examples=60, deadline=None)
def test_a_link_with_one_letter_changed_is_read_or_refused(place: int, letter: str) -> None:
    whole = write(told(*START))
    text = whole[: place % len(whole)] + letter + whole[place % len(whole) + 1 :]
    with suppress(Refused):
        stand(POLICY, DAY, read(text))


# --- the packs' questions ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PACKS)
def test_everything_that_a_programme_can_miss_has_a_question(name: str) -> None:
    policy = policy_of(name)
    days = [date(2016, 12, 31), date(2020, 1, 1), date(2022, 6, 1), DAY]
    for day in days:
        full = _one_of_each(policy)
        for answers in (Answers(), Answers(full)):
            for o in stand(policy, day, answers).decision.programmes:
                for leaf, _ in o.missing:
                    if leaf.kind in ("fact", "table"):
                        assert (leaf.entity, leaf.name) in policy.pack.questions, (leaf, day)


def _one_of_each(policy: Any) -> Told:
    """A household with one row of every table, of which nothing is said."""

    def below(entity: str, number: int) -> Told:
        return Told(number, rows={e.name: [below(e.name, 1)] for e in policy.pack.book.entities if e.of == entity})

    return below("户", 0)


@pytest.mark.parametrize("name", PACKS)
def test_every_question_is_said_in_both_languages(name: str) -> None:
    for q in policy_of(name).pack.questions.values():
        for text in (q.said, q.hint, q.who, *(w.said for w in q.ways), *(said for _, said in q.options)):
            assert bool(text.zh) == bool(text.en), q.key
            assert text.en.isascii(), (q.key, text.en)
        assert q.section in {s.name for s in policy_of(name).pack.sections}


def test_everything_told_is_walked() -> None:
    assert [path for _, _, path, _ in everything(POLICY, told(*START).told)] == [(), (1,), (2,), (3,)]
