"""Why a programme answers what it answers: what is told, what is left out, the lines of a letter."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doudi.rules.declared import Conflict, Derived, Text
from doudi.rules.explain import Explanation, StandardNote, to_dict, to_html, to_text, why
from doudi.rules.scalar import Decision, Row, decide
from tests.unit.rules.scalar.little import (
    CITE,
    TOWN,
    book,
    compile_at,
    day,
    home,
    income,
    person,
    programme,
    ruleset,
)
from tests.unit.rules.scalar.trees import rows, rulesets

Facts = dict[str, int | tuple[int, int]]

RULES = {
    "人.计入": ("是否", "健在"),
    "人.收": ("金额", "合计(收入.金额)"),
    "户.人口": ("人数", "人数(成员)"),
    "户.人均": ("金额", "四舍五入(合计(成员.收) ÷ 人口, 分)"),
}
LOW = programme(
    "低保",
    "户",
    [
        ("人口 > 0", "家里有人", "Somebody lives there"),
        ("人均 < 标准", "人均收入低于标准", "Income per head below the line"),
        ("非 真假", "", ""),
    ],
    "标准 - 人均",
)


def family(earned: int, facts: Facts | None = None, sources: dict[str, str] | None = None) -> Row:
    people = [
        Row("甲某", {"健在": 1}, {"收入": True}, {"收入": [Row(1, {"金额": earned, "种类": 0})]}, sources or {}),
        person("乙某", [], 健在=1),
        person("丙某", [], 健在=0),
    ]
    return home({"户籍地": TOWN, "城乡": 1, "真假": 0} | (facts or {}), people)


def low(earned: int, facts: Facts | None = None) -> Decision:
    return decide(ruleset(RULES, [LOW]), family(earned, facts))


def find(e: Explanation, label: str) -> Explanation:
    """The first part of that label, from the top."""
    todo = [e]
    while todo:
        part = todo.pop(0)
        if part.label == label:
            return part
        todo.extend(part.parts)
    raise AssertionError(f"no {label} in\n{to_text(e)}")


def labels(e: Explanation) -> set[str]:
    return {e.label}.union(*(labels(part) for part in e.parts))


# --- the lines of a letter ------------------------------------------------------------------------------------------


def test_headline_of_one_refused() -> None:
    e = why(low(102_480), "低保")
    assert e.headline == (
        "低保：不符合",
        "不满足的条件：人均收入低于标准；人均 高出标准 12.40 元",
        "依据：DH 二(一)1（已核对原文）",
    )
    assert e.margin == "人均 高出标准 12.40 元"
    assert why(low(102_480), "低保", lang="en").headline == (
        "低保 in English: not eligible",
        "Condition not met: Income per head below the line; “人均 in English” is CNY 12.40 above Standard",
        "Under: DH, 二(一)1 (checked against the document)",
    )


def test_headline_of_one_granted() -> None:
    assert why(low(2_000), "低保").headline == (
        "低保：符合，每月 490.00 元",
        "条件：3 项条件全部满足；人均 低于标准 490.00 元",
        "依据：DH 二(一)1（已核对原文）",
    )
    assert why(low(2_000), "低保", lang="en").headline[:2] == (
        "低保 in English: eligible, CNY 490.00 a month",
        "Conditions: all 3 conditions are met; “人均 in English” is CNY 490.00 below Standard",
    )


def test_headline_exactly_at_the_line() -> None:
    assert why(low(100_000), "低保").margin == "人均 正好等于 标准"
    assert why(low(100_000), "低保", lang="en").margin == "“人均 in English” is exactly Standard"


def test_headline_of_one_undecided_says_what_is_missing() -> None:
    given_ = family(2_000)
    del given_.facts["真假"]
    del given_.rows["人"][0].rows["收入"][0].facts["金额"]
    e = why(decide(ruleset(RULES, [LOW]), given_), "低保")
    assert e.headline == (
        "低保：无法判定",
        "尚不能确定的条件：人均收入低于标准；非 真假",
        "缺少：收入 甲某/1 的 金额；户 的 真假",
        "依据：DH 二(一)1（已核对原文）",
    )
    assert labels(e) >= {"人均收入低于标准", "非 真假"}
    assert "家里有人" not in labels(e)


def test_a_long_list_of_missing_facts_is_cut_in_the_headline_only() -> None:
    rules = ruleset({"人.够": ("是否", "残疾")}, [programme("项", "户", ["全部(候选成员, 够)", "甲 > 乙"])])
    e = why(decide(rules, home(people=[Row(i) for i in range(5)])), "项")
    assert e.headline[-2].endswith("等 7 项")
    assert len(e.missing) == 7


def test_headline_of_a_programme_that_ended() -> None:
    ended = replace(LOW, versions=(replace(LOW.versions[0], until=date(2020, 12, 31)),))
    e = why(decide(compile_at(book(RULES, [ended])), family(0)), "低保")
    assert e.headline == ("低保：不符合", "原因：基准日没有生效的规定")


def test_headline_of_one_that_a_conflict_takes_away() -> None:
    other = programme("特困", "户", ["真假 或 非 真假"], "9 元")
    bar = Conflict("不重复享受", "No double", "bar", programmes=("低保",), by=("特困",), cites=CITE)
    found = decide(ruleset(RULES, [LOW, other], [bar]), family(0))
    assert why(found, "低保").headline[:2] == ("低保：符合，但不享受", "原因：按“不重复享受”，已享受特困，不再享受本项")
    assert why(found, "低保", lang="en").headline[:2] == (
        "低保 in English: eligible, but not granted",
        "Because “No double”: has 特困 in English",
    )
    assert find(why(found, "低保"), "不重复享受").cites == ("DH 二(一)1（已核对原文）",)


def test_headline_where_a_rival_is_undecided() -> None:
    other = programme("特困", "户", ["另真假"], "9 元")
    bar = Conflict("不重复享受", "No double", "bar", programmes=("低保",), by=("特困",), cites=CITE)
    e = why(decide(ruleset(RULES, [LOW, other], [bar]), family(0)), "低保")
    assert e.value == "符合，能否享受尚不能确定"
    assert e.missing == ("户 的 另真假",)


# --- what is told, and what is not ----------------------------------------------------------------------------------


def test_only_the_condition_that_failed_is_unfolded() -> None:
    e = why(low(102_480, {"真假": 1}), "低保")
    assert [part.label for part in e.parts] == ["人均收入低于标准"]
    assert e.parts[0].open
    assert e.parts[0].numbers == "人均（512.40 元） < 标准（500.00 元）"


def test_a_step_says_the_rule_the_numbers_and_what_they_came_from() -> None:
    e = find(why(low(102_480), "低保"), "人均")
    assert (e.kind, e.value, e.lo, e.hi, e.known) == ("rule", "512.40 元", 51_240, 51_240, True)
    assert e.formula == "四舍五入(合计(成员.收) ÷ 人口, 分)"
    assert e.numbers == "四舍五入(合计(成员.收)（1,024.80 元） ÷ 人口（2 人）, 分)"
    assert e.cites == ("DH 二(一)1（已核对原文）",)
    table, count = e.parts
    assert (table.kind, table.value, table.notes) == ("table", "1,024.80 元", ("已列 3 行，计入 2 行；不计入：丙某",))
    # of a sum, only the rows that add something
    assert [row.label for row in table.parts] == ["人 甲某：收"]
    assert (count.label, count.notes) == ("人口", ("已列 3 行，计入 2 行；不计入：丙某",))


def test_a_standard_says_its_area_dates_and_clause() -> None:
    e = find(why(low(102_480), "低保"), "标准")
    assert e.standard == StandardNote("found", "大化", "农村", "2024-07-01")
    assert e.cites == ("DH 二(一)1（已核对原文）",)
    unknown = find(why(decide(ruleset(RULES, [LOW]), family(0, {"户籍地": (0, TOWN)})), "低保"), "标准")
    assert unknown.standard == StandardNote("open")
    ended = find(why(low(0, {"户籍地": 350200_000_000, "城乡": 0}), "低保"), "标准")
    assert ended.standard is not None
    assert (ended.standard.found, ended.standard.area) == ("none", "厦门")
    stale = find(why(low(0, {"户籍地": 350200_000_000}), "低保"), "标准")
    assert stale.standard is not None
    assert (stale.standard.found, stale.standard.review_by) == ("stale", "2024-01-01")


def test_a_fact_says_where_it_comes_from() -> None:
    found = decide(ruleset(RULES, [LOW]), family(0, {"真假": 1}))
    found.household.sources["真假"] = "checked@2024-06-01"
    fact = find(why(found, "低保"), "真假")
    assert (fact.kind, fact.value, fact.source, fact.parts) == ("fact", "是", "核对 2024-06-01", ())
    assert find(why(found, "低保", lang="en"), "Truth").source == "checked 2024-06-01"


def test_a_fact_nobody_supplied_says_so() -> None:
    fact = find(why(decide(ruleset({"户.果": ("金额", "甲")}), home()), ("户", "果")), "甲")
    assert (fact.value, fact.notes) == ("在 0.00 元 与 1,000.00 元 之间", ("未提供",))


def test_short_circuits_leave_the_rest_out() -> None:
    rules = ruleset({"户.果": ("是否", "(真假 且 另真假) 或 甲 > 5 元")})
    e = why(decide(rules, home({"真假": 1, "另真假": 1, "甲": 900})), ("户", "果"))
    assert [part.label for part in e.parts] == ["真假", "另真假"]
    e = why(decide(rules, home({"真假": 0, "甲": 900})), ("户", "果"))
    assert ([part.label for part in e.parts], e.margin) == (["甲"], "甲 比 5.00 元 多 4.00 元")
    e = why(decide(rules, home({"真假": 1, "甲": 1})), ("户", "果"))
    assert [part.label for part in e.parts] == ["另真假"]  # only what is open
    chosen = ruleset({"户.果": ("金额", "如果 真假 则 甲 否则 乙")})
    e = why(decide(chosen, home({"真假": 0, "甲": 1, "乙": 2})), ("户", "果"))
    assert [part.label for part in e.parts] == ["真假", "乙"]


def test_a_rule_is_explained_once() -> None:
    rules = ruleset({"户.基": ("金额", "甲 + 乙"), "户.双": ("金额", "基 + 基"), "户.果": ("金额", "双 - 基")})
    e = why(decide(rules, home({"甲": 1, "乙": 2})), ("户", "果"))
    double, base = e.parts
    assert [(part.label, part.again) for part in double.parts] == [("基", False)]
    assert (base.label, base.again, base.parts, base.value) == ("基", True, (), "0.03 元")


def test_depth_is_limited_and_says_so() -> None:
    rules = ruleset({"户.一": ("金额", "甲"), "户.二": ("金额", "一 + 0 元"), "户.三": ("金额", "二 + 0 元")})
    found = decide(rules, home({"甲": 1}))
    shallow = why(found, ("户", "三"), depth=1)
    assert shallow.parts[0].label == "二"
    assert (shallow.parts[0].parts, shallow.parts[0].cut, shallow.parts[0].value) == ((), True, "0.01 元")
    assert "甲" in labels(why(found, ("户", "三"), depth=3))


def test_what_was_cut_short_is_told_again_where_there_is_room() -> None:
    rules = ruleset({"户.底": ("金额", "甲 + 乙"), "户.中": ("金额", "底 + 0 元"), "户.果": ("金额", "中 + 底")})
    e = why(decide(rules, home({"甲": 1, "乙": 2})), ("户", "果"), depth=2)
    middle, bottom = e.parts
    assert middle.parts[0].cut
    assert (bottom.again, [part.label for part in bottom.parts]) == (False, ["甲", "乙"])


def test_assumptions_are_told_with_their_reason() -> None:
    rules = ruleset({"户.果": ("是否", '缺省(真假, 是, "本地惯例") 且 已知(甲, "看有没有")')})
    e = why(decide(rules, home({"甲": 1})), ("户", "果"))
    assert (e.value, e.assumed) == ("是", True)
    assert [(p.kind, p.label, p.value, p.notes) for p in e.parts if p.kind == "assumption"] == [
        ("assumption", "真假", "是", ("假定，理由：本地惯例",))
    ]
    assert e.missing == ("户 的 真假",)
    assert why(decide(rules, home({"真假": 1, "甲": 1})), ("户", "果")).assumed is False


def test_an_assessed_rule_says_so() -> None:
    made = book({"户.估": ("金额", "甲 + 乙"), "户.果": ("金额", "估")})
    assessed = tuple(
        replace(r, versions=(replace(r.versions[0], assessed=True),)) if r.name == "估" else r for r in made.rules
    )
    found = decide(compile_at(replace(made, rules=assessed)), home({"甲": 1, "乙": 1}))
    assert find(why(found, ("户", "果")), "估").notes == ("按地区标准评估",)


@pytest.mark.parametrize(
    ("formula", "people", "shown"),
    [
        ("任一(候选成员, 残疾)", [{"残疾": 0}, {"残疾": 1}, {}], ["人 1：残疾"]),
        ("任一(候选成员, 残疾)", [{"残疾": 0}, {}], ["人 1：残疾"]),
        ("任一(候选成员, 残疾)", [{"残疾": 0}], []),
        ("全部(候选成员, 残疾)", [{"残疾": 1}, {"残疾": 0}, {}], ["人 1：残疾"]),
        ("全部(候选成员, 残疾)", [{"残疾": 1}, {"残疾": 0}, {"残疾": 0}], ["人 1：残疾"]),
        ("全部(候选成员, 残疾)", [{"残疾": 1}], []),
        ("全部(候选成员, 残疾, 健在)", [{"残疾": 1, "健在": 1}, {"健在": 1}], ["人 1：残疾"]),
        ("人数(候选成员, 残疾) > 1", [{"残疾": 1}, {"残疾": 0}, {"残疾": 1}], ["人 0：残疾", "人 2：残疾"]),
        ("最大(候选成员.出生) > 2000-01-01", [{"出生": day("2001-01-01")}, {"出生": day("1999-01-01")}], ["人 0：出生"]),
        ("最小(候选成员.出生) > 2000-01-01", [{"出生": day("2001-01-01")}, {"出生": day("1999-01-01")}], ["人 1：出生"]),
        ("最近(候选成员.出生, 出生) > 2000-01-01", [{"出生": day("2001-01-01")}, {"出生": day("1999-01-01")}], ["人 0：出生"]),
    ],
)  # fmt: skip
def test_rows_that_settled_it(formula: str, people: list[Facts], shown: list[str]) -> None:
    rules = ruleset({"户.果": ("是否", formula)})
    e = why(decide(rules, home(people=[Row(i, f) for i, f in enumerate(people)])), ("户", "果"))
    table = e if e.notes else next(part for part in e.parts if part.kind == "table")
    assert [row.label for row in table.parts] == shown


def test_many_rows_are_counted_not_listed() -> None:
    made = book({"户.果": ("金额", "合计(候选成员.甲收)"), "人.甲收": ("金额", "如果 残疾 则 1 元 否则 1 元")})
    wide = tuple(replace(e, max_rows=40) if e.name == "人" else e for e in made.entities)
    found = decide(compile_at(replace(made, entities=wide)), home(people=[Row(i) for i in range(20)]))
    e = why(found, ("户", "果"))
    assert len(e.parts) == 12
    assert e.notes[1] == "另有 8 行未列出"


@pytest.mark.parametrize(
    ("formula", "facts", "zh", "en"),
    [
        ("甲 < 乙", {"甲": (700, 900), "乙": 500}, "甲 至少高出乙 2.00 元", "First is at least CNY 2.00 above Second"),
        ("甲 < 乙", {"甲": 100, "乙": (500, 900)}, "甲 至少低于乙 4.00 元", "First is at least CNY 4.00 below Second"),
        ("数 ≥ 5", {"数": 3}, "数 比 5 少 2", "Number is 2 below 5"),
        ("某日 < 2024-01-01", {"某日": day("2024-01-11")}, "某日 比 2024-01-01 晚 10 天", "“Some day” is 10 days after 2024-01-01"),
        ("某日 > 基准日", {"某日": day("2024-06-30")}, "某日 比 基准日 早 1 天", "“Some day” is 1 day before the decision date"),
        ("非 甲 < 乙", {"甲": 3, "乙": 5}, "甲 低于乙 0.02 元", "First is CNY 0.02 below Second"),
        ("率 > 50%", {"率": 3_000}, "率 比 50% 少 20%", "Rate is 20% below 50%"),
        ("如果 真假 则 甲 < 乙 否则 是", {"真假": 1, "甲": 3, "乙": 5}, "甲 低于乙 0.02 元", "First is CNY 0.02 below Second"),
        ("城乡 = 农村", {"城乡": 0}, "", ""),
        ("甲 < 乙 且 数 < 5", {"甲": 3, "乙": 5, "数": 1}, "", ""),
        ("甲 < 乙 且 数 < 5", {"甲": 3, "乙": 5, "数": 9}, "数 比 5 多 4", "Number is 4 above 5"),
    ],
)  # fmt: skip
def test_margin(formula: str, facts: Facts, zh: str, en: str) -> None:
    found = decide(ruleset({"户.果": ("是否", formula)}), home(facts))
    assert why(found, ("户", "果")).margin == zh
    assert why(found, ("户", "果"), lang="en").margin == en


# --- households of one ----------------------------------------------------------------------------------------------

ALONE = Derived("单人户", "Household of one", "人", Text("残疾"), "户.享受低保", True, cites=CITE)
SUBSIDY = programme("补贴", "人", ["户.享受低保"], "5 元")


def test_a_household_of_one_is_told() -> None:
    people = [person("甲某", [], 健在=1, 残疾=1), person("乙某", [income(1, 金额=900_000)], 健在=1, 残疾=0)]
    found = decide(
        ruleset(RULES, [LOW, SUBSIDY], derived=[ALONE]), home({"户籍地": TOWN, "城乡": 1, "真假": 0}, people)
    )
    e = why(found, "补贴", ("甲某",))
    assert e.headline[:2] == ("补贴：符合，每月 5.00 元", "原因：按单人户判定")
    assert find(e, "单人户").formula == "残疾"
    assert find(e, "人口").value == "1 人"
    assert why(found, "补贴", ("乙某",)).headline[0] == "补贴：不符合"


def test_not_certain_whether_there_is_a_household_of_one() -> None:
    people = [person("甲某", [], 健在=1), person("乙某", [income(1, 金额=900_000)], 健在=1, 残疾=0)]
    found = decide(
        ruleset(RULES, [LOW, SUBSIDY], derived=[ALONE]), home({"户籍地": TOWN, "城乡": 1, "真假": 0}, people)
    )
    e = why(found, "补贴", ("甲某",), "en")
    assert e.headline[:3] == (
        "补贴 in English: cannot be decided yet",
        "Because not certain whether it is decided as: household of one",
        "Missing: Disabled of Person 甲某",
    )


# --- every formula, every rendering ---------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_anything_can_be_explained(data: st.DataObject) -> None:
    made = data.draw(rulesets(assuming=True))
    found = decide(made, data.draw(rows(made)))
    for key in made.order:
        for row in found.finder.run.rows[key[0]]:
            for lang in ("zh", "en"):
                e = why(found, key, row.path, lang)
                assert to_text(e)
                assert to_html(e)
                assert to_dict(e)["label"] == e.label


def test_asking_for_what_is_not_there() -> None:
    found = low(0)
    for what, path in (("没有", ()), (("户", "没有"), ()), (("人", "健在"), ("x",)), ("低保", ("甲某",))):
        with pytest.raises(KeyError):
            why(found, what, path)
