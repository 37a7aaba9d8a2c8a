"""The pack that acts are checked against: asked for once an act, however often it is needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date

from doudi.server.policybook.policy import Policy
from doudi.server.policybook.selectors.policies import base_on

_held: ContextVar[dict[date, Policy] | None] = ContextVar("packs of this act", default=None)


def pack_on(day: date) -> Policy:
    """The pack in force on ``day``: which facts, sources and ledgers there are. (Which standards apply does not matter to the registry.)"""
    held = _held.get()
    if held is None:
        return base_on(day)
    if day not in held:
        held[day] = base_on(day)
    return held[day]


@contextmanager
def one_act() -> Iterator[None]:
    """Within, a day's pack is looked up once."""
    before = _held.set({})
    try:
        yield
    finally:
        _held.reset(before)
