"""How many on record share a name, a reading or a birth date: asked of the terms and the index by birth date, for a few people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from doudi.server.registry.models import Person, Term

MOST = 2_000
"""Counted up to here: a name that two thousand bear says no less than one that four thousand do."""


class Alone:
    """Nobody shares anything: no pair scores more under any other counts."""

    def name(self, key: str) -> int:  # noqa: ARG002
        return 1

    sound = near = shape = name

    def day(self, born: int) -> int:  # noqa: ARG002
        return 1


class Asked:
    """Counts of whatever is asked for, each asked once. Inside a scope of everything."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str | int], int] = {}

    def name(self, key: str) -> int:
        return self._term("n", key)

    def sound(self, key: str) -> int:
        return self._term("p", key.replace("'", ""))

    def near(self, key: str) -> int:
        # No term holds readings with an accent; the plain reading is borne by fewer, and a little more is then said for the pair.
        return self.sound(key)

    def shape(self, key: str) -> int:
        return self.name(key)

    def day(self, born: int) -> int:
        return self._count(("day", born), lambda: Person.objects.filter(born=_date(born))[:MOST].count())

    def _term(self, kind: str, term: str) -> int:
        found = Term.objects.filter(kind=kind, term=term)
        return self._count((kind, term), lambda: found.values("person_id").distinct()[:MOST].count())

    def _count(self, key: tuple[str, str | int], ask: Callable[[], int]) -> int:
        if key not in self._known:
            self._known[key] = max(1, ask())
        return self._known[key]


def _date(born: int) -> date:
    return date(born // 10000, born // 100 % 100, born % 100)
