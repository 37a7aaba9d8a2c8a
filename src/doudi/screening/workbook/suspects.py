"""Whose row could this be? A row that belongs to nobody may be the missing member or income of a household that looks good.

To leave it out and still screen that household would count the household by half. So every household that the row may belong to is held
back: by a number that differs in one or two places, by the name, or by standing next to it in the sheet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from doudi.screening.workbook.parse import EXACT_TO

MOST_DIFFERENCES = 2
"""One mistyped digit, or two neighbours swapped."""

REACH = 50
MOST_SEARCHES = 500
"""Where more numbers than this belong to nobody, the sheets are of different ledgers, and likeness says nothing any more."""


class NearIds:
    """Finds the people whose eighteen-character number is almost the one written."""

    def __init__(self, ids: Sequence[str]) -> None:
        self._at = [i for i, text in enumerate(ids) if len(text) == 18 and text.isascii()]
        joined = "".join(ids[i] for i in self._at).encode("ascii")
        self._letters: npt.NDArray[np.uint8] = np.frombuffer(joined, dtype=np.uint8).reshape(-1, 18)

        self._known: dict[str, set[int]] = {}

    def of(self, text: str) -> set[int]:
        """Positions of the people; empty where ``text`` is like nobody's. ``#3.3e+17`` is a number that lost its last digits."""
        if text not in self._known and len(self._known) < MOST_SEARCHES:
            self._known[text] = self._search(text)
        return self._known.get(text, set())

    def _search(self, text: str) -> set[int]:
        if text.startswith("#"):
            return self._beginning(text[1:])
        if not text.isascii() or not self._at:
            return set()
        if len(text) == 18:
            written = np.frombuffer(text.encode("ascii"), dtype=np.uint8)
            return self._where((self._letters != written).sum(axis=1) <= MOST_DIFFERENCES)
        if len(text) == 17:
            # One character was left out: try each place for it.
            written = np.frombuffer(text.encode("ascii"), dtype=np.uint8)
            found: set[int] = set()
            for gap in range(18):
                found |= self._where((np.delete(self._letters, gap, axis=1) == written).all(axis=1))
            return found
        if len(text) == 19:
            return set().union(*(self._search(text[:i] + text[i + 1 :]) for i in range(19)))
        return set()

    def _beginning(self, number: str) -> set[int]:
        try:
            value = int(float(number))
        except (ValueError, OverflowError):
            return set()
        if value < EXACT_TO or not self._at:
            return set()
        digits = np.frombuffer(str(value)[:15].encode("ascii"), dtype=np.uint8)
        return self._where((self._letters[:, :15] == digits).all(axis=1))

    def _where(self, mask: npt.NDArray[np.bool_]) -> set[int]:
        return {self._at[i] for i in np.flatnonzero(mask).tolist()}


class Suspects:
    """``ids``, ``names`` and ``homes`` are of the people: their numbers, names and the position of their household (None: not known)."""

    def __init__(self, ids: Sequence[str], names: Sequence[str], homes: Sequence[int | None]) -> None:
        self._homes = homes
        self._near = NearIds(ids)
        self._named: dict[str, set[int]] = defaultdict(set)
        for name, home in zip(names, homes, strict=True):
            if name and home is not None:
                self._named[name].add(home)

    def named(self, name: str) -> set[int]:
        return self._named.get(name, set()) if name else set()

    def of(self, number: str, name: str, around: set[int]) -> set[int]:
        """The households that a row with this id number and name may belong to, standing between rows of the households ``around``."""
        near = {h for p in (self._near.of(number) if number else ()) if (h := self._homes[p]) is not None}
        named = self.named(name)
        if near:
            return near & named or near
        return named & around or named or around


def neighbours(owners: Sequence[int | None], at: int) -> set[int]:
    """The nearest owner above and the nearest below position ``at``, not further than ``REACH`` rows."""
    above = _first(owners[i] for i in range(at - 1, max(-1, at - REACH - 1), -1))
    below = _first(owners[i] for i in range(at + 1, min(len(owners), at + REACH + 1)))
    return {o for o in (above, below) if o is not None}


def _first(owners: Iterable[int | None]) -> int | None:
    return next((o for o in owners if o is not None), None)
