"""What the API says of itself, in both languages: written as one text, ``中文 ¦ English``, and shown in the one that was asked for."""

from __future__ import annotations

from typing import Any

BAR = " ¦ "


def both(zh: str, en: str) -> str:
    """A text for the schema."""
    return f"{zh}{BAR}{en}"


def one(said: str, *, english: bool) -> str:
    zh, bar, en = said.partition(BAR)
    return en if bar and english else zh


def in_language(value: Any, *, english: bool) -> Any:
    """A schema with every text in one language."""
    if isinstance(value, dict):
        return {k: in_language(v, english=english) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [in_language(v, english=english) for v in value]
    return one(value, english=english) if isinstance(value, str) else value
