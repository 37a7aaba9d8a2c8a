"""The numbers that receipts are reckoned with: a plain table of values, filled from a pack's standards or by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from doudi.rules.declared import Bands

if TYPE_CHECKING:
    from collections.abc import Mapping

    from doudi.rules.ruleset import StandardTable

URBAN, RURAL = "城市", "农村"
GRADES = ("一级", "二级", "三级", "四级")


class NoTerms(LookupError):
    """The pack lacks values without which nobody can be paid; ``names`` are the standards."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        self.zh, self.en = f"缺少数值：{'、'.join(names)}", f"no value for {', '.join(names)}"
        super().__init__(f"{self.zh} / {self.en}")


@dataclass(frozen=True)
class Terms:
    """Money in fen a month unless said otherwise; a pair is (urban, rural); shares are exact."""

    line: tuple[int, int]
    least: int
    marginal: Fraction
    deposit_months: int
    marginal_deposit_months: int
    cars: int
    houses: int
    shops: int
    shares: int
    work_cost_cap: Fraction
    assessed: tuple[int, int]
    assessed_months: tuple[int, int]
    kept: tuple[int, int]
    """What a supporter's household keeps a head a month."""
    maintenance: Fraction
    disposable: tuple[int, int]
    """Disposable income a head a year."""
    refusals: int
    grown: int
    old: int
    works_from: int
    works_until: int
    destitute_child: int
    destitute: Fraction
    partly_unable: int
    unable: int
    aged: tuple[tuple[int, int], ...]
    """Old-age allowance from which age on."""
    aged_delay: int
    living: tuple[int, ...]
    """By grade, 1 to 4."""
    nursing: tuple[int, ...]
    old_service: int
    unable_old: int
    orphan: int
    exit_months: int
    exit_share: Fraction


def terms_of(standards: Mapping[str, StandardTable], area: int, at: date) -> Terms:
    """The values in force in ``area`` (twelve digits) on ``at``. Raises NoTerms naming every standard that has none."""
    missing: list[str] = []

    def raw(name: str, key: str = "") -> object:
        table = standards.get(name)
        found = table.find(area, key, at).value if table is not None else None
        if found is None:
            missing.append(name)
            return Fraction(1)
        return found

    def share(name: str, key: str = "") -> Fraction:
        value = raw(name, key)
        if not isinstance(value, int | Fraction):
            raise TypeError(f"{name}: {value!r}")
        return Fraction(value)

    def whole(name: str, key: str = "") -> int:
        return int(share(name, key))

    def whole_or_none(name: str, key: str) -> int:
        table = standards.get(name)
        some = table is not None and any(table.find(area, g, at).value is not None for g in GRADES)
        here = table is not None and table.find(area, key, at).value is not None
        return whole(name, key) if here or not some else 0

    def both(name: str) -> tuple[int, int]:
        return whole(name, URBAN), whole(name, RURAL)

    lines = [round_half_up(share("低保标准", k) / share("低保标准月数", k)) for k in (URBAN, RURAL)]
    bands = raw("高龄津贴标准")
    terms = Terms(
        line=(lines[0], lines[1]),
        least=whole("低保最低发放额"),
        marginal=share("边缘倍数"),
        deposit_months=whole("低保金融资产月数"),
        marginal_deposit_months=whole("边缘金融资产月数"),
        cars=whole("机动车限额"),
        houses=whole("住房限额"),
        shops=whole("商铺限额"),
        shares=whole("企业出资限额"),
        work_cost_cap=share("就业成本扣减上限"),
        assessed=both("劳动评估月收入"),
        assessed_months=both("劳动评估月数"),
        kept=both("赡养保留线"),
        maintenance=share("赡养费计提比例"),
        disposable=both("人均可支配收入"),
        refusals=whole("拒绝就业次数线"),
        grown=whole("成年年龄"),
        old=whole("老年人年龄"),
        works_from=whole("劳动年龄下限"),
        works_until=whole("劳动年龄上限"),
        destitute_child=whole("特困未成年年龄"),
        destitute=share("特困基本生活倍数"),
        partly_unable=whole("半自理起点"),
        unable=whole("不能自理起点"),
        aged=tuple((int(x), int(v)) for x, v in bands.steps) if isinstance(bands, Bands) else (),
        aged_delay=whole("高龄起发延后"),
        living=tuple(whole("残疾人生活补贴标准", g) for g in GRADES),
        # a grade that the area gives no value for is not paid there, as long as some grade is
        nursing=tuple(whole_or_none("残疾人护理补贴标准", g) for g in GRADES),
        old_service=whole("养老服务补贴标准"),
        unable_old=whole("失能护理补贴标准", "不能自理"),
        orphan=whole("孤儿养育标准", "家庭散居"),
        exit_months=whole("渐退月数"),
        exit_share=share("渐退比例"),
    )
    if missing:
        raise NoTerms(sorted(set(missing)))
    return terms


def round_half_up(x: Fraction) -> int:
    return (2 * x.numerator + x.denominator) // (2 * x.denominator)
