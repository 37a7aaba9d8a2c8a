"""All people of a sweep in columns: some 200 bytes a person, so that a million fit into 200 MB."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from doudi.screening.workbook.idnumber import CHECK_CHARACTERS, WEIGHTS
from doudi.server.registry.duplicates.core import numbers
from doudi.server.registry.duplicates.core.compare import One
from doudi.server.registry.duplicates.core.evidence import rarity
from doudi.server.registry.duplicates.core.lookalikes import shape
from doudi.server.registry.duplicates.core.names import Name, name
from doudi.server.registry.pinyin import plain

Ints = npt.NDArray[np.int64]
Bits = npt.NDArray[np.bool_]

SEXES = ("", "男", "女")
_CHECKS = "0123456789X"


class Builder:
    """Takes people one by one in the order of their ids. Identity numbers go in as digits of an integer and are never text again but for the
    pairs that are compared."""

    def __init__(self) -> None:
        self.ids, self.born, self.area, self.other = array("q"), array("i"), array("q"), array("q")
        self.sex, self.name = array("b"), array("i")
        self.first_digits, self.check = array("q"), array("b")
        self.household = array("q")
        self.odd: dict[int, str] = {}
        self.names: list[str] = []
        self.contact_of, self.contact = array("q"), array("q")
        self._name: dict[str, int] = {}
        self._row: dict[int, int] | None = None

    def add(self, person: int, written: str, sex: str, born: int, area: str, other_area: str = "") -> None:
        text = plain(written)
        at = self._name.get(text)
        if at is None:
            at = self._name[text] = len(self.names)
            self.names.append(text)
        self.ids.append(person)
        self.name.append(at)
        self.sex.append(SEXES.index(sex) if sex in SEXES else 0)
        self.born.append(born)
        self.area.append(_code(area))
        self.other.append(_code(other_area))
        self.first_digits.append(0)
        self.check.append(-1)
        self.household.append(0)

    def row(self, person: int) -> int | None:
        """Where a person is, or None for one who is not compared. All have been added by then."""
        if self._row is None:
            self._row = {p: k for k, p in enumerate(self.ids)}
        return self._row.get(person)

    def number(self, row: int, normal: str) -> None:
        """An identity number in normal form; of several the first that is standard counts."""
        if numbers.standard(normal):
            if self.check[row] < 0:
                self.first_digits[row], self.check[row] = (
                    int(normal[:17]),
                    _CHECKS.index(normal[-1]) if normal[-1] in _CHECKS else 11,
                )
        elif normal:
            self.odd.setdefault(row, normal)

    def live_in(self, row: int, household: int) -> None:
        self.household[row] = household

    def reached_by(self, row: int, token: bytes) -> None:
        """A phone or card, as its blind index."""
        self.contact_of.append(row)
        self.contact.append(int.from_bytes(token[:8], "big", signed=True))

    def columns(self) -> Columns:
        self._name.clear()
        self._row = None
        order = np.argsort(np.asarray(self.contact_of, dtype=np.int64), kind="stable")
        return Columns(
            np.asarray(self.ids, dtype=np.int64), np.asarray(self.name, dtype=np.int32), np.asarray(self.sex, dtype=np.int8),
            np.asarray(self.born, dtype=np.int32), np.asarray(self.area, dtype=np.int64), np.asarray(self.other, dtype=np.int64),
            np.asarray(self.first_digits, dtype=np.int64), np.asarray(self.check, dtype=np.int8),
            np.asarray(self.household, dtype=np.int64), self.odd, self.names,
            np.asarray(self.contact_of, dtype=np.int64)[order], np.asarray(self.contact, dtype=np.int64)[order],
        )  # fmt: skip


def _code(area: str) -> int:
    """A division code in 12 digits, with 1 in front so that leading noughts stay; 0: none. What is shorter stands in no village."""
    return int("1" + area[:12].ljust(12, "0")) if area else 0


def _area(code: int) -> str:
    if not code:
        return ""
    text = str(code)[1:]
    return next((text[:n] for n in (2, 4, 6, 9) if not int(text[n:])), text)


@dataclass
class Columns:
    """Row k of every array is one person."""

    ids: Ints
    name: npt.NDArray[np.int32]
    sex: npt.NDArray[np.int8]
    born: npt.NDArray[np.int32]
    area: Ints
    other: Ints
    first_digits: Ints
    check: npt.NDArray[np.int8]
    household: Ints
    odd: Mapping[int, str]
    names: Sequence[str]
    contact_of: Ints
    contact: Ints

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def spelled(self) -> Spelled:
        return Spelled(self.names, self.name)

    @cached_property
    def days(self) -> dict[int, int]:
        days, counts = np.unique(self.born, return_counts=True)
        return dict(zip(days.tolist(), counts.tolist(), strict=True))

    @cached_property
    def neighbours(self) -> Ints:
        """All rows by name and place."""
        return np.lexsort((self.area, self.name))

    @cached_property
    def sound(self) -> Bits:
        """Whose identity number has a check character that fits."""
        total = np.zeros(len(self), dtype=np.int64)
        rest = self.first_digits
        for weight in reversed(WEIGHTS):
            total += rest % 10 * weight
            rest = rest // 10
        fits = np.frombuffer(bytes(_CHECKS.index(c) for c in CHECK_CHARACTERS), dtype=np.int8)[total % 11]
        there: Bits = (self.check >= 0) & (self.check == fits)
        return there

    def number(self, row: int) -> str:
        if self.check[row] < 0:
            return self.odd.get(row, "")
        check = int(self.check[row])
        return f"{int(self.first_digits[row]):017}" + (_CHECKS[check] if check < len(_CHECKS) else "?")

    def one(self, row: int) -> One:
        from_ = to = 0
        if len(self.contact_of):
            from_, to = np.searchsorted(self.contact_of, (row, row + 1))
        return One(
            name(self.names[self.name[row]]), SEXES[self.sex[row]], int(self.born[row]), self.number(row),
            tuple(a for a in (_area(int(self.area[row])), _area(int(self.other[row]))) if a), int(self.household[row]),
            frozenset(int(c).to_bytes(8, "big", signed=True) for c in self.contact[from_:to]),
        )  # fmt: skip


class Spelled:
    """What follows from the names alone: keys that are equal for names alike, how many people bear each, and the points of a shared one."""

    def __init__(self, texts: Sequence[str], of: npt.NDArray[np.int32]) -> None:
        sounds: dict[str, int] = {}
        nears: dict[str, int] = {}
        shapes: dict[str, int] = {}
        syllables: dict[str, int] = {}
        size = len(texts)
        self.sound, self.near, self.shape = (np.zeros(size, dtype=np.int32) for _ in range(3))
        self.ends = np.zeros((4, size), dtype=np.int32)
        """The first and the last character by sound, then by shape."""
        self.many = np.zeros((3, size), dtype=np.bool_)
        """Whether the first, the last, and any character has several readings."""
        self.length = np.fromiter(map(len, texts), dtype=np.int16, count=size)
        self.letters = np.fromiter((sum(map(ord, t)) for t in texts), dtype=np.int32, count=size)
        """Equal for the same characters in another order."""
        more_of, more = array("i"), array("i")
        for k, text in enumerate(texts):
            n: Name = name(text)
            if not n.text:
                self.sound[k] = self.near[k] = self.shape[k] = -1
                self.ends[:, k] = -1 - k
                continue
            self.sound[k] = sounds.setdefault(n.sound_key, len(sounds))
            self.near[k] = nears.setdefault(n.near_key, len(nears))
            self.shape[k] = shapes.setdefault(n.shapes, len(shapes))
            for key in n.near_keys[1:]:
                more_of.append(k)
                more.append(nears.setdefault(key, len(nears)))
            if any(len(x) > 1 for x in n.nears):
                self.many[:, k] = len(n.nears[0]) > 1, len(n.nears[-1]) > 1, 1
            syllable = n.near_key.split("'")
            for row, end in enumerate((syllable[0], syllable[-1], "形" + shape(n.text[0]), "形" + shape(n.text[-1]))):
                self.ends[row, k] = syllables.setdefault(end, len(syllables))
        self.more_of, self.more = np.asarray(more_of, dtype=np.int32), np.asarray(more, dtype=np.int32)
        bearers = np.bincount(of, minlength=size)
        self._counts = {
            "name": dict(zip(texts, bearers.tolist(), strict=True)),
            "sound": _totals(sounds, self.sound, bearers),
            "near": _totals(nears, self.near, bearers),
            "shape": _totals(shapes, self.shape, bearers),
        }
        self.points = np.fromiter((rarity(int(c)) for c in bearers), dtype=np.int16, count=size)
        """Of the same name; an upper bound for all that is less than the same."""

    def bearers(self, sort: str, key: str) -> int:
        return max(1, int(self._counts[sort].get(key, 1)))


def _totals(keys: Mapping[str, int], of: npt.NDArray[np.int32], bearers: npt.NDArray[Any]) -> dict[str, int]:
    there = of >= 0
    totals = np.bincount(of[there], weights=bearers[there], minlength=len(keys)).astype(np.int64)
    return dict(zip(keys, totals.tolist(), strict=True))


class Counted:
    """Counts over all people of a sweep."""

    def __init__(self, columns: Columns) -> None:
        self._spelled, self._days = columns.spelled, columns.days

    def name(self, key: str) -> int:
        return self._spelled.bearers("name", key)

    def sound(self, key: str) -> int:
        return self._spelled.bearers("sound", key)

    def near(self, key: str) -> int:
        return self._spelled.bearers("near", key)

    def shape(self, key: str) -> int:
        return self._spelled.bearers("shape", key)

    def day(self, born: int) -> int:
        return self._days.get(born, 1)


def built(people: Iterable[tuple[int, str, str, int, str]]) -> Builder:
    """A builder with (person, name, sex, born, area) put in."""
    builder = Builder()
    for person, written, sex, born, area in people:
        builder.add(person, written, sex, born, area)
    return builder
