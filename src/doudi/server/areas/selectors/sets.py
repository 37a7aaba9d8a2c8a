"""Sets of divisions across the tree, on a day."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from doudi.server.areas import timeline
from doudi.server.areas.levels import above
from doudi.server.areas.models import DivisionSetMember
from doudi.server.areas.shapes import SetView
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotFound
from doudi.server.lib.scope import Scope


def sets(reader: Actor, on: date, *, kind: str = "") -> tuple[SetView, ...]:
    """The sets of which the reader's scope has a part, or which it lies in. ``codes`` are the members in the scope, or above it."""
    rows = DivisionSetMember.objects.filter(timeline.alive(on)).filter(_touches(reader.scope))
    rows = rows.filter(of__kind=kind) if kind else rows
    members: dict[tuple[int, str, str], list[str]] = {}
    ordered = rows.order_by("of__kind", "of__name", "code").values_list("of_id", "of__kind", "of__name", "code")
    for set_id, of_kind, name, code in ordered:
        members.setdefault((set_id, of_kind, name), []).append(code)
    return tuple(SetView(*of, tuple(codes)) for of, codes in members.items())


def set_scope(reader: Actor, set_id: int, on: date) -> Scope:
    """The part of the reader's scope that lies in the set: a filter for lists. Raises NotFound where there is no such set, or no such part."""
    codes = list(DivisionSetMember.objects.filter(timeline.alive(on), of=set_id).values_list("code", flat=True))
    prefixes = {p for code in codes for p in reader.scope.narrowed(code).prefixes}
    if not prefixes:
        raise NotFound(
            "no-set", "没有这个片区，或不在您的管辖范围内。", "There is no such set of areas, or none in your areas."
        )
    return Scope.of(prefixes)


def sets_of(code: str, on: date) -> tuple[SetView, ...]:
    """The sets that a division lies in, itself or by what is above it."""
    rows = DivisionSetMember.objects.filter(timeline.alive(on), code__in=[*above(code), code]).select_related("of")
    return tuple(
        SetView(m.of.pk, m.of.kind, m.of.name, (m.code,)) for m in rows.order_by("of__kind", "of__name", "code")
    )


def _touches(scope: Scope) -> Q:
    upper = {c for p in scope.prefixes for c in above(p)}
    return scope.q("code") | Q(code__in=upper) if "" not in scope.prefixes else Q()
