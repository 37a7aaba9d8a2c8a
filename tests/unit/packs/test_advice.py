"""What a fault advises: the nearest name, what there is to choose from, and where the thing belongs."""

from __future__ import annotations

from pathlib import Path

import pytest

from doudi.packs import examine
from tests.unit.packs.base import BASE, CASES, faults_of, write

PROGRAMMES = "programmes/basic.yaml"


def advised(root: Path, files: dict[str, str], code: str) -> tuple[str, str]:
    found = {(f.zh, f.en) for f in faults_of(write(root, files)) if f.code == code}
    assert len(found) == 1, found
    return found.pop()


def changed(file: str, old: str, new: str) -> dict[str, str]:
    assert old in BASE[file]
    return {file: BASE[file].replace(old, new, 1)}


def case(expect: str) -> dict[str, str]:
    old = "expect: {低保: 不符合, 低保金额: 0 元}"
    assert old in CASES
    poor = "- {template: 成人, 收入: [{种类: 工资, 金额: 18000"
    text = CASES.replace(old, f"expect: {expect}", 1).replace(poor, poor.replace("{t", "{称呼: 丙, t"), 1)
    return {"cases/a.yaml": text}


@pytest.mark.parametrize(
    ("files", "code", "zh", "en"),
    [
        (
            changed(PROGRAMMES, "of: 户", "of: 家庭"),
            "unknown-entity",
            "没有实体“家庭”；有：户、人、收入",
            "There is no entity “家庭”; there are: 户, 人, 收入",
        ),
        (
            {"案例/x.yaml": "a: 1\n"},
            "unknown-file",
            "规则包里没有“案例/x.yaml”这种文件，不会有人读它；文件夹有：facts、standards、rules、programmes、cases",
            "A pack has no file “案例/x.yaml”; nothing would read it; the folders are facts, standards, rules, programmes, cases",
        ),
        (
            case("{丙: {低保: 不符合}}"),
            "unknown-expectation",
            "人没有“低保”这个项目、量、称呼或派生户；它是户的，请直接写在 expect 里，不写在称呼之下",
            "人 has no programme, variable, row or derived household “低保”; it is of 户: write it in expect itself, under nobody's 称呼",
        ),
        (
            case("{丙: {人均月收入: 500 元}}"),
            "unknown-expectation",
            "人没有“人均月收入”这个项目、量、称呼或派生户；它是户的，请直接写在 expect 里，不写在称呼之下",
            "人 has no programme, variable, row or derived household “人均月收入”; it is of 户: write it in expect itself, under nobody's 称呼",
        ),
        (
            case("{津贴: 不符合}"),
            "unknown-expectation",
            "户没有“津贴”这个项目、量、称呼或派生户；它是人的，请写在那一行的称呼之下",
            "户 has no programme, variable, row or derived household “津贴”; it is of 人: write it under that row's 称呼",
        ),
        (
            case("{低保: 符合, 低保金额: 1,000 元}"),
            "unknown-expectation",
            "户没有“000 元”这个项目、量、称呼或派生户；数里不写逗号，如 3000 元",
            "户 has no programme, variable, row or derived household “000 元”; no commas inside numbers: 3000 元",
        ),
    ],
)  # fmt: skip
def test_what_is_advised(tmp_path: Path, files: dict[str, str], code: str, zh: str, en: str) -> None:
    assert advised(tmp_path, files, code) == (zh, en)


def test_what_replaces_nothing_is_told_the_nearest_name(tmp_path: Path) -> None:
    write(tmp_path)
    low = {"rules/x.yaml": "户.人囗: {en: X, type: 整数 人, formula: 1 人, replaces: base@00000000}\n"}
    (fault,) = faults_of(write(tmp_path, low, "low", ["base"]))
    assert (fault.code, fault.zh) == (
        "replaces-nothing",
        "上级没有“户.人囗”，没有什么可替换；是不是想写“户.人口”？",
    )


def test_a_standard_that_is_none_is_told_the_nearest_one_above(tmp_path: Path) -> None:
    write(tmp_path)
    (fault,) = faults_of(write(tmp_path, {"standards/x.yaml": "低保标淮:\n  values: []\n"}, "low", ["base"]))
    assert (fault.code, str(fault.where)) == ("unknown-standard", "low/standards/x.yaml:1:1")
    assert fault.zh == "上级没有标准“低保标淮”；是不是想写“低保标准”？新立一个标准，要写 en 和 type"
    assert fault.en == "No upper pack has a standard “低保标淮”; did you mean “低保标准”? A new one needs en and type"


@pytest.mark.parametrize(
    ("code", "told"),
    [("451229101", False), ("451229101201", False), ("451292101", True), ("451292101201", True), ("451292", False)],
)
def test_a_township_in_a_county_that_nobody_names_is_told(tmp_path: Path, code: str, told: bool) -> None:
    """Two digits changed about put it elsewhere, where none of the county's values hold."""
    areas = BASE["areas.yaml"] + f'镇: {{code: "{code}", en: Town}}\n'
    _, faults = examine(write(tmp_path, {"areas.yaml": areas}))
    found = [f for f in faults if f.code == "no-county"]
    assert [(f.severity, str(f.where), f.zh) for f in found] == (
        [("warning", "base/areas.yaml:5:1", "“镇”在 451292，没有地区是这个代码；请核对代码，县没有写的请写上")]
        if told
        else []
    )


@pytest.mark.parametrize(
    ("formula", "zh"),
    [
        ("人均月收入 > 一万元", "；数用 0 至 9 写，如 10000 元、12 个月"),
        ("人均月收入 > 低保标准 × 百分之三十", "；百分数写成 30%"),
        ("任一(成员, 出生日期 在 近12个月)", "；写作 近(12 个月)"),
        ("任一(成员, 出生日期 在 近(一年))", "；数用 0 至 9 写，如 10000 元、12 个月"),
        ("人均月收入 => 低保标准", "；大于等于写 ≥ 或 >=，小于等于写 ≤ 或 <="),
        ("人均月收入 =< 低保标准", "；大于等于写 ≥ 或 >=，小于等于写 ≤ 或 <="),
        ("“人口 > 1”", '；公式外面要加的引号用半角的 "，公式里面不用引号'),
    ],
)
def test_what_is_advised_of_a_formula(tmp_path: Path, formula: str, zh: str) -> None:
    text = f"户.新:\n  en: X\n  type: 是否\n  formula: {formula}\n"
    (fault,) = faults_of(write(tmp_path, {"rules/new.yaml": text}))
    assert fault.zh.endswith(zh), fault.zh
