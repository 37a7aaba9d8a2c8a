"""A place as a form of the record asks for it."""

from __future__ import annotations

from datetime import date

from doudi.server.areas.selectors import below
from doudi.server.lib.actor import Actor
from doudi.server.web.area_choice import top_of
from doudi.server.web.places import typed_place

_TOWNSHIP = 9


def place(by: Actor, text: str, on: date, field: str) -> str:
    """The code of the division meant; empty for nothing typed. A code need not lie in the actor's areas: one moves away. Raises Refused."""
    return typed_place(by, text, on, field) if text.strip() else ""


def near(by: Actor, on: date) -> list[str]:
    """What is offered while a place is typed: code and name of the villages of an office that has a few; none for offices above."""
    top = top_of(by)
    return [f"{code} {name}" for code, name in below(by, top, on).items()] if len(top) >= _TOWNSHIP else []
