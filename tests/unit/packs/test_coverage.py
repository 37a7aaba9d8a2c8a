"""Clauses of documents, what implements them, and citations of clauses that are not there."""

from datetime import date
from pathlib import Path

import pytest

from doudi.packs import load
from doudi.packs.coverage import check_references, summary, to_json
from tests.unit.packs.base import BASE, CASES, faults_of, text_of, write

CLAUSES = """\
document:
  short: 乙方案
  title: 乙县方案
  en: Plan of county B
  issuer: 乙县
  date: "2024"
  unclear: [日期未写, {zh: 附件未见, en: The annex was not seen}]
clauses:
  - clause: 一
    says: 总的
    en: In general
    kind: statement
    status: clear
    implemented_by: not yet
  - clause: 二㈠-a
    says: 按标准发
    en: Paid by the standard
    units: [民政局]
    due: "2025-03"
    every: 月
    kind: rule
    figures: [{what: 档, value: "2 档", year: null, kind: rule}]
    rows: [P2]
    status: unclear
    note: 档未写明
    implemented_by: [项目:低保, 标准:低保标准, 规则:户.人口, 案例:差一分不到线]
  - clause: 三
    says: 宣传
    en: Publicity
    due: null
    kind: duty
    status: clear
    implemented_by: not yet
"""
FILES = {"clauses.yaml": CLAUSES, "cases/a.yaml": CASES}


def test_clauses_are_read(tmp_path: Path) -> None:
    pack = load(write(tmp_path, FILES))
    book = pack.clauses["乙方案"]
    assert (book.title, book.unclear, len(book.clauses)) == (
        "乙县方案",
        (("日期未写", ""), ("附件未见", "The annex was not seen")),
        3,
    )
    clause = book.clauses[1]
    assert (clause.due, clause.due_day, clause.every) == ("2025-03", date(2025, 3, 31), "月")
    assert [name for name, _ in clause.implemented_by] == [
        "项目:低保",
        "标准:低保标准",
        "规则:户.人口",
        "案例:差一分不到线",
    ]
    assert clause.figures[0].value == "2 档"


def test_summary(tmp_path: Path) -> None:
    pack = load(write(tmp_path, FILES))
    s = summary(pack.clauses["乙方案"])
    assert (s.clauses, s.implemented, s.statements, s.open, s.unclear) == (3, 1, 1, 1, 1)
    assert check_references(pack) == []
    (told,) = to_json(pack)
    assert (told["document"], told["open"]) == ("乙方案", 1)


@pytest.mark.parametrize(
    "name", ["项目:低堡", "标准:低保线", "规则:户.人扣", "案例:差二分", "措施:送温暖", "冲突:斥", "派生户:单人户"]
)
def test_names_that_do_not_exist(tmp_path: Path, name: str) -> None:
    files = FILES | {"clauses.yaml": CLAUSES.replace("项目:低保", name)}
    folder = write(tmp_path, files)
    assert [text_of(f, tmp_path)[: 19 + len(name)] for f in check_references(load(folder))] == [
        f"unknown-reference: {name}"
    ]


def test_cases_of_a_parent_are_found_by_its_own_clauses(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    assert check_references(load(write(tmp_path, {}, "low", ["base"]))) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("short: 乙方案", "short: 丙方案", ["unknown-document: 丙方案"]),
        ("clause: 三", "clause: 一", ["declared-twice: 一"]),
        ("kind: duty", "kind: task", ["bad-choice: task"]),
        ('due: "2025-03"', 'due: "2025-13"', ['bad-date: 2025-13"']),
        ("status: unclear", "status: maybe", ["bad-choice: maybe"]),
        ("项目:低保", "低保", ["bad-reference: 低保"]),
        ("项目:低保", "工程:低保", ["bad-reference: 工程:低保"]),
        ("    says: 宣传\n", "", ["missing-key: clause: 三"]),
        ("    says: 宣传\n", "    say: 宣传\n", ["missing-key: clause: 三", "unknown-key: say"]),
    ],
)
def test_what_is_wrong_with_clauses(tmp_path: Path, old: str, new: str, told: list[str]) -> None:
    found = [
        text_of(f, tmp_path) for f in faults_of(write(tmp_path, FILES | {"clauses.yaml": CLAUSES.replace(old, new, 1)}))
    ]
    assert [f[: len(t)] for f, t in zip(found, told, strict=True)] == told


@pytest.mark.parametrize(("clause", "codes"), [("二㈠", []), ("二㈠-a", []), ("二㈡", ["unknown-clause"])])
def test_a_cited_clause_must_be_listed(tmp_path: Path, clause: str, codes: list[str]) -> None:
    programmes = BASE["programmes/basic.yaml"].replace(
        "{document: 甲法, clause: 第二条}", f"{{document: 乙方案, clause: {clause}}}"
    )
    folder = write(tmp_path, FILES | {"programmes/basic.yaml": programmes})
    assert [f.code for f in faults_of(folder)] == codes
