"""What a household is paid in all holds what its households of one are paid, and of nobody twice, on both evaluators."""

from __future__ import annotations

import pytest

from doudi.packs.pack import load
from doudi.rules import compile_book
from doudi.rules.block import decide_tables, lay_out
from doudi.rules.scalar import decide
from doudi.screening.totals import also_shown, in_all, with_ones

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
