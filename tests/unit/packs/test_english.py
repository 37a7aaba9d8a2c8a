"""What an English reader would be shown in Chinese is a warning where it stands; what has its English is none, and the English is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from doudi.packs import examine
from tests.unit.packs.base import BASE, CASES, write

CLAUSES = """\
document:
  short: 乙方案
  title: 乙县方案
  en: Plan of county B
  issuer: 乙县
  date: "2024"
  unclear: [日期未写]
clauses:
  - {clause: 一, says: 发放, en: Paid, kind: rule, status: clear, implemented_by: not yet, units: [民政局], every: 旬, note: 档未写明}
"""
WHOLE = """\
document:
  short: 乙方案
  title: 乙县方案
  en: Plan of county B
  issuer: 乙县
  issuer_en: County B
  date: "2024"
  unclear: [{zh: 日期未写, en: No day is written}]
clauses:
  - clause: 一
    says: 发放
    en: Paid
    kind: rule
    status: clear
    implemented_by: not yet
    units: [民政局]
    every: 月
    note: 档未写明
    note_en: The bands are not written
"""
PROGRAMMES = BASE["programmes/basic.yaml"].replace("  period: 月\n", "  period: 月\n  group: 基本生活\n", 1)
FACTS = BASE["facts.yaml"].replace("{en: Counts, type: 是否}", "{en: Counts, type: 是否, help: 共同生活的}")


def untold(folder: Path, files: dict[str, str]) -> list[str]:
    """What the warnings of missing English say."""
    pack, faults = examine(write(folder, files), thorough=True)
    assert pack is not None
    assert not [f for f in faults if f.severity == "error"]
    return [f.en for f in faults if f.code == "no-english"]


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (
            {"clauses.yaml": CLAUSES},
            [
                "“issuer” has no English; write issuer_en: …",
                "“note” has no English; write note_en: …",
                "“unclear” has no English; write {zh: …, en: …}",
                "“旬” has no English; write 周、月、季、年",
                "Unit “民政局” has no English; write english.yaml: {units: {民政局: …}}",
            ],
        ),
        (
            {"programmes/basic.yaml": PROGRAMMES},
            ["Group “基本生活” has no English; write english.yaml: {groups: {基本生活: …}}"],
        ),
        ({"facts.yaml": FACTS}, ["“help” has no English; write help_en: …"]),
        (
            {"standards/lines.yaml": BASE["standards/lines.yaml"].replace("clause: 第二条", "clause: 高龄津贴")},
            ["Clause “高龄津贴” has no English; write english.yaml: {clauses: {高龄津贴: …}}"],
        ),
    ],
)
def test_missing_english_is_told_where_it_stands(tmp_path: Path, files: dict[str, str], told: list[str]) -> None:
    assert sorted(untold(tmp_path, files)) == sorted(told)


def test_cases_without_english_are_told_once(tmp_path: Path) -> None:
    (told,) = untold(tmp_path, {"cases/a.yaml": CASES})
    assert told == f"Case “差一分不到线” (and {CASES.count('- case:') - 1} more) has no English; write en: …, why_en: …"


def test_what_has_its_english_is_not_told(tmp_path: Path) -> None:
    english = "groups: {基本生活: Basic living}\nunits: {民政局: Civil affairs bureau}\n"
    files = {"clauses.yaml": WHOLE, "programmes/basic.yaml": PROGRAMMES, "english.yaml": english}
    pack, faults = examine(write(tmp_path, files), thorough=True)
    assert pack is not None
    assert [f for f in faults if f.code == "no-english"] == []
    assert (pack.english("groups", "基本生活"), pack.english("units", "民政局")) == (
        "Basic living",
        "Civil affairs bureau",
    )
    assert pack.english("payers", "省") == ""
    assert not [f for f in faults if f.severity == "warning" and f.code != "unused-fact"]
    book = pack.clauses["乙方案"]
    assert (book.issuer_en, book.unclear) == ("County B", (("日期未写", "No day is written"),))
    assert book.clauses[0].note_en == "The bands are not written"
