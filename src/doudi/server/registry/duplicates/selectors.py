"""Suspected doubles as they are looked through: those of which the reader sees at least one of the two.

Where the other is outside the reader's areas, there is only the township that manages it. The evidence is kept back too: with the reader's own side
before them, "the same name" would tell the other's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import NotFound
from doudi.server.lib.scope import Scope
from doudi.server.registry.duplicates.core.evidence import sentence
from doudi.server.registry.duplicates.verbs import LISTED, SEEN
from doudi.server.registry.models import Identifier, Pair, Person
from doudi.server.registry.selectors.record import READ, showing

STATES = ("open", "same", "different", "closed")
_MOST = 200


@dataclass(frozen=True)
class Side:
    """One of the two. Outside the reader's areas there is only ``area``, the township. ``gone``: merged into the other, or undone."""

    area: str
    person: int | None = None
    name: str = ""
    sex: str = ""
    born: date | None = None
    died: date | None = None
    number: str = ""
    gone: bool = False


@dataclass(frozen=True)
class PairView:
    """``evidence`` as stored; ``zh`` and ``en`` the same as sentences with their points. ``score`` and evidence are empty where one side is not the
    reader's to see."""

    id: int
    state: str
    sides: tuple[Side, Side]
    found_at: datetime
    score: int | None
    evidence: tuple[dict[str, Any], ...]
    zh: tuple[str, ...]
    en: tuple[str, ...]
    decided_at: datetime | None
    decided_by: str
    why: str

    @property
    def whole(self) -> bool:
        return all(s.person is not None for s in self.sides)


def pairs(
    reader: Actor, *, state: str = "open", area: str = "", after: tuple[int, int] | None = None, limit: int = 50
) -> tuple[list[PairView], tuple[int, int] | None]:
    """Pairs within the reader's areas (inside ``area``), those for which most speaks first, and where the next page begins. Recorded as shown."""
    with showing(reader, LISTED, area=area) as shown:
        rows = _seen(reader, state, area).order_by("-score", "id")
        if after is not None:
            rows = rows.filter(Q(score__lt=after[0]) | Q(score=after[0], id__gt=after[1]))
        found = list(rows[: max(1, min(limit, _MOST))])
        shown.count, shown.keep = len(found), bool(found)
        following = (found[-1].score, found[-1].id) if len(found) == max(1, min(limit, _MOST)) else None
        return _told(reader, found), following


def pair(reader: Actor, pair_id: int) -> PairView:
    """One pair. Raises NotFound."""
    with showing(reader, SEEN, pair=pair_id) as shown:
        found = Pair.objects.filter(within(reader.scope), id=pair_id).first()
        if found is None:
            raise missing(pair_id)
        shown.area = found.area_a
        return _told(reader, [found])[0]


def count(reader: Actor, *, state: str = "open", area: str = "") -> int:
    """How many pairs ``pairs`` goes through."""
    reader.require(READ)
    with acting(reader):
        return _seen(reader, state, area).count()


def missing(pair_id: int) -> NotFound:
    return NotFound(
        "pair-unknown",
        f"您的辖区内没有第 {pair_id} 号疑似重复。",
        f"There is no pair {pair_id} of suspected doubles in your areas.",
        field="pair",
    )


def within(scope: Scope) -> Q:
    """Pairs of which either lies in the scope today."""
    if "" in scope.prefixes:
        return Q()
    mine = Person.objects.filter(scope.q("area", "other_area")).values("id")
    return Q(a__in=mine) | Q(b__in=mine)


def areas_of(reader: Actor, people: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Where people are today, whoever's areas that is; a record that was merged into another is nowhere."""
    with acting(replace(reader, scope=Scope.everything())):
        rows = Person.objects.filter(id__in=list(people)).values_list("id", "area", "other_area")
        return {person: (area, other) for person, area, other in rows}


def _seen(reader: Actor, state: str, area: str) -> QuerySet[Pair]:
    return Pair.objects.filter(within(reader.scope.narrowed(area)), state=state)


def _told(reader: Actor, found: Sequence[Pair]) -> list[PairView]:
    ids = {i for p in found for i in (p.a_id, p.b_id)}
    known = {p.id: p for p in Person.objects.filter(reader.scope.q("area", "other_area"), id__in=ids)}
    masked: dict[int, str] = {}
    for person, shown in (
        Identifier.objects.filter(person__in=known, kind="id", withdrawn=None)
        .order_by("-id")
        .values_list("person_id", "shown")
    ):
        masked[person] = shown

    # Only of those whom the reader does not see must be asked where they are.
    unseen = ids - known.keys()
    now = areas_of(reader, unseen) if unseen else {}

    def side(pair: Pair, person: int, then: str) -> Side:
        area = now.get(person, ("", ""))[0] or then
        p = known.get(person)
        if p is not None:
            gone = p.merged_into_id is not None or not p.name
            return Side(p.area, p.id, p.name, p.sex, p.born, p.died, masked.get(p.id, ""), gone)
        if pair.state == "same" and reader.scope.covers(area):
            return Side(area, person, gone=True)
        return Side(area[:9])

    return [_view(p, side(p, p.a_id, p.area_a), side(p, p.b_id, p.area_b)) for p in found]


def _view(p: Pair, a: Side, b: Side) -> PairView:
    whole = a.person is not None and b.person is not None
    evidence = tuple(p.evidence) if whole else ()
    zh, en = (tuple(f"{sentence(e, lang)} {e['points']:+d}" for e in evidence) for lang in ("zh", "en"))
    by = (
        f"{p.decided_name}（{p.decided_post}）"
        if p.decided_post and p.decided_post != p.decided_name
        else p.decided_name
    )
    return PairView(
        p.id, p.state, (a, b), p.found_at, p.score if whole else None, evidence, zh, en, p.decided_at, by, p.why if whole else ""
    )  # fmt: skip
