"""Words, money, dates and counts in the reader's language: Chinese and English stand side by side where they are used."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from doudi.screening.reasons import yuan as written
from doudi.server.lib.moments import HERE, day_of
from doudi.server.web.words import english

register = template.Library()


@register.simple_tag
def t(zh: Any, en: Any) -> str:
    """``{% t "户" "household" %}``"""
    return str(en if english() else zh)


@register.filter
def said(thing: Any) -> str:
    """Whatever has ``zh`` and ``en``."""
    return str(thing.en if english() else thing.zh)


_MARKS = {"、": ", ", "，": ", ", "；": "; "}


@register.filter
def listed(things: Iterable[Any], mark: str = "、") -> str:
    """Texts, or what has ``zh`` and ``en``, beside each other, parted as the reader's language does."""
    words = [x if isinstance(x, str) else said(x) for x in things]
    return (_MARKS[mark] if english() else mark).join(words)


@register.filter
def yuan(fen: int | None) -> str:
    """Fen as yuan; empty where the sum is not known."""
    return "" if fen is None else written(fen, "en" if english() else "zh")


@register.filter
def count(number: int | None) -> str:
    """A number with thousands apart; a dash where it is not known."""
    return "—" if number is None else f"{number:,}"


@register.filter
def share(parts: int | None) -> str:
    """Ten-thousandths as a percentage with one place, cut off: what is not all is never shown as 100. Empty where it is not known."""
    return "" if parts is None else f"{parts // 10 / 10:.1f}%"


@register.filter
def day(when: date | None) -> SafeString | str:
    """A date; of a moment the day by the clock of the office."""
    if when is None:
        return ""
    if isinstance(when, datetime):
        when = day_of(when)
    return format_html('<time datetime="{}">{}</time>', when.isoformat(), when.isoformat())


@register.filter
def month(when: date | None) -> SafeString | str:
    """The month of a date: 2024-07."""
    if when is None:
        return ""
    return format_html('<time datetime="{}">{}</time>', f"{when:%Y-%m}", f"{when:%Y-%m}")


@register.filter
def moment(when: datetime | None) -> SafeString | str:
    """A moment to the minute, by the clock of the office."""
    if when is None:
        return ""
    here = when.astimezone(HERE)
    return format_html('<time datetime="{}">{}</time>', here.isoformat(), f"{here:%Y-%m-%d %H:%M}")


@register.simple_tag
def place(names: dict[str, str], code: str) -> str:
    """The name of a division as the page looked it up, or the code itself."""
    return names.get(code, code)
