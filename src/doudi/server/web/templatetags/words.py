"""Words, money, dates and counts in the reader's language: Chinese and English stand side by side where they are used."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import template
from django.template.base import FilterExpression, Parser, Token
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from doudi.screening.reasons import yuan as written
from doudi.server.lib.moments import HERE, day_of
from doudi.server.web.words import T, english

register = template.Library()


class _Said(template.Node):
    """One of two expressions, of which most are plain words: a page says hundreds, so nothing is worked out for those again."""

    def __init__(self, zh: FilterExpression, en: FilterExpression, name: str | None) -> None:
        self.zh, self.en, self.name = (_plain(zh), zh), (_plain(en), en), name

    def render(self, context: template.Context) -> SafeString:
        plain, whole = self.en if english() else self.zh
        text = str(whole.resolve(context)) if plain is None else plain
        if self.name is not None:
            context[self.name] = text
            return SafeString("")
        return conditional_escape(text) if plain is None and context.autoescape else SafeString(text)


def _plain(words: FilterExpression) -> SafeString | None:
    """Words between quotation marks, as they stand; None for anything that depends on the page."""
    return words.var if isinstance(words.var, SafeString) and not words.filters else None


@register.tag
def t(parser: Parser, token: Token) -> _Said:
    """``{% t "户" "household" %}``; with ``as name`` at the end for use further down."""
    tag, *words = token.split_contents()
    name = words.pop() if words[-2:-1] == ["as"] else None
    words = words[:-1] if name is not None else words
    if len(words) != 2:
        raise template.TemplateSyntaxError(f"{tag} takes Chinese and English: {token.contents}")
    zh, en = map(parser.compile_filter, words)
    return _Said(zh, en, name)


@register.filter
def said(thing: Any) -> str:
    """Whatever has ``zh`` and ``en``."""
    return str(thing.en if english() else thing.zh)


_UNTOLD = T("还说不准", "not yet to be told")
BEYOND = 10_000_000
"""Fen. Bounds of one household that are further apart say no more than that nothing is known."""
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
def between(sums: tuple[int, int]) -> str:
    """Bounds in fen as one sum or two. Where next to nothing is known the upper bound is so far off that it would only mislead: it is left out, in words."""
    low, high = sums
    if low == high:
        return yuan(low)
    if high - low > BEYOND:
        return (
            str(T(f"{yuan(low)} 以上，还说不准", f"{yuan(low)} or more, not yet to be told")) if low else str(_UNTOLD)
        )
    return f"{yuan(low)} – {yuan(high)}"


@register.filter
def stake(fen: int) -> str:
    """How far an answer may still move a sum."""
    if fen > BEYOND:
        return str(T("相差多少还说不准", "by how much cannot be told yet"))
    return str(T(f"相差可达 {yuan(fen)}", f"up to {yuan(fen)}"))


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
