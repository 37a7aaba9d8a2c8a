"""Two lists of people held side by side. Pure: no database, no files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["here", "there", "differs", "likely"]


@dataclass(frozen=True)
class Ours:
    """Somebody on our ledger; ``blinds`` are the blind indexes of every identity number that we hold of the person."""

    person: int
    name: str
    born: str
    blinds: frozenset[bytes]
    area: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Theirs:
    """A row of the other list; ``blind`` is empty where it has no usable number, ``born`` where the number does not tell."""

    row: int
    name: str
    born: str
    blind: bytes
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """One disagreement. ``fields``: column -> (ours, theirs)."""

    kind: Kind
    ours: Ours | None
    theirs: Theirs | None
    fields: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def compare(ours: Iterable[Ours], theirs: Iterable[Theirs], *, by_name: bool = False) -> list[Found]:
    """Everybody on whom the lists disagree; who is the same on both is left out.

    People are the same by number. A row whose number we do not have, but with the name and birth date of exactly one of ours who is on
    no row of theirs, is ``likely`` that person with a slip in the number: somebody decides. The order of rows does not matter; a person on several
    rows of theirs is compared with each. ``by_name``: the list has no numbers; who has the name and birth date of exactly one of ours, and is the
    only one of theirs to have them, is that person.
    """
    here = sorted(ours, key=lambda o: o.person)
    there = sorted(theirs, key=lambda t: t.row)
    by_blind = {blind: o for o in here for blind in o.blinds}
    met: set[int] = set()
    found: list[Found] = []
    strangers: list[Theirs] = []
    for t in there:
        o = by_blind.get(t.blind) if t.blind else None
        if o is None:
            strangers.append(t)
            continue
        met.add(o.person)
        if differing := _differing(o, t):
            found.append(Found("differs", o, t, differing))
    alike: dict[tuple[str, str], list[Ours]] = defaultdict(list)
    for o in here:
        if o.person not in met and o.born:
            alike[o.name, o.born].append(o)
    claims: dict[tuple[str, str], list[Theirs]] = defaultdict(list)
    for t in strangers:
        claims[t.name, t.born].append(t)
    for key, rows in claims.items():
        candidates = alike.get(key, []) if key[1] else []
        if len(candidates) == 1 and len(rows) == 1:
            met.add(candidates[0].person)
            differing = _differing(candidates[0], rows[0])
            if not by_name:
                found.append(Found("likely", candidates[0], rows[0], differing))
            elif differing:
                found.append(Found("differs", candidates[0], rows[0], differing))
        else:
            found += [Found("there", None, t) for t in rows]
    found += [Found("here", o, None) for o in here if o.person not in met]
    return sorted(found, key=lambda f: (f.kind, f.ours.person if f.ours else 0, f.theirs.row if f.theirs else 0))


def _differing(o: Ours, t: Theirs) -> dict[str, tuple[str, str]]:
    """Columns that both have, whose words differ; the name is one of them. A blank on either side says nothing."""
    here = {"姓名": o.name, **o.fields}
    there = {"姓名": t.name, **t.fields}
    return {k: (here[k], there[k]) for k in here if k in there and here[k] and there[k] and here[k] != there[k]}
