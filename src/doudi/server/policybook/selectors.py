"""Which text is in force, and what it declares."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from doudi.packs import load
from doudi.rules.declared import Fact
from doudi.server.policybook.policy import Policy, text_of


def policy(as_of: date) -> Policy:
    """The text in force on ``as_of``, with the standards published by the offices here. Cached by its digest."""
    return _of_settings(_setting())


def declared(as_of: date) -> dict[tuple[str, str], Fact]:
    """(entity, name) to each fact that may be stated of a household or person."""
    return policy(as_of).declared


def _setting() -> str:
    from django.conf import settings

    return str(settings.ENVIRONMENT.pack)


@lru_cache(maxsize=4)
def _of_settings(what: str) -> Policy:
    pack = load(what)
    return Policy(pack, text_of(pack).digest)
