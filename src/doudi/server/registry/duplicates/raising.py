"""Pairs as they are kept: raised, brought up to date, raised again where there is decisive new evidence, and closed where there is none left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from doudi.server.registry.duplicates.core.find import Found
from doudi.server.registry.models import Pair, Person

DECISIVE = frozenset({"id-same", "id-check"})
"""Evidence that puts a pair before a person again, though somebody decided that they are two."""
UNDECIDED: Mapping[str, Any] = {
    "state": "open", "decided_at": None, "decided_by": None, "decided_name": "", "decided_post": "", "why": "", "weighed": [], "act_id": None,
}  # fmt: skip
"""A pair on which nobody has decided."""


@dataclass
class Raised:
    """How many pairs were new, raised again, and closed."""

    raised: int = 0
    reopened: int = 0
    closed: int = 0


class Decided:
    """Whom somebody found to be two people. The decision goes on holding for the records that they were later merged into."""

    def __init__(self) -> None:
        into = dict(Person.objects.exclude(merged_into=None).values_list("id", "merged_into_id"))
        self.as_now: set[tuple[int, int]] = set()
        for a, b in Pair.objects.filter(state="different").values_list("a_id", "b_id"):
            x, y = _root(into, a), _root(into, b)
            if x != y and (x, y) != (a, b):
                self.as_now.add((min(x, y), max(x, y)))


def _root(into: Mapping[int, int | None], person: int) -> int:
    seen = {person}
    while (after := into.get(person)) is not None and after not in seen:
        seen.add(after)
        person = after
    return person


def keep(found: Sequence[Found], decided: Decided, *, seen: int | None, at: datetime) -> Raised:
    """Writes what was found, in the caller's transaction and under a scope of everything. Doing it again changes nothing more."""
    counted = Raised()
    areas = dict(Person.objects.filter(id__in={i for f in found for i in (f.a, f.b)}).values_list("id", "area"))
    before = {(p.a_id, p.b_id): p for p in Pair.objects.filter(a__in={f.a for f in found}, b__in={f.b for f in found})}
    fresh: list[Pair] = []
    changed: list[Pair] = []
    for f in found:
        codes = {e.code for e in f.compared.evidence}
        pair = before.get((f.a, f.b))
        if pair is None:
            if (f.a, f.b) in decided.as_now and not codes & DECISIVE:
                continue
            fresh.append(
                Pair(
                    a_id=f.a, b_id=f.b, area_a=areas[f.a], area_b=areas[f.b], score=f.compared.score,
                    evidence=[e.stored() for e in f.compared.evidence], found_at=at, seen=seen,
                )
            )  # fmt: skip
            continue
        pair.seen = seen
        pair.area_a, pair.area_b = areas[f.a], areas[f.b]
        if pair.state == "different" and not (codes & DECISIVE) - set(pair.weighed):
            changed.append(pair)
            continue
        if pair.state != "open":
            # Closed before, decided without this evidence, or merged and taken apart again by an undo.
            counted.reopened += 1
            pair.state, pair.closed_at, pair.found_at = "open", None, at
        pair.score, pair.evidence = f.compared.score, [e.stored() for e in f.compared.evidence]
        changed.append(pair)
    counted.raised = len(Pair.objects.bulk_create(fresh, batch_size=1_000))
    fields = ("area_a", "area_b", "score", "evidence", "state", "found_at", "closed_at", "seen")
    Pair.objects.bulk_update(changed, fields, batch_size=500)
    return counted


def close(pairs: Iterable[int], *, at: datetime) -> int:
    """Closes those of the pairs that are open; gives how many."""
    return Pair.objects.filter(id__in=list(pairs), state="open").update(state="closed", closed_at=at)


def close_of(people: Iterable[int], *, at: datetime, but: int | None = None) -> int:
    """Closes the open pairs of people whose records went up in others."""
    wanted = list(people)
    rows = Pair.objects.filter(Q(a__in=wanted) | Q(b__in=wanted), state="open")
    return (rows if but is None else rows.exclude(id=but)).update(state="closed", closed_at=at)


def open_of(act: int) -> None:
    """The merger ``act`` was taken back: the pair that led to it waits for a decision again."""
    Pair.objects.filter(act=act, state="same").update(**UNDECIDED)
