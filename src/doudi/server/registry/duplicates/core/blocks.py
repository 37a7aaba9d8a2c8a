"""Which pairs are compared at all: those that share one of several keys. Two people whom no key brings together are never compared.

Within a block people stand sorted by name and village, and each is compared with the next ``WINDOW`` at most (a sorted neighbourhood): a key that
thousands share costs thousands of comparisons and not millions. What was left out by that is counted and reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from doudi.server.registry.duplicates.core.columns import Columns, Ints
from doudi.server.registry.duplicates.core.lunar import written_as_common
from doudi.server.registry.duplicates.core.numbers import DIGITS

WINDOW = 200
_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))

Keyed = tuple[Ints, Ints]
"""Rows, and the key of each; a row may stand under several keys."""


@dataclass
class Cut:
    """What a kind of block held, and what of it was not compared."""

    people: int = 0
    blocks: int = 0
    pairs: int = 0
    cut_blocks: int = 0
    cut_people: int = 0
    left_out: int = 0


def _mixed(*parts: npt.NDArray[np.integer]) -> Ints:
    """One 64-bit key of several columns. Keys that fall together by chance only cost a comparison."""
    total = np.zeros(len(parts[0]), dtype=np.uint64)
    with np.errstate(over="ignore"):
        for part in parts:
            total = (total ^ part.astype(np.int64).view(np.uint64)) * _MIX[0]
            total ^= total >> np.uint64(31)
            total *= _MIX[1]
            total ^= total >> np.uint64(29)
    return total.view(np.int64)


def _where(columns: Columns, *has: npt.NDArray[np.bool_]) -> Ints:
    """The rows for which all hold, in the order in which neighbours stand within a block."""
    keep = np.ones(len(columns), dtype=np.bool_)
    for condition in has:
        keep &= condition
    order = columns.neighbours
    return order[keep[order]]


def _by_number(columns: Columns) -> Iterator[Keyed]:
    rows = _where(columns, columns.check >= 0)
    yield rows, columns.first_digits[rows]


def _by_odd_number(columns: Columns) -> Iterator[Keyed]:
    rows = np.fromiter(columns.odd, dtype=np.int64, count=len(columns.odd))
    seen: dict[str, int] = {}
    yield (
        rows,
        np.fromiter((seen.setdefault(n, len(seen)) for n in columns.odd.values()), dtype=np.int64, count=len(rows)),
    )


def _by_wrong_digit(columns: Columns) -> Iterator[Keyed]:
    rows = _where(columns, columns.check >= 0)
    digits = columns.first_digits[rows]
    for place in range(DIGITS):
        unit = np.int64(10**place)
        yield rows, digits - digits // unit % 10 * unit


def _by_swapped_digits(columns: Columns) -> Iterator[Keyed]:
    """Neighbouring digits in ascending order: equal for two numbers in which they changed places."""
    rows = _where(columns, columns.check >= 0)
    digits = columns.first_digits[rows]
    for place in range(DIGITS - 1):
        low, high = np.int64(10**place), np.int64(10 ** (place + 1))
        a, b = digits // low % 10, digits // high % 10
        yield rows, digits + (np.maximum(a, b) - a) * low + (np.minimum(a, b) - b) * high


def _by_birth_and_end(columns: Columns) -> Iterator[Keyed]:
    """Birth date with the first or last character of the name, by sound and by shape: one slip in a name leaves an end whole."""
    rows = _where(columns, columns.born > 0)
    for k, end in enumerate(columns.spelled.ends):
        yield rows, _mixed(columns.born[rows], end[columns.name[rows]], np.full(len(rows), k))


def _name_keys(columns: Columns) -> Keyed:
    """Every key under which a name is alike another: its near readings, and its shapes (as negative numbers)."""
    spelled = columns.spelled
    rows = _where(columns, spelled.near[columns.name] >= 0)
    of = columns.name[rows]
    all_rows, keys = [rows, rows], [spelled.near[of].astype(np.int64), -1 - spelled.shape[of].astype(np.int64)]
    if len(spelled.more):
        # Names with further readings are few; each is looked up among its bearers.
        order = np.argsort(columns.name, kind="stable")
        names = columns.name[order]
        from_, to = np.searchsorted(names, spelled.more_of, "left"), np.searchsorted(names, spelled.more_of, "right")
        counts = to - from_
        at = np.repeat(from_ - np.concatenate(([0], np.cumsum(counts)[:-1])), counts) + np.arange(counts.sum())
        all_rows.append(order[at])
        keys.append(np.repeat(spelled.more, counts).astype(np.int64))
    return np.concatenate(all_rows), np.concatenate(keys)


def _by_name_and_birth_part(columns: Columns) -> Iterator[Keyed]:
    """The name's sound or shape with the year, and with month and day: one slip in a birth date leaves one of them whole."""
    rows, keys = _name_keys(columns)
    born = columns.born[rows]
    known = born > 0
    rows, keys, born = rows[known], keys[known], born[known]
    yield rows, _mixed(keys, born // 10000)
    yield rows, _mixed(keys, born % 10000)


def _by_name_and_farmers_date(columns: Columns) -> Iterator[Keyed]:
    """The name's sound or shape with the birth date, and with what it would be if it were kept by the farmers' calendar."""
    rows, keys = _name_keys(columns)
    days = np.unique(columns.born[columns.born > 0])
    table = [(int(d), w) for d in days.tolist() for w in (d, *written_as_common(d))]
    of = np.fromiter((d for d, _ in table), dtype=np.int64, count=len(table))
    written = np.fromiter((w for _, w in table), dtype=np.int64, count=len(table))
    born = columns.born[rows].astype(np.int64)
    all_rows, all_keys = [], []
    for k in range(3):
        # The k-th way of writing each day.
        first = np.searchsorted(of, born, "left") + k
        there = (born > 0) & (first < len(of))
        there[there] = of[first[there]] == born[there]
        all_rows.append(rows[there])
        all_keys.append(_mixed(keys[there], written[first[there]]))
    yield np.concatenate(all_rows), np.concatenate(all_keys)


def _by_name_and_place(columns: Columns) -> Iterator[Keyed]:
    """The name's sound or shape within a township: for birth dates that are not known, or wrong beyond a slip."""
    rows, keys = _name_keys(columns)
    area = columns.area[rows]
    there = area > 0
    yield rows[there], _mixed(keys[there], area[there] // 1000)


def _by_contact(columns: Columns) -> Iterator[Keyed]:
    yield columns.contact_of, columns.contact


KINDS: dict[str, Callable[[Columns], Iterator[Keyed]]] = {
    "number": _by_number,
    "odd-number": _by_odd_number,
    "wrong-digit": _by_wrong_digit,
    "swapped-digits": _by_swapped_digits,
    "birth-and-name-end": _by_birth_and_end,
    "name-and-birth-part": _by_name_and_birth_part,
    "name-and-farmers-date": _by_name_and_farmers_date,
    "name-and-township": _by_name_and_place,
    "contact": _by_contact,
}
"""In the order in which a sweep goes through them; each is a stage that is done or not."""


def pairs(columns: Columns, kind: str, cut: Cut, window: int = WINDOW) -> Iterator[tuple[Ints, Ints]]:
    """Batches of (row, row) that stand in one block of this kind, some in several batches. ``cut`` is filled as they come."""
    for rows, keys in KINDS[kind](columns):
        if len(rows) < 2:
            continue
        order = np.argsort(keys, kind="stable")
        rows, keys = rows[order], keys[order]
        _count(keys, cut, window)
        alive = np.flatnonzero(keys[:-1] == keys[1:])
        step = 1
        while len(alive):
            a, b = rows[alive], rows[alive + step]
            unlike = a != b
            cut.pairs += int(unlike.sum())
            yield np.minimum(a, b)[unlike], np.maximum(a, b)[unlike]
            step += 1
            if step > window:
                break
            alive = alive[alive + step < len(keys)]
            alive = alive[keys[alive] == keys[alive + step]]


def _count(keys: Ints, cut: Cut, window: int) -> None:
    edges = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1], [True])))
    sizes = np.diff(edges)
    cut.people += int(sizes[sizes > 1].sum())
    cut.blocks += int((sizes > 1).sum())
    big = sizes[sizes > window + 1]
    cut.cut_blocks += len(big)
    cut.cut_people += int(big.sum())
    rest = big - window
    cut.left_out += int((rest * (rest - 1) // 2).sum())
