"""How a family is asked, and where help is applied for."""

from __future__ import annotations

from pathlib import Path

import pytest

from doudi.packs import load
from doudi.packs.questions import Said
from tests.unit.packs.base import faults_of, write

HEAD = "sections:\n  甲: {en: A}\nquestions:\n"
GOOD = "{zh: 问, en: Q, section: 甲, rank: 1"


def test_a_pack_needs_none(tmp_path: Path) -> None:
    pack = load(write(tmp_path))
    assert (pack.sections, pack.questions, pack.taken) == ((), {}, ())


def test_the_nations_and_a_lower_packs() -> None:
    pack = load("dahua")
    assert [s.name for s in pack.sections][:2] == ["住处", "家人"]
    members = pack.questions["户", "人"]
    assert members.fields == ("关系", "出生日期")
    assert dict(members.ways[0].sets)["健在"] == "是"
    assert ("人", "靠家庭供养") in pack.questions, "asked by the region's own rules"
    assert pack.questions["人", "收入"].kinds == "种类"
    desk = pack.desk("低保")
    assert desk is not None
    assert desk.cites[0].document == "DH", "the county's own desk takes the place of the nation's"
    national = load("national").desk("低保")
    assert national is not None
    assert national.cites == ()


def test_they_are_read(tmp_path: Path) -> None:
    text = HEAD + (
        "  人.出生日期: {zh: 生日？, en: Birthday?, section: 甲, rank: 2, hint_zh: 年, hint_en: Year}\n"
        "  人.收入: {zh: 收入, en: Income, section: 甲, rank: 3, who_zh: 谁, who_en: Who, rest: 无, kinds: 种类, fields: [种类, 金额], dated: 日期}\n"
        "  户.城乡: {zh: 城乡, en: Kind, section: 甲, rank: 1, options: {农村: {zh: 村里, en: In a village}}}\n"
        "taken:\n  人.计入: {value: 是, zh: 都算, en: All count}\n"
    )
    where = "programmes:\n  低保: {apply: {zh: 窗口, en: Window}, papers: [{zh: 证, en: Card}], cites: [{document: 甲法, clause: 第一条}]}\n"
    pack = load(write(tmp_path, {"questions.yaml": text, "where.yaml": where}))
    income = pack.questions["人", "收入"]
    assert (income.kinds, income.fields, income.dated, income.rest) == ("种类", ("种类", "金额"), "日期", "无")
    assert pack.questions["户", "城乡"].options == (("农村", Said("村里", "In a village")),)
    assert [(t.key, t.value) for t in pack.taken] == [(("人", "计入"), "是")]
    desk = pack.desk("低保")
    assert desk is not None
    assert (desk.apply.zh, desk.papers[0].en, desk.cites[0].clause) == ("窗口", "Card", "第一条")
    assert pack.desk("津贴") is None


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (f"  户.没有: {GOOD}}}", "unknown-fact"),
        ("  户.城乡: {zh: 问, en: Q, section: 乙, rank: 1}", "unknown-section"),
        ("  户.城乡: {zh: 问, section: 甲, rank: 1}", "missing-key"),
        (f"  户.城乡: {GOOD}, options: {{海上: {{zh: 海, en: Sea}}}}}}", "unknown-value"),
        (f"  户.城乡: {GOOD}, rest: 海上}}", "unknown-value"),
        (f"  户.城乡: {GOOD}, rest: 户.没有}}", "unknown-fact"),
        (f"  人.收入: {GOOD}, rest: 否}}", "bad-choice"),
        (f"  人.收入: {GOOD}, fields: [没有]}}", "unknown-fact"),
        (f"  人.收入: {GOOD}, kinds: 没有}}", "unknown-fact"),
        (f"  人.收入: {GOOD}, since: 没有}}", "unknown-name"),
        (f"  户.人: {GOOD}, ways: [{{zh: 一, en: One, sets: {{计入: 也许}}}}]}}", "bad-truth"),
        (f"  户.人: {GOOD}, ways: [{{zh: 一, en: One, sets: {{没有: 是}}}}]}}", "unknown-fact"),
        (f"  户.城乡: {GOOD}}}\ntaken:\n  人.计入: {{value: 也许, zh: 甲, en: A}}", "bad-truth"),
        (f"  户.城乡: {GOOD}}}\ntaken:\n  人.收入: {{value: 是, zh: 甲, en: A}}", "unknown-fact"),
    ],
)
def test_every_fault_is_told(tmp_path: Path, line: str, code: str) -> None:
    assert code in [f.code for f in faults_of(write(tmp_path, {"questions.yaml": HEAD + line + "\n"}))]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("programmes:\n  没有: {apply: {zh: 窗, en: W}}\n", "unknown-programme"),
        ("groups:\n  没有: {apply: {zh: 窗, en: W}}\n", "unknown-programme"),
        ("programmes:\n  低保: {papers: []}\n", "missing-key"),
        ("programmes:\n  低保: {apply: {zh: 窗, en: W}, cites: [{document: 丙, clause: 一}]}\n", "unknown-document"),
    ],
)
def test_every_fault_of_a_desk_is_told(tmp_path: Path, text: str, code: str) -> None:
    assert code in [f.code for f in faults_of(write(tmp_path, {"where.yaml": text}))]


def test_a_lower_pack_takes_the_place_of_the_upper(tmp_path: Path) -> None:
    write(tmp_path, {"questions.yaml": HEAD + f"  户.城乡: {GOOD}}}\n"})
    lower = tmp_path / "lower"
    lower.mkdir()
    (lower / "pack.yaml").write_text("name: lower\nzh: 下\nen: Lower\narea: 全国\nparents: [base]\n", encoding="utf-8")
    (lower / "questions.yaml").write_text(
        "questions:\n  户.城乡: {zh: 另问, en: Other, section: 甲, rank: 1}\n", encoding="utf-8"
    )
    assert load(lower).questions["户", "城乡"].said.zh == "另问"
    twice = "questions:\n  户.城乡: {zh: 一, en: A, section: 甲, rank: 1}\n  户.城乡: {zh: 二, en: B, section: 甲, rank: 1}\n"
    (lower / "questions.yaml").write_text(twice, encoding="utf-8")
    assert {f.code for f in faults_of(lower)} & {"declared-twice", "duplicate-key"}


def test_a_text_says_nothing_or_both() -> None:
    assert not Said()
    assert Said("有", "some")
