"""Who answers for a line of a repricing: the office within its area where the household or person is now, and the last one there of who left it.

The money of those months is owed by, or to, the county or township that decided them again; another does not come to owe it because somebody
moved there. Within it the line goes along, as items of a screening do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import QuerySet

from doudi.server.areas.levels import above
from doudi.server.areas.selectors import lineage_of
from doudi.server.decisions.models import Repricing, RepricingLine
from doudi.server.lib.moments import day_of, now
from doudi.server.lib.scope import Scope
from doudi.server.registry.actions.carried import settle

Lines = QuerySet[RepricingLine]


def by_area(lines: QuerySet[Any]) -> Iterator[tuple[Lines, Scope]]:
    """The lines in parts, each with what the area of its repricing is today: one that was split is what has its code still."""
    today = day_of(now())
    of: dict[tuple[str, date], list[int]] = defaultdict(list)
    found = Repricing.objects.filter(id__in=lines.order_by().values("repricing").distinct())
    for one, area, made_at in found.values_list("id", "area", "made_at"):
        of[area, day_of(made_at)].append(one)
    line = lineage_of({area for area, _ in of})
    for (area, made), ids in sorted(of.items()):
        became = line.became(area, made, today)
        yield lines.filter(repricing__in=ids), Scope.of(became if len(became) == 1 else [area])


def settled(lines: Lines, day: date) -> None:
    """Lines written down under the codes and places of ``day`` lie where their offices of today see them; in the caller's transaction."""
    today = day_of(now())
    codes = {code for name in ("area", "other_area") for code in lines.values_list(name, flat=True).distinct()}
    line = lineage_of({c for code in codes for c in (*above(code), code)})

    def renamed(code: str) -> str:
        # A village that nobody entered is where the division above it is.
        known = next((c for c in (code, *reversed(above(code))) if c in line.spans), "")
        became = line.became(known, day, today)
        return became[0] + code[len(known) :] if known and len(became) == 1 else code

    settle(lines, renamed)
