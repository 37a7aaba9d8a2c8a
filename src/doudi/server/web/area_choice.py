"""Choosing a division: from the reader's own areas down, level by level, without any script; and its name as a list shows it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from doudi.server.areas.selectors import children, names_of, path
from doudi.server.lib.actor import Actor
from doudi.server.web.fields import Field, Option


def area_field(by: Actor, area: str, on: date, *, name: str = "area") -> Field:
    """All of one's areas, the way down to ``area``, and what lies below it. Raises NotFound for a division outside the reader's areas."""
    return Field(name, "地区", "Place", kind="choice", value=area, options=area_options(by, area, on))


def area_options(by: Actor, area: str, on: date) -> tuple[Option, ...]:
    """The same as options; indented by how deep they lie."""
    prefixes = by.scope.prefixes
    top = prefixes[0] if len(prefixes) == 1 else ""
    found = [Option("", "全部辖区", "All my areas")]
    depth = 0
    if area and area != top:
        for d in path(area, on):
            if by.scope.covers(d.code) and d.code != top:
                depth += 1
                found.append(_option(d.code, d.name, depth))
    elif area:
        found.append(_option(area, names_of([area], on)[area], depth))
    found += [_option(d.code, d.name, depth + 1) for d in children(by, area or top, on)]
    return tuple(found)


def _option(code: str, name: str, depth: int) -> Option:
    text = "　" * (depth - 1) + name
    return Option(code, text, text)


def near_names(codes: Iterable[str], on: date) -> dict[str, str]:
    """Code -> name as a list shows it: a village with its township before it, for villages of one name are many."""
    wanted = {c for c in codes if c}
    names = names_of(wanted | {c[:9] for c in wanted if len(c) > 9}, on)
    return {c: f"{names[c[:9]]} {names[c]}" if len(c) > 9 else names[c] for c in wanted}
