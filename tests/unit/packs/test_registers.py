"""Where facts are from, and the ledgers of groups."""

from __future__ import annotations

from pathlib import Path

import pytest

from doudi.packs import load, read_registers
from doudi.packs.keys import Keys
from tests.unit.packs.base import faults_of, write

SOURCES = "核对: {zh: 经济状况核对, en: Checked, rank: 1}\n申报: {zh: 本人申报, en: Declared, rank: 3}\n"
LEDGERS = "低保: {zh: 低保对象, en: On the guarantee, of: 户}\n残疾: {中文: 残疾人, 英文: Disabled, 实体: 人}\n"


def test_they_are_read(tmp_path: Path) -> None:
    pack = load(
        write(
            tmp_path, {"sources.yaml": "导入: {zh: 导入, en: Imported, rank: 2}\n" + SOURCES, "ledgers.yaml": LEDGERS}
        )
    )
    assert [(s.code, s.zh, s.en, s.rank) for s in pack.sources] == [
        ("核对", "经济状况核对", "Checked", 1), ("导入", "导入", "Imported", 2), ("申报", "本人申报", "Declared", 3),
    ]  # fmt: skip
    assert [(x.code, x.zh, x.en, x.of) for x in pack.ledgers] == [
        ("低保", "低保对象", "On the guarantee", "户"), ("残疾", "残疾人", "Disabled", "人"),
    ]  # fmt: skip


def test_a_pack_needs_neither(tmp_path: Path) -> None:
    pack = load(write(tmp_path))
    assert (pack.sources, pack.ledgers) == ((), ())


def test_the_nations() -> None:
    pack = load("dahua")
    assert [(s.code, s.rank) for s in pack.sources] == [("核对", 1), ("导入", 2), ("申报", 3)]
    assert len({x.code for x in pack.ledgers}) == len(pack.ledgers) > 20
    assert {x.of for x in pack.ledgers} == {"户", "人"}


@pytest.mark.parametrize(
    ("files", "code", "line"),
    [
        ({"sources.yaml": SOURCES + "甲: {zh: 甲, en: A}\n"}, "missing-key", 3),
        ({"sources.yaml": SOURCES + "甲: {zh: 甲, en: A, rank: 0}\n"}, "bad-number", 3),
        ({"sources.yaml": SOURCES + "甲: {zh: 甲, en: A, rank: 100}\n"}, "bad-number", 3),
        ({"sources.yaml": SOURCES + "甲: {zh: 甲, en: A, rank: 一}\n"}, "bad-number", 3),
        ({"sources.yaml": SOURCES + "甲: {zh: 甲, en: A, rnak: 1, rank: 2}\n"}, "unknown-key", 3),
        ({"sources.yaml": SOURCES + f"{'甲' * 21}: {{zh: 甲, en: A, rank: 2}}\n"}, "too-long", 3),
        ({"sources.yaml": SOURCES + "核对: {zh: 甲, en: A, rank: 2}\n"}, "duplicate-key", 3),
        ({"sources.yaml": "- 核对\n"}, "not-a-mapping", 1),
        ({"ledgers.yaml": LEDGERS + "甲: {zh: 甲, en: A, of: 户口}\n"}, "unknown-entity", 3),
        ({"ledgers.yaml": LEDGERS + "甲: {zh: 甲, en: A}\n"}, "missing-key", 3),
        ({"ledgers.yaml": LEDGERS + f"{'甲' * 31}: {{zh: 甲, en: A, of: 户}}\n"}, "too-long", 3),
        ({"source.yaml": SOURCES}, "unknown-file", 1),
    ],
)  # fmt: skip
def test_every_fault_has_its_place(tmp_path: Path, files: dict[str, str], code: str, line: int) -> None:
    (fault,) = faults_of(write(tmp_path, files))
    assert (fault.code, fault.where.file, fault.where.line) == (code, f"base/{next(iter(files))}", line)


def test_a_lower_pack_adds_and_never_changes(tmp_path: Path) -> None:
    write(tmp_path, {"sources.yaml": SOURCES, "ledgers.yaml": LEDGERS})
    lower = tmp_path / "lower"
    lower.mkdir()
    (lower / "pack.yaml").write_text("name: lower\nzh: 下\nen: Lower\narea: 全国\nparents: [base]\n", encoding="utf-8")
    (lower / "sources.yaml").write_text("邻里: {zh: 邻里访问, en: Neighbours, rank: 3}\n", encoding="utf-8")
    assert [s.code for s in load(lower).sources] == ["核对", "申报", "邻里"]
    (lower / "sources.yaml").write_text("申报: {zh: 本人申报, en: Declared, rank: 1}\n", encoding="utf-8")
    (fault,) = faults_of(lower)
    assert (fault.code, str(fault.where)) == ("declared-twice", "lower/sources.yaml:1:1")


def test_each_key_has_one_meaning() -> None:
    kinds = [k for k in vars(read_registers).values() if isinstance(k, Keys)]
    assert len(kinds) == 2
    for keys in kinds:
        assert set(keys.canonical.values()) == {*keys.required, *keys.optional}
