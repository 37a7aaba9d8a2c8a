"""How far a value can go: static bounds, worked out when a book is compiled."""

from __future__ import annotations

from datetime import date

import pytest

from doudi.rules import compile_book
from tests.unit.rules.books import book, rule

AT = date(2024, 7, 1)


@pytest.mark.parametrize(("divisor", "most"), [("户口数", 1), ("户口数 ÷ 3", 3), ("(户口数 - 2) ÷ 7", 7)])
def test_a_divisor_that_may_be_nought_may_also_be_as_near_to_it_as_its_fractions_go(divisor: str, most: int) -> None:
    counted = rule("户.户口数", "整数", "人数(成员)")
    made = compile_book(book(counted, rule("户.试", "金额", f"四舍五入(存款 ÷ ({divisor}), 分)")), AT)
    deposits = made.variables["户", "存款"]
    assert made.variables["户", "试"].hi == most * deposits.hi
