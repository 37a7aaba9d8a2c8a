"""Programmes, conflicts and households of one drawn at random: both evaluators give the same answers, sums, reasons and missing leaves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from doudi.rules import Faults, Ruleset
from doudi.rules.block import decide_stream, decide_tables, demand, digest, lay_out
from doudi.rules.declared import Conflict, Derived, Programme, Text
from doudi.rules.scalar import Decision, Outcome, Row, decide
from tests.generative.compare import disagreements
from tests.unit.rules.scalar.little import CITE, programme, ruleset
from tests.unit.rules.scalar.test_laws import BEYOND_FACTS, supply
from tests.unit.rules.scalar.trees import rows

SLOW = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@pytest.fixture(autouse=True, scope="module")
def wherever_it_is_asked_for() -> Iterator[None]:
    """Whatever is asked for under a guard is worked out on those rows alone, however small the formula and many the rows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demand, "WORTH", 1)
        patch.setattr(demand, "FEW", 1)
        yield


RULES = {
    "人.计入": ("是否", "缺省(健在, 是, “没有死亡登记”)"),
    "人.收": ("金额", "合计(收入.金额)"),
    "人.老": ("是否", "满周岁(出生) ≥ 60 岁"),
    "户.人口": ("人数", "人数(成员)"),
    "户.总收": ("金额", "合计(成员.收) + (如果 作为甲户 则 0 元 否则 甲)"),
    "户.人均": ("金额", "四舍五入(总收 ÷ 人口, 分)"),
}
OF_HOUSEHOLDS = (
    "人口 > 0 人", "总收 < 人口 × 1000 元", "人均 < 标准", "真假", "缺省(另真假, 是, “r”)", "已知(甲, “r”)", "任一(成员, 残疾)",
    "全部(候选成员, 健在)", "户籍地 属于 大化", "合计(财产.价值) ≤ 标准 × 人口", "非 作为乙户", "缺省(另真假, 否, “r”)",
    "非 符合户一", "非 享受户二", "户三实发 = 0 元",
)  # fmt: skip
OF_PEOPLE = (
    "健在",
    "残疾",
    "老",
    "收 < 500 元",
    "户.人口 > 1 人",
    "户.享受户一",
    "户.符合户二 或 残疾",
    "非 户.符合户二",
    "非 符合人一",
    "计入",
    "人数(收入) = 0",
    "缺省(残疾, 是, “r”)",
    "如果 户.作为甲户 则 户.真假 否则 户.另真假",
)
AMOUNTS = (
    "100 元",
    "四舍五入(户.人均 × 30%, 元)",
    "取大(户.甲, 0 元)",
    "分段(如果 户.真假 则 85 岁 否则 95 岁, 津贴)",
    "缺省(户.甲, 1 元, “r”)",
    "取大(300 元 - 户.户一实发, 0 元)",
)
HOUSEHOLD, PEOPLE = ("户一", "户二", "户三"), ("人一", "人二", "人三")


@st.composite
def programmes(draw: Any) -> list[Programme]:
    out = []
    for rank, (name, entity) in enumerate([*((n, "户") for n in HOUSEHOLD), *((n, "人") for n in PEOPLE)]):
        pool = OF_HOUSEHOLDS if entity == "户" else OF_PEOPLE
        conditions = draw(st.lists(st.sampled_from(pool), min_size=1, max_size=3, unique=True))
        priced = [a.replace("户.", "") if entity == "户" else a for a in AMOUNTS]
        # Conflicts of the higher sum need one.
        out.append(programme(name, entity, conditions, draw(st.sampled_from(priced)), rank=rank))
    return out


@st.composite
def conflicts(draw: Any) -> list[Conflict]:
    out = []
    for i, names in enumerate(draw(st.lists(st.sampled_from([HOUSEHOLD, PEOPLE]), max_size=3))):
        a, b, c = draw(st.permutations(names))
        kind = draw(st.sampled_from(["bar", "higher", "topup"]))
        if kind == "bar":
            out.append(Conflict(f"排{i}", "Bar", "bar", (a,), (b,), cites=CITE))
        elif kind == "higher":
            legs = draw(st.sampled_from([((a,), (b,)), ((a, b), (c,)), ((a,), (b,), (c,))]))
            out.append(Conflict(f"高{i}", "Higher", "higher", legs=legs, cites=CITE))
        else:
            over = "甲 ÷ 2" if names == HOUSEHOLD else "收 ÷ 2"
            out.append(Conflict(f"补{i}", "Top-up", "topup", (a,), over=Text(f"四舍五入({over}, 分)"), cites=CITE))
    return out


@st.composite
def rulesets(draw: Any, splits: int = 2) -> Ruleset:
    derived = []
    # No two settle the same: one person could be paid by both.
    for name, settles in zip(("甲户", "乙户"), draw(st.permutations(["户.享受户一", "户.真假"])), strict=True):
        when = draw(
            st.sampled_from(
                ["残疾", "残疾 且 非 户.享受户一", "缺省(残疾, 是, “r”)", "缺省(残疾, 否, “r”)", "老", "否"]
            )
        )
        counts = draw(st.booleans())
        derived.append(Derived(name, name, "人", Text(when), settles, counts, cites=CITE))
    listed, against = draw(programmes()), draw(conflicts())
    try:
        return ruleset(RULES, listed, against, derived)
    except Faults as faults:
        codes = {f.code for f in faults.faults}
    # Conflicts drawn at random may go round in a circle.
    assume(not codes <= {"circle", "two-groups"})
    raise AssertionError(codes)


def households(data: Any, rules: Ruleset, most: int = 4) -> list[Row]:
    # Where every fact is known the block evaluator lets columns go as it works; a standard or a division may still be missing.
    of = rows(rules, known=data.draw(st.booleans()))
    drawn: list[Row] = data.draw(st.lists(of, min_size=1, max_size=most))
    return drawn


@SLOW
@given(st.data())
def test_the_evaluators_agree(data: st.DataObject) -> None:
    rules = data.draw(rulesets())
    assert not disagreements(rules, households(data, rules))


@SLOW
@given(st.data())
def test_supplying_what_is_missing_answers_every_programme(data: st.DataObject) -> None:
    """At once, unless a list turns out to be longer: what only the new rows ask about is asked for then."""
    rules = data.draw(rulesets())
    household = data.draw(rows(rules))
    for asked in decide(rules, household).programmes:
        now, missing = household, asked.missing
        while missing and not {m.leaf.kind for m in missing} & BEYOND_FACTS:
            now, grown = supply(data.draw, rules, now, missing)
            missing = decide(rules, now).outcome(asked.programme, asked.path).missing
            assert grown or not missing or {m.leaf.kind for m in missing} & BEYOND_FACTS, (asked, missing)


@SLOW
@given(st.data())
def test_what_is_granted_stays_granted_whatever_more_is_known(data: st.DataObject) -> None:
    """An assumption may refuse, which what comes to be known can turn; it never grants, nor pays, not even where it refuses what stands in the way."""
    rules = data.draw(rulesets())
    household = data.draw(rows(rules))
    before = decide(rules, household)
    find = before.finder
    everything = dict.fromkeys(m for k in rules.order for r in find.run.rows[k[0]] for m in find.missing((k, r)))
    known, _ = supply(data.draw, rules, household, tuple(m for m in everything if data.draw(st.booleans())))
    after = decide(rules, known)
    assert not lost(before, after)
    alone = {(d.name, d.path): d.decision for d in after.derived}
    for tried in before.derived:
        then = alone.get((tried.name, tried.path))
        assert then is None or not lost(tried.decision, then), (tried.name, tried.path)


def lost(before: Decision, after: Decision) -> list[tuple[Outcome, Outcome]]:
    """What was certain to be due and no longer is."""
    pairs = [(a, after.outcome(a.programme, a.path)) for a in before.programmes]
    return [
        (a, b)
        for a, b in pairs
        if (a.outcome == "符合" and b.outcome != "符合")
        or (a.granted == "是" and b.granted != "是")
        or (a.paid is not None and b.paid is not None and b.paid[0] < a.paid[0])
    ]


@SLOW
@given(st.data())
def test_answers_do_not_depend_on_blocks_parts_or_threads(data: st.DataObject) -> None:
    rules = data.draw(rulesets())
    listed = households(data, rules, 6)
    laid = lay_out(rules, listed)
    whole = digest(decide_tables(rules, laid.tables, show=[("户", "人均"), ("人", "老"), ("户", "城乡")]).tables)
    for block in (1, 2):
        shown = decide_tables(rules, laid.tables, show=[("户", "人均"), ("人", "老"), ("户", "城乡")], block=block)
        assert digest(shown.tables) == whole
    several = list(decide_stream(rules, [laid.tables] * 5, threads=3))
    assert len({digest(r.tables) for r in several}) == 1


@pytest.mark.parametrize("counts", [True, False])
def test_more_questions_than_a_word_holds(counts: bool) -> None:
    """Ten people who all may be eligible for everything, and may all be households of one: over sixty-four questions in one household."""
    conditions = ["真假", "甲 < 人口 × 100 元"]
    listed = [programme(n, "户", conditions, "100 元") for n in HOUSEHOLD]
    listed += [programme(f"人项{i}", "人", ["残疾", "户.真假"], "1 元") for i in range(20)]
    alone = Derived("甲户", "Household of one", "人", Text("残疾"), "户.享受户一", counts, cites=CITE)
    other = Derived("乙户", "Another", "人", Text("否"), "户.真假", counts_in_original=True, cites=CITE)
    rules = ruleset(RULES, listed, derived=[alone, other])
    people = [Row(i, {"健在": 1, "出生": 0}, {"收入": True}) for i in range(5)]
    assert not disagreements(
        rules, [Row(1, {}, {"人": True}, {"人": people}), Row(2, {"真假": 1}, {}, {"人": people[:1]})]
    )
