"""Who bears a payment: the shares add up to it, whatever the pack asks of anyone."""

from datetime import date
from pathlib import Path

import pytest

from doudi.packs.pack import load
from doudi.rules import compile_book
from doudi.rules.scalar import Row, decide
from tests.unit.packs.base import BASE, write

BORNE = [
    ("市: 60 元, 县: 其余", {"市": 60, "县": 40, "未载明": 0}),
    ("市: 500 元, 县: 其余", {"市": 100, "县": 0, "未载明": 0}),
    ("市: 60 元, 县: 60 元", {"市": 60, "县": 40, "未载明": 0}),
    ("市: 0 元 - 500 元, 县: 其余", {"市": 0, "县": 100, "未载明": 0}),
    ("市: 60 元", {"市": 60, "未载明": 40}),
    ("市: '四舍五入(新实发 × 60%, 分)', 县: 其余", {"市": 60, "县": 40, "未载明": 0}),
]


@pytest.mark.parametrize(("shares", "borne"), BORNE)
def test_nobody_bears_more_than_is_left_or_less_than_nothing(
    tmp_path: Path, shares: str, borne: dict[str, int]
) -> None:
    new = (
        "新: {en: X, of: 户, period: 月, conditions: [是], amount: 100 元, "
        f"funding: [{{shares: {{{shares}}}}}], cites: [{{document: 甲法, clause: 第一条}}]}}\n"
    )
    book = load(write(tmp_path, {"programmes/basic.yaml": BASE["programmes/basic.yaml"] + new})).book
    decision = decide(compile_book(book, date(2024, 7, 1)), Row(1))
    for level, yuan in borne.items():
        value = decision.value("户", f"新实发·{level}")
        assert (value.lo, value.hi) == (yuan * 100, yuan * 100), level
