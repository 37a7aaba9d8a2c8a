"""Households of one that the rules split off, and what becomes of the household that they leave."""

from __future__ import annotations

from doudi.rules import Ruleset
from doudi.rules.declared import Derived, Text
from doudi.rules.scalar import Decision, Row, Value, decide
from tests.generative.compare import disagreements
from tests.unit.rules.scalar.little import CITE, home, income, person, programme, ruleset

RULES = {
    "人.计入": ("是否", "健在"),
    "人.收": ("金额", "合计(收入.金额)"),
    "户.人口": ("人数", "人数(成员)"),
    "户.总收": ("金额", "合计(成员.收) + (如果 作为单人户 则 0 元 否则 甲)"),
}
PROGRAMMES = [
    programme("低保", "户", ["人口 > 0", "总收 < 人口 × 10 元"], "人口 × 10 元 - 总收", rank=1),
    programme("补贴", "人", ["户.享受低保", "残疾"], "5 元", rank=2),
    programme("人项", "人", ["健在"], "1 元", rank=3),
]


def split(counts: bool, when: str = "残疾 且 非 户.享受低保") -> Ruleset:
    alone = Derived("单人户", "Household of one", "人", Text(when), "户.享受低保", counts, cites=CITE)
    return ruleset(RULES, PROGRAMMES, derived=[alone])


def family(**disabled: int) -> Row:
    """Two who count: a, who may be disabled and earns nothing, and b, who earns 25 yuan: over the line of 20 together."""
    a = person("a", [], 健在=1, **disabled)
    b = person("b", [income(1, 金额=2_500)], 健在=1, 残疾=0)
    return home({"甲": 0}, [a, b])


def told(decision: Decision) -> dict[tuple[str, tuple[object, ...]], tuple[str, str, object, str]]:
    return {(o.programme, o.path): (o.outcome, o.granted, o.paid, o.reason) for o in decision.programmes}


def test_a_household_of_one_takes_the_persons_programmes_over() -> None:
    found = decide(split(counts=True), family(残疾=1))
    (alone,) = found.derived
    assert (alone.name, alone.person, alone.when, alone.settles) == ("单人户", "a", Value(1, 1), Value(1, 1))
    assert alone.decision.outcome("低保").paid == (1_000, 1_000)
    assert alone.decision.value("户", "人口") == Value(1, 1)
    assert told(found)["补贴", ("a",)] == ("符合", "是", (500, 500), "derived:单人户")
    assert told(found)["人项", ("a",)] == ("符合", "是", (100, 100), "derived:单人户")
    # the household they come from, and whoever stays in it, are decided as before
    assert told(found)["低保", ()] == ("不符合", "否", (0, 0), "")
    assert told(found)["补贴", ("b",)] == ("不符合", "否", (0, 0), "")
    assert found.value("户", "人口") == Value(2, 2)


def test_nobody_is_tried_without_the_condition() -> None:
    found = decide(split(counts=True), family(残疾=0))
    assert found.derived == ()
    assert told(found)["补贴", ("a",)] == ("不符合", "否", (0, 0), "")


def test_one_who_does_not_settle_stays() -> None:
    rules = split(counts=True)
    rich = home({"甲": 0}, [person("a", [income(1, 金额=9_000)], 健在=1, 残疾=1)])
    found = decide(rules, rich)
    assert [(d.when.lo, d.settles) for d in found.derived] == [(1, Value(0, 0))]
    assert told(found)["补贴", ("a",)] == ("不符合", "否", (0, 0), "")


def test_what_is_due_to_the_household_is_not_due_again_to_one_of_it() -> None:
    alone = Derived("单人户", "Household of one", "人", Text("残疾"), "户.享受低保", True, cites=CITE)
    relief = programme("火灾救助", "户", ["人口 > 0"], "3 元", rank=4)
    found = decide(ruleset(RULES, [*PROGRAMMES, relief], derived=[alone]), family(残疾=1))
    (one,) = found.derived
    assert found.outcome("火灾救助").paid == (300, 300)
    assert (one.decision.outcome("火灾救助").outcome, one.decision.outcome("火灾救助").paid) == ("不符合", (0, 0))
    assert one.decision.outcome("低保").paid == (1_000, 1_000)


def test_what_the_settling_truth_rests_on_is_decided_for_one_as_well() -> None:
    alone = Derived("单人户", "Household of one", "人", Text("残疾"), "户.享受低保", True, cites=CITE)
    first = programme("特别救助", "户", ["人口 = 1"], "3 元", rank=4)
    barred = programme("低保", "户", ["人口 > 0", "非 享受特别救助"], "10 元", rank=1)
    found = decide(ruleset(RULES, [barred, *PROGRAMMES[1:], first], derived=[alone]), family(残疾=1))
    (one,) = found.derived
    assert one.decision.outcome("特别救助").outcome == "符合"
    assert one.decision.outcome("低保").outcome == "不符合"


def test_not_known_whether_the_condition_holds() -> None:
    found = decide(split(counts=True), family())
    (alone,) = found.derived
    assert (alone.when, alone.settles) == (Value(0, 1), Value(1, 1))
    # what is the same either way stays
    assert told(found)["人项", ("a",)] == ("符合", "是", (100, 100), "")
    assert told(found)["补贴", ("a",)] == ("无法判定", "未知", (0, 500), "derived?:单人户")
    assert [m.leaf.name for m in found.outcome("补贴", ("a",)).missing] == ["残疾"]
    # the household of one may not exist, so its own programme is not certain
    assert alone.decision.outcome("低保").outcome == "无法判定"
    assert alone.decision.outcome("低保").paid == (0, 1_000)
    assert [m.leaf.name for m in alone.decision.outcome("低保").missing] == ["残疾"]


def test_what_either_household_lacks_is_missing_where_both_leave_it_open() -> None:
    """Once the truth of one of them is supplied the two no longer say the same, and the other and the condition are asked for."""
    either = programme("两处", "人", ["如果 户.作为单人户 则 户.真假 否则 户.另真假"], "5 元", rank=4)
    alone = Derived("单人户", "Household of one", "人", Text("残疾"), "户.享受低保", True, cites=CITE)
    rules = ruleset(RULES, [*PROGRAMMES, either], derived=[alone])
    found = decide(rules, family()).outcome("两处", ("a",))
    assert (found.outcome, found.granted, found.paid) == ("无法判定", "未知", (0, 500))
    assert {m.leaf.name for m in found.missing} == {"残疾", "真假", "另真假"}
    assert found.reason == "derived?:单人户"
    assert disagreements(rules, [family(), family(残疾=0), family(残疾=1)]) == []


def test_whether_it_settles_may_be_unknown() -> None:
    a = person("a", None, 健在=1, 残疾=1)
    b = person("b", [income(1, 金额=2_500)], 健在=1, 残疾=0)
    found = decide(split(counts=True), home({"甲": 0}, [a, b]))
    (alone,) = found.derived
    assert (alone.when, alone.settles) == (Value(1, 1), Value(0, 1))
    assert [(m.leaf.kind, m.leaf.name, m.path) for m in found.outcome("补贴", ("a",)).missing] == [
        ("table", "收入", ("a",))
    ]


def test_one_who_leaves_no_longer_counts() -> None:
    found = decide(split(counts=False), family(残疾=1))
    assert found.value("户", "人口") == Value(1, 1)
    assert found.first.run.value(("户", "人口"), found.first.run.root) == Value(2, 2)
    assert found.value("人", "计入", ("a",)) == Value(0, 0)
    assert told(found)["补贴", ("a",)] == ("符合", "是", (500, 500), "derived:单人户")


def test_one_who_may_leave_may_count() -> None:
    found = decide(split(counts=False), family())
    assert found.value("户", "人口") == Value(1, 2)
    assert [m.leaf.name for m in found.missing("户", "人口")] == ["残疾"]
    # b earns 25 yuan: over the line with a and without
    assert told(found)["低保", ()][0] == "不符合"


def test_an_assumption_never_makes_a_household_of_one() -> None:
    found = decide(split(counts=False, when='缺省(残疾, 是, "r") 且 非 户.享受低保'), family())
    (alone,) = found.derived
    assert alone.when == Value(0, 1)
    assert told(found)["补贴", ("a",)][0] == "无法判定"


def test_an_assumption_never_keeps_a_person_in_the_original_either() -> None:
    """Where the persons' programmes are decided may not rest on it: they could be due in the one household and not in the other."""
    found = decide(split(counts=False, when='缺省(残疾, 否, "r") 且 非 户.享受低保'), family())
    (alone,) = found.derived
    assert alone.when == Value(0, 1)
    assert told(found)["补贴", ("a",)][0] == "无法判定"


def test_the_flag_is_false_in_every_other_household() -> None:
    found = decide(split(counts=True), home({"甲": 700}, [person("a", [], 健在=1, 残疾=1)]))
    assert found.value("户", "总收") == Value(700, 700)
    assert found.value("户", "作为单人户") == Value(0, 0)


def test_each_of_two_can_be_a_household_of_one() -> None:
    a = person("a", [], 健在=1, 残疾=1)
    b = person("b", [], 健在=1, 残疾=1)
    c = person("c", [income(1, 金额=9_000)], 健在=1, 残疾=0)
    found = decide(split(counts=False), home({"甲": 0}, [a, b, c]))
    assert [d.person for d in found.derived] == ["a", "b"]
    assert found.value("户", "人口") == Value(1, 1)
    assert {told(found)["补贴", (p,)][3] for p in ("a", "b")} == {"derived:单人户"}


def test_a_household_of_one_is_complete_whoever_else_may_live_there() -> None:
    listed = family(残疾=1)
    listed.complete = {}
    (alone,) = decide(split(counts=True, when="残疾"), listed).derived
    assert alone.decision.value("户", "人口") == Value(1, 1)
    assert alone.settles == Value(1, 1)


def test_one_who_does_not_count_anyway_is_not_counted_because_of_a_split() -> None:
    a = person("a", [], 健在=0)
    b = person("b", [income(1, 金额=2_500)], 健在=1, 残疾=0)
    rules = split(counts=False, when="残疾")
    found = decide(rules, home({"甲": 0}, [a, b]))
    assert [(d.person, d.when, d.settles) for d in found.derived] == [("a", Value(0, 1), Value(1, 1))]
    assert found.value("人", "计入", ("a",)) == Value(0, 0)
    assert found.value("户", "人口") == Value(1, 1)
