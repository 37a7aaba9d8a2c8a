"""What is refused, in the reader's language: why, where, and how to mend it."""

from __future__ import annotations

from typing import NamedTuple


class Told(NamedTuple):
    """A sentence in both languages."""

    zh: str
    en: str


class Refused(Exception):
    """An act that was not done, and of which nothing was done.

    ``zh`` and ``en`` are whole sentences for the person who asked; ``code`` is stable and machine-readable; ``field`` names what of the
    input is meant, or is empty.
    """

    def __init__(self, code: str, zh: str, en: str, *, field: str = "") -> None:
        self.code, self.zh, self.en, self.field = code, zh, en, field
        super().__init__(f"{zh} / {en}")


class NotAllowed(Refused):
    """The post does not carry the permission."""


class NotFound(Refused):
    """There is no such thing, or none within the reader's areas: the two are not told apart."""


class Changed(Refused):
    """Somebody else changed it in between. ``since`` says what was done, oldest first, a sentence each."""

    def __init__(self, code: str, zh: str, en: str, *, since: tuple[Told, ...] = ()) -> None:
        super().__init__(code, zh, en)
        self.since = since
