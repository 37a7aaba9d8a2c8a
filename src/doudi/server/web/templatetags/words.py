"""Words in the reader's language: Chinese and English stand side by side where they are used, so neither can be forgotten."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString

from doudi.screening.reasons import yuan as written

register = template.Library()


def english() -> bool:
    return translation.get_language() == "en"


@register.simple_tag
def t(zh: Any, en: Any) -> str:
    """``{% t "户" "household" %}``"""
    return str(en if english() else zh)


@register.filter
def said(thing: Any) -> str:
    """Whatever has ``zh`` and ``en``."""
    return str(thing.en if english() else thing.zh)


@register.filter
def yuan(fen: int | None) -> str:
    return "" if fen is None else written(fen, "en" if english() else "zh")


@register.filter
def day(when: date | None) -> SafeString | str:
    return "" if when is None else format_html('<time datetime="{}">{}</time>', when.isoformat(), when.isoformat())


@register.simple_tag
def place(names: dict[str, str], code: str) -> str:
    """The name of a division as the page looked it up, or the code itself."""
    return names.get(code, code)
