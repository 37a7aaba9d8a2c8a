"""A variable asked for under a condition is worked out where that may hold, and nowhere else; no answer changes for it."""

from __future__ import annotations

from doudi.rules.block import lay_out
from doudi.rules.block.demand import Demand
from doudi.rules.block.plan import plan_for
from doudi.rules.ruleset import Key
from doudi.rules.scalar import Row
from tests.unit.rules.scalar.little import DAHUA, home, income, person, programme, ruleset

RULES = ruleset(
    {
        "人.收": ("金额", "合计(收入.金额)"),
        "人.半数": ("金额", "四舍五入(收 ÷ 2 + 收 ÷ 3, 分)"),
        "人.所发": ("金额", "四舍五入(半数 × 30% + 半数 ÷ 7, 分)"),
        "人.多": ("是否", "取大(收, 收 × 2, 3 元) > 8 元"),
        "人.两用": ("金额", "四舍五入(收 ÷ 2 + 收 ÷ 5, 分)"),
        "人.外用": ("金额", "两用 + 1 元"),
    },
    [
        programme("津贴", "人", ["残疾", "多", "户.真假"], "所发", rank=1),
        programme("补贴", "人", ["健在", "残疾"], "两用", rank=2),
    ],
)
ELIGIBLE = ("人", "符合津贴")


def demand(*show: Key) -> Demand:
    return plan_for(RULES).demand(show)


def under(made: Demand, name: str) -> set[frozenset[str]]:
    return {frozenset(key[1] for key, _ in way) for way in made.where.get(("人", name), ())}


def families() -> list[Row]:
    """Ten people in two households, of whom the fourth of the first is disabled and the last of the second may be."""
    first = [person(f"{i}", [income(1, 金额=600)], 健在=1, 残疾=int(i == 3)) for i in range(5)]
    second = [person(f"{i}", [income(1, 金额=600)], 健在=1, 残疾=0) for i in range(4)]
    doubtful = person("4", [income(1, 金额=700)], 健在=1)
    of_household = {"甲": 0, "真假": 1, "户籍地": DAHUA, "城乡": 0}
    return [home(of_household, first), home(of_household, [*second, doubtful])]


def test_an_amount_is_asked_for_where_its_programme_may_hold() -> None:
    (way,) = under(demand(), "所发")
    assert "符合津贴" in way


def test_a_helper_is_asked_for_where_what_asks_for_it_is() -> None:
    assert under(demand(), "半数") == under(demand(), "所发")


def test_a_condition_is_asked_for_where_those_before_it_may_hold() -> None:
    (way,) = under(demand(), "多")
    assert "残疾" in way


def test_what_is_shown_is_asked_for_everywhere() -> None:
    assert not under(demand(("人", "所发")), "所发")
    assert under(demand(("人", "外用")), "两用") == set()


def test_a_guard_comes_before_what_it_guards() -> None:
    made = demand()
    place = {s.key: i for i, s in enumerate(made.steps)}
    for key, ways in made.where.items():
        assert all(place.get(guard, -1) < place[key] for way in ways for guard, _ in way)


def test_elsewhere_nothing_is_worked_out() -> None:
    plan, laid = plan_for(RULES), lay_out(RULES, families())
    block = plan.reader.read(laid.tables, "error")
    plan.evaluate(block, demand())
    whole = plan.reader.read(laid.tables, "error")
    plan.evaluate(whole)
    here = [laid.id("人", 0, ("3",)), laid.id("人", 1, ("4",))]
    there = [row for row in range(10) if row not in here]
    found, right = block.columns["人", "所发"], whole.columns["人", "所发"]
    assert found.lo[here].tolist() == right.lo[here].tolist() != [0, 0]
    assert found.hi[here].tolist() == right.hi[here].tolist()
    assert not found.hi[there].any()
    assert right.hi[there].all()
    for key in (ELIGIBLE, ("人", "津贴金额"), ("人", "享受津贴")):
        assert block.columns[key].lo.tolist() == whole.columns[key].lo.tolist()
        assert block.columns[key].hi.tolist() == whole.columns[key].hi.tolist()
