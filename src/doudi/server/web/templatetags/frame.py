"""What the frame around every page needs to know of its reader."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import RequestContext
from django.utils.html import format_html
from django.utils.safestring import SafeString

from doudi.server.accounts.roles import roles
from doudi.server.web.doors import Door, doors_of
from doudi.server.web.words import english

register = template.Library()


@register.simple_tag(takes_context=True)
def doors(context: RequestContext) -> list[Door]:
    """The main pages that the post opens, the one that the reader is in marked."""
    request: Any = context["request"]
    return doors_of(request.actor, request.path)


@register.simple_tag(takes_context=True)
def may(context: RequestContext, permission: str) -> bool:
    """Whether the post of the session carries a permission: ``{% may "registry.change" as changes %}``."""
    actor = getattr(context["request"], "actor", None)
    return bool(actor and actor.allows(permission))


@register.simple_tag
def post(said: str, role: Any) -> SafeString:
    """A post in the reader's language: its role, and the place by its name. ``role``: its code, or the role itself."""
    known = roles().roles.get(role) if isinstance(role, str) else role
    if known is None or not english():
        return format_html("{}", said)
    where = said.removesuffix(known.zh).strip()
    return format_html(
        '{}{}<span lang="zh-CN">{}</span>', known.en[:1].upper() + known.en[1:], ", " if where else "", where
    )
