"""What a household gets, of each programme and in all, holds what its households of one get, and of nobody twice; lists go by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from doudi.packs.pack import load
from doudi.rules import compile_book
from doudi.rules.block import decide_tables, lay_out
from doudi.rules.calendar import to_day
from doudi.rules.explain import to_text, why
from doudi.rules.ruleset import Ruleset
from doudi.rules.scalar import Row, decide
from doudi.screening.facts import schema_of
from doudi.screening.lists import CHANGED, MISSED, UNDECIDED, build, opened
from doudi.screening.ones import also_shown, in_all, with_ones
from doudi.screening.parts import FactsWriter
from doudi.screening.reasons import Reasons
from doudi.screening.run import screen

PACK = load("demo")
CASES = {case.name: case for case in PACK.cases}


@pytest.mark.parametrize(
    ("name", "yuan"),
    [
        # guarantee 530, top-up 159, living 75, nursing 90: all of it is the son's
        ("重残儿子按单人户而妹妹在读", (854, 854)),
        # nobody is decided alone
        ("单人户的父母都去世后是特困", (1309, 1309)),
        ("边缘户里的特困户主不改按单人户", (779, 779)),
        # the nursing subsidy is his either way, the rest while it is open whether there is a household of one
        ("不知道妹妹读不读书时单人户定不了", (90, 854)),
    ],
)
def test_the_total_holds_what_a_household_of_one_is_paid(name: str, yuan: tuple[int, int]) -> None:
    case, plan = CASES[name], PACK.screening
    assert plan is not None
    ruleset = compile_book(PACK.book, case.as_of, case.month)
    assert in_all(decide(ruleset, case.household), plan) == (yuan[0] * 100, yuan[1] * 100)
    tables = decide_tables(ruleset, lay_out(ruleset, [case.household]).tables, show=also_shown(plan)).tables
    lo, hi = yuan
    assert with_ones(tables, ruleset, plan)["household"]["月保障合计"].to_pylist() == [lo * 100 if lo == hi else None]


@pytest.mark.parametrize(
    ("name", "granted", "paid"),
    [
        ("重残儿子按单人户而妹妹在读", 1, (530, 530)),
        ("妹妹能独立生活又不在读时全家过边缘线", 0, (0, 0)),
        ("单人户的父母都去世后是特困", 1, (530, 530)),
        ("不知道妹妹读不读书时单人户定不了", 2, (0, 530)),
    ],
)
def test_the_household_is_granted_what_its_household_of_one_is(name: str, granted: int, paid: tuple[int, int]) -> None:
    case, plan = CASES[name], PACK.screening
    assert plan is not None
    ruleset = compile_book(PACK.book, case.as_of, case.month)
    tables = decide_tables(ruleset, lay_out(ruleset, [case.household]).tables, show=also_shown(plan)).tables
    home = with_ones(tables, ruleset, plan)["household"]
    lo, hi = (yuan * 100 for yuan in paid)
    said = [home[f"低保.{x}"].to_pylist()[0] for x in ("outcome", "granted", "paid_lo", "paid_hi", "paid")]
    assert said == [granted, granted, lo, hi, lo if lo == hi else None]
    # What the household of one is refused takes nothing from the household.
    assert home["低保边缘.granted"].to_pylist() == tables["household"]["低保边缘.granted"].to_pylist()


def receiving(ruleset: Ruleset, household: Row, yuan: int, on: date) -> Row:
    """The household with a guarantee of ``yuan`` on its account this month, and nothing else."""
    kind = ruleset.variables["户领", "项目"].type.category
    (items,) = ([v for v, _ in c.values] for c in ruleset.book.categories if c.name == kind)
    facts: dict[str, int | tuple[int, int]] = {"项目": items.index("低保金"), "月份": to_day(on), "金额": yuan * 100}
    rows = [Row("领", facts)] if yuan else []
    return replace(household, complete={**household.complete, "户领": True}, rows={**household.rows, "户领": rows})


def listed(tmp_path: Path, name: str, yuan: int) -> list[tuple[Any, ...]]:
    case, plan = CASES[name], PACK.screening
    assert plan is not None
    ruleset = compile_book(PACK.book, case.as_of, case.month)
    month = case.as_of.replace(day=1)
    writer = FactsWriter(tmp_path / "facts", schema_of(PACK.book), month, origin="registry")
    writer.part(0, lay_out(ruleset, [receiving(ruleset, case.household, yuan, month)]).tables)
    s = opened(screen(ruleset, plan, writer.finish(), tmp_path / "run", threads=1), ruleset, plan)
    try:
        build(s, tmp_path / "lists.parquet")
        found = s.db.execute("SELECT * FROM lists WHERE programme = '低保'")
        names = [d[0] for d in found.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    finally:
        s.db.close()
    return [
        (r["list"], r["entity"], r["paid"], r["received"], Reasons(ruleset).of(r), Reasons(ruleset, "en").of(r))
        for r in rows
    ]


SON = "重残儿子按单人户而妹妹在读"


def test_who_is_due_the_guarantee_as_a_household_of_one_and_has_none_is_missed(tmp_path: Path) -> None:
    (row,) = listed(tmp_path, SON, 0)
    assert row[:4] == (MISSED, "户", 53_000, 0)
    assert row[4:] == (
        "按单人户：符合全部条件，应发 530 元",
        "Household of one: Meets every condition; due CNY 530",
    )


@pytest.mark.parametrize(("yuan", "kind"), [(529, CHANGED), (530, ""), (531, CHANGED)])
def test_who_has_it_is_not_wrongly_in_though_the_family_earns_too_much(tmp_path: Path, yuan: int, kind: str) -> None:
    rows = listed(tmp_path, SON, yuan)
    assert [(r[0], r[2], r[3]) for r in rows] == ([(kind, 53_000, yuan * 100)] if kind else [])
    assert all(r[4] == f"按单人户：应发 530 元，现发 {yuan} 元" for r in rows)


def test_nothing_is_taken_away_while_it_is_open_and_what_is_missing_is_named(tmp_path: Path) -> None:
    (row,) = listed(tmp_path, "不知道妹妹读不读书时单人户定不了", 530)
    assert row[0] == UNDECIDED
    assert "在读阶段" in row[4]


def test_what_a_household_of_one_is_granted_stands_among_the_answers_and_is_explained_there() -> None:
    case = CASES[SON]
    decision = decide(compile_book(PACK.book, case.as_of, case.month), case.household)
    assert decision.outcome("低保").granted == "否"
    (alone,) = (o for o in decision.answers if o.programme == "低保" and o.path)
    assert (alone.granted, alone.paid, alone.reason) == ("是", (53_000, 53_000), "derived:单人户")
    (son,) = (d.path for d in decision.derived if d.settles.lo)
    assert alone.path == son
    told = to_text(why(decision, "低保", son))
    assert "按单人户判定" in told
    assert "530" in told
    assert "decided as: household of one" in to_text(why(decision, "低保", son, "en"))
    assert "按单人户判定" not in to_text(why(decision, "低保"))
    # Nobody else of the family is granted anything of the household's alone.
    assert {o.path for o in decision.answers if o.entity == "户" and o.path} == {son}


def test_an_open_household_of_one_says_what_is_missing() -> None:
    case = CASES["不知道妹妹读不读书时单人户定不了"]
    decision = decide(compile_book(PACK.book, case.as_of, case.month), case.household)
    (alone,) = (o for o in decision.answers if o.programme == "低保" and o.path)
    assert (alone.granted, alone.paid) == ("未知", (0, 53_000))
    assert {m.leaf.name for m in alone.missing} == {"在读阶段"}
