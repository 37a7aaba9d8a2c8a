"""The seven types of the language and how each is stored: always one integer, never a float."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """The kind of a value. The Chinese word is what a pack writes."""

    TRUTH = "是否"
    INTEGER = "整数"
    MONEY = "金额"
    RATIO = "比例"
    DATE = "日期"
    CATEGORY = "类别"
    AREA = "地区"


RATIO_UNIT = 10_000
"""A stored ratio counts ten-thousandths: 30% is 3000."""

MAX_AREA = 999_999_999_999
"""Area codes have twelve digits; a county's code is padded with zeros on the right."""


@dataclass(frozen=True)
class Type:
    """The type of a value.

    Storage, one integer each: 是否 0 or 1; 整数 itself (``unit`` is 岁, 人, 个月, 天, 项, …, or "" for a bare number); 金额 fen;
    比例 ten-thousandths; 日期 days since 1970-01-01; 类别 the position of the value in its declared list (``category`` names the list);
    地区 the twelve-digit division code (0 is the whole country).
    Inside a formula a value is an exact rational in these units, except that a ratio is its natural value (30% is 3/10).
    """

    kind: Kind
    category: str = ""
    unit: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.kind.value, self.category, self.unit) if part)

    @property
    def numeric(self) -> bool:
        return self.kind in (Kind.INTEGER, Kind.MONEY, Kind.RATIO)

    @property
    def store_scale(self) -> int:
        """How many stored units make one natural unit (10,000 for ratios, else 1)."""
        return RATIO_UNIT if self.kind is Kind.RATIO else 1


TRUTH = Type(Kind.TRUTH)
INTEGER = Type(Kind.INTEGER)
MONEY = Type(Kind.MONEY)
RATIO = Type(Kind.RATIO)
DATE = Type(Kind.DATE)
AREA = Type(Kind.AREA)
