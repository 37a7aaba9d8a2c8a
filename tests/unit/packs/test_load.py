"""A pack that is right loads; what is in it is what was written."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from doudi.packs import (
    cite,
    find,
    load,
    names,
    read_cases,
    read_lists,
    read_pack,
    read_programmes,
    read_rules,
    read_schema,
    read_standards,
    survivors,
)
from doudi.packs.cases import run_cases
from doudi.packs.keys import SYNONYMS, Keys
from doudi.rules import Faults, Kind
from tests.unit.packs.base import BASE, CASES, faults_of, write

MODULES = (
    cite, read_cases, read_lists, read_pack, read_programmes, read_rules, read_schema, read_standards, survivors,
)  # fmt: skip


def test_the_base_has_no_fault(tmp_path: Path) -> None:
    assert faults_of(write(tmp_path, {"cases/a.yaml": CASES})) == []


def test_everything_declared_is_in_the_book(tmp_path: Path) -> None:
    pack = load(write(tmp_path))
    assert pack.name == "base"
    assert [e.name for e in pack.book.entities] == ["户", "人", "收入"]
    assert {f"{f.entity}.{f.name}" for f in pack.book.facts} == {
        "户.户籍地", "户.城乡", "人.计入", "人.出生日期", "收入.种类", "收入.金额", "收入.日期",
    }  # fmt: skip
    amount = next(f for f in pack.book.facts if f.name == "金额")
    assert (amount.type.kind, amount.lo, amount.hi) == (Kind.MONEY, 0, 100_000_000)
    assert {a.name: a.code for a in pack.book.areas} == {
        "全国": 0, "桂": 450000000000, "河": 451200000000, "化": 451229000000,
    }  # fmt: skip
    line = next(s for s in pack.book.standards if s.name == "低保标准")
    assert (line.area, line.by) == (("户", "户籍地"), ("户", "城乡"))
    assert {(x.key, x.value, x.since) for x in line.lines} == {
        ("城市", Fraction(60_000), date(2020, 1, 1)), ("农村", Fraction(50_000), date(2020, 1, 1)),
    }  # fmt: skip
    assert line.lines[0].cites[0].status == "unverified"
    assert pack.book.labels["户.人口"] == "Members"


def test_the_whole_country_is_known_without_being_declared(tmp_path: Path) -> None:
    areas = BASE["areas.yaml"].replace('全国: {code: "0", en: China}\n', "")
    pack = load(write(tmp_path, {"areas.yaml": areas}))
    assert [a.code for a in pack.book.areas if a.name == "全国"] == [0]


def test_keys_may_be_chinese(tmp_path: Path) -> None:
    rules = "人.周岁: {英文: Age, 类型: 整数 岁, 公式: 满周岁(出生日期)}\n"
    english, chinese = write(tmp_path / "a"), write(tmp_path / "b", {"rules/age.yaml": rules, "rules/income.yaml": BASE[
        "rules/income.yaml"
    ].partition("\n")[2]})  # fmt: skip
    assert load(chinese).book.digest == load(english).book.digest


def test_a_formula_may_stand_on_several_lines(tmp_path: Path) -> None:
    rules = "人.老: {en: Old, type: 是否, formula: 计入\n    且 周岁 ≥ 八十}\n户.大:\n  en: Big\n  type: 是否\n  formula: >\n    人口\n    > 人均\n"
    found = faults_of(write(tmp_path, {"rules/more.yaml": rules}))
    assert [(str(f.where).partition("/")[2], f.code) for f in found] == [
        ("rules/more.yaml:2:12", "unknown-name"),
        ("rules/more.yaml:8:7", "unknown-name"),
    ]


def test_the_digest_is_of_what_is_said_not_of_how(tmp_path: Path) -> None:
    one = load(write(tmp_path / "a")).book.digest
    rules = (
        BASE["rules/income.yaml"]
        .replace("取大(人口, 1)", "取大（人口，  1）")
        .replace("formula: 人数", "# 人\n formula:   人数")
    )
    lines = rules.splitlines(keepends=True)
    other = {"rules/income.yaml": "".join(lines[:2]), "rules/rest.yaml": "# moved\n" + "".join(lines[2:])}
    assert load(write(tmp_path / "b", {**other})).book.digest == one
    changed = BASE["rules/income.yaml"].replace("取大(人口, 1)", "取大(人口, 2)")
    assert load(write(tmp_path / "c", {"rules/income.yaml": changed})).book.digest != one


def test_load_raises_every_fault(tmp_path: Path) -> None:
    rules = BASE["rules/income.yaml"].replace("人数(成员)", "人数(成圆)").replace("type: 金额", "type: 全额")
    with pytest.raises(Faults) as raised:
        load(write(tmp_path, {"rules/income.yaml": rules, "areas.yaml": "化: {code: 4512291, en: Hua}\n"}))
    assert {f.code for f in raised.value.faults} == {"unknown-name", "bad-type", "bad-code"}


def test_what_follows_from_a_fault_is_not_told_again(tmp_path: Path) -> None:
    rules = BASE["rules/income.yaml"].replace(
        "户.人均月收入:\n  en: Income per head\n  type: 金额", "户.人均月收入:\n  en: Income per head\n  type: 全额"
    )
    assert [f.code for f in faults_of(write(tmp_path, {"rules/income.yaml": rules}))] == ["bad-type"]


def test_a_pack_is_found_by_path_or_name(tmp_path: Path) -> None:
    folder = write(tmp_path)
    assert find(folder) == find(folder / "pack.yaml") == folder
    assert find("national") is not None
    assert find(tmp_path) is None
    assert find("../policies/national") is None
    assert "national" in names()


def test_an_unknown_pack_is_a_fault() -> None:
    with pytest.raises(Faults, match="national"):
        load("nationl")


def test_cases_come_out(tmp_path: Path) -> None:
    report = run_cases(load(write(tmp_path, {"cases/a.yaml": CASES})))
    assert report.differences == ()
    assert (report.cases, report.passed, report.checks) == (3, 3, 15)


def test_a_file_that_cannot_be_read_is_the_only_thing_told(tmp_path: Path) -> None:
    """Half of the names are in it: that they are missing is not told."""
    rules = "户.甲: {en: X, type: 金额\n" + BASE["rules/income.yaml"]
    folder = write(tmp_path, {"rules/income.yaml": rules, "cases/a.yaml": CASES})
    assert [f.code for f in faults_of(folder)] == ["bad-yaml"]
    facts = write(tmp_path / "b", {"facts.yaml": "a: &x 1\n", "cases/a.yaml": CASES})
    assert [f.code for f in faults_of(facts)] == ["alias"]


def test_every_entry_has_one_meaning_for_each_key() -> None:
    """A Chinese word may stand for several keys, but not in one kind of entry; every key of a rule has a Chinese
    word."""
    kinds = [k for m in MODULES for k in vars(m).values() if isinstance(k, Keys)]
    assert len(kinds) > 20
    for keys in kinds:
        assert set(keys.canonical.values()) == {*keys.required, *keys.optional}
        assert set(keys.nullable) <= {*keys.required, *keys.optional}
    for keys in (
        read_rules.RULE,
        read_standards.STANDARD,
        read_standards.LINE,
        read_programmes.PROGRAMME,
        read_schema.FACT,
    ):
        assert {*keys.required, *keys.optional} <= SYNONYMS.keys()
