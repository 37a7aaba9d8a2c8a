"""What a sentence says and what it never says; the digests that stand for batches."""

from __future__ import annotations

import importlib
import pkgutil
import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import doudi.server
from doudi.server.audit.actions import Act, record, record_many
from doudi.server.audit.chain import verify
from doudi.server.audit.models import Entry
from doudi.server.audit.sealing import canonical, digest, moment
from doudi.server.audit.verbs import Verb, sentences
from doudi.server.lib.actor import Actor, system
from doudi.server.lib.idnumber import check_character
from doudi.server.lib.scope import Scope

SHOWN = Verb("test.shown", "查看了{person}号人员的{what}", "was shown the {what} of person {person}")
CLERK = Actor(7, "韦青", "红河乡窗口经办人", Scope.of(["990102"]), frozenset(), "10.0.0.8")
ID = "99010219800102123" + check_character("99010219800102123")
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.dates()
    | st.binary(max_size=8)
    | st.decimals(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=3),
    max_leaves=8,
)


def test_who_in_what_post_did_what_to_whom_why_from_where() -> None:
    zh, en = sentences(CLERK, SHOWN, "核对存折", {"person": 4, "what": "card"})
    assert zh == "韦青（红河乡窗口经办人）查看了4号人员的card，理由：核对存折（来自 10.0.0.8）。"
    assert en == "韦青 (红河乡窗口经办人) was shown the card of person 4, because: 核对存折, from 10.0.0.8."


def test_the_system_has_no_post_and_needs_no_reason() -> None:
    zh, en = sentences(system("doudi backup"), SHOWN, "", {"person": 4, "what": "card"})
    assert zh == "系统查看了4号人员的card（来自 doudi backup）。"
    assert en == "系统 was shown the card of person 4, from doudi backup."


def test_a_word_of_the_english_is_said_in_chinese_and_a_name_stands_as_it_is() -> None:
    verb = Verb("test.listed", "查看了{what}名单", "looked at a list of {what}", {"what": {"households": "家庭"}})
    assert (
        sentences(CLERK, verb, "", {"what": "households"})[0]
        == "韦青（红河乡窗口经办人）查看了家庭名单（来自 10.0.0.8）。"
    )
    assert sentences(CLERK, verb, "", {"what": "households"})[1].startswith(
        "韦青 (红河乡窗口经办人) looked at a list of households"
    )
    assert "查看了低保名单" in sentences(CLERK, verb, "", {"what": "低保"})[0]
    with pytest.raises(KeyError):
        sentences(CLERK, verb, "", {})


def test_a_verb_says_the_same_in_both_languages() -> None:
    with pytest.raises(ValueError, match="same parameters"):
        Verb("test.odd", "到{to}", "to {whom}")


def test_every_verb_of_every_app() -> None:
    found: list[Verb] = []
    for module in pkgutil.walk_packages(doudi.server.__path__, "doudi.server."):
        if module.name.endswith(".verbs"):
            there = vars(importlib.import_module(module.name)).values()
            found += [v for v in there if isinstance(v, Verb)]
            found += [v for table in there if isinstance(table, dict) for v in table.values() if isinstance(v, Verb)]
    codes = {id(v): v.code for v in found}
    assert len(set(codes.values())) == len(codes), sorted(
        c for c in codes.values() if list(codes.values()).count(c) > 1
    )
    for verb in found:
        assert re.fullmatch(r"[a-z]+\.[a-z-]+", verb.code), verb.code
        assert len(verb.code) <= 60
        assert not verb.zh.endswith("。"), verb.code
        assert not verb.en.endswith("."), verb.code


def test_a_parameter_that_was_forgotten_is_an_error_and_nothing_is_recorded(db: str) -> None:
    with pytest.raises(KeyError):
        record(CLERK, SHOWN, person=4)
    assert not Entry.objects.exists()


def test_numbers_of_people_typed_into_a_reason_are_masked(db: str) -> None:
    record(CLERK, SHOWN, person=4, why=f"核对{ID}、13800138000", what=f"card {ID}", area="990102003004001")
    entry = Entry.objects.get()
    assert entry.why == f"核对990***********{ID[-4:]}、138****8000"
    for text in (entry.zh, entry.en, entry.why, entry.params):
        assert ID not in text
        assert "13800138000" not in text
    assert entry.area == "990102003004001"


def test_division_codes_among_the_parameters_stay(db: str) -> None:
    record(CLERK, SHOWN, person=4, what="990102800102001")
    assert "990102800102001" in Entry.objects.get().zh


def test_whatever_text_comes_it_is_recorded(db: str) -> None:
    odd = Actor(7, "名" * 100, "岗" * 200, Scope.everything(), frozenset(), "1\0" + "x" * 200)
    record(odd, SHOWN, person=4, why="a\0b\ud800{person}%s%%'\"\n😀", what="{0}")
    entry = Entry.objects.get()
    assert (len(entry.name), len(entry.post), len(entry.address)) == (80, 160, 80)
    assert entry.why == "ab?{person}%s%%'\"\n😀"
    assert verify().entries == 1
    assert verify().whole


def test_no_acts_no_entry(db: str) -> None:
    record(CLERK, SHOWN, person=4, what="x")
    assert record_many(CLERK, SHOWN, []) == 1
    assert record_many(CLERK, SHOWN, [Act(person=5, params={"what": "x"})] * 3) == 4


def test_floats_have_no_place_in_the_record(db: str) -> None:
    with pytest.raises(TypeError):
        record(CLERK, SHOWN, person=4, what=0.1)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(values, max_size=4), st.lists(values, max_size=4))
def test_digests_are_equal_for_equal_batches_alone(one: list[object], other: list[object]) -> None:
    same = [canonical(v) for v in one] == [canonical(v) for v in other]
    assert (digest(one) == digest(other)) == same
    assert re.fullmatch("[0-9a-f]{64}", digest(iter(one)))


def test_one_way_of_writing() -> None:
    at = datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC)
    row = {"b": Decimal("1.50"), "a": (date(2026, 1, 2), at, b"\x01", None, True)}
    assert canonical(row) == '{"a":["2026-01-02","2026-11-22T01:02:03.000000","01",null,true],"b":"1.5"}'
    assert moment(at) == "2026-11-22T01:02:03.000000"
    assert digest([[1], [2]]) != digest([[2], [1]])
    assert digest([]) != digest([[]])
