"""One pair: the evidence, and its sum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from doudi.server.registry.duplicates.core import dates, names, numbers
from doudi.server.registry.duplicates.core.evidence import FLAT, ID_SLIP, SLIP, Evidence, day_rarity, rarity
from doudi.server.registry.duplicates.core.names import Name


class Counts(Protocol):
    """How many on record share something, at least 1. The key is a plain name, a ``sound_key``, ``near_key`` or ``shapes`` of Name, a date."""

    def name(self, key: str) -> int: ...

    def sound(self, key: str) -> int: ...

    def near(self, key: str) -> int: ...

    def shape(self, key: str) -> int: ...

    def day(self, born: int) -> int: ...


@dataclass(frozen=True, slots=True)
class One:
    """A person as compared: plain name, birth date YYYYMMDD (0: not known), identity number in normal form (empty: none), division codes,
    the household of today (0: none), and blind indexes or any other tokens of phones and cards."""

    name: Name
    sex: str = ""
    born: int = 0
    number: str = ""
    areas: tuple[str, ...] = ()
    household: int = 0
    contacts: frozenset[bytes] = frozenset()


@dataclass(frozen=True, slots=True)
class Compared:
    score: int
    evidence: tuple[Evidence, ...]


def compare(a: One, b: One, counts: Counts) -> Compared:
    """At most one piece of evidence of each sort: number, name, birth, sex, place, contact, kin."""
    said = names.relation(a.name, b.name)
    born = dates.relation(a.born, b.born)
    found = [
        _number(a, b), _name(a, b, said, counts), _born(a, b, born, counts), _sex(a, b), place(a.areas, b.areas),
        _flat("contact-same") if a.contacts & b.contacts else None, _kin(a, b, said, born),
    ]  # fmt: skip
    evidence = tuple(e for e in found if e is not None)
    if evidence and evidence[0].code == "id-same":
        # One number is one person, whatever else was written: what disagrees is shown and takes nothing away.
        return Compared(max(FLAT["id-same"], sum(e.points for e in evidence)), evidence)
    return Compared(sum(e.points for e in evidence), evidence)


def _flat(code: str) -> Evidence:
    return Evidence(code, FLAT[code])


def _number(a: One, b: One) -> Evidence | None:
    said, at = numbers.relation(a.number, b.number)
    if said == "none":
        return None
    if said in ("same", "check"):
        return _flat(f"id-{said}")
    both = numbers.sound(a.number) and numbers.sound(b.number)
    if said == "different":
        return _flat("id-different" if both else "id-doubtful")
    points = ID_SLIP["wrong" if not both else "sequence" if at >= 14 else "place"]
    values: tuple[tuple[str, int | str], ...] = (("place", at + 1),)
    return Evidence(f"id-{said}", points, (*values, ("next", at + 2)) if said == "swap" else values)


def _name(a: One, b: One, said: str, counts: Counts) -> Evidence | None:
    if said == "unknown":
        return None
    code = f"name-{said}"
    if said not in ("same", "sound", "near", "shape"):
        return _flat(code)
    x, y = a.name, b.name
    if said == "same":
        count = counts.name(x.text)
    elif said == "sound":
        count = max(counts.sound(x.sound_key), counts.sound(y.sound_key))
    elif said == "near":
        count = max(counts.near(x.near_key), counts.near(y.near_key))
    else:
        count = counts.shape(x.shapes)
    return Evidence(code, rarity(count) - SLIP[code], (("count", count),))


def _born(a: One, b: One, said: str, counts: Counts) -> Evidence | None:
    if said == "unknown":
        return None
    if said == "same":
        count = counts.day(a.born)
        points = day_rarity(count)
        plain = day_rarity(1)
        return (
            Evidence("born-same", points) if points == plain else Evidence("born-common", points, (("count", count),))
        )
    code = f"born-{said}"
    if said in ("swap", "digit"):
        return Evidence(code, FLAT[code], (("parts", dates.parts(a.born, b.born)),))
    return _flat(code)


def _sex(a: One, b: One) -> Evidence | None:
    if not a.sex or not b.sex:
        return None
    return _flat("sex-same" if a.sex == b.sex else "sex-different")


def place(a: tuple[str, ...], b: tuple[str, ...]) -> Evidence | None:
    """Of the areas of both the two that are nearest."""
    best = -1
    for x in a:
        for y in b:
            if x and y:
                best = max(best, next((n for n in (12, 9, 6) if len(x) >= n <= len(y) and x[:n] == y[:n]), 0))
    return None if best < 0 else _flat(_PLACES[best])


_PLACES = {12: "place-village", 9: "place-township", 6: "place-county", 0: "place-elsewhere"}


def _kin(a: One, b: One, said: str, born: str) -> Evidence | None:
    """Twins and their like: a shared birth date and surname are no evidence for one person where the given names differ."""
    together = bool(a.household) and a.household == b.household
    other = said in ("one", "surname", "part", "given", "different")
    if together and born == "same" and other:
        return _flat("twins")
    if together:
        return _flat("household-same")
    return _flat("siblings") if said == "one" else None
