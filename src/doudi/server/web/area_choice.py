"""Choosing a division: from the reader's own areas down, level by level, without any script; and its name as a list shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from doudi.server.areas.access import absent
from doudi.server.areas.levels import above
from doudi.server.areas.selectors import below, names_of
from doudi.server.lib.actor import Actor
from doudi.server.web.fields import Field, Option


def area_field(by: Actor, area: str, on: date, names: Mapping[str, str] | None = None) -> Field:
    """All of one's areas, the way down to ``area``, and what lies below it; ``names`` are those of ``way_to``, where they are known already.

    Raises NotFound for a division outside the reader's areas.
    """
    way = way_to(by, area)
    known = near_names(way, on) if names is None else names
    lower = below(by, area or top_of(by), on)
    if area and not lower and known.get(area, area) == area:
        raise absent(area)
    found = [Option("", "全部辖区", "All my areas")]
    found += [_option(code, known.get(code, code).split(" ")[-1], depth) for depth, code in enumerate(way, 1)]
    found += [_option(code, name, len(way) + 1) for code, name in lower.items()]
    return Field("area", "地区", "Place", kind="choice", value=area, options=tuple(found))


def way_to(by: Actor, area: str) -> list[str]:
    """The codes from the reader's own areas down to ``area``, both included, but for the one area that is all of the reader's."""
    top = top_of(by)
    if area == top:
        return [area] if area else []
    return [c for c in (*above(area), area) if c and by.scope.covers(c) and c != top]


def top_of(by: Actor) -> str:
    """The reader's one area; empty where there are several, or everything."""
    return by.scope.prefixes[0] if len(by.scope.prefixes) == 1 else ""


def _option(code: str, name: str, depth: int) -> Option:
    text = "　" * (depth - 1) + name
    return Option(code, text, text)


def near_names(codes: Iterable[str], on: date) -> dict[str, str]:
    """Code -> name as a list shows it: a village with its township before it, for villages of one name are many."""
    wanted = {c for c in codes if c}
    names = names_of(wanted | {c[:9] for c in wanted if len(c) > 9}, on)
    return {c: f"{names[c[:9]]} {names[c]}" if len(c) > 9 else names[c] for c in wanted}
