"""The terms that find a person: rows of Term, written whenever a name, a number or an area changes.

====  ========================================================================  ==========================================
kind  what                                                                      韦小明, a phone
====  ========================================================================  ==========================================
n     the name and its tails, so that any part of it is a beginning             韦小明, 小明, 明
p     pinyin and its tails by syllable, for each reading                        weixiaoming, xiaoming, ming
i     initials, for each reading                                                wxm
b     blind index of a number, in hexadecimal                                   64 digits
====  ========================================================================  ==========================================

Every term stands once for each of the person's areas, so that an index answers "in this area".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import transaction

from doudi.server.registry.models import Identifier, Person, PersonName, Term
from doudi.server.registry.pinyin import plain, readings

TAILS = 12
"""Tails of one name: names of minorities run to a dozen characters, and no one searches for the end of a longer one."""
LONGEST = 120
_AT_ONCE = 2_000


def terms_of(names: Iterable[str], blinds: Iterable[bytes] = ()) -> list[tuple[str, str]]:
    """(kind, term), each once and sorted, for all that a person is or was called, and the blind indexes of the person's numbers."""
    found: set[tuple[str, str]] = {("b", bytes(blind).hex()) for blind in blinds}
    for written in names:
        name = plain(written)
        starts = range(min(len(name), TAILS))
        found.update(("n", name[k:][:LONGEST]) for k in starts)
        for reading in readings(name):
            found.update(("p", "".join(reading[k:])[:LONGEST]) for k in starts)
            found.add(("i", "".join(syllable[0] for syllable in reading)[:LONGEST]))
    return sorted(found)


def areas_of(area: str, other_area: str) -> tuple[str, ...]:
    """The areas under which a person is found; a person who has none yet stands under none, which only "everything" covers."""
    return tuple(sorted({area, other_area} - {""})) or ("",)


def rewrite_terms(person_ids: Iterable[int]) -> int:
    """Makes the terms of these people what the registry now says, and returns how many rows there are. Inside the caller's transaction.

    A person who was merged into another has no terms of their own: what they were called and known by finds the other, who is rewritten too.
    """
    wanted = _with_those_they_became(set(person_ids))
    rows = 0
    with transaction.atomic():
        for chunk in _chunks(sorted(wanted), _AT_ONCE):
            terms = _terms(chunk)
            Term.objects.filter(person_id__in=chunk).delete()
            Term.objects.bulk_create(terms, batch_size=5_000)
            rows += len(terms)
    return rows


def _with_those_they_became(ids: set[int]) -> set[int]:
    """With every person that any of ``ids`` was merged into, however many times over."""
    todo, known = set(ids), set(ids)
    while todo:
        became: set[int] = set()
        for chunk in _chunks(sorted(todo), _AT_ONCE):
            of = Person.objects.filter(id__in=chunk, merged_into__isnull=False).values_list("merged_into_id", flat=True)
            became.update(of)
        todo = became - known
        known |= became
    return known


def _origins(ids: Sequence[int]) -> dict[int, int]:
    """Everybody whose names and numbers find one of ``ids`` -> that one: they themselves, and who was merged into them."""
    origin = {i: i for i in ids}
    todo = list(ids)
    while todo:
        merged = Person.objects.filter(merged_into__in=todo).values_list("id", "merged_into_id")
        new = {a: origin[b] for a, b in merged if a not in origin}
        origin |= new
        todo = list(new)
    return origin


def _terms(ids: Sequence[int]) -> list[Term]:
    people = {
        p.id: p for p in Person.objects.filter(id__in=ids).only("id", "name", "area", "other_area", "merged_into_id")
    }
    origin = _origins([i for i, p in people.items() if p.merged_into_id is None])
    names: dict[int, set[str]] = defaultdict(set)
    blinds: dict[int, set[bytes]] = defaultdict(set)
    for person, name in Person.objects.filter(id__in=origin).values_list("id", "name"):
        names[origin[person]].add(name)
    for person, name in PersonName.objects.filter(person__in=origin, withdrawn=None).values_list("person_id", "name"):
        names[origin[person]].add(name)
    for person, blind in Identifier.objects.filter(person__in=origin, withdrawn=None).values_list("person_id", "blind"):
        blinds[origin[person]].add(bytes(blind))
    return [
        Term(person_id=i, kind=kind, term=term, area=area)
        for i in sorted(names)
        for kind, term in terms_of(names[i], blinds[i])
        for area in areas_of(people[i].area, people[i].other_area)
    ]


def _chunks(ids: Sequence[int], size: int) -> Iterable[Sequence[int]]:
    return (ids[k : k + size] for k in range(0, len(ids), size))
