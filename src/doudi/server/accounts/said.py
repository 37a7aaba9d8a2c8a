"""A post as one says it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from doudi.server.accounts.roles import Role
from doudi.server.areas.levels import COUNTY, above
from doudi.server.areas.selectors import names_of

_MOST_TOLD = 3


def post_said(role: Role, area: str, on: date) -> str:
    """大化瑶族自治县岩滩镇 乡镇审核岗: from the county down, for a higher division its own name."""
    return posts_said([(role, area, on)])[0]


def post_over(role: Role, areas: Sequence[str], on: date) -> str:
    """One role over several areas: 大化瑶族自治县岩滩镇、大化瑶族自治县大化镇 乡镇审核岗; of more than three the first, and how many."""
    told = [said.removesuffix(f" {role.zh}") for said in posts_said([(role, area, on) for area in areas])]
    where = "、".join(told) if len(told) <= _MOST_TOLD else f"{told[0]}等{len(told)}处"
    return f"{where} {role.zh}"


def posts_said(posts: Collection[tuple[Role, str, date]]) -> list[str]:
    """Several, each with the names of its day."""
    names: dict[date, dict[str, str]] = {}
    for day in {on for _, _, on in posts}:
        names[day] = names_of({c for _, area, on in posts if on == day and area for c in _path(area)}, day)
    return [f"{''.join(names[on][c] for c in _path(area)) or '全国'} {role.zh}" for role, area, on in posts]


def _path(area: str) -> tuple[str, ...]:
    return (*(c for c in above(area) if len(c) >= COUNTY), area) if area else ()
