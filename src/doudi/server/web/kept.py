"""What somebody typed before the session ended travels through the sign-in as hidden fields, and is there to be sent again afterwards.

It is kept in the pages only: neither the session nor the database holds it.
"""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest

MOST = 200_000
"""Characters; a longer form is not carried."""
_LEFT = ("csrfmiddlewaretoken", "password", "old", "new", "code")


def keep(request: HttpRequest) -> str:
    """The fields of a form that came too late, as text for one hidden field; empty where there is nothing to keep."""
    fields = [[name, request.POST.getlist(name)] for name in request.POST if name not in _LEFT]
    text = json.dumps(fields, ensure_ascii=False)
    return text if fields and len(text) <= MOST else ""


def carried(request: HttpRequest) -> str:
    """The same text on its way from one page of the sign-in to the next."""
    return request.POST.get("kept", "")[:MOST]


def fields_of(text: str) -> list[tuple[str, str]]:
    """Name and value of each hidden field to send again. Text that was not made by ``keep`` gives none."""
    try:
        found: Any = json.loads(text)
        return [
            (name, value)
            for name, values in found
            for value in values
            if isinstance(name, str) and isinstance(value, str)
        ]
    except (ValueError, TypeError):
        return []
