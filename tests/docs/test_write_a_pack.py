"""The how-to for officers is true: the pack that it builds, in either language's text, checks and its cases come out as worked by hand."""

from __future__ import annotations

import re
import shlex
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from doudi.cli.main import main
from doudi.packs.cases import run_cases
from doudi.packs.pack import examine

DOCS = Path(__file__).resolve().parents[2] / "docs" / "how-to"
BLOCK = re.compile(r"```yaml\n# (\S+\.yaml)\n(.*?)```", re.DOTALL)


def written(page: str, folder: Path) -> Path:
    """Every YAML block of the page that begins with a file's name, as files of a pack."""
    pack = folder / "qingshi"
    for name, text in BLOCK.findall((DOCS / page).read_text(encoding="utf-8")):
        (pack / name).parent.mkdir(parents=True, exist_ok=True)
        (pack / name).write_text(text, encoding="utf-8")
    return pack


@pytest.mark.parametrize("page", ["write-a-pack.zh-CN.md", "write-a-pack.md"])
def test_the_pack_of_the_how_to_checks_and_its_cases_pass(page: str, tmp_path: Path) -> None:
    pack, faults = examine(written(page, tmp_path), thorough=True)
    own = [f for f in faults if f.severity == "error" or f.where.file.startswith("qingshi")]
    assert not own, "\n".join(f.said("en") for f in own)
    assert pack is not None
    report = run_cases(pack)
    assert report.cases == 12
    assert not report.differences, report.differences


def test_both_pages_build_the_same_pack(tmp_path: Path) -> None:
    blocks = [
        dict(BLOCK.findall((DOCS / page).read_text(encoding="utf-8")))
        for page in ("write-a-pack.zh-CN.md", "write-a-pack.md")
    ]
    assert blocks[0].keys() == blocks[1].keys()
    assert blocks[0]["programmes/nutrition.yaml"] == blocks[1]["programmes/nutrition.yaml"]


LINE = """\
低保标准:
  values: [{area: 青石县, value: {农村: 6000 元}, cites: [{document: 青石助学办法, clause: 第一条}]}]
低保标准月数:
  values: [{area: 青石县, value: {农村: 12 个月}, cites: [{document: 青石助学办法, clause: 第一条}]}]
"""
TIERS = """\
templates:
  农户: {户籍地: 青石镇, 居住地: 青石镇, 城乡: 农村, 申请日期: 2025-07-01, 齐全: 全部}
  大人: {健在: 是, 关系: 户主, 不计入情形: 无不计入, 户籍地: 青石镇, 出生日期: 1980-01-01, 收入无法核实: 否, 齐全: 全部}
cases:
"""
TIER = """\
  - case: 一年 {income} 元
    why: 公布的是一年 6000 元，一个月 500 元；{a_month} 元
    as_of: 2025-07-01
    household: {{template: 农户, 候选成员: [{{template: 大人, 收入: [{{种类: 工资, 金额: {income} 元, 日期: 2025-06-30}}]}}]}}
    expect: {{人均月收入: {a_month} 元, 助学档次: {tier}}}
"""


HARDSHIP = """\
templates:
  农户: {户籍地: 青石镇, 居住地: 青石镇, 城乡: 农村, 申请日期: 2025-07-10, 齐全: 全部}
  急难: {种类: 火灾, 日期: 2025-07-01, 已救助: 否, 受困人数: 1}
cases:
"""
RELIEF = """\
  - case: {case}
    why: {why}
    as_of: 2025-07-31
    household: {{template: 农户, 困境: [{hardships}], 户领: [{received}]}}
    expect: {{困难救助: {outcome}, 困难救助金额: {sum} 元}}
"""
GRAVE, EXTREME = "{template: 急难, 程度: 较重困难}", "{template: 急难, 程度: 特别困难}"


def paid(*months: tuple[str, int]) -> str:
    return ", ".join(f"{{项目: 临时救助金, 月份: {month}, 金额: {yuan} 元}}" for month, yuan in months)


@pytest.mark.parametrize("page", ["write-a-pack.zh-CN.md", "write-a-pack.md"])
def test_relief_by_degree_with_the_ceilings_of_a_year(page: str, tmp_path: Path) -> None:
    """The line is 500 yuan a month, so that the year's ceiling is 5,000."""
    folder = written(page, tmp_path)
    (folder / "standards" / "line.yaml").write_text(LINE, encoding="utf-8")
    relieved, last_month = GRAVE.replace("急难", "急难, 已救助: 是"), GRAVE.replace("急难", "急难, 日期: 2025-06-30")
    steps = (
        ("一般困难", "500 × 2", "{template: 急难, 程度: 一般困难}", "", 1000),
        ("较重困难", "500 × 4", GRAVE, "", 2000),
        ("两件", "500 × 4 + 500 × 6 = 5000，正好到限额", f"{GRAVE}, {EXTREME}", "", 5000),
        ("三个人特别困难", "500 × 6 × 3 = 9000，限额 5000", EXTREME.replace("急难", "急难, 受困人数: 3"), "", 5000),
        ("当年领过四千", "限额还剩 1000", GRAVE, paid(("2025-01-01", 4000)), 1000),
        ("上年领的不算", "500 × 4", GRAVE, paid(("2024-12-01", 4000)), 2000),
        ("本月的不算以前", "500 × 4", GRAVE, paid(("2025-07-01", 4000)), 2000),
        ("上月的困难", "不在本月", last_month, "", 0),
        ("已经救助", "不再救助", relieved, "", 0),
        ("第三次", "领过两次", GRAVE, paid(("2025-01-01", 1), ("2025-06-01", 1)), 0),
        ("第二次", "领过一次，500 × 4", GRAVE, paid(("2025-06-01", 1)), 2000),
    )
    text = HARDSHIP + "".join(
        RELIEF.format(case=c, why=w, hardships=h, received=r, outcome="符合" if s else "不符合", sum=s)
        for c, w, h, r, s in steps
    )
    (folder / "cases" / "relief.yaml").write_text(text, encoding="utf-8")
    pack, faults = examine(folder)
    assert [f.said("en") for f in faults if f.severity == "error"] == []
    assert pack is not None
    assert [d.zh for d in run_cases(pack).differences] == []


INDEX = """\
cases:
  - case: {as_of} 定 {month}
    why: 六月 5.9% 差一点，七月 6.0% 到线；八月没有公布
    as_of: {as_of}
    month: {month}
    household: {{户籍地: 青石镇, 城乡: 农村}}
    expect: {{食品价格达线: {reached}}}
"""


@pytest.mark.parametrize(
    ("as_of", "month", "reached"),
    [
        ("2025-06-30", "2025-06-01", "否"),
        ("2025-07-20", "2025-06-01", "否"),
        ("2025-07-31", "2025-07-01", "是"),
        ("2025-08-20", "2025-07-01", "是"),
        ("2025-08-01", "2025-08-01", "未知"),
    ],
)
def test_an_index_counts_for_its_own_month_whenever_that_is_decided(
    tmp_path: Path, as_of: str, month: str, reached: str
) -> None:
    folder = written("write-a-pack.md", tmp_path)
    text = INDEX.format(as_of=as_of, month=month, reached=reached)
    (folder / "cases" / "index.yaml").write_text(text, encoding="utf-8")
    pack, faults = examine(folder)
    assert [f.said("en") for f in faults if f.severity == "error"] == []
    assert pack is not None
    assert [d.zh for d in run_cases(pack).differences] == []


@pytest.mark.parametrize("page", ["write-a-pack.zh-CN.md", "write-a-pack.md"])
def test_income_of_a_month_is_held_against_the_line_of_a_month(page: str, tmp_path: Path) -> None:
    folder = written(page, tmp_path)
    (folder / "standards" / "line.yaml").write_text(LINE, encoding="utf-8")
    steps = ((7200, 600, "甲档"), (7212, 601, "乙档"), (9000, 750, "乙档"), (9012, 751, "不入档"))
    text = TIERS + "".join(TIER.format(income=i, a_month=m, tier=t) for i, m, t in steps)
    (folder / "cases" / "tiers.yaml").write_text(text, encoding="utf-8")
    pack, faults = examine(folder)
    assert [f.said("en") for f in faults if f.severity == "error"] == []
    assert pack is not None
    assert [d.zh for d in run_cases(pack).differences] == []


def test_the_heating_season_of_the_how_to_has_no_day_left_out(tmp_path: Path) -> None:
    pack, _ = examine(written("write-a-pack.md", tmp_path))
    assert pack is not None
    (season,) = (s for s in pack.book.standards if s.name == "采暖季")
    spans = sorted((line.since, line.until) for line in season.lines if line.since and line.until)
    (heating,) = (v for p in pack.book.programmes if p.name == "取暖补贴" for v in p.versions)
    assert (spans[0][0], spans[-1][1]) == (heating.since, heating.until)
    assert [b - a for (_, a), (b, _) in pairwise(spans)] == [timedelta(days=1)] * (len(season.lines) - 1)


def command(*words: str) -> str:
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    return result.output.replace("\n", "")


@pytest.mark.parametrize(("lang", "look", "own"), [("zh", "再看一户：", "取暖补贴"), ("en", "One more: ", "Heating subsidy")])  # fmt: skip
def test_the_pack_of_the_how_to_runs_in_a_synthetic_county(tmp_path: Path, lang: str, look: str, own: str) -> None:
    """It declares a fact of its own, which nobody made up can have: that is unknown, and no reason to stop."""
    pack, out = written("write-a-pack.zh-CN.md", tmp_path), tmp_path / "out"
    words = ("demo", "--no-serve", "--households", "120", "--pack", str(pack), "--out", str(out), "--lang", lang)
    said = command(*words, "--month", "2025-12")
    # The command that it gives to look further is one that works, as it stands.
    again = re.search(rf"{look}\./doudi (explain .*?--out \S+?/out)", said)
    assert again is not None
    told = command(*shlex.split(again[1]), "--lang", lang)
    assert own in told


@pytest.mark.parametrize(
    ("lang", "month", "told"),
    [
        ("zh", "2024-12", "营养补助（2025-01-01 至 2027-12-31）"),
        ("en", "2024-12", "Nutrition subsidy of the old (2025-01-01 to 2027-12-31)"),
        ("zh", "2025-01", ""),
        ("zh", "2027-12", "取暖补贴（2025-01-01 至 2025-12-31）"),
        ("zh", "2028-01", "营养补助（2025-01-01 至 2027-12-31）"),
    ],
)
def test_a_county_in_which_a_programme_does_not_hold_yet_says_so(
    tmp_path: Path, lang: str, month: str, told: str
) -> None:
    pack, out = written("write-a-pack.zh-CN.md", tmp_path), tmp_path / "out"
    words = ("--households", "100", "--pack", str(pack), "--out", str(out), "--month", month, "--lang", lang)
    said = command("demo", "--no-serve", *words).replace(" ", "")
    assert told.replace(" ", "") in said
    if not told:
        assert "没有施行" not in said
    elif month == "2027-12":
        assert "营养补助（" not in said
