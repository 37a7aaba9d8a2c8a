"""Links between the pages of policy, and formulas with a link on every name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe

from doudi.server.policybook.browse.refs import Piece, Ref
from doudi.server.policybook.selectors import policy
from doudi.server.registry.checks import PERSON
from doudi.server.web.signed_in import today
from doudi.server.web.words import english

register = template.Library()
_CHINESE = re.compile("[\u3400-\u9fff]")
_LATIN = re.compile("[A-Za-z]")
_RUNS = re.compile(r"([\u3400-\u9fff](?:[\u3400-\u9fff〔〕\d]*[\u3400-\u9fff])?)")
_PAGES = {"measure": "/policy/measures", "case": "/policy/cases"}


def href_of(ref: Ref, carry: dict[str, str]) -> str:
    """Names stand in the query: a page is one address whatever it tells of."""
    if ref.kind in _PAGES:
        query = {**carry, "name": ref.name} if ref.kind == "case" else dict(carry)
        return f"{_PAGES[ref.kind]}?{urlencode(query)}" if query else _PAGES[ref.kind]
    given = {"of": ref.entity, "name": ref.name} if ref.entity else {"name": ref.name}
    return f"/policy/{ref.kind}?{urlencode({**given, **carry})}"


@register.simple_tag(takes_context=True)
def to(context: Context, ref: Ref) -> SafeString:
    """A link to a thing of the text."""
    return format_html('<a href="{}"{}>{}</a>', href_of(ref, context.get("carry") or {}), lang_of(ref.text), ref.text)


@register.simple_tag(takes_context=True)
def to_all(context: Context, refs: Iterable[Ref]) -> SafeString:
    """Several links beside each other."""
    return format_html('<span class="linked">{}</span>', format_html_join(" ", "{}", ((to(context, r),) for r in refs)))


@register.simple_tag(takes_context=True)
def pieces(context: Context, line: Iterable[Piece]) -> SafeString:
    """A line of a formula."""
    return format_html_join("", "{}", ((to(context, p.ref) if p.ref is not None else foreign(p.text),) for p in line))


@register.simple_tag(takes_context=True)
def formula(context: Context, lines: Iterable[Iterable[Piece]]) -> SafeString:
    """A formula, a line for each part."""
    inner = format_html_join("", '<span class="part">{}</span>', ((pieces(context, line),) for line in lines))
    return format_html('<span class="formula">{}</span>', inner)


@register.filter
def foreign(text: Any) -> SafeString | str:
    """What the text or the office has in Chinese only, on an English page: marked as such. In an English sentence only the Chinese words are."""
    said = str(text)
    if not english() or not _CHINESE.search(said):
        return said
    if 3 * len(_CHINESE.findall(said)) > len(_LATIN.findall(said)):
        return format_html('<span lang="zh-CN">{}</span>', said)
    parts = ((x, i % 2) for i, x in enumerate(_RUNS.split(said)))
    return format_html_join(
        "", "{}", ((format_html('<span lang="zh-CN">{}</span>', x) if odd else x,) for x, odd in parts)
    )


@register.filter
def of_person(value: str, fact: str) -> str:
    """A value of a person's category fact (a relation, a sex) as the reader's language has it."""
    return policy(today()).names.value_of((PERSON, fact), value).en if value and english() else value


@register.simple_tag(takes_context=True)
def with_day(context: Context, href: str, **more: Any) -> str:
    """An address with the page's day and place."""
    query = {**(context.get("carry") or {}), **{k: v for k, v in more.items() if v not in (None, "")}}
    return f"{href}?{urlencode(query)}" if query else href


@register.filter
def lang_of(text: Any) -> SafeString | str:
    """The attribute that marks Chinese words on an English page, for the tag that holds them."""
    return mark_safe(' lang="zh-CN"') if english() and _CHINESE.search(str(text)) else ""


@register.filter
def why_html(html: str) -> SafeString:
    """An explanation as the rules make it: everything in it is escaped there (``doudi.rules.explain.to_html``)."""
    return mark_safe(html)
