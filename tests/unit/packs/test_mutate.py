"""Mutation: each kind of small wrong is made, cases that notice it kill it, and what is accepted must still be true."""

from datetime import date
from pathlib import Path

import pytest

from doudi.packs import load
from doudi.packs.mutants import Named, of_variable
from doudi.packs.mutate import MutationReport, mutate
from doudi.rules import Faults, compile_book
from tests.unit.packs.base import CASES, write


def changes(root: Path, formula: str, kind: str = "是否") -> list[str]:
    """What is changed in a formula of 户."""
    pack = load(write(root, {"rules/x.yaml": f'户.新: {{en: X, type: {kind}, formula: "{formula}"}}\n'}))
    variable = compile_book(pack.book, date(2024, 7, 1)).variables["户", "新"]
    assert variable.text is not None
    named = Named(frozenset(v.name for v in pack.book.views), {c.name: c.values for c in pack.book.categories})
    return [f"{variable.text.source[slice(*c.span)]}：{c.zh}" for c, _ in of_variable(variable, named)]


@pytest.mark.parametrize(
    ("formula", "kind", "expected"),
    [
        ("人口 > 2 人", "是否", ["人口 > 2 人：> 改为 ≥", "2 人：加1"]),
        ("人口 ≤ 2 人", "是否", ["人口 ≤ 2 人：≤ 改为 <", "2 人：加1"]),
        ("人口 = 2 人", "是否", ["人口 = 2 人：= 改为 ≠", "2 人：加1", "2 人：减1"]),
        ("人均月收入 < 1 元", "是否", ["人均月收入 < 1 元：< 改为 ≤", "1 元：加一分", "1 元：减一分"]),
        (
            "非 (人口 > 0 且 城乡 = 农村)",
            "是否",
            [
                "非 (人口 > 0 且 城乡 = 农村：去掉“非”",
                "人口 > 0：去掉这一部分",
                "城乡 = 农村：去掉这一部分",
                "人口 > 0：> 改为 ≥",
                "0：加1",
                "城乡 = 农村：= 改为 ≠",
            ],
        ),
        ("城乡 属于 (城市, 农村)", "是否", ["城乡 属于 (城市, 农村)：去掉第 1 个值", "城乡 属于 (城市, 农村)：去掉第 2 个值"]),
        ("城乡 属于 城市", "是否", ["城乡 属于 城市：去掉第 1 个值", "城乡 属于 城市：多算“农村”"]),
        ("户籍地 属于 化", "是否", ["户籍地 属于 化：取反", "户籍地 属于 化：放宽到上一级地区"]),
        ("户籍地 属于 全国", "是否", ["户籍地 属于 全国：取反"]),
        ("户籍地 属于 (河, 化)", "是否", ["户籍地 属于 (河, 化)：取反"]),
        ("否", "是否", ["否：是否取反"]),
        ("任一(候选成员)", "是否", []),
        ("任一(成员)", "是否", ["任一(成员)：“成员”不筛选"]),
        ("任一(成员, 周岁 > 60)", "是否", [
            "任一(成员, 周岁 > 60)：“成员”不筛选",
            "任一(成员, 周岁 > 60)：任一改为全部",
            "周岁 > 60：去掉筛选条件",
            "周岁 > 60：> 改为 ≥",
            "60：加1",
        ]),
        ("全部(候选成员, 计入)", "是否", ["全部(候选成员, 计入)：全部改为任一"]),
        ("合计(成员.年收入)", "金额", ["合计(成员.年收入)：“成员”不筛选", "合计(成员.年收入)：合计改为最大"]),
        ("最大(候选成员.年收入)", "金额", ["最大(候选成员.年收入)：最大改为最小"]),
        ("最小(候选成员.年收入, 周岁 > 60)", "金额", [
            "最小(候选成员.年收入, 周岁 > 60)：最小改为最大",
            "周岁 > 60：去掉筛选条件",
            "周岁 > 60：> 改为 ≥",
            "60：加1",
        ]),
        ("人口 × 2", "整数 人", ["2：加1", "2：减1"]),
        ("如果 人口 > 1 则 低保标准 否则 人均月收入", "金额", [
            "如果 人口 > 1 则 低保标准 否则 人均月收入：条件取反", "人口 > 1：> 改为 ≥", "1：加1",
        ]),
        ("取小(低保标准, 人均月收入)", "金额", ["取小(低保标准, 人均月收入)：取小改为取大"]),
        ("四舍五入(低保标准 × 30%, 元)", "金额", [
            "四舍五入(低保标准 × 30%, 元)：四舍五入改为向下",
            "四舍五入(低保标准 × 30%, 元)：四舍五入改为向上",
            "四舍五入(低保标准 × 30%, 元)：舍入单位放大十倍",
            "四舍五入(低保标准 × 30%, 元)：舍入单位缩小十倍",
            "30%：加万分之一",
            "30%：减万分之一",
        ]),
    ],
)  # fmt: skip
def test_what_is_changed(tmp_path: Path, formula: str, kind: str, expected: list[str]) -> None:
    assert changes(tmp_path, formula, kind) == expected


def report(root: Path, cases: str = CASES, **files: str) -> MutationReport:
    extra = {name.replace("__", "/") + ".yaml": text for name, text in files.items()}
    return mutate(load(write(root, {"cases/a.yaml": cases, **extra})))


def said(found: MutationReport) -> set[str]:
    return {f"{m.rule} | {m.mutation}" for m in found.survivors}


def test_cases_kill_what_they_can_see(tmp_path: Path) -> None:
    found = report(tmp_path)
    left = said(found)
    assert found.changes == found.noticed + len(found.survivors)
    # at the line and one fen under it: the comparison and the standard are held on both sides
    assert not any("人均月收入 < 低保标准：< 改为 ≤" in x for x in left)
    assert not any(x.startswith("标准 低保标准") and "农村 值" in x for x in left)
    # no case is of a town, nor of somebody of 80
    assert "标准 低保标准 | 全国 2020-01-01…：城市 值加一分" in left
    assert "项目 津贴 条件 2 | 周岁 ≥ 80：≥ 改为 >" in left
    assert "项目 津贴 条件 1 | 计入：去掉整个条件" in left
    assert all(m.where.file.startswith("base/") and m.en for m in found.survivors)


def test_another_case_kills_a_survivor(tmp_path: Path) -> None:
    case = """\
  - case: 八十岁当日
    why: 生日当天满 80
    as_of: 2024-07-01
    household: {template: 农户, 候选成员: [{称呼: 甲, 计入: 是, 出生日期: 1944-07-01, 齐全: 全部}]}
    expect: {甲: {津贴: 符合, 津贴实发: 100 元}}
"""
    assert "项目 津贴 条件 2 | 周岁 ≥ 80：≥ 改为 >" not in said(report(tmp_path, CASES + case))


def test_a_day_is_held_by_a_case_on_it(tmp_path: Path) -> None:
    rule = "户.新: {en: X, type: 整数, versions: [{until: 2024-06-30, formula: 1}, {from: 2024-07-01, formula: 2}]}\n"
    case = "cases:\n" + "".join(
        f"  - {{case: {day}, why: 例, as_of: {day}, household: {{}}, expect: {{新: {value}}}}}\n"
        for day, value in (("2024-06-30", 1), ("2024-07-01", 2))
    )
    left = {x for x in said(report(tmp_path, case, rules__x=rule)) if x.startswith("户.新")}
    assert left == set()
    left = {
        x
        for x in said(report(tmp_path, case.replace("2024-06-30", "2024-06-29"), rules__x=rule))
        if x.startswith("户.新")
    }
    assert left == {"户.新 | …2024-06-30：截止日早一天", "户.新 | 2024-07-01…：起始日早一天"}


def test_a_version_that_no_case_falls_in_is_not_forgotten(tmp_path: Path) -> None:
    rule = "户.新: {en: X, type: 整数, versions: [{until: 2000-01-01, formula: 7}, {from: 2024-01-01, formula: 2}]}\n"
    left = said(report(tmp_path, CASES, rules__x=rule))
    assert {"户.新 | 7：加1", "户.新 | 7：减1"} <= left


ACCEPT = "- {rule: 项目 津贴 条件 1, mutation: 计入：去掉整个条件, reason: 例}\n"


def test_what_is_accepted_is_not_listed(tmp_path: Path) -> None:
    found = report(tmp_path, survivors=ACCEPT)
    assert [m.rule for m in found.accepted] == ["项目 津贴 条件 1"]
    assert found.faults == ()
    assert "项目 津贴 条件 1 | 计入：去掉整个条件" not in said(found)


@pytest.mark.parametrize("entry", ["计入：去掉整个条体", "周岁 ≥ 80：≥ 改为 <"])
def test_what_is_accepted_and_does_not_survive_is_a_fault(tmp_path: Path, entry: str) -> None:
    found = report(tmp_path, survivors=ACCEPT.replace("计入：去掉整个条件", entry))
    assert [f.code for f in found.faults] == ["stale-survivor"]


def test_survivors_need_a_reason(tmp_path: Path) -> None:
    with pytest.raises(Faults, match="reason"):
        report(tmp_path, survivors="- {rule: 项目 津贴 条件 1, mutation: 计入：去掉整个条件}\n")


def test_cases_must_pass_first(tmp_path: Path) -> None:
    with pytest.raises(Faults, match="应为"):
        report(tmp_path, CASES.replace("低保: 符合", "低保: 不符合", 1))


def test_only_what_the_pack_itself_says_is_changed(tmp_path: Path) -> None:
    write(tmp_path)
    rule = "户.新: {en: X, type: 是否, formula: 人口 > 2 人}\n"
    low = write(tmp_path, {"rules/x.yaml": rule, "cases/a.yaml": CASES}, "low", ["base"])
    assert {m.rule for m in mutate(load(low)).survivors} == {"户.新"}


CITED = "cites: [{document: 甲法, clause: 第三条}]"
AROUND = f"""\
津一: {{en: First, of: 人, period: 月, conditions: [{{formula: 计入}}], amount: 1 元, funding: [{{shares: {{县: 0.6 元, 乡: 其余}}, {CITED}}}], {CITED}}}
津二: {{en: Second, of: 人, period: 月, conditions: [{{formula: 计入}}], amount: 3 元, {CITED}}}
"""
AGAINST = f"一不并二: {{en: No two, kind: bar, programmes: [津一], by: [津二], {CITED}}}\n"
ALIVE = "household: {template: 农户, 候选成员: [{称呼: 甲, 计入: 是, 出生日期: 1990-01-01, 齐全: 全部}]}"


def test_conflicts_and_bearers_of_the_cost_are_changed_too(tmp_path: Path) -> None:
    left = {x for x in said(report(tmp_path, CASES, programmes__x=AROUND, conflicts=AGAINST)) if "一" in x}
    assert {"一不并二 | 整条去掉", "一不并二 | 两边对换", "津一 | 县、乡 负担互换"} <= left
    case = (
        f"  - {{case: 例, why: 例, as_of: 2024-07-01, {ALIVE}, expect: {{甲: {{津一实发: 0 元, 津二实发: 3 元}}}}}}\n"
    )
    left = said(report(tmp_path, CASES + case, programmes__x=AROUND, conflicts=AGAINST))
    assert not any(x.startswith("一不并二") for x in left)
    case = f"  - {{case: 例, why: 例, as_of: 2024-07-01, {ALIVE}, expect: {{甲: {{津一实发·县: 0.6 元}}}}}}\n"
    assert not any("负担互换" in x for x in said(report(tmp_path / "2", CASES + case, programmes__x=AROUND)))


def test_a_programme_taken_off_a_leg_is_noticed_only_by_who_has_it(tmp_path: Path) -> None:
    more = (
        AROUND
        + f"津三: {{en: Third, of: 人, period: 月, conditions: [{{formula: 周岁 ≥ 30}}], amount: 3 元, {CITED}}}\n"
    )
    against = f"就高: {{en: The higher, kind: higher, legs: [[津二], [津一, 津三]], {CITED}}}\n"
    young = ALIVE.replace("1990", "1995")
    for household, survives in ((young, True), (ALIVE, False)):
        case = f"  - {{case: 例, why: 例, as_of: 2024-07-01, {household}, expect: {{甲: {{津二实发: {3 if survives else 0} 元}}}}}}\n"
        left = said(report(tmp_path, CASES + case, programmes__x=more, conflicts=against))
        assert ("就高 | 去掉“津三”" in left) is survives
