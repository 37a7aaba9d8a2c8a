"""What people write and programs bring along: the same word in full-width letters, or with characters in it that nobody sees."""

from __future__ import annotations

from unicodedata import normalize

_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"))
"""Blanks without a width and marks of direction, as they are copied along from chats and web pages. Joiners stay: some scripts spell with them."""


def narrow(text: str) -> str:
    """Full-width characters made narrow, unseen ones taken away."""
    return text if text.isascii() else normalize("NFKC", text).translate(_UNSEEN)
