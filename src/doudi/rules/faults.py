"""What is wrong with a pack, said plainly: where, what, and how to mend it, in Chinese and in English."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, order=True)
class Where:
    """A place in a text file; lines and columns count from 1. ``file`` is whatever name the reader was given."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    def moved(self, columns: int) -> Where:
        """The place ``columns`` characters to the right on the same line."""
        return Where(self.file, self.line, self.column + columns)


_LONG = 300
_QUOTED = re.compile(r"“([^”]{40})[^”]{80,}([^”]{10})”")
"""Something very long that a message quotes: its beginning and its end are enough to find it."""

NOWHERE = Where("-", 1, 1)


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong. ``code`` is stable and machine-readable (``unknown-name``); ``zh`` and ``en`` are whole sentences."""

    where: Where
    code: str
    zh: str
    en: str
    severity: Severity = "error"

    def __post_init__(self) -> None:
        for field in ("zh", "en"):
            text = getattr(self, field)
            if len(text) > _LONG:
                object.__setattr__(self, field, _QUOTED.sub(r"“\1…\2”", text))

    def said(self, lang: str = "zh") -> str:
        return f"{self.where}: {self.zh if lang == 'zh' else self.en}"


class Faults(Exception):
    """Raised when a pack cannot be loaded; holds every fault found, not only the first."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(sorted(faults))
        super().__init__("\n".join(f"{f.where}: {f.zh} / {f.en}" for f in self.faults))


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The declared name most like ``name``, or None where nothing is close enough to be worth suggesting."""
    found = get_close_matches(name, list(known), n=1, cutoff=0.5)
    return found[0] if found else None


def hint(name: str, known: Iterable[str]) -> tuple[str, str]:
    """The tail of a message that suggests the nearest right name: ``("，是否应为“X”？", "; did you mean “X”?")`` or two empty strings."""
    near = nearest(name, known)
    return (f"；是不是想写“{near}”？", f"; did you mean “{near}”?") if near else ("", "")
