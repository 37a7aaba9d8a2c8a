"""Which rows carry today what an act brought: the row itself, the one by which an undo repeats it, or the parts into which a change of codes cut it.

A change of divisions is never undone. So what it cut must not stand in the way of undoing what came before: its parts are as good as the whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Q

from doudi.server.registry.actions.current import chunks
from doudi.server.registry.models import Known, Residence

RECODE = "recode"


def carriers(model: type[Known], roots: Collection[int]) -> tuple[list[Any], set[int]]:
    """The rows still known that carry one of ``roots``; and the acts that withdrew those, or a part of those, that none carries any more."""
    standing: list[Any] = []
    missing: set[int] = set()
    while roots:
        rest = _latest(model, roots)
        standing += [row for row in rest if row.withdrawn is None]
        cut = [row for row in rest if row.withdrawn is not None]
        parts = _parts(cut) if model is Residence else {}
        missing |= {row.withdrawn_id for row in cut if not parts.get(row.pk)}
        roots = {p.again_id or p.pk for found in parts.values() for p in found}
    return standing, missing


def _latest(model: type[Known], roots: Collection[int]) -> list[Any]:
    """Each of ``roots``, or what repeats it last: an undo repeats a row only after it was withdrawn."""
    found: dict[int, Any] = {}
    for part in chunks(sorted(roots)):
        rows: Any = model._default_manager.filter(Q(pk__in=part) | Q(again__in=part)).select_related("withdrawn")
        found |= {row.again_id or row.pk: row for row in rows.order_by("pk")}
    return list(found.values())


def _parts(cut: Collection[Residence]) -> dict[int, list[Residence]]:
    """Row -> what it became where only its codes changed: in a re-coding, or in the very act that brought it, for a day before one."""
    recoded = [r for r in cut if r.withdrawn is not None and (r.withdrawn.kind == RECODE or r.withdrawn_id == r.act_id)]
    made: dict[tuple[int, int], list[Residence]] = defaultdict(list)
    for part in chunks({(r.household_id, r.withdrawn_id) for r in recoded}):
        rows = Residence.objects.filter(household__in={h for h, _ in part}, act__in={a for _, a in part})
        for p in rows.order_by("since"):
            if p.withdrawn_id != p.act_id:
                made[p.household_id, p.act_id].append(p)
    return {
        r.pk: [p for p in made[r.household_id, r.withdrawn_id or 0] if r.since <= p.since and _end(p) <= _end(r)]
        for r in recoded
    }


def _end(row: Known) -> date:
    return row.until or date.max
