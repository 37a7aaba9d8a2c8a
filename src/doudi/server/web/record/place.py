"""A place as a form of the record asks for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from doudi.server.areas.selectors import below
from doudi.server.lib.actor import Actor
from doudi.server.lib.refusals import Refused
from doudi.server.lib.scope import Scope
from doudi.server.web.area_choice import top_of
from doudi.server.web.places import typed_place

_TOWNSHIP = 9


def place(by: Actor, text: str, on: date, field: str) -> str:
    """The code of the division meant; empty for nothing typed. One moves away: what means nothing in the actor's areas is looked for in all others,
    for the names of places are no secret. Raises Refused."""
    if not text.strip():
        return ""
    try:
        return typed_place(by, text, on, field)
    except Refused as nowhere_here:
        if nowhere_here.code != "no-place":
            raise
    return typed_place(replace(by, scope=Scope.everything()), text, on, field)


def near(by: Actor, on: date) -> list[str]:
    """What is offered while a place is typed: code and name of the villages of an office that has a few; none for offices above."""
    top = top_of(by)
    return [f"{code} {name}" for code, name in below(by, top, on).items()] if len(top) >= _TOWNSHIP else []
