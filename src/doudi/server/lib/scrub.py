"""Numbers of people, taken out of text that somebody typed, before it is kept or logged."""

from __future__ import annotations

import re

from doudi.server.lib.blind import mask
from doudi.server.lib.idnumber import check_character, eighteen

_LONG = re.compile(r"(?<![0-9A-Za-z])(?:[0-9]{17}[0-9Xx]|[0-9]{15}|1[3-9][0-9]{9}|[0-9]{16}|[0-9]{19})(?![0-9A-Za-z])")


def scrub(text: str, *, codes: bool = False) -> str:
    """``text`` with the id numbers, mobile numbers and bank cards in it masked. Only what passes the number's own check is one: amounts and
    document numbers stay. ``codes``: the text may hold division codes, and fifteen digits are a grid rather than an old id number."""
    if not any(c.isdigit() for c in text):
        return text
    return _LONG.sub(lambda found: found[0] if codes and len(found[0]) == 15 else _masked(found), text)


def _masked(found: re.Match[str]) -> str:
    number = found[0].upper()
    if len(number) == 11:
        return mask("phone", number)
    if (len(number) == 18 and check_character(number[:17]) == number[17]) or eighteen(number):
        return mask("id", number)
    return mask("card", number) if len(number) in (16, 18, 19) and number.isdigit() and _luhn(number) else found[0]


def _luhn(number: str) -> bool:
    doubled = [int(c) * 2 if i % 2 else int(c) for i, c in enumerate(reversed(number))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0
