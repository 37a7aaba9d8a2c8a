"""Words of the pages in both languages, side by side, so that neither can be forgotten."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import translation


def english() -> bool:
    return translation.get_language() == "en"


@dataclass(frozen=True)
class T:
    """A text in Chinese and English; a page shows the one that its reader chose."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.en if english() else self.zh


def said(zh: str, en: str) -> str:
    return en if english() else zh
