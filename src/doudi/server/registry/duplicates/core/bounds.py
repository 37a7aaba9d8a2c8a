"""The most that a pair can score, for a million pairs at once: whom it rules out need not be compared one by one.

Never less than ``compare`` gives; tests hold the two against each other.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from doudi.server.registry.duplicates.core.columns import Columns, Ints
from doudi.server.registry.duplicates.core.evidence import CERTAIN, DAY, FLAT, ID_SLIP, SLIP, UNIQUE
from doudi.server.registry.duplicates.core.numbers import DIGITS

Points = npt.NDArray[np.int16]
_ALIKE = UNIQUE - min(SLIP["name-sound"], SLIP["name-near"], SLIP["name-shape"])


def bound(columns: Columns, a: Ints, b: Ints, *, contacts: bool) -> Points:
    """``contacts``: whether a shared phone or card is counted in for every pair."""
    numbers = _numbers(columns, a, b)
    most = _names(columns, a, b) + _born(columns, a, b) + numbers + _places(columns, a, b)
    sex_a, sex_b = columns.sex[a], columns.sex[b]
    known = (sex_a > 0) & (sex_b > 0)
    most += np.where(known, np.where(sex_a == sex_b, FLAT["sex-same"], FLAT["sex-different"]), 0).astype(np.int16)
    if contacts:
        most += np.int16(FLAT["contact-same"])
    return np.where(numbers == CERTAIN, np.maximum(most, CERTAIN), most)


def _names(columns: Columns, a: Ints, b: Ints) -> Points:
    spelled = columns.spelled
    x, y = columns.name[a], columns.name[b]
    level = spelled.length[x] == spelled.length[y]
    first, last, some = spelled.many[:, x] | spelled.many[:, y]
    for end in spelled.ends[::2]:
        first = first | (end[x] == end[y])
    for end in spelled.ends[1::2]:
        last = last | (end[x] == end[y])
    most = np.full(len(a), FLAT["name-surname"], dtype=np.int16)
    most[last | (spelled.length[x] < 2)] = FLAT["name-given"]
    # One character more, or one of three another.
    most[(np.abs(spelled.length[x] - spelled.length[y]) == 1) | (level & (first | last))] = FLAT["name-part"]
    most[level & first & last] = FLAT["name-mixed"]
    most[level & (spelled.letters[x] == spelled.letters[y])] = FLAT["name-order"]
    most[level & (_alike(spelled.near, x, y) | _alike(spelled.shape, x, y) | (some & first & last))] = _ALIKE
    same = x == y
    most[same] = spelled.points[x[same]]
    most[(spelled.near[x] < 0) | (spelled.near[y] < 0)] = 0
    return most


def _alike(keys: npt.NDArray[np.int32], x: npt.NDArray[np.int32], y: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    alike: npt.NDArray[np.bool_] = keys[x] == keys[y]
    return alike


def _born(columns: Columns, a: Ints, b: Ints) -> Points:
    x, y = columns.born[a], columns.born[b]
    most = np.full(len(a), FLAT["born-different"], dtype=np.int16)
    years, months = x // 10000, x // 100 % 100
    same_year = years == y // 10000
    most[same_year] = FLAT["born-year"]
    most[same_year & (months == y // 100 % 100)] = FLAT["born-month"]
    unlike = np.zeros(len(a), dtype=np.int8)
    unit = 1
    for _ in range(8):
        unlike += x // unit % 10 != y // unit % 10
        unit *= 10
    slip = (unlike <= 2) | (same_year & (months == y % 100) & (x % 100 == y // 100 % 100))
    most[slip] = FLAT["born-month-day"]
    # The farmers' date lies within two months, or a year off from that.
    near = np.abs(x // 10000 - y // 10000) <= 1
    most[near] = np.maximum(most[near], FLAT["born-farmers"])
    most[x == y] = DAY
    most[(x == 0) | (y == 0)] = 0
    return most


def _numbers(columns: Columns, a: Ints, b: Ints) -> Points:
    most = np.zeros(len(a), dtype=np.int16)
    both = (columns.check[a] >= 0) & (columns.check[b] >= 0)
    x, y = columns.first_digits[a[both]], columns.first_digits[b[both]]
    unlike = np.zeros(len(x), dtype=np.int8)
    unit = 1
    for _ in range(DIGITS):
        unlike += x // unit % 10 != y // unit % 10
        unit *= 10
    sound = columns.sound[a[both]] & columns.sound[b[both]]
    of_both = np.where(sound, FLAT["id-different"], FLAT["id-doubtful"]).astype(np.int16)
    of_both[unlike <= 2] = np.where(sound, ID_SLIP["place"], ID_SLIP["wrong"])[unlike <= 2]
    of_both[unlike == 0] = CERTAIN
    most[both] = of_both
    if columns.odd:
        odd = np.zeros(len(columns), dtype=np.bool_)
        odd[list(columns.odd)] = True
        most[odd[a] & odd[b]] = CERTAIN
    return most


def _places(columns: Columns, a: Ints, b: Ints) -> Points:
    most = np.full(len(a), FLAT["place-elsewhere"], dtype=np.int16)
    known = np.zeros(len(a), dtype=np.bool_)
    for p, q in (
        (columns.area, columns.area),
        (columns.area, columns.other),
        (columns.other, columns.area),
        (columns.other, columns.other),
    ):
        x, y = p[a], q[b]
        there = (x > 0) & (y > 0)
        known |= there
        for unit, points in ((10**6, "county"), (10**3, "township"), (1, "village")):
            here = there & (x // unit == y // unit)
            most[here] = np.maximum(most[here], FLAT[f"place-{points}"])
    most[~known] = 0
    return most
