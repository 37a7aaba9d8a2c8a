"""Pairs follow their people: to the areas where these now are, and to an end where a correction left too little that speaks for them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date

from django.db import transaction
from django.db.models import OuterRef, Q

from doudi.server.audit.actions import record
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.moments import now
from doudi.server.lib.scope import Scope
from doudi.server.registry.duplicates import people, verbs
from doudi.server.registry.duplicates.core.compare import compare
from doudi.server.registry.duplicates.core.evidence import THRESHOLD
from doudi.server.registry.duplicates.counting import Asked
from doudi.server.registry.duplicates.raising import close
from doudi.server.registry.models import Pair, Person

_AT_ONCE = 2_000


def _parts(ids: Iterable[int]) -> Iterator[list[int]]:
    rest = sorted(set(ids))
    return (rest[i : i + _AT_ONCE] for i in range(0, len(rest), _AT_ONCE))


def follow(moved: Iterable[int]) -> None:
    """Pairs of possible doubles lie in the areas in which their people now are. Under a scope of everything."""
    for part in _parts(moved):
        for column in ("a", "b"):
            pairs = Pair.objects.filter(**{f"{column}__in": part})
            pairs.update(**{f"area_{column}": Person.objects.filter(pk=OuterRef(column)).values("area")[:1]})


def recheck(*, by: Actor, people_ids: Collection[int], on: date) -> int:
    """Looks again at the open pairs of people who were corrected, and closes those for which too little speaks now; gives how many."""
    if not people_ids:
        return 0
    with acting(replace(by, scope=Scope.everything())), transaction.atomic():
        rows = [
            row
            for part in _parts(people_ids)
            for row in Pair.objects.filter(Q(a__in=part) | Q(b__in=part), state="open").values_list(
                "id", "a_id", "b_id"
            )
        ]
        ones = people.some({i for _, a, b in rows for i in (a, b)}, on) if rows else {}
        counts = Asked()
        gone = {
            pair for pair, a, b in rows
            if a not in ones or b not in ones or compare(ones[a], ones[b], counts).score < THRESHOLD
        }  # fmt: skip
        closed = close(gone, at=now()) if gone else 0
        if closed:
            record(by, verbs.RECHECKED, count=closed)
        return closed
