"""A small pack that has one of everything, built afresh in a folder; tests change one file of it at a time."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from doudi.packs import examine
from doudi.rules import Fault

BASE: dict[str, str] = {
    "pack.yaml": """\
name: base
zh: 底本
en: Base
area: 全国
documents:
  甲法: {zh: 甲法, en: Law A, status: unverified}
  乙方案: {zh: 乙方案, en: Plan B, status: document}
""",
    "entities.yaml": """\
户: {en: Household, file: household}
人: {en: Person, file: person, of: 户, table: 候选成员, max_rows: 30}
收入: {en: Income, file: income, of: 人, kind: 种类, max_rows: 40}
""",
    "views.yaml": "成员: {en: Members, of: 人, formula: 计入}\n",
    "categories.yaml": """\
城乡: {en: Registration, values: {城市: urban, 农村: rural}}
收入种类: {en: Kind of income, values: {工资: wages, 经营: trade}}
""",
    "areas.yaml": """\
全国: {code: "0", en: China}
桂: {code: "45", en: Gui}
河: {code: "4512", en: He}
化: {code: "451229", en: Hua}
""",
    "facts.yaml": """\
户.户籍地: {en: Registered in, type: 地区}
户.城乡: {en: Urban or rural, type: 类别 城乡}
人.计入: {en: Counts, type: 是否}
人.出生日期: {en: Born on, type: 日期, min: 1890-01-01, max: 2100-12-31}
收入.种类: {en: Kind, type: 类别 收入种类}
收入.金额: {en: Amount, type: 金额, min: 0 元, max: 100 万元}
收入.日期: {en: Received on, type: 日期, min: 2000-01-01, max: 2100-12-31}
""",
    "standards/lines.yaml": """\
低保标准:
  en: Line
  type: 金额
  look_up: {area: 户.户籍地, by: 户.城乡}
  min: 0 元
  max: 1 万元
  values:
    - {from: 2020-01-01, value: {城市: 600 元, 农村: 500 元}, cites: [{document: 甲法, clause: 第一条}]}
津贴标准:
  en: Allowance
  type: 金额
  form: 分段
  x: 整数 岁
  look_up: {area: 户.户籍地}
  min: 0 元
  max: 3000 元
  values:
    - {bands: {80: 100 元, 90: 200 元}, below: 0 元, cites: [{document: 甲法, clause: 第二条}]}
""",
    "rules/income.yaml": """\
人.周岁: {en: Age, type: 整数 岁, formula: 满周岁(出生日期)}
人.年收入: {en: Income in a year, type: 金额, formula: "合计(收入.金额, 日期 在 近(12 个月))"}
户.人口: {en: Members, type: 整数 人, formula: 人数(成员)}
户.人均月收入:
  en: Income per head
  type: 金额
  formula: 四舍五入(合计(成员.年收入) ÷ 12 ÷ 取大(人口, 1), 分)
""",
    "programmes/basic.yaml": """\
低保:
  en: Guarantee
  of: 户
  period: 月
  conditions:
    - {zh: 有人, en: Somebody, formula: 人口 > 0}
    - {zh: 不到标准, en: Below the line, formula: 人均月收入 < 低保标准}
  amount: 四舍五入(取大(低保标准 - 人均月收入, 0 元) × 人口, 元)
  cites: [{document: 甲法, clause: 第一条}]
津贴:
  en: Allowance
  of: 人
  period: 月
  conditions: [计入, 周岁 ≥ 80]
  amount: 分段(周岁, 津贴标准)
  cites: [{document: 甲法, clause: 第二条}]
""",
}
"""By path inside the pack. The line is 600 or 500 yuan a month, the allowance 100 from 80 and 200 from 90."""

CASES = """\
templates:
  农户: {城乡: 农村, 户籍地: 化, 齐全: 全部}
  成人: {计入: 是, 出生日期: 1980-01-01, 齐全: 全部}
cases:
  - case: 差一分不到线
    why: 17999.64 元 ÷ 12 ÷ 3 = 499.99 元，低于 500 元；差 0.01 元 × 3 人，四舍五入到元为 0 元
    as_of: 2024-07-01
    household:
      template: 农户
      候选成员:
        - {称呼: 甲, template: 成人, 收入: [{种类: 工资, 金额: 17999.64 元, 日期: 2024-03-31}]}
        - {template: 成人}
        - {template: 成人}
    expect:
      低保: 符合
      人均月收入: 499.99 元
      低保实发: 0 元
      低保.享受: 是
      甲: {津贴: 不符合, 津贴实发: 0 元, 周岁: 44}
  - case: 刚好到线
    why: 18000 元 ÷ 12 ÷ 3 = 500 元，不低于 500 元
    as_of: 2024-07-01
    household:
      template: 农户
      候选成员:
        - {template: 成人, 收入: [{种类: 工资, 金额: 18000 元, 日期: 2024-03-31}]}
        - {template: 成人}
        - {template: 成人}
    expect: {低保: 不符合, 低保金额: 0 元}
  - case: 收入没有报
    why: 一人，年收入没有填，可能为 0，也可能过线
    as_of: 2024-07-01
    household:
      template: 农户
      候选成员: [{计入: 是, 出生日期: 1930, 称呼: 乙}]
    expect:
      低保: 无法判定
      低保实发: "[0 元, 500 元]"
      人均月收入: 未知
      乙: {津贴: 符合, 津贴实发: 200 元}
      缺: {低保: [人.收入]}
"""


def write(
    root: Path,
    files: Mapping[str, str | None] | None = None,
    name: str = "base",
    parents: list[str] | None = None,
    area: str = "",
) -> Path:
    """Write a pack under ``root`` and give its folder. Without ``parents`` it is the base with ``files`` in place of
    its own
    (None takes one away); with them it holds nothing but ``files``."""
    folder = root / name
    content: dict[str, str | None] = dict(BASE) if parents is None else {}
    if parents is not None:
        listed = ", ".join(parents)
        here = f"area: {area}\n" if area else ""
        content["pack.yaml"] = f"name: {name}\nzh: {name}\nen: {name}\nparents: [{listed}]\n{here}"
    for path, text in (content | dict(files or {})).items():
        if text is not None:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
    return folder


def faults_of(folder: Path) -> list[Fault]:
    """The faults of a pack with its cases, warnings left out."""
    return [f for f in examine(folder, thorough=True)[1] if f.severity == "error"]


def told(folder: Path) -> list[str]:
    """The faults of a pack as ``code: text``, the text being what stands at the place of the fault, to the end of
    its line."""
    return [text_of(f, folder.parent) for f in faults_of(folder)]


def text_of(f: Fault, root: Path) -> str:
    path = root / f.where.file
    rows = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    row = rows[f.where.line - 1] if f.where.line <= len(rows) else ""
    return f"{f.code}: {row[f.where.column - 1 :]}"
