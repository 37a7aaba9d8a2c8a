"""Numbers that tell who somebody is: their one normal form, the blind index that finds them, and the mask that lists may show."""

from __future__ import annotations

import re
from unicodedata import normalize

from doudi.server.lib.hashes import mac
from doudi.server.lib.idnumber import eighteen
from doudi.server.lib.keys import keys

SHOWN = 40
"""Columns that hold a mask are this wide."""


def blind(kind: str, normal: str) -> bytes:
    """32 bytes by which a number is found: equal for equal numbers of one kind, and telling nothing without the index key.

    ``normal`` is the normal form; two spellings of one number are only found together when both went through it.
    """
    return mac(keys().index, b"blind", f"{kind}\0{normal}".encode())


def normal(kind: str, text: str) -> str:
    """The normal form of a number of ``kind``: id, phone, card; any other kind as a card."""
    return {"id": normal_id, "phone": normal_phone}.get(kind, normal_card)(text)


def normal_id(text: str) -> str:
    """Narrow characters, no blanks, a capital X; fifteen digits become eighteen. What is no id number is tidied all the same."""
    tidy = _tidy(text)
    return eighteen(tidy) or tidy


def normal_phone(text: str) -> str:
    """Digits alone, without China's 86 before a number that is then whole: a mobile number, or a landline with its area code."""
    tidy = _tidy(text)
    for code in ("+86", "0086", "86"):
        rest = tidy.removeprefix(code)
        if rest != tidy and re.fullmatch(r"1\d{10}|0\d{9,11}", rest):
            return rest
    return tidy


def normal_card(text: str) -> str:
    """Narrow characters, no blanks, hyphens or brackets, capitals."""
    return _tidy(text)


def mask(kind: str, normal: str) -> str:
    """What may be shown to who has no need of the number: three and four characters of an id or a mobile number, the last four of others, as
    offices are used to; nothing of a number too short to stay hidden so."""
    head, tail, least = {"id": (3, 4, 15), "phone": (3, 4, 10)}.get(kind, (0, 4, 8))
    if len(normal) < least:
        return "*" * len(normal)
    return normal[:head] + "*" * (min(len(normal), SHOWN) - head - tail) + normal[-tail:]


def _tidy(text: str) -> str:
    # Taking a character away can bring two together that make one of their own, so until nothing changes.
    while (tidy := re.sub(r"[\s()'’\-‐-―−_.·]+", "", normalize("NFKC", text)).upper()) != text:
        text = tidy
    return tidy
