"""The parts that pages are built of. Each is shown on the style page (``/style``)."""

from __future__ import annotations

from collections.abc import Sequence
from secrets import token_urlsafe
from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from doudi.server.lib.refusals import Refused
from doudi.server.web.fields import Field
from doudi.server.web.words import said

register = template.Library()
SIGNS = {"good": "✓", "open": "?", "bad": "✗", "quiet": "·"}
"""States are told by a sign besides their colour."""


@register.inclusion_tag("web/parts/figure.html")
def figure(label: str, value: Any, href: str = "", was: Any = None, note: str = "") -> dict[str, Any]:
    """A number with its name; ``href`` opens the list behind it, ``was`` is the number to compare with. Stands in ``<dl class="figures">``."""
    moved = value - was if isinstance(value, int) and isinstance(was, int) else None
    return {
        "label": label, "value": value, "href": href, "note": note, "number": isinstance(value, int), "moved": moved,
        "less": None if moved is None else -moved,
    }  # fmt: skip


@register.simple_tag
def chip(kind: str, text: str) -> SafeString:
    """A state in a word: good, open, bad or quiet."""
    return format_html(
        '<span class="chip {}"><span aria-hidden="true">{}</span> {}</span>', kind, SIGNS.get(kind, "·"), text
    )


@register.simple_block_tag
def notice(content: str, kind: str = "quiet") -> SafeString:
    """``{% notice "bad" %}…{% endnotice %}``: what a reader must not miss. ``bad`` is read out at once."""
    role = "alert" if kind == "bad" else "status"
    return format_html('<div class="notice {}" role="{}">{}</div>', kind, role, conditional_escape(content))


@register.simple_block_tag
def region(content: str, label: str) -> SafeString:
    """``{% region "Households" %}<table>…</table>{% endregion %}``: a wide table that moves sideways in itself, also by keyboard."""
    return format_html(
        '<div class="wide" tabindex="0" role="region" aria-label="{}">{}</div>', label, conditional_escape(content)
    )


@register.inclusion_tag("web/parts/field.html")
def field(f: Field) -> dict[str, Any]:
    """A question with its label, hint, control and error."""
    return {"f": f}


@register.inclusion_tag("web/parts/errors.html")
def errors(fields: Sequence[Field] = (), refused: Refused | None = None) -> dict[str, Any]:
    """What is wrong with a form, at its top, each with a way to the field."""
    wrong = [f for f in fields if f.error]
    alone = refused if refused is not None and not any(f.name == refused.field for f in wrong) else None
    return {"wrong": wrong, "refused": alone}


@register.simple_tag
def once() -> SafeString:
    """A key of this very form: sent twice, it is one act."""
    return format_html('<input type="hidden" name="once" value="{}">', token_urlsafe(12))


@register.inclusion_tag("web/parts/pager.html")
def pager(forward: str = "", back: str = "", note: str = "") -> dict[str, Any]:
    """Links to the pages after and before; empty where there is none."""
    return {"forward": forward, "back": back, "note": note}


@register.inclusion_tag("web/parts/progress.html")
def progress(job: Any) -> dict[str, Any]:
    """How far a job is; it looks again by itself until the job has ended."""
    share = job.share
    return {"job": job, "percent": None if share is None else round(share * 100), "remaining": spoken(job.remaining)}


@register.inclusion_tag("web/parts/steps.html")
def steps(names: Sequence[Any], now: int) -> dict[str, Any]:
    """The steps of a wizard, ``now`` counted from 1."""
    return {"steps": [(i, n, i < now, i == now) for i, n in enumerate(names, 1)]}


@register.inclusion_tag("web/parts/crumbs.html")
def crumbs(way: Sequence[tuple[str, Any]], here: Any = "") -> dict[str, Any]:
    """The way to this page: (address, name), from the top."""
    return {"way": way, "here": here}


def spoken(seconds: int | None) -> str:
    """A time to wait, as one says it."""
    if seconds is None:
        return ""
    if seconds < 60:
        return said(f"约剩 {seconds} 秒", f"about {seconds} s left")
    minutes = round(seconds / 60)
    if minutes < 60:
        return said(f"约剩 {minutes} 分钟", f"about {minutes} min left")
    return said(f"约剩 {minutes // 60} 小时 {minutes % 60} 分", f"about {minutes // 60} h {minutes % 60} min left")
