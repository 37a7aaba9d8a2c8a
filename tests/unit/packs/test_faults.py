"""Every fault that reading a pack can tell: what was written wrong, what is told, and where."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.unit.packs.base import BASE, CASES, faults_of, text_of, write

Files = Mapping[str, str | None]
Told = list[tuple[Files, list[str]]]


def also(file: str, text: str) -> Files:
    """The base with lines put at the end of one of its files (or a new file)."""
    return {file: BASE.get(file, "") + text}


def instead(file: str, old: str, new: str) -> Files:
    assert old in BASE[file]
    return {file: BASE[file].replace(old, new, 1)}


PACK: Told = [
    (instead("pack.yaml", "name: base\n", ""), ["missing-key: zh"]),
    ({"pack.yaml": "# nothing\n"}, ["missing-key: # nothing"]),
    ({"pack.yaml": "- name\n"}, ["not-a-mapping: - name"]),
    (instead("pack.yaml", "zh: 底本", "zhh: 底本"), ["missing-key: name", "unknown-key: zhh"]),
    (instead("pack.yaml", "area: 全国", "area: 全国国"), ["unknown-area: 全国国"]),
    (instead("pack.yaml", "area: 全国", "area:"), ["empty-value: area"]),
    (instead("pack.yaml", "area: 全国", "parents: [nobody]"), ["unknown-parent: nobody"]),
    (instead("pack.yaml", "area: 全国", "parents: [../national]"), ["unknown-parent: ../national"]),
    (instead("pack.yaml", "area: 全国", "parents: [base]"), ["parent-circle: base"]),
    (instead("pack.yaml", "status: document", "status: checked"), ["bad-choice: checked"]),
    ({"rule/x.yaml": "a: 1\n"}, ["unknown-file: a"]),
    ({"rules/x.yml": "a: 1\n"}, ["unknown-file: a"]),
    ({"rules/x.YAML": "a: 1\n"}, ["unknown-file: a"]),
    ({"rules/x.Yaml": "a: 1\n"}, ["unknown-file: a"]),
    ({"rules/x．yaml": "a: 1\n"}, ["unknown-file: a"]),
    ({"rules/x.yaml ": "a: 1\n"}, ["unknown-file: a"]),
    ({"rules/x.yaml.txt": "a: 1\n"}, ["unknown-file: a"]),
    ({"areas.yaml.txt": "a: 1\n"}, ["unknown-file: a"]),
    ({"rules/x.txt": "a: 1\n"}, ["unknown-file: a"]),
    ({"README.txt": "a: 1\n", "notes.md": "a: 1\n", "rules/.x.yaml.swp": "a: 1\n"}, []),
    ({"rules/deep/x.yaml": "a: 1\n"}, ["unknown-file: a"]),
    ({"areas/x.yaml": "a: 1\n"}, ["unknown-file: a"]),
    ({"rules/x.yaml": "- a\n"}, ["not-a-mapping: - a"]),
    ({"rules/x.yaml": "a: [\n"}, ["bad-yaml: "]),
]

SCHEMA: Told = [
    (also("entities.yaml", "车: {en: Car, file: 车, of: 户, max_rows: 3}\n"), ["bad-file-name: 车"]),
    (also("entities.yaml", "车: {en: Car, file: car, of: 户}\n"), ["missing-key: 车"]),
    (also("entities.yaml", "车: {en: Car, file: person, of: 户, max_rows: 3}\n"), ["duplicate-file: 车"]),
    (also("entities.yaml", "车: {en: Car, file: car, of: 户, max_rows: 0}\n"), ["bad-number: 0"]),
    (also("entities.yaml", "车: {en: Car, file: car, of: 护, max_rows: 3}\n"), ["unknown-entity: 车"]),
    (also("categories.yaml", "空: {en: Nothing, values: {}}\n"), ["empty-category: 空"]),
    (also("categories.yaml", "无: {en: Nothing}\n"), ["missing-key: 无"]),
    (also("categories.yaml", "城香: {adds: {镇: town}}\n"), ["unknown-category: 城香"]),
    (also("areas.yaml", "乙: {code: 451, en: B}\n"), ["bad-code: 451"]),
    (also("areas.yaml", "乙: {en: B}\n"), ["code-or-members: 乙"]),
    (also("areas.yaml", "乙: {members: [华], en: B}\n"), ["unknown-area: 华"]),
    (also("facts.yaml", "户.人: {en: X, type: 金额, min: 0 元}\n"), ["needs-bounds: 户.人"]),
    (also("facts.yaml", "户.入: {en: X, type: 金额, min: 0, max: 1 元}\n"), ["needs-unit: 0"]),
    (also("facts.yaml", "户.入: {en: X, type: 金额, min: 2 元, max: 1 元}\n"), ["empty-bounds: 1 元"]),
    (also("facts.yaml", "户.入: {en: X, type: 是否, min: 否}\n"), ["no-bounds: 否"]),
    (also("facts.yaml", "户.入: {en: X, type: 金款}\n"), ["bad-type: 金款"]),
    (also("facts.yaml", "户.入: {en: X, type: 类别}\n"), ["bad-type: 类别"]),
    (also("facts.yaml", "户.入: {en: X, type: 类别 城镇}\n"), ["unknown-category: 类别 城镇"]),
    (also("facts.yaml", "户.入: {en: X, type: 整数 棵, min: 0, max: 9}\n"), ["unknown-unit: 整数 棵"]),
    (also("facts.yaml", "户.入: {en: X, type: 整数 岁, min: 0 人, max: 9}\n"), ["wrong-unit: 0 人"]),
    (also("facts.yaml", "户.入: {en: X, type: 整数, min: 0, max: 9.5}\n"), ["not-whole: 9.5"]),
    (also("facts.yaml", '户.入: {en: X, type: 整数, min: 0, max: "9,000"}\n'), ["bad-number: 9"]),
    (also("facts.yaml", "户.入: {en: X, type: 比例, min: 0%, max: 0.001%}\n"), ["too-fine: 0.001%"]),
    (
        also("facts.yaml", "户.入: {en: X, type: 金额, min: 0 元, max: 99999999 亿元}\n"),
        ["bound-too-wide: 99999999 亿元"],
    ),
    (
        also("facts.yaml", "户.入: {en: X, type: 日期, min: 2000-02-30, max: 2001-01-01}\n"),
        ["bad-date: 2000-02-30"],
    ),
    (also("facts.yaml", "户籍: {en: X, type: 是否}\n"), ["needs-entity: 户籍"]),
    (also("facts.yaml", "车.号: {en: X, type: 是否}\n"), ["unknown-entity: 车.号"]),
    ({"facts/more.yaml": "户.城乡: {en: X, type: 是否}\n"}, ["declared-twice: 户.城乡"]),
    (also("facts.yaml", "户.入: {en: X, type: 是否, tpye: 是否}\n"), ["unknown-key: tpye"]),
    (also("facts.yaml", "户.入: {en: X, type: 是否, 类型: 是否}\n"), ["duplicate-key: 类型"]),
    (also("facts.yaml", "户.入: [是否]\n"), ["not-a-mapping: [是否]"]),
    (also("facts.yaml", "户.入: {en: [X], type: 是否}\n"), ["not-text: [X], type: 是否}"]),
]

LINE = "    - {from: 2020-01-01, value: {城市: 600 元, 农村: 500 元}, cites: [{document: 甲法, clause: 第一条}]}\n"
CITE = "cites: [{document: 甲法, clause: 第一条}]"


def line(new: str) -> Files:
    """The base with another first value of 低保标准 (line 8 of the file)."""
    return instead("standards/lines.yaml", LINE, f"    - {{{new}}}\n")


def standard(new: str) -> Files:
    """One more standard, on line 19 of the file."""
    return also("standards/lines.yaml", f"额: {{{new}}}\n")


def bands(new: str) -> Files:
    """The base with another value of 津贴标准 (line 18 of the file)."""
    old = "    - {bands: {80: 100 元, 90: 200 元}, below: 0 元, cites: [{document: 甲法, clause: 第二条}]}\n"
    return instead("standards/lines.yaml", old, f"    - {{{new}}}\n")


F = "standards/lines.yaml"
STANDARDS: Told = [
    (line("value: 500 元"), ["missing-citation: {value: 500 元}"]),
    (line("value: 500 元, cites: []"), ["missing-citation: {value: 500 元,"]),
    (line("value: 500 元, cites: [{document: 丙法, clause: 一}]"), ["unknown-document: 丙法"]),
    (line("value: 500 元, cites: [{document: 甲法}]"), ["missing-key: {document: 甲法}"]),
    (line("value: 500 元, cites: [{document: 甲法, clause: 一, status: document}]"), ["status-too-good: document"]),
    (line(f"value: 500, {CITE}"), ["needs-unit: 500"]),
    (line(f"value: 500 圆, {CITE}"), ["wrong-unit: 500 圆"]),
    (line(f"value: 500.001 元, {CITE}"), ["not-whole: 500.001 元"]),
    (line(f"value: 2 万元, {CITE}"), ["out-of-bounds: 2 万元"]),
    (line(f"value: {{乡村: 500 元}}, {CITE}"), ["unknown-value: 乡村"]),
    (line(f"value: {{}}, {CITE}"), ["empty-value: {}, cites: "]),
    (line(f"{CITE}"), ["missing-key: {cites: [{docu"]),
    (line(f"bands: {{1: 2 元}}, {CITE}"), ["no-bands: bands"]),
    (line(f"from: 2021-13-01, value: 1 元, {CITE}"), ["bad-date: 2021-13-01"]),
    (line(f"from: 2021-01-02, until: 2021-01-01, value: 1 元, {CITE}"), ["empty-span: 2021-01-01"]),
    (line(f"from: 2021-01-02, review_by: 2021-01-01, value: 1 元, {CITE}"), ["empty-span: 2021-01-01"]),
    (line(f"area: 花, value: 1 元, {CITE}"), ["unknown-area: 花"]),
    (line(f"mode: rise, value: 1 元, {CITE}"), ["bad-choice: rise"]),
    (line(f"value: 1 元, {CITE}}}\n    - {{from: 2021-01-01, value: 1 元, {CITE}"), ["overlapping-dates: {from: 2021-01"]),
    (bands(f"value: 1 元, {CITE}"), ["needs-bands: value"]),
    (bands(f"bands: {{80: 1 元}}, {CITE}"), ["missing-key: {bands: {80: 1"]),
    (bands(f"bands: {{90: 1 元, 80: 2 元}}, below: 0 元, {CITE}"), ["bands-order: 80"]),
    (bands(f"bands: {{80 人: 1 元}}, below: 0 元, {CITE}"), ["wrong-unit: 80 人"]),
    (bands(f"bands: 80, below: 0 元, {CITE}"), ["not-a-mapping: 80"]),
    (standard("en: X"), ["missing-key: 额"]),
    (standard("en: X, type: 金额, min: 0 元"), ["needs-bounds: 额"]),
    (standard("en: X, type: 地区"), ["bad-type: 地区"]),
    (standard("en: X, type: 金额, min: 0 元, max: 1 元, x: 整数"), ["no-bands: 整数"]),
    (standard("en: X, type: 金额, form: 分段, min: 0 元, max: 1 元"), ["missing-key: 额"]),
    (standard("en: X, type: 金额, form: 分段, x: 日期, min: 0 元, max: 1 元"), ["bad-type: 日期"]),
    (standard("en: X, type: 是否, form: 分段, x: 整数"), ["bad-type: 是否"]),
    (standard("en: X, type: 金额, min: 0 元, max: 1 元, form: 分档"), ["bad-choice: 分档"]),
    (standard("en: X, type: 是否, look_up: {area: 户.户口地}"), ["unknown-name: 户.户口地"]),
    (standard("en: X, type: 是否, look_up: {area: 户籍地}"), ["needs-entity: 户籍地"]),
    (standard("en: X, type: 是否, look_up: {area: 户.城乡}"), ["type: 户.城乡"]),
    (standard("en: X, type: 是否, look_up: {by: 户.户籍地}"), ["type: 户.户籍地"]),
    (standard("en: X, type: 是否, look_up: {area: 户.户籍地, match: exact}"), ["missing-key: exact"]),
    (standard("en: X, type: 是否, look_up: {area: 户.户籍地, level: 县}"), ["level-of-nearest: 县"]),
    (standard(f"en: X, type: 是否, values: [{{area: 化, value: 是, {CITE}}}]"), ["no-area-looked-up: 化"]),
    (standard(f"en: X, type: 是否, values: [{{value: {{农村: 是}}, {CITE}}}]"), ["no-key: {农村: 是}, cites"]),
    (standard(f"en: X, type: 是否, values: [{{mode: raise, value: 是, {CITE}}}]"), ["raise-not-numeric: raise"]),
    (
        standard(
            "en: X, type: 比例, form: 累进, x: 金额, min: 0%, max: 100%, "
            f"values: [{{mode: raise, bands: {{0 元: 5%}}, below: 0%, {CITE}}}]"
        ),
        ["raise-slices: raise"],
    ),
    ({"standards/more.yaml": "低保标准: {en: X, type: 是否}\n"}, ["declared-twice: 低保标准"]),
]  # fmt: skip

R = "rules/income.yaml"


def rule(new: str) -> Files:
    return also(R, f"户.新: {{{new}}}\n")


RULES: Told = [
    (rule("en: X, formula: 1"), ["missing-key: 户.新"]),
    (rule("en: X, type: 整数"), ["formula-or-versions: 户.新"]),
    (rule("en: X, type: 整数, formula: 1, versions: []"), ["formula-or-versions: 户.新"]),
    (also(R, "户.新:\n  en: X\n  type: 整数\n  formula:\n"), ["empty-value: formula"]),
    (rule("en: X, type: 整数, from: 2020-01-01, versions: [{formula: 1}]"), ["dates-of-versions: from"]),
    (rule("en: X, type: 整数, versions: [{form: 1}]"), ["missing-key: {form: 1}]}", "unknown-key: form"]),
    (
        rule("en: X, type: 整数, versions: [{formula: 1, until: 2020-01-02}, {formula: 2, from: 2020-01-02}]"),
        ["overlapping-dates: 2"],
    ),
    (rule("en: X, type: 整数, formula: 1, min: 3, max: 2"), ["empty-bounds: 2"]),
    (rule("en: X, type: 整数 人, formula: 人口, min: 0 人, max: 29 人"), ["bounds: 户.新"]),
    (rule("en: X, type: 整数 人, formula: 人口, min: 1 人, max: 30 人"), ["bounds: 户.新"]),
    (rule("en: X, type: 整数 人, formula: 人口, min: 0 人, max: 30 人"), []),
    (rule("en: X, type: 整数, formula: 1, replaces: base@12345678"), ["replaces-nothing: base@12345678"]),
    (rule("en: X, type: 金额, formula: 取大(1 元, 2 元)"), ["syntax: , 2 元)}", "unknown-key: 2 元)"]),
    (also(R, "户.城乡: {en: X, type: 整数, formula: 1}\n"), ["declared-twice: 户.城乡"]),
    (also(R, "新: {en: X, type: 整数, formula: 1}\n"), ["needs-entity: 新"]),
    (rule("en: X, type: 整数, formula: 1, assessed: 也许"), ["bad-truth: 也许"]),
    (rule("en: X, type: 整数, formula: 人扣"), ["unknown-name: 人扣"]),
]

P = "programmes/basic.yaml"


def programme(new: str) -> Files:
    return also(P, f"新: {{en: X, of: 户, period: 月, {new}}}\n")


PROGRAMMES: Told = [
    (programme(f"conditions: [], {CITE}"), ["no-conditions: [], cites: [{d"]),
    (programme(f"amount: 1 元, {CITE}"), ["conditions-or-versions: 新"]),
    (programme("conditions: [是]"), ["missing-citation: 新"]),
    (programme(f"conditions: [{{zh: 有人, en: X}}], {CITE}"), ["missing-key: {zh: 有人, en: X"]),
    (programme(f"conditions: [[]], {CITE}"), ["not-a-mapping: []], cites: [{"]),
    (programme("versions: [{conditions: [是]}]"), ["missing-citation: {conditions: ["]),
    (programme(f"amount: 1 元, versions: [{{conditions: [是]}}], {CITE}"), ["dates-of-versions: amount"]),
    (programme(f"conditions: [是], amount: 1 元, rank: 高, {CITE}"), ["bad-number: 高"]),
    (also(P, f"新: {{en: X, of: 车, period: 月, conditions: [是], {CITE}}}\n"), ["unknown-entity: 车"]),
    (also(P, f"新: {{en: X, of: 户, period: 周, conditions: [是], {CITE}}}\n"), ["bad-choice: 周"]),
    (also(P, f"新: {{of: 户, period: 月, conditions: [是], {CITE}}}\n"), ["missing-key: 新"]),
    (
        programme(f"conditions: [是], amount: 1 元, funding: [{{shares: {{市: 其余, 县: 其余}}}}], {CITE}"),
        ["two-rests: 其余"],
    ),
    (programme(f"conditions: [是], papers: [身份证], {CITE}"), ["not-a-mapping: 身份证"]),
    ({"programmes/more.yaml": "低保: {}\n"}, ["conditions-or-versions: 低保", "missing-key: 低保", "missing-key: 低保", "missing-key: 低保"]),
]  # fmt: skip


def conflict(new: str) -> Files:
    return {"conflicts.yaml": f"斥: {{en: X, {new}}}\n"}


def derived(new: str) -> Files:
    return {"derived.yaml": f"单人户: {{en: X, {new}}}\n"}


OTHERS: Told = [
    (conflict(f"kind: bar, programmes: [低保], {CITE}"), ["missing-key: 斥"]),
    (conflict(f"kind: cumulate, programmes: [低保], by: [低保], {CITE}"), ["wrong-key: by"]),
    (conflict("kind: cumulate, programmes: [低保]"), ["missing-citation: 斥"]),
    (conflict(f"kind: bar, programmes: [低保], by: [], {CITE}"), ["no-programmes: []"]),
    (conflict(f"kind: bar, programmes: [], by: [低保], {CITE}"), ["no-programmes: []"]),
    (conflict(f"kind: topup, programmes: [], over: 1 元, {CITE}"), ["no-programmes: []"]),
    (conflict(f"kind: higher, legs: [[低保]], {CITE}"), ["few-legs: [[低保]], cites:"]),
    (conflict(f"kind: lower, programmes: [低保], {CITE}"), ["bad-choice: lower"]),
    (conflict(f"programmes: [低保], {CITE}"), ["kind-or-versions: 斥"]),
    (conflict(f"kind: cumulate, programmes: [低宝], {CITE}"), ["unknown-programme: 斥"]),
    (derived(f"when: 计入, settles: 户.享受低保, counts_in_original: 是, {CITE}"), ["missing-key: 单人户"]),
    (derived(f"of: 车, when: 计入, settles: 户.享受低保, counts_in_original: 是, {CITE}"), ["unknown-entity: 车"]),
    (derived(f"of: 人, when: 计入, counts_in_original: 是, {CITE}"), ["missing-key: 单人户"]),
    (derived("of: 人, when: 计入, settles: 户.享受低保, counts_in_original: 是"), ["missing-citation: 单人户"]),
    ({"measures.yaml": f"措: {{en: X, group: 产业, classes: [富户], {CITE}}}\n"}, ["unknown-class: 富户"]),
    ({"measures.yaml": f"措: {{en: X, group: 农业, classes: [], {CITE}}}\n"}, ["bad-choice: 农业"]),
]  # fmt: skip


def second(new: str) -> str:
    """One more programme, 甲 of households, below those of the base."""
    return BASE[P] + f"甲: {{en: A, of: 户, period: 月, conditions: [是], {new}{CITE}}}\n"


def between(new: str, paid: bool = True) -> Files:
    """A conflict between 低保 and the second programme."""
    return {P: second("amount: 1 元, " if paid else ""), **conflict(new)}


MEANINGLESS: Told = [
    (also("entities.yaml", "车: {en: Car, file: car, of: 车, max_rows: 3}\n"), ["entity-circle: 车"]),
    (instead("entities.yaml", "kind: 种类", "kind: 金额"), ["entity-kind: 收入"]),
    (instead("entities.yaml", "kind: 种类", "kind: 种种"), ["entity-kind: 收入"]),
    (also("entities.yaml", "票: {en: Ticket, file: missing, of: 户, max_rows: 3}\n"), ["reserved-word: 票"]),
    (also("facts.yaml", "人.id: {en: X, type: 是否}\n"), ["reserved-word: 人.id"]),
    (also("areas.yaml", "片: {en: S, members: []}\n"), ["empty-area: []"]),
    (also("views.yaml", "甲: {en: X, of: 户, formula: 是}\n"), ["view-of-root: 甲"]),
    (also("views.yaml", "人口: {en: X, of: 人, formula: 计入}\n"), ["name-clash: 人口"]),
    (also("categories.yaml", "类: {en: X, values: {甲A: a, 甲Ａ: b}}\n"), ["bad-name: 类"]),
    (also(R, "户.ＡＢ: {en: X, type: 整数, formula: 1}\n"), ["bad-name: 户.ＡＢ"]),
    (also(R, "户.甲@乙: {en: X, type: 整数, formula: 1}\n"), ["bad-name: 户.甲@乙"]),
    (also(R, "户.人\u200b口: {en: X, type: 整数, formula: 1}\n"), ["bad-name: 户.人"]),
    (also(R, "户.岁: {en: X, type: 整数, formula: 1}\n"), ["reserved-word: 户.岁"]),
    (rule("en: X, type: 整数, versions: []"), ["no-versions: []"]),
    (programme(f"versions: [], {CITE}"), ["no-versions: []"]),
    (rule("en: X, type: 整数, formula: " + " + ".join(["1"] * 5000)), ["too-deep: 1 + 1"]),
    (rule("en: X, type: 是否, formula: " + "非 " * 3000 + "是"), ["too-deep: 非 非"]),
    (rule("en: X, type: 整数, formula: " + "如果 是 则 1 否则 " * 2000 + "1"), ["too-deep: 如果"]),
    (programme(f"conditions: [是], amount: 1 元, funding: [{{shares: {{}}}}], {CITE}"), ["no-shares: 新"]),
    (
        programme(
            f"conditions: [是], amount: 1 元, funding: [{{shares: {{市: 四舍五入(新实发 × 70%, 分), 县: 其余}}}}], {CITE}"
        ),
        ["syntax: ", "bad-name: 分)"],
    ),
    (programme(f"conditions: [是], funding: [{{shares: {{市: 1 元}}}}], {CITE}"), ["funds-nothing: 新"]),
    (
        programme(f"conditions: [是], amount: 1 元, funding: [{{shares: {{市: 1 元}}}}, {{shares: {{县: 其余}}}}], {CITE}"),
        ["unreachable-funding: 新"],
    ),
    (between(f"kind: higher, legs: [[低保], [低保]], {CITE}"), ["named-twice: 斥"]),
    (between(f"kind: bar, programmes: [低保], by: [低保], {CITE}"), ["named-twice: 斥"]),
    (between(f"kind: higher, legs: [[低保], [甲]], {CITE}", paid=False), ["no-amount: 斥"]),
    (between(f"kind: topup, programmes: [甲], over: 1 元, {CITE}", paid=False), ["no-amount: 斥"]),
    (
        {
            P: second("amount: 1 元, "),
            "conflicts.yaml": f"同: {{en: X, kind: cumulate, programmes: [低保, 甲], {CITE}}}\n斥: {{en: X, kind: bar, programmes: [低保], by: [甲], {CITE}}}\n",
        },
        ["rival-conflict: 斥"],
    ),
    (derived(f"of: 收入, when: 种类 = 工资, settles: 户.享受低保, counts_in_original: 是, {CITE}"), ["derived-of: 单人户"]),
    (instead("pack.yaml", "name: base", "name: ../base"), ["bad-name: ../base"]),
    ({"cases/a.yaml": CASES.replace("as_of: 2024-07-01", "as_of: 0001-01-01", 1)}, ["bad-date: 0001-01-01"]),
]  # fmt: skip

ALL: Told = [*PACK, *SCHEMA, *STANDARDS, *RULES, *PROGRAMMES, *OTHERS, *MEANINGLESS]


@pytest.mark.parametrize(("files", "expected"), ALL)
def test_a_fault_is_told_where_it_is(tmp_path: Path, files: Files, expected: list[str]) -> None:
    """``expected`` are codes with the beginning of what stands at the place."""
    faults = faults_of(write(tmp_path, files))
    found = [text_of(f, tmp_path) for f in faults]
    assert [f[: len(e)] for f, e in zip(found, expected, strict=True)] == expected
    for f in faults:
        assert any("\u4e00" <= c <= "\u9fff" for c in f.zh), f
        assert " " in f.en, f


def test_the_nearest_right_name_is_suggested(tmp_path: Path) -> None:
    (fault,) = faults_of(write(tmp_path, instead("facts.yaml", "类别 城乡", "类别 成乡")))
    assert fault.zh.endswith("；是不是想写“城乡”？")
    assert fault.en.endswith("; did you mean “城乡”?")


def test_a_circle_through_conflicts_is_told_in_names_that_somebody_wrote(tmp_path: Path) -> None:
    one = f"一: {{en: X, kind: bar, programmes: [甲], by: [低保], {CITE}}}\n"
    two = f"二: {{en: X, kind: bar, programmes: [低保], by: [甲], {CITE}}}\n"
    (fault,) = faults_of(write(tmp_path, {P: second("amount: 1 元, "), "conflicts.yaml": one + two}))
    assert fault.zh.endswith("户.享受甲 → 户.享受低保 → 户.享受甲")


def test_a_long_circle_and_a_long_formula_are_told_in_short(tmp_path: Path) -> None:
    rows = [f"户.圈{i}: {{en: X, type: 整数, formula: 圈{(i - 1) % 500}}}\n" for i in range(500)]
    (circle,) = faults_of(write(tmp_path, {"rules/long.yaml": "".join(rows)}))
    (long,) = faults_of(write(tmp_path, rule("en: X, type: 金额, formula: " + "9" * 5000 + " 元")))
    assert len(circle.zh) < 200
    assert len(long.zh) < 300


def test_one_wrong_name_in_a_thousand_formulas_is_looked_up_once(tmp_path: Path) -> None:
    rows = [f"户.数{i}: {{en: X, type: 整数 人, formula: 人扣 + {i} 人}}\n" for i in range(1000)]
    faults = faults_of(write(tmp_path, {"rules/long.yaml": "".join(rows)}))
    assert [f.code for f in faults] == ["unknown-name"] * 1000


def test_a_linked_folder_is_told_since_what_is_in_it_would_not_be_read(tmp_path: Path) -> None:
    folder, other = write(tmp_path), tmp_path / "elsewhere"
    (folder / "programmes").rename(other)
    (folder / "programmes").symlink_to(other)
    assert [(f.code, f.where.file) for f in faults_of(folder)] == [("linked-folder", "base/programmes")]


def test_a_linked_file_is_read_like_any_other(tmp_path: Path) -> None:
    folder, other = write(tmp_path), tmp_path / "elsewhere.yaml"
    (folder / "rules/income.yaml").rename(other)
    (folder / "rules/income.yaml").symlink_to(other)
    assert faults_of(folder) == []


@pytest.mark.parametrize("instead", ["link", "pipe"])
def test_what_is_no_file_to_read_is_told_and_nothing_that_follows_from_it(tmp_path: Path, instead: str) -> None:
    folder = write(tmp_path)
    rules = folder / "rules/income.yaml"
    rules.unlink()
    if instead == "link":
        rules.symlink_to(tmp_path / "gone.yaml")
    else:
        os.mkfifo(rules)
    assert [(f.code, f.where.file) for f in faults_of(folder)] == [("unreadable-file", "base/rules/income.yaml")]


@pytest.mark.parametrize(
    ("data", "code"), [(BASE["pack.yaml"].encode("gbk"), "not-utf8"), (b"name: base\nzh: [\n", "bad-yaml")]
)
def test_a_header_that_cannot_be_read_lacks_nothing_besides(tmp_path: Path, data: bytes, code: str) -> None:
    folder = write(tmp_path)
    (folder / "pack.yaml").write_bytes(data)
    assert [f.code for f in faults_of(folder)] == [code]
