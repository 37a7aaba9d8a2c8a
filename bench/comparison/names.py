"""Names that the comparison set's pack, data and checkers share, and its lines, read from the pack with plain YAML.

The lines are read here without Doudi's own reader, so that the oracle rests on nothing that it is to check.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

PACK = Path(__file__).with_name("pack")
AS_OF = date(2024, 7, 1)
"""基准日 of every measurement: the first day on which each county's second line is in force."""

REGISTRATIONS = ("城市", "农村")
KINDS = ("肢体", "智力", "精神", "视力", "听力", "言语", "无类别")
GRADES = ("一级", "二级", "三级", "四级", "无残疾")
CLASSES = ("特困户", "低保户", "边缘户", "支出户", "其他户")

INTELLECTUAL, MENTAL, NO_KIND = 1, 2, 6
SEVERE_BELOW, GRADE_THREE, NO_GRADE = 2, 2, 4
"""Positions in KINDS and GRADES; grades below SEVERE_BELOW are 重残."""


def _read(name: str) -> Any:
    return yaml.safe_load((PACK / name).read_text(encoding="utf-8"))


@cache
def counties() -> tuple[tuple[str, int], ...]:
    """(name, six-digit code) of every county, in the pack's order."""
    return tuple((n, int(a["code"])) for n, a in _read("areas.yaml").items() if len(a["code"]) == 6)


def _fen(text: str) -> int:
    fen = Decimal(text.removesuffix("元").strip()) * 100
    if fen != int(fen):
        raise ValueError(text)
    return int(fen)


@cache
def dated_lines() -> tuple[tuple[str, str, date, date | None, int], ...]:
    """(county, registration, from, until, fen a month) of every line in the pack."""
    return tuple(
        (v["area"], registration, v["from"], v.get("until"), _fen(v["value"][registration]))
        for v in _read("standards/low_income.yaml")["低保标准"]["values"]
        for registration in REGISTRATIONS
    )


@cache
def lines() -> NDArray[np.int64]:
    """Fen a month in force on AS_OF, by position of the county and of the registration type."""
    at = {name: i for i, (name, _) in enumerate(counties())}
    out = np.zeros((len(at), len(REGISTRATIONS)), np.int64)
    for county, registration, since, until, fen in dated_lines():
        if since <= AS_OF and (until is None or until >= AS_OF):
            out[at[county], REGISTRATIONS.index(registration)] = fen
    if not out.all():
        raise ValueError("a county has no line in force")
    return out
