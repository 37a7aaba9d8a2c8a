"""Formulas read, typed and bounded; and every way of writing one wrong, with the place it is reported at."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from doudi.rules import Faults, check_book, compile_book
from doudi.rules.declared import Book, Conflict, Derived, Rule, Version, View
from doudi.rules.nodes import And, Arith, Compare, Const, Read, Standard, Table
from doudi.rules.scalar import Row, decide
from tests.unit.rules.books import book, programme, rule, standard, text

AT = date(2024, 7, 1)


def node(formula: str, kind: str = "是否", owner: str = "户.试", *more: Rule) -> object:
    entity, _, name = owner.partition(".")
    found = compile_book(book(rule(owner, kind, formula), *more), AT).variables[(entity, name)].node
    assert found is not None
    return found


def shape(found: object) -> str:
    """What a formula says, without the places that it stands at."""
    return re.sub(r"span=\(\d+, \d+\)", "", repr(found))


def faults(*rules: Rule, **parts: object) -> list[tuple[str, int]]:
    """(code, column) of every fault of a book with these rules."""
    with pytest.raises(Faults) as caught:
        compile_book(book(*rules, **parts), AT)  # type: ignore[arg-type]
    assert all(f.zh and f.en for f in caught.value.faults)
    return [(f.code, f.where.column) for f in caught.value.faults]


def fault(formula: str, kind: str = "是否", owner: str = "户.试") -> tuple[str, int]:
    found = faults(rule(owner, kind, formula))
    assert len(found) == 1, found
    return found[0]


def test_names_need_no_spaces_and_the_longest_wins() -> None:
    base = rule("户.人均月收入", "金额", "0 元"), rule("户.财产符合规定", "是否", "是")
    made = node("人均月收入<低保标准且财产符合规定", "是否", "户.试", *base)
    assert isinstance(made, And)
    compare, named = made.xs
    assert isinstance(compare, Compare)
    assert isinstance(compare.a, Read)
    assert compare.a.name == "人均月收入"
    assert isinstance(compare.b, Standard)
    assert isinstance(named, Read)


@pytest.mark.parametrize(
    ("close", "spaced"),
    [
        ("如果存款>1元则2元否则3.5万元", "如果 存款 > 1 元 则 2 元 否则 3.5 万元"),
        (
            "如果基准日<2024-07-01或基准日=2024-07-02则1角否则2分",
            "如果 基准日 < 2024-07-01 或 基准日 = 2024-07-02 则 1 角 否则 2 分",
        ),
        ("如果三口2类>3元则三口2类×2否则1元", "如果 三口2类 > 3 元 则 三口2类 × 2 否则 1 元"),
        ("如果x2>1元则x2否则2元", "如果 x2 > 1 元 则 x2 否则 2 元"),
    ],
)
def test_a_number_needs_no_space_before_it_and_a_name_may_hold_one(close: str, spaced: str) -> None:
    more = rule("户.三口2类", "金额", "0 元"), rule("户.x2", "金额", "0 元")
    one, other = (node(formula, "金额", "户.试", *more) for formula in (close, spaced))
    assert shape(one) == shape(other)


def test_chinese_and_ascii_and_full_width_say_the_same() -> None:
    one = node("非（存款 ≥ １.５万元）或 城乡＝农村")
    two = node("not (存款 >= 1.5万元) or 城乡 = 农村")
    assert [type(n) for n in one.parts] == [type(n) for n in two.parts]  # type: ignore[attr-defined]
    number = two.xs[0].x.b  # type: ignore[attr-defined]
    assert isinstance(number, Const)
    assert number.value == 1_500_000


def test_a_name_that_can_be_read_two_ways_is_refused() -> None:
    found = faults(
        rule("户.老", "是否", "是"),
        rule("户.残", "是否", "是"),
        rule("户.老且残", "是否", "是"),
        rule("户.试", "是否", "老且残"),
    )
    assert found == [("ambiguous-name", 1)]
    spaced = compile_book(
        book(
            rule("户.老", "是否", "是"),
            rule("户.残", "是否", "是"),
            rule("户.老且残", "是否", "是"),
            rule("户.试", "是否", "老 且 残"),
        ),
        AT,
    )
    assert isinstance(spaced.variables[("户", "试")].node, And)


@pytest.mark.parametrize("after", range(6))
def test_two_readings_are_found_however_much_follows(after: int) -> None:
    """否则 can be cut in two as well, in vain: that must not use up the tries."""
    tail = " 否则 如果 老 则 2 元" * after
    named = [rule(f"户.{name}", "是否", "是") for name in ("老", "残", "老且残")]
    for formula in (f"如果 老且残 则 1 元{tail} 否则 3 元", f"如果老且残则1元{tail} 否则 3 元".replace(" ", "")):
        assert faults(*named, rule("户.试", "金额", formula)) == [("ambiguous-name", 1)]
    compile_book(book(*named, rule("户.试", "金额", f"如果 老 且 残 则 1 元{tail} 否则 3 元")), AT)


def test_words_that_lead_nowhere_are_not_tried_in_every_way() -> None:
    """As many ways as two to the power of 60; whoever tried them all would never be done."""
    assert faults(rule("户.试", "是否", "否则" * 60 + "柒")) == [("unknown-name", 121)]
    assert faults(rule("户.试", "是否", "如果" + "否则" * 60))[0][0] == "syntax"


@pytest.mark.parametrize(
    ("formula", "code", "column"),
    [
        ("存歀 > 1 元", "unknown-name", 1),
        ("存款 > 低保标淮", "unknown-name", 6),
        ("存款 > ", "syntax", 5),
        ("存款 > > 1 元", "syntax", 6),
        ("(存款 > 1 元", "syntax", 10),
        ("存款 @ 1", "bad-character", 4),
        ("存款 > ١٠ 元", "bad-character", 6),
        ("基准日 > ٢٠٢٤-٠١-٠١", "bad-character", 7),
        ("存\u200b款 > 1 元", "bad-character", 2),
        ("", "empty-formula", 1),
        ("存款 > 1 岁", "type", 1),
        ("存款", "type", 1),
        ("存款 × 存款 > 1 元", "type", 1),
        ("健在", "wrong-entity", 1),
        ("成员 且 是", "unknown-name", 1),
        ("人数(家人) > 0", "unknown-name", 4),
        ("人数(收入) > 0", "wrong-entity", 4),
        ("任一(成员.健在)", "unknown-table", 4),
        ("城乡 = 工资", "wrong-category", 6),
        ("户籍地 属于 丙县", "unknown-name", 8),
        ("户籍地 属于 (城市)", "unknown-area", 9),
        ("高龄标准 > 1 元", "needs-scale", 1),
        ("存款 > 1.005 元", "not-whole", 6),
        ("近(12 个月)", "misplaced", 1),
        ("基准日 在 近(0 个月)", "period", 9),
        ("基准日 在 近(-1 个月)", "period", 9),
        ("基准日 在 近(1.5 年)", "period", 9),
        ("基准日 在 近(" + "9" * 5000 + " 个月)", "period", 9),
        ("取大(存款) > 1 元", "arity", 1),
        ("缺省(存款, 0 元) > 1 元", "arity", 1),
        ("缺省(存款, 0 元, \"\") > 1 元", "needs-reason", 13),
        ("四舍五入(存款, 百分之一) > 1 元", "round-unit", 10),
        ("城乡 < 1 人", "type", 1),
        ("户籍地 < 户籍地", "type", 1),
        ("2021-02-30 > 基准日", "bad-date", 1),
        ("(" * 45 + "是" + ")" * 45, "too-deep", 1),
        ("求和(存款) > 1 元", "unknown-function", 1),
    ],
)  # fmt: skip
def test_each_wrong_formula_is_reported_where_it_is_wrong(formula: str, code: str, column: int) -> None:
    assert fault(formula) == (code, column)


@pytest.mark.parametrize(
    ("formula", "write"),
    [
        ("存款 > 1000", "1000 元"),
        ("存款 不超过 1000 元", "≤"),
        ("存款不低于1000元", "≥"),
        ("城乡 不等于 农村", "≠"),
        ("存款 > 1 元 并且 城乡 = 农村", "写作 且"),
        ("存款 > 1 元 && 城乡 = 农村", "写 且"),
        ("1 元 < 存款 < 2 元", "甲 ≤ 乙 且 乙 < 丙"),
        ("城乡 = '农村'", "不加引号"),
        ("存款的10% > 1 元", "×"),
        ("max(存款, 1 元) > 1 元", "取大(甲, 乙)"),
        ("平均(收入.金额) > 1 元", "÷ 计数(表)"),
        ("取整(存款, 元) > 1 元", "四舍五入(量, 元)"),
        ("最大(收入.金额 × 2) > 1 元", "另立一条规则"),
        ("基准日 > 2024/1/31", "2024-01-31"),
        ("基准日 > 2024年1月31日", "2024-01-31"),
        ("基准日 > 11月15日", "2024-01-31"),
        ("人数(成员) > 3口", "单位有"),
        ("人数(成员) > 3 且 人数(成员) < 120平方米", "单位有"),
        ("基准日 - 2024-01-31 > 90 天", "月数(起, 止)"),
        ("存款 − 1 元 > 1 元", "减号写 -"),
        ("存款 ≧ 1 元", "写作 ≥"),
        ("城乡 属于 (农村、城市)", "用逗号隔开"),
        ("存\u200b款 > 1 元", "看不见的字符 U+200B"),
        ("存\u2f4b款 > 1 元", "U+2F4B"),
        ("存款 > ٣ 元", "请改写成“3”"),
    ],
)
def test_what_is_said_naturally_is_told_how_to_write(formula: str, write: str) -> None:
    with pytest.raises(Faults) as caught:
        compile_book(book(rule("户.试", "是否", formula)), AT)
    (found,) = caught.value.faults
    assert write in found.zh
    assert ";" in found.en


def test_a_misspelt_name_is_not_taken_for_a_comparison() -> None:
    with pytest.raises(Faults) as caught:
        compile_book(book(rule("户.试", "是否", "存款不足额 > 1 元")), AT)
    assert "写作" not in caught.value.faults[0].zh


def test_an_outer_name_must_be_written_with_its_owner() -> None:
    assert fault("城乡 = 农村", "是否", "人.试") == ("outer-name", 1)
    assert isinstance(node("户.城乡 = 农村", "是否", "人.试"), Compare)


def test_every_fault_is_reported_at_once() -> None:
    found = faults(
        rule("户.一", "是否", "存歀 > 1 元"), rule("户.二", "金额", "存款 ÷ 3"), rule("户.三", "是否", "存款")
    )
    assert [code for code, _ in found] == ["type", "unknown-name"]  # rounding is looked at once all names are right


def test_money_is_stored_only_through_a_named_rounding() -> None:
    assert fault("存款 ÷ 3", "金额") == ("needs-rounding", 1)
    assert fault("存款 × 30%", "金额") == ("needs-rounding", 1)
    assert isinstance(node("存款 × 2 - 1 元", "金额"), Arith)
    assert (
        compile_book(book(rule("户.试", "金额", "四舍五入(存款 ÷ 3, 元)")), AT).variables[("户", "试")].hi
        == 33_333_333_00
    )


def test_what_could_pass_two_to_the_62_is_named_when_the_pack_is_loaded() -> None:
    assert fault("四舍五入(存款 × 99999999 × 99999999, 元)", "金额")[0] == "overflow"
    # as a number it would do, but it is stored in ten-thousandths
    assert fault("存款 × 99999 ÷ 1 分", "比例")[0] == "overflow"


def test_a_circle_is_named() -> None:
    assert [c for c, _ in faults(rule("户.一", "金额", "户.二"), rule("户.二", "金额", "户.一 + 1 元"))] == ["circle"]


def test_a_target_is_never_looked_up() -> None:
    found = faults(rule("户.试", "是否", "存款 < 低保标准"), standards=(standard(kind="target"),))
    assert found == [("target-looked-up", 6)]


def test_a_standard_needs_its_area_in_sight() -> None:
    found = faults(rule("户.试", "是否", "存款 < 低保标准"), standards=(standard(area=("人", "户籍地")),))
    assert found == [("standard-scope", 6)]


def test_filters_confine_the_kind_and_hold_the_view() -> None:
    made = node("四舍五入(合计(收入.金额, 种类 属于 (工资, 经营) 且 日期 在 近(12 个月)) ÷ 12, 分)", "金额", "人.试")
    table = made.x.a  # type: ignore[attr-defined]
    assert isinstance(table, Table)
    assert table.kinds == (0, 1)
    counted = node("人数(成员, 重残) > 0").a  # type: ignore[attr-defined]
    assert isinstance(counted.where, And)
    first = counted.where.xs[0]
    assert isinstance(first, Read)
    assert first.name == "计入"


def test_names_declared_twice_or_reserved_or_clashing() -> None:
    assert [c for c, _ in faults(rule("户.存款", "金额", "1 元"))] == ["declared-twice"]
    assert [c for c, _ in faults(rule("户.且", "金额", "1 元"))] == ["reserved-word"]
    assert [c for c, _ in faults(rule("户.农村", "金额", "1 元"))] == ["name-clash"]
    assert [c for c, _ in faults(rule("房.面积", "金额", "1 元"))] == ["unknown-entity"]


def test_a_rule_without_a_version_on_the_date_stays_without_a_node() -> None:
    rules = compile_book(book(rule("户.试", "金额", "1 元", until=date(2020, 12, 31))), AT)
    assert rules.variables[("户", "试")].in_force is False
    assert ("户", "试") not in rules.order


def test_a_version_not_in_force_is_still_read() -> None:
    old = replace(rule("户.试", "金额", "1 元", since=date(2021, 1, 1)))
    both = replace(old, versions=(Version(text("存歀"), None, date(2020, 12, 31)), *old.versions))
    assert [f.code for f in check_book(book(both)) if f.severity == "error"] == ["unknown-name"]


def test_programmes_give_their_names_in_order() -> None:
    b = book(
        programmes=(
            programme("低保", "户", ["存款 < 低保标准"], "低保标准"),
            programme("补贴", "户", ["享受低保"], "10 元"),
        ),
        conflicts=(Conflict("不重复", "no double", "bar", programmes=("补贴",), by=("低保",)),),
    )
    rules = compile_book(b, AT)
    order = [name for _, name in rules.order]
    assert order.index("符合低保") < order.index("享受低保") < order.index("补贴@不重复") < order.index("享受补贴")
    assert rules.programmes[0].blockers == ()
    assert rules.programmes[1].blockers == (("不重复", "补贴@不重复"),)


def test_a_circle_through_a_conflict_is_found() -> None:
    found = faults(
        programmes=(programme("甲", "户", ["是"], "1 元"), programme("乙", "户", ["是"], "1 元")),
        conflicts=(
            Conflict("一", "one", "bar", programmes=("甲",), by=("乙",)),
            Conflict("二", "two", "bar", programmes=("乙",), by=("甲",)),
        ),
    )
    assert [c for c, _ in found] == ["circle"]


@pytest.mark.parametrize(
    ("conflict", "code"),
    [
        (Conflict("冲", "c", "bar", programmes=("甲",), by=("丙",)), "unknown-programme"),
        (Conflict("冲", "c", "bar", programmes=("甲",), by=("乙",)), "mixed-entities"),
        (Conflict("冲", "c", "higher", legs=(("甲",), ("丁",))), "mixed-periods"),
    ],
)
def test_a_conflict_must_make_sense(conflict: Conflict, code: str) -> None:
    programmes = (
        programme("甲", "户", ["是"], "1 元"), programme("乙", "人", ["是"], "1 元"), programme("丁", "户", ["是"], "1 元", "年"),
    )  # fmt: skip
    assert [c for c, _ in faults(programmes=programmes, conflicts=(conflict,))] == [code]


def test_a_derived_household_must_settle_on_a_truth() -> None:
    d = Derived("单人户", "single", "人", text("重残"), "户.存款", True)
    assert [c for c, _ in faults(derived=(d,))] == ["derived-settles"]


def test_one_derived_household_may_have_dated_versions() -> None:
    old = Derived("单人户", "single", "人", text("重残"), "户.真假", True, until=date(2024, 6, 30))
    new = Derived("单人户", "single", "人", text("非 重残"), "户.真假", True, since=date(2024, 7, 1))
    ruleset = compile_book(book(rule("户.真假", "是否", "是"), derived=(old, new)), AT)
    assert [d.name for d in ruleset.derived] == ["单人户"]
    assert ruleset.variables["人", "单人户#条件"].text == new.when


def test_one_day_has_one_derived_household_that_settles_the_same() -> None:
    """A member who is tried as both would be paid by both."""
    one = Derived("单人户", "single", "人", text("重残"), "户.真假", True, until=date(2024, 6, 30))
    other = replace(one, name="重病户", since=date(2024, 6, 30), until=None)
    rules = (rule("户.真假", "是否", "是"), rule("户.别的", "是否", "是"))
    with pytest.raises(Faults) as caught:
        compile_book(book(*rules, derived=(one, other)), AT)
    assert [f.code for f in caught.value.faults] == ["derived-twice"]
    for apart in (replace(other, since=date(2024, 7, 1)), replace(other, settles="户.别的")):
        compile_book(book(*rules, derived=(one, apart)), AT)


def test_a_view_of_a_missing_name() -> None:
    b = replace(book(), views=(View("成员", "Members", "人", text("计人")),))
    with pytest.raises(Faults) as caught:
        compile_book(b, AT)
    assert [f.code for f in caught.value.faults] == ["unknown-name"]


def test_unused_facts_and_standards_are_warnings_only() -> None:
    found = check_book(book())
    assert {f.code for f in found} == {"unused-fact", "unused-standard"}
    assert {f.severity for f in found} == {"warning"}


def test_a_standard_is_unused_until_a_formula_names_it() -> None:
    """One that has no value is a note of what a document leaves open, and a target is for no formula."""

    def unused(b: Book) -> set[str]:
        return {
            f.en.removeprefix("No formula uses the standard ") for f in check_book(b) if f.code == "unused-standard"
        }

    plain = book()
    names = {s.name for s in plain.standards if s.kind == "standard" and s.lines}
    assert unused(plain) == names
    assert "低保标准" in names
    used = book(programmes=(programme("补助", "户", ["存款 < 低保标准"], "1 元"),))
    assert unused(used) == names - {"低保标准"}
    assert unused(replace(plain, standards=tuple(replace(s, lines=()) for s in plain.standards))) == set()
    assert unused(replace(plain, standards=tuple(replace(s, kind="target") for s in plain.standards))) == set()


def test_a_programme_never_takes_money() -> None:
    rules = compile_book(book(programmes=(programme("补助", "户", ["是"], "存款 - 100 元"),)), AT)
    assert rules.variables[("户", "补助金额")].lo == -100_00
    assert rules.variables[("户", "补助实发")].lo == 0
    poor = decide(rules, Row(1, {"存款": 30_00})).outcome("补助")
    assert poor.paid == (0, 0)
    assert decide(rules, Row(1, {"存款": 130_00})).outcome("补助").paid == (30_00, 30_00)


def test_the_digest_tells_book_day_and_month() -> None:
    """Two that differ in any of them may decide otherwise."""
    one, other = book(rule("户.试", "是否", "是")), replace(book(rule("户.试", "是否", "否")), digest="other")
    made = [
        compile_book(one, AT),
        compile_book(other, AT),
        compile_book(one, date(2024, 7, 2), AT),
        compile_book(one, AT, date(2024, 8, 1)),
    ]
    assert len({m.digest for m in made}) == len(made)
    assert compile_book(one, AT, date(2024, 7, 31)).digest == made[0].digest
