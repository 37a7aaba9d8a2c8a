"""Worked cases: how they are read, what is wrong with them, and what is said when they do not come out."""

from pathlib import Path

import pytest

from doudi.packs import load
from doudi.packs.cases import run_cases
from doudi.packs.differences import Difference
from doudi.rules.scalar import Row
from tests.unit.packs.base import BASE, CASES, faults_of, text_of, write

CASE = """\
templates:
  农户: {城乡: 农村, 户籍地: 化, 齐全: 全部}
  大户: {template: 农户, 城乡: 城市}
cases:
  - case: 甲案
    why: 例
    as_of: 2024-07-01
    household: HOUSEHOLD
    expect: EXPECT
"""


def one(root: Path, household: str = "{template: 农户}", expect: str = "{低保: 不符合}") -> Path:
    text = CASE.replace("HOUSEHOLD", household).replace("EXPECT", expect)
    return write(root, {"cases/a.yaml": text})


def row(root: Path, household: str) -> Row:
    (case,) = load(one(root, household)).cases
    return case.household


def test_facts_and_templates(tmp_path: Path) -> None:
    found = row(tmp_path, "{template: 大户, 户籍地: 桂}")
    assert found.facts == {"城乡": 0, "户籍地": 450_000_000_000}
    assert found.complete == {"人": True}


def test_rows_and_kinds(tmp_path: Path) -> None:
    found = row(
        tmp_path, "{候选成员: [{计入: 是, 齐全: [收入:工资, 收入:经营], 收入: [{种类: 经营, 金额: 1 元}]}, {}]}"
    )
    first, second = found.rows["人"]
    assert first.complete == {"收入": frozenset({0, 1})}
    assert first.rows["收入"][0].facts == {"种类": 1, "金额": 100}
    assert (second.facts, second.complete, found.complete) == ({}, {}, {})
    assert first.id != second.id


def test_what_is_not_known(tmp_path: Path) -> None:
    found = row(tmp_path, "{城乡: 未知, 候选成员: [{出生日期: 1930}, {出生日期: [1930-01-01, 1930-06]}]}")
    assert found.facts == {}
    births = [r.facts.get("出生日期") for r in found.rows["人"]]
    assert births == [(-14_610, -14_246), (-14_610, -14_430)]


def test_bounds_with_quotes_and_without(tmp_path: Path) -> None:
    for i, written in enumerate(("[1 元, 2 元]", '"[1 元, 2 元]"', '"[1 元，2 元]"')):
        found = row(tmp_path / str(i), f"{{候选成员: [{{收入: [{{金额: {written}}}]}}]}}")
        assert found.rows["人"][0].rows["收入"][0].facts == {"金额": (100, 200)}


def test_where_what_is_missing_is_written(tmp_path: Path) -> None:
    (found,) = faults_of(one(tmp_path, "{}", "{低保.缺: [人.收入]}"))
    assert "缺: {低保: […]}" in found.zh
    assert "缺: {低保: […]}" in found.en


BAD = [
    ("{城乡: 乡村}", "{低保: 符合}", ["unknown-value: 乡村"]),
    ("{城香: 农村}", "{低保: 符合}", ["unknown-fact: 城香"]),
    ("{template: 富户}", "{低保: 符合}", ["unknown-template: 富户"]),
    ("{候选成员: {}}", "{低保: 符合}", ["not-a-list: {}"]),
    ("{候选成员: [甲]}", "{低保: 符合}", ["not-a-mapping: 甲"]),
    ("{齐全: [财产]}", "{低保: 符合}", ["unknown-table: 财产"]),
    ("{齐全: [候选成员:甲]}", "{低保: 符合}", ["no-kinds: 候选成员:甲"]),
    ("{候选成员: [{齐全: [收入:薪]}]}", "{低保: 符合}", ["unknown-value: 收入:薪"]),
    ("{候选成员: [{称呼: 甲}, {称呼: 甲}]}", "{低保: 符合}", ["declared-twice: 甲}]}"]),
    ("{候选成员: [{收入: [{金额: 101 万元}]}]}", "{低保: 符合}", ["out-of-bounds: 101 万元"]),
    ("{候选成员: [{收入: [{金额: [2 元, 1 元]}]}]}", "{低保: 符合}", ["empty-bounds: [2 元"]),
    ("{候选成员: [{出生日期: 1889}]}", "{低保: 符合}", ["out-of-bounds: 1889"]),
    ("{}", "{}", ["nothing-expected: {}"]),
    ("{}", "{低堡: 符合}", ["unknown-expectation: 低堡"]),
    ("{}", "{低保: 是}", ["bad-choice: 是"]),
    ("{}", "{低保.享受: 符合}", ["bad-choice: 符合"]),
    ("{}", "{低堡.享受: 是}", ["unknown-programme: 低堡"]),
    ("{}", "{低保实发: 三元}", ["bad-number: 三元"]),
    ("{}", "{低保实发: 3}", ["needs-unit: 3"]),
    ("{}", "{津贴: 符合}", ["unknown-expectation: 津贴"]),
    ("{}", "{缺: {低堡: []}}", ["unknown-programme: 低堡"]),
    ("{}", "{缺: {低保: 人}}", ["not-a-list: 人"]),
    ("[]", "{低保: 符合}", ["not-a-mapping: []"]),
]


@pytest.mark.parametrize(("household", "expect", "told"), BAD)
def test_what_is_wrong_with_a_case(tmp_path: Path, household: str, expect: str, told: list[str]) -> None:
    found = [text_of(f, tmp_path) for f in faults_of(one(tmp_path, household, expect))]
    assert [f[: len(t)] for f, t in zip(found, told, strict=True)] == told


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("    why: 例\n", "", "missing-key"),
        ("as_of: 2024-07-01", "as_of: 2024-07", "bad-date"),
        ("    why: 例\n", "    why: 例\n    wy: 例\n", "unknown-key"),
        ("大户: {template: 农户", "大户: {template: 大户", "template-circle"),
        ("cases:\n", "case:\n", "unknown-key"),
    ],
)
def test_what_is_wrong_with_a_file_of_cases(tmp_path: Path, old: str, new: str, code: str) -> None:
    text = CASE.replace("HOUSEHOLD", "{template: 大户}").replace("EXPECT", "{低保: 不符合}").replace(old, new)
    assert [f.code for f in faults_of(write(tmp_path, {"cases/a.yaml": text}))] == [code]


def test_two_cases_of_one_name(tmp_path: Path) -> None:
    text = CASE.replace("HOUSEHOLD", "{}").replace("EXPECT", "{低保: 不符合}")
    files = {"cases/a.yaml": text, "cases/b.yaml": text}
    assert [text_of(f, tmp_path) for f in faults_of(write(tmp_path, files))] == ["declared-twice: 甲案"]


def test_templates_of_a_file_and_of_all(tmp_path: Path) -> None:
    case = "cases:\n  - {case: 乙案, why: 例, as_of: 2024-07-01, household: {template: 农户}, expect: {低保: 不符合}}\n"
    alone = write(
        tmp_path / "1",
        {"cases/a.yaml": CASE.replace("HOUSEHOLD", "{}").replace("EXPECT", "{低保: 不符合}"), "cases/b.yaml": case},
    )
    assert [f.code for f in faults_of(alone)] == ["unknown-template"]
    shared = {"cases/templates.yaml": "templates: {农户: {城乡: 农村}}\n", "cases/b.yaml": case}
    assert faults_of(write(tmp_path / "2", shared)) == []


def differences(root: Path, old: str, new: str) -> tuple[Difference, ...]:
    assert old in CASES
    return run_cases(load(write(root, {"cases/a.yaml": CASES.replace(old, new, 1)}))).differences


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("低保: 符合", "低保: 不符合", "低保 应为 不符合，得到 符合"),
        ("人均月收入: 499.99 元", "人均月收入: 500 元", "人均月收入 应为 500 元，得到 499.99 元"),
        ("低保实发: 0 元", "低保实发: 3 元", "低保实发 应为 3 元，得到 0 元"),
        ("低保.享受: 是", "低保.享受: 否", "低保.享受 应为 否，得到 是"),
        ("周岁: 44", "周岁: 45", "甲.周岁 应为 45，得到 44 岁"),
        ("人均月收入: 未知", "人均月收入: 0 元", "人均月收入 应为 0 元，得到 [0 元, 3333333.33 元]"),
        ('"[0 元, 500 元]"', '"[0 元, 400 元]"', "低保实发 应为 [0 元, 400 元]，得到 [0 元, 500 元]"),
        ("缺: {低保: [人.收入]}", "缺: {低保: []}", "低保 所缺 应为 无，得到 人.收入"),
        ("缺: {低保: [人.收入]}", "缺: {低保: [户.城乡, 人.收入]}", "低保 所缺 应为 户.城乡、人.收入，得到 人.收入"),
    ],
)
def test_a_difference_is_said_in_words(tmp_path: Path, old: str, new: str, said: str) -> None:
    (found,) = differences(tmp_path, old, new)
    assert found.zh.endswith(said)
    assert found.evaluator == "scalar"


def test_a_difference_tells_its_place_and_reason(tmp_path: Path) -> None:
    (found,) = differences(tmp_path, "甲: {津贴: 不符合", "甲: {津贴: 符合")
    assert CASES.splitlines()[found.where.line - 1][found.where.column - 1 :].startswith("津贴")
    assert any("周岁 ≥ 80" in line for line in found.why)


DERIVED = """\
单人户:
  en: Household of one
  of: 人
  when: 周岁 ≥ 60
  settles: 户.享受低保
  counts_in_original: 否
  cites: [{document: 甲法, clause: 第三条}]
"""


def test_households_of_one(tmp_path: Path) -> None:
    """Two members, one of 64 without income, one of 44 with 6,000 yuan a month."""
    household = (
        "{template: 农户, 候选成员: [{称呼: 老, 计入: 是, 出生日期: 1960-01-01, 齐全: 全部}, "
        "{称呼: 少, 计入: 是, 出生日期: 1980-01-01, 齐全: 全部, 收入: [{种类: 工资, 金额: 72000 元, 日期: 2024-01-31}]}]}"
    )
    expect = "{低保: 不符合, 单人户: {老: {低保: 符合, 低保实发: 500 元, 周岁: 64}, 少: {低保: 不符合}}}"
    text = CASE.replace("HOUSEHOLD", household).replace("EXPECT", expect)
    report = run_cases(load(write(tmp_path, {"cases/a.yaml": text, "derived.yaml": DERIVED})))
    assert [d.zh for d in report.differences] == []
    wrong = text.replace("低保实发: 500 元", "低保实发: 400 元")
    (found,) = run_cases(load(write(tmp_path, {"cases/a.yaml": wrong, "derived.yaml": DERIVED}))).differences
    assert found.zh.endswith("单人户（老）.低保实发 应为 400 元，得到 500 元")


def test_what_is_missing_is_told_by_where_it_is_supplied(tmp_path: Path) -> None:
    """A standard without a value is not mended in the case, nor a table not said to be complete by one more fact."""
    lines = BASE["standards/lines.yaml"].replace("{from: 2020-01-01, value", "{until: 2020-12-31, value")
    household = "{户籍地: 桂, 候选成员: [{计入: 是, 收入: [{种类: 工资, 金额: 1 元}]}]}"
    text = CASE.replace("HOUSEHOLD", household).replace("EXPECT", "{低保金额: 1 元}")
    (found,) = run_cases(load(write(tmp_path, {"cases/a.yaml": text, "standards/lines.yaml": lines}))).differences
    assert found.why == (
        "缺事实，补进案例 / facts to add to the case：户.城乡、收入.日期",
        "没有说列全，补进 齐全 / not said to be complete, add to 齐全：人.收入、户.人",
        "标准没有在用的值，写在 standards/ / standards without a value in force, to write in standards/：低保标准",
    )


def test_what_could_change_nothing_is_not_said_to_be_missing(tmp_path: Path) -> None:
    """The guarantee is due whatever the income: how much it is does not settle whether."""
    household = "{template: 农户, 候选成员: [{称呼: 甲, 计入: 是, 收入: [{种类: 工资, 金额: 1 元, 日期: 2023-12-31}], 齐全: 全部}, {计入: 未知, 齐全: 全部}]}"
    text = CASE.replace("HOUSEHOLD", household).replace("EXPECT", "{低保: 不符合, 低保金额: 499 元}")
    outcome, amount = run_cases(load(write(tmp_path, {"cases/a.yaml": text}))).differences
    assert (outcome.zh.endswith("得到 符合"), outcome.why) == (True, ())
    assert amount.why == ("缺事实，补进案例 / facts to add to the case：人.计入",)
