"""One value a fact: boundary pairs of every rule of docs/algorithms/which-fact-counts.md, and its two laws on random statements."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi.server.registry.facts import Resolved, Said, plain_of, resolve

RANKS = {"核对": 1, "导入": 2, "申报": 3}
DAY = date(2026, 7, 1)
KNOWN = datetime(2026, 7, 10, 8, tzinfo=UTC)
_serial = iter(range(1, 1_000_000))


def said(source: str = "申报", since: date = date(2026, 1, 1), **more: Any) -> Said:
    number = next(_serial)
    given = {"id": number, "act": number, "until": None, "recorded": KNOWN - timedelta(days=5), "values": {"x": 1}}
    return Said(source=source, since=since, **(given | more))


def at(*statements: Said, knowing: datetime | None = KNOWN) -> Resolved:
    return resolve(statements, RANKS, as_of=DAY, knowing=knowing)


@pytest.mark.parametrize(
    ("statement", "speaks"),
    [
        (said(since=DAY), True),
        (said(since=DAY + timedelta(1)), False),
        (said(until=DAY), False),
        (said(until=DAY + timedelta(1)), True),
        (said(recorded=KNOWN), True),
        (said(recorded=KNOWN + timedelta(microseconds=1)), False),
        (said(withdrawn=KNOWN), False),
        (said(withdrawn=KNOWN + timedelta(microseconds=1)), True),
    ],
)
def test_which_statements_speak(statement: Said, speaks: bool) -> None:
    assert ("x" in at(statement).values) is speaks


def test_by_what_is_known_now_a_withdrawn_statement_is_silent() -> None:
    assert at(said(withdrawn=KNOWN + timedelta(1)), knowing=None).values == {}
    assert at(said(recorded=KNOWN + timedelta(1)), knowing=None).values["x"].value == 1


def test_rank_before_day_before_order_of_recording() -> None:
    old_check = said("核对", date(2020, 1, 1), values={"x": 5})
    new_word = said("申报", date(2026, 6, 30), values={"x": 6})
    assert at(old_check, new_word).plain() == {"x": 5}
    june = said(since=date(2026, 6, 1), values={"x": 6})
    may_recorded_later = said(since=date(2026, 5, 31), values={"x": 5})
    assert at(june, may_recorded_later).plain() == {"x": 6}
    assert at(said("已取消的来源", date(2026, 6, 1), values={"x": 9}), said(values={"x": 1})).plain() == {"x": 1}


def test_equals_that_disagree_are_disputed_and_shown() -> None:
    a, b, low = said("核对", values={"x": 5}), said("核对", values={"x": 6}), said("申报", values={"x": 5})
    found = at(a, b, low)
    assert found.disputed == ("x",)
    assert found.plain() == {}
    assert {c.statement for c in found.values["x"].rivals} == {a.id, b.id}
    assert len(found.values["x"].candidates) == 3
    assert at(a, replace(b, values={"x": 5}), low).plain() == {"x": 5}
    assert at(a, replace(b, since=b.since + timedelta(1)), low).plain() == {"x": 6}
    assert at(replace(a, values={"x": 1}), replace(b, values={"x": True})).disputed == ("x",)


@pytest.mark.parametrize(
    ("one", "other", "value", "disputed"),
    [
        ({"lo": 3, "hi": 8}, 8, 8, False),
        ({"lo": 3, "hi": 8}, 9, None, True),
        ({"lo": 3, "hi": 8}, {"lo": 5, "hi": 9}, {"lo": 5, "hi": 8}, False),
        ({"lo": 3, "hi": 8}, {"lo": 8, "hi": 9}, 8, False),
        ({"lo": "1961-01-01", "hi": "1961-12-31"}, "1961-05-03", "1961-05-03", False),
        ({"lo": "1961-01-01", "hi": "1961-12-31"}, "1962-01-01", None, True),
        ("是本人", "配偶", None, True),
        (None, 4, 4, False),
        (None, None, None, False),
    ],
)
def test_bounds_agree_where_they_overlap(one: Any, other: Any, value: Any, disputed: bool) -> None:
    for first, second in ((one, other), (other, one)):
        found = at(said(values={"x": first}), said(values={"x": second})).values["x"]
        assert (found.value, found.disputed) == (value, disputed)


def test_not_knowing_counts_against_lower_ranks_and_earlier_days_only() -> None:
    assert at(said("核对", values={"x": None}), said("申报", values={"x": 3})).plain() == {}
    assert at(said("申报", values={"x": None}), said("核对", values={"x": 3})).plain() == {"x": 3}
    assert at(said(since=DAY, values={"x": None}), said(values={"x": 3})).plain() == {}
    assert at(said("核对", values={"y": 1}), said("申报", values={"x": 3})).plain() == {"x": 3, "y": 1}


def test_the_decided_value_says_where_it_is_from() -> None:
    check = said("核对", date(2026, 3, 1), values={"x": 5}, evidence="核对报告12号")
    found = at(check, said("申报")).values["x"]
    assert (found.source, found.since, found.act, found.by.evidence) == (
        "核对",
        date(2026, 3, 1),
        check.act,
        "核对报告12号",
    )


def test_tables_are_taken_whole() -> None:
    rows = [{"种类": "工资", "金额": 100}, {"种类": "经营", "金额": 5}]
    check = said("核对", values={}, tables={"收入": {"complete": ["工资"], "rows": rows}})
    word = said(
        "申报", values={}, tables={"收入": {"complete": True, "rows": rows[:1]}, "残疾": {"complete": True, "rows": []}}
    )
    found = at(check, word)
    assert found.plain_tables() == {"收入": check.tables["收入"], "残疾": word.tables["残疾"]}
    same = said("核对", values={}, tables={"收入": {"complete": ["工资"], "rows": rows[::-1]}})
    assert at(check, same).disputed == ()
    other = said("核对", values={}, tables={"收入": {"complete": True, "rows": rows}})
    assert at(check, other).disputed == ("收入",)


_value = st.one_of(
    st.none(), st.booleans(), st.integers(0, 3), st.sampled_from(["甲", "乙"]),
    st.tuples(st.integers(0, 3), st.integers(0, 3)).map(lambda t: {"lo": min(t), "hi": max(t)}),
)  # fmt: skip
_table = st.fixed_dictionaries(
    {"complete": st.booleans(), "rows": st.lists(st.fixed_dictionaries({"金额": st.integers(0, 1)}), max_size=2)}
)
_days = st.integers(-2, 2).map(lambda n: DAY + timedelta(n))


@st.composite
def _statements(draw: st.DrawFn, sources: tuple[str, ...] = ("核对", "导入", "申报")) -> Said:
    since = draw(_days)
    withdrawn = draw(st.none() | st.integers(-1, 2))
    return said(
        draw(st.sampled_from(sources)),
        since,
        until=draw(st.none() | st.integers(1, 3).map(lambda n: since + timedelta(n))),
        recorded=KNOWN + timedelta(days=draw(st.integers(-2, 1))),
        withdrawn=None if withdrawn is None else KNOWN + timedelta(days=withdrawn),
        values=draw(st.dictionaries(st.sampled_from("xy"), _value)),
        tables=draw(st.dictionaries(st.just("收入"), _table)),
    )


@given(st.lists(_statements(), max_size=6), st.randoms(), st.sampled_from([KNOWN, None]))
def test_order_does_not_matter(statements: list[Said], random: Any, knowing: datetime | None) -> None:
    shuffled = statements[:]
    random.shuffle(shuffled)
    assert at(*shuffled, knowing=knowing) == at(*statements, knowing=knowing)


@given(st.lists(_statements(("核对", "导入")), max_size=5), _statements(("申报",)))
def test_a_lower_rank_never_changes_what_a_higher_one_speaks_of(statements: list[Said], lower: Said) -> None:
    before, after = at(*statements), at(*statements, lower)
    for part, then in ((before.values, after.values), (before.tables, after.tables)):
        for name, decided in part.items():
            assert (then[name].value, then[name].disputed, then[name].by) == (
                decided.value,
                decided.disputed,
                decided.by,
            )


@given(st.lists(_statements(), max_size=4), st.sampled_from([KNOWN, None]))
def test_the_short_way_gives_the_same(statements: list[Said], knowing: datetime | None) -> None:
    full = at(*statements, knowing=knowing)
    assert plain_of(statements, RANKS, as_of=DAY, knowing=knowing) == (full.plain(), full.plain_tables())
