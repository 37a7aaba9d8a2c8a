"""Two identity numbers: the same, one slip apart, or two different numbers. Fifteen digits have become eighteen before they come here."""

from __future__ import annotations

from collections.abc import Iterator

from doudi.screening.workbook.idnumber import check_character

DIGITS = 17
"""Digits that say who; the eighteenth character only checks them."""


def standard(number: str) -> bool:
    """Seventeen digits and a check character; whether it fits is another question."""
    return len(number) == 18 and number[:DIGITS].isdecimal() and number.isascii()


def sound(number: str) -> bool:
    """Whether the check character fits."""
    return standard(number) and check_character(number[:DIGITS]) == number[-1]


def relation(a: str, b: str) -> tuple[str, int]:
    """(code, where): code is none (one is missing), same, check (only the check character differs), digit (one digit differs, at ``where``
    counted from 0), swap (two neighbours changed places), or different."""
    if not a or not b:
        return "none", -1
    if a == b:
        return "same", -1
    if not (standard(a) and standard(b)):
        return "different", -1
    unlike = [k for k in range(DIGITS) if a[k] != b[k]]
    if not unlike:
        return "check", DIGITS
    if len(unlike) == 1:
        return "digit", unlike[0]
    if len(unlike) == 2:
        j, k = unlike
        if k == j + 1 and a[j] == b[k] and a[k] == b[j]:
            return "swap", j
    return "different", -1


def one_slip_from(number: str) -> Iterator[str]:
    """Every number that could have become ``number`` by one wrong digit or two neighbours changing places: the true number has a fitting
    check character, an unchecked one may have kept that of ``number``. Some 340 of them; none where ``number`` is not standard."""
    if not standard(number):
        return
    first, last = number[:DIGITS], number[-1]
    near = [first]
    near += [first[:k] + d + first[k + 1 :] for k in range(DIGITS) for d in "0123456789" if d != first[k]]
    near += [
        first[:k] + first[k + 1] + first[k] + first[k + 2 :] for k in range(DIGITS - 1) if first[k] != first[k + 1]
    ]
    for other in near:
        for check in {check_character(other), last}:
            if other + check != number:
                yield other + check
