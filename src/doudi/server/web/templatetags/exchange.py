"""Small helps for the pages of imports, comparisons and exports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from doudi.server.web.words import english

register = template.Library()


@register.filter
def at(mapping: Mapping[Any, Any], key: Any) -> Any:
    """What stands under ``key``; nothing where nothing does."""
    return mapping.get(key)


@register.filter
def mend(thing: Any) -> str:
    """How to mend it: whatever has ``mend_zh`` and ``mend_en``."""
    return str(thing.mend_en if english() else thing.mend_zh)


@register.filter
def sum_of(counts: Mapping[str, int], names: str) -> int:
    """``counts|sum_of:"fresh changed"``"""
    return sum(counts.get(name, 0) for name in names.split())


@register.filter
def stop(text: str) -> str:
    """The text as a whole sentence: with a capital and a full stop, unless it has one of its own."""
    text = str(text)
    text = text[:1].upper() + text[1:]
    return text if text[-1:] in "。？！.?!" else text + ("." if english() else "。")
