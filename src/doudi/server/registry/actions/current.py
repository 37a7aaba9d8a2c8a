"""What is known today, on the rows of people and households themselves: worked out anew of the truth through time after every act."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from typing import TypeVar

from doudi.server.registry.actions.carried import follow
from doudi.server.registry.actions.pack import pack_on
from doudi.server.registry.checks import ALIVE, BORN, DIED, SEX
from doudi.server.registry.facts import Said, plain_of
from doudi.server.registry.models import Household, Membership, Person, PersonName, Residence, Statement

CHUNK = 2_000
_NEVER = datetime.min.replace(tzinfo=UTC)
_COLUMNS = ("name", "sex", "born", "died", "area", "other_area")
T = TypeVar("T")


def chunks(ids: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """``ids`` in lists that every database takes in one query."""
    rest = iter(ids)
    while part := list(islice(rest, size)):
        yield part


def refresh(households: Collection[int], people: Collection[int], today: date) -> set[int]:
    """Rewrites the columns of what is known on ``today``; gives the people whose name or areas are now others than they were.

    A household that has no residence, or a person without a household, keeps the last area known: somebody must still answer for it. Rows of
    other apps that lie where one of them does follow it.
    """
    for part in chunks(sorted(households)):
        follow(households=_households(part, today))
    changed: set[int] = set()
    for part in chunks(sorted(people)):
        renamed, moved = _people(part, today)
        follow(people=moved)
        changed |= renamed | moved
    return changed


def members_ever(households: Iterable[int]) -> set[int]:
    """Everybody who, as far as we know, belongs or belonged to one of ``households``."""
    found: set[int] = set()
    for part in chunks(sorted(set(households))):
        found.update(Membership.objects.filter(household__in=part, withdrawn=None).values_list("person_id", flat=True))
    return found


def _at(rows: Sequence[tuple[date, date | None, T]], today: date) -> T | None:
    """What holds on ``today``; else what held last before it, else what will hold first."""
    begun = [r for r in rows if r[0] <= today]
    if begun:
        return max(begun, key=lambda r: r[0])[2]
    return min(rows, key=lambda r: r[0])[2] if rows else None


def _households(ids: list[int], today: date) -> set[int]:
    """Gives those whose areas are now others."""
    places: dict[int, list[tuple[date, date | None, tuple[str, str]]]] = defaultdict(list)
    for r in Residence.objects.filter(household__in=ids, withdrawn=None):
        places[r.household_id].append((r.since, r.until, (r.area, r.other_area)))
    lived = Membership.objects.filter(household__in=ids, withdrawn=None).values_list("household_id", "since", "until")
    ahead = [(h, since) for h, since, until in lived if until is None or until > today]
    living = {h for h, _ in ahead}
    people = Counter(h for h, since in ahead if since <= today)
    wrong, moved = [], set()
    for h in Household.objects.filter(id__in=ids):
        place = _at(places[h.id], today) or (h.area, h.other_area)
        if (h.area, h.other_area) != place:
            moved.add(h.id)
        if (h.area, h.other_area, h.closed, h.people) != (*place, h.id not in living, people[h.id]):
            h.area, h.other_area = place
            h.closed, h.people = h.id not in living, people[h.id]
            wrong.append(h)
    Household.objects.bulk_update(wrong, ["area", "other_area", "closed", "people"], batch_size=200)
    return moved


def _people(ids: list[int], today: date) -> tuple[set[int], set[int]]:
    """Gives those who now have another name, and those whose areas are now others."""
    names: dict[int, list[tuple[date, date | None, str]]] = defaultdict(list)
    for n in PersonName.objects.filter(person__in=ids, withdrawn=None):
        names[n.person_id].append((n.since, n.until, n.name))
    homes: dict[int, list[tuple[date, date | None, tuple[str, str]]]] = defaultdict(list)
    for m in Membership.objects.filter(person__in=ids, withdrawn=None).select_related("household"):
        homes[m.person_id].append((m.since, m.until, (m.household.area, m.household.other_area)))
    said: dict[int, list[Said]] = defaultdict(list)
    for s in Statement.objects.filter(person__in=ids, withdrawn=None).defer("tables", "evidence"):
        if s.person_id is not None:
            said[s.person_id].append(Said(s.id, s.source, s.since, s.until, s.act_id, _NEVER, values=s.values))
    ranks = {s.code: s.rank for s in pack_on(today).sources}
    wrong, renamed, moved = [], set(), set()
    for p in Person.objects.filter(id__in=ids):
        values, _ = plain_of(said[p.id], ranks, as_of=today, knowing=None)
        sex = values.get(SEX)
        now = (
            _at(names[p.id], today) or "",
            sex if isinstance(sex, str) else "",
            _day(values.get(BORN)),
            None if values.get(ALIVE) is True else _day(values.get(DIED)),
            *(_at(homes[p.id], today) or (p.area, p.other_area)),
        )
        before = (p.name, p.sex, p.born, p.died, p.area, p.other_area)
        if now != before:
            if before[0] != now[0]:
                renamed.add(p.id)
            if before[4:] != now[4:]:
                moved.add(p.id)
            p.name, p.sex, p.born, p.died, p.area, p.other_area = now
            wrong.append(p)
    Person.objects.bulk_update(wrong, _COLUMNS, batch_size=200)
    return renamed, moved


def _day(value: object) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else None
