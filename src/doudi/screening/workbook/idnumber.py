"""Resident identity numbers: eighteen characters whose last one checks the others. Nothing here keeps or prints a number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from doudi.screening.workbook.written import narrow

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"

PROVINCES = frozenset(
    str(n)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
    for n in range(first, last + 1)
)
"""First two digits of a number given out in China, residence permits of Hong Kong, Macao and Taiwan included."""


class BadIdNumber(ValueError):
    """``code`` is one of the message codes ``id-length``, ``id-characters``, ``id-birth``, ``id-future``, ``id-checksum``."""

    def __init__(self, code: str, **args: str) -> None:
        super().__init__(code)
        self.code = code
        self.args_said = args


@dataclass(frozen=True)
class IdNumber:
    """A number that passed. ``text`` always has eighteen characters; ``old`` says that fifteen were written."""

    text: str
    birth: date
    male: bool
    old: bool = False

    @property
    def known_division(self) -> bool:
        """False where the first two digits are no province. A 9 begins the card of a foreigner with the right of abode."""
        return self.text[:2] in PROVINCES or self.text[0] == "9"


def check_character(first: str) -> str:
    """The last character that belongs to the first seventeen digits (ISO 7064 MOD 11-2)."""
    return CHECK_CHARACTERS[sum(w * int(c) for w, c in zip(WEIGHTS, first, strict=True)) % 11]


def tidy(text: str) -> str:
    """Full-width characters made narrow, blanks, unseen characters and a leading apostrophe taken away, x made X. Two spellings of one number become equal."""
    if text.isascii() and text.isalnum():
        return text.upper()
    return re.sub(r"\s+", "", narrow(text)).lstrip("'’").upper()


def parse(text: str, latest_birth: date) -> IdNumber:
    """Read a number written as text; nobody in it may be born after ``latest_birth``. Raises ``BadIdNumber``.

    Fifteen digits (given out before October 1999) mean a birth in the twentieth century and become eighteen.
    """
    number = tidy(text)
    if len(number) not in (15, 18):
        raise BadIdNumber("id-length", n=str(len(number)))
    if not re.fullmatch(r"[0-9]{15}|[0-9]{17}[0-9X]", number):
        raise BadIdNumber("id-characters")
    old = len(number) == 15
    first = number[:6] + "19" + number[6:] if old else number[:17]
    try:
        birth = date(int(first[6:10]), int(first[10:12]), int(first[12:14]))
    except ValueError:
        raise BadIdNumber("id-birth") from None
    if birth > latest_birth:
        raise BadIdNumber("id-future", latest=latest_birth.isoformat())
    check = check_character(first)
    # The right character is not offered: any one digit may be the wrong one.
    if not old and number[17] != check:
        raise BadIdNumber("id-checksum")
    return IdNumber(first + check, birth, int(first[16]) % 2 == 1, old)


def masked(text: str) -> str:
    """First three and last four characters; the rest are stars. Anything too short to be told apart is all stars."""
    return text[:3] + "*" * (len(text) - 7) + text[-4:] if len(text) >= 15 else "*" * len(text)
