"""Who can sign in to the demonstration. Knows no database: the command line and scripts ask it too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

PASSWORD = "Dou-di-2024-yan-shi"
"""Of every account of the demonstration; nowhere else is an account made with a password that is written down."""


@dataclass(frozen=True)
class Account:
    """Somebody to sign in as."""

    username: str
    name: str
    role: str
    area: str


def accounts(county: str, townships: Sequence[str]) -> tuple[Account, ...]:
    """For each desk, in the county and in the first of ``townships``."""
    town = townships[0]
    return (
        Account("cun", "韦晓村", "village", f"{town}201"),
        Account("chuangkou", "黄窗明", "clerk", town),
        Account("shenhe", "覃审言", "reviewer", town),
        Account("jiwei", "陆纪严", "observer", town),
        Account("queren", "蒙确安", "confirming", county),
        Account("caizheng", "唐才正", "finance", county),
        # Two: whoever drafts a standard cannot approve it too.
        Account("zhengce", "罗策远", "policy", county),
        Account("zhengce2", "兰策勤", "policy", county),
        Account("dudao", "吴督行", "supervisor", county),
        Account("shenji", "何审清", "auditor", county),
        Account("guanli", "梁管平", "administrator", county),
    )
