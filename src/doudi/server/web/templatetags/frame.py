"""What the frame around every page needs to know of its reader."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import RequestContext

from doudi.server.web.doors import Door, doors_of

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
