"""What a declaration says, free of how it is written: the basis of digests. Spaces, line breaks, full-width forms
and comments do not count."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from hashlib import sha256
from typing import Any

from doudi.rules.declared import Text
from doudi.rules.lexer import normalise

_QUOTED = re.compile(r"(\"[^\"]*\"|“[^”]*”)")


def formula(text: str) -> str:
    """A formula without spaces and with half-width signs; quoted reasons stay as they are."""
    parts = _QUOTED.split(text)
    return "".join(part if i % 2 else "".join(normalise(part).split()) for i, part in enumerate(parts))


def canonical(thing: Any) -> str:
    """One line of text that is the same for the same content; ``_LEFT_OUT`` is left out."""
    out: list[str] = []
    _write(thing, out)
    return "".join(out)


def digest(thing: Any) -> str:
    """sha256 of the canonical text, in hexadecimal."""
    return sha256(canonical(thing).encode()).hexdigest()


_LEFT_OUT = frozenset({"where", "help_en"})
"""Where it stands, and a hint told in English: neither says anything else of what is declared."""


@lru_cache(maxsize=64)
def _names(kind: type) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind) if f.name not in _LEFT_OUT)


def _write(thing: Any, out: list[str]) -> None:
    if isinstance(thing, str):
        out.append(f"{len(thing)}:{thing}")
    elif thing is None or isinstance(thing, bool | int | Fraction | date):
        out.append(f"{thing};")
    elif isinstance(thing, Text):
        _write(formula(thing.source), out)
    elif isinstance(thing, Enum):
        _write(thing.value, out)
    elif isinstance(thing, tuple | list):
        out.append("[")
        for part in thing:
            _write(part, out)
        out.append("]")
    elif isinstance(thing, dict):
        _write(sorted(thing.items()), out)
    elif is_dataclass(thing) and not isinstance(thing, type):
        out.append(type(thing).__name__ + "(")
        for name in _names(type(thing)):
            _write(getattr(thing, name), out)
        out.append(")")
    else:
        raise TypeError(f"no canonical text for {type(thing).__name__}")
