"""What a programme answers: outcome, conflicts, amounts, the failing condition and its margin, what is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from doudi.rules.declared import Conflict, Text
from doudi.rules.scalar import Outcome, Row, decide
from tests.unit.rules.scalar.little import CITE, TOWN, book, compile_at, day, home, programme, ruleset

LOW = programme("低保", "户", ["人数(成员) > 0", "甲 < 标准", "非 真假"], "标准 - 甲")
IN_TOWN: dict[str, int | tuple[int, int]] = {"户籍地": TOWN, "城乡": 1}
ONE = [Row("a", {"健在": 1})]


def low(facts: dict[str, int | tuple[int, int]]) -> Outcome:
    return decide(ruleset({}, [LOW]), home(IN_TOWN | facts, ONE)).outcome("低保")


def test_eligible() -> None:
    found = low({"甲": 49_999, "真假": 0})
    assert (found.outcome, found.granted, found.amount, found.paid) == ("符合", "是", (1, 1), (1, 1))
    assert (found.failing, found.margin, found.missing, found.reason) == (None, None, (), "")


def test_not_eligible_names_the_first_condition_that_fails_and_the_margin() -> None:
    found = low({"甲": 50_000, "真假": 1})
    assert (found.outcome, found.granted, found.amount, found.paid) == ("不符合", "否", (0, 0), (0, 0))
    assert (found.failing, found.margin) == (1, Fraction(0))
    assert low({"甲": 51_240, "真假": 0}).margin == 1240


def test_a_family_over_the_line_is_refused_without_the_missing_paper() -> None:
    found = low({"甲": (60_000, 70_000)})
    assert (found.outcome, found.failing, found.margin, found.missing) == ("不符合", 1, None, ())


def test_a_condition_that_fails_later_decides_while_an_earlier_is_open() -> None:
    assert (low({"真假": 1}).outcome, low({"真假": 1}).failing) == ("不符合", 2)


def test_undecided_says_what_is_missing() -> None:
    found = low({"甲": (49_000, 50_000)})
    assert (found.outcome, found.granted, found.amount) == ("无法判定", "未知", (0, 1_000))
    assert [m.leaf.name for m in found.missing] == ["甲", "真假"]


def test_an_amount_may_be_open_while_the_outcome_is_not() -> None:
    found = low({"甲": (100, 200), "真假": 0})
    assert (found.outcome, found.granted, found.paid) == ("符合", "是", (49_800, 49_900))
    assert [m.leaf.name for m in found.missing] == ["甲"]


@pytest.mark.parametrize(
    ("condition", "facts", "margin"),
    [
        ("率 < 50%", {"率": 6000}, Fraction(1000)),
        ("率 < 1 ÷ 3", {"率": 5000}, Fraction(5000) - Fraction(10_000, 3)),
        ("某日 < 2000-01-01", {"某日": day("2000-01-11")}, Fraction(10)),
        ("数 ≥ 5", {"数": 3}, Fraction(-2)),
        ("城乡 = 农村", {"城乡": 0}, None),
        ("非 甲 > 1 元", {"甲": 300}, None),
        ("甲 > 1 元 且 真假", {"甲": 3, "真假": 1}, None),
    ],
)
def test_margin_is_exact_and_in_stored_units(
    condition: str, facts: dict[str, int | tuple[int, int]], margin: Fraction | None
) -> None:
    found = decide(ruleset({}, [programme("项", "户", [condition])]), home(facts)).outcome("项")
    assert (found.outcome, found.failing, found.margin, found.amount, found.paid) == ("不符合", 0, margin, None, None)


def test_programmes_of_persons() -> None:
    found = decide(
        ruleset({}, [programme("津贴项", "人", ["健在", "满周岁(出生) ≥ 80"], "分段(满周岁(出生), 津贴)")]),
        home(
            people=[Row("a", {"健在": 1, "出生": day("1944-07-01")}), Row("b", {"健在": 1, "出生": day("1944-07-02")})]
        ),
    )
    assert [(o.path, o.outcome, o.paid, o.margin) for o in found.programmes] == [
        (("a",), "符合", (10_000, 10_000), None),
        (("b",), "不符合", (0, 0), Fraction(-1)),
    ]


A, B = programme("甲项", "户", ["真假"], "甲", rank=1), programme("乙项", "户", ["另真假"], "3 元", rank=2)


def conflict(kind: str, **more: object) -> Conflict:
    return Conflict("规定", "Rule", kind, cites=CITE, **more)  # type: ignore[arg-type]


def both(kind: Conflict, facts: dict[str, int | tuple[int, int]]) -> list[tuple[str, str, object, str]]:
    found = decide(ruleset({}, [A, B], [kind]), home(facts)).programmes
    return [(o.outcome, o.granted, o.paid, o.reason) for o in found]


def test_bar() -> None:
    bar = conflict("bar", programmes=("乙项",), by=("甲项",))
    assert both(bar, {"真假": 1, "另真假": 1, "甲": 5}) == [
        ("符合", "是", (5, 5), ""),
        ("符合", "否", (0, 0), "conflict:规定"),
    ]
    # an undecided rival blocks
    assert both(bar, {"另真假": 1, "甲": 5})[1] == ("符合", "未知", (0, 300), "")
    assert both(bar, {"真假": 0, "另真假": 1})[1] == ("符合", "是", (300, 300), "")


def test_higher() -> None:
    higher = conflict("higher", legs=(("甲项",), ("乙项",)))
    assert both(higher, {"真假": 1, "另真假": 1, "甲": 500})[1] == ("符合", "否", (0, 0), "conflict:规定")
    assert both(higher, {"真假": 1, "另真假": 1, "甲": 100})[0] == ("符合", "否", (0, 0), "conflict:规定")
    # bounds decide although the amount is open
    assert both(higher, {"真假": 1, "另真假": 1, "甲": (400, 500)})[1][1] == "否"
    assert both(higher, {"真假": 1, "另真假": 1, "甲": (200, 500)})[1][1] == "未知"


def test_topup() -> None:
    top = conflict("topup", programmes=("乙项",), over=Text("甲"))
    assert both(top, {"真假": 0, "另真假": 1, "甲": 100})[1] == ("符合", "是", (200, 200), "")
    assert both(top, {"真假": 0, "另真假": 1, "甲": 1000})[1] == ("符合", "是", (0, 0), "")


def test_a_programme_with_no_version_in_force_is_nobodys() -> None:
    late = replace(A, versions=(replace(A.versions[0], since=date(2030, 1, 1)),))
    found = decide(compile_at(book(programmes=[late])), home({"真假": 1})).outcome("甲项")
    assert (found.outcome, found.granted, found.paid, found.reason) == ("不符合", "否", (0, 0), "lapsed")


def test_asking_for_what_is_not_there() -> None:
    found = decide(ruleset({}, [LOW]), home(people=ONE))
    for ask in (
        lambda: found.value("户", "没有"),
        lambda: found.value("人", "健在", ("x",)),
        lambda: found.outcome("没有"),
        lambda: found.outcome("低保", ("a",)),
    ):
        with pytest.raises(KeyError):
            ask()


def test_the_same_facts_give_the_same_decision() -> None:
    rules = ruleset({}, [LOW])
    given = home(IN_TOWN | {"甲": (49_000, 50_000)}, ONE)
    assert decide(rules, given).programmes == decide(rules, given).programmes
