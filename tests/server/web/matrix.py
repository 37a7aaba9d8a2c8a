"""Who may see which page, where. Each page family has a module in ``entries`` with ``ENTRIES`` (the URL's name -> Entry) and, where it needs
something to show, ``seed(world)``. A URL without an entry fails the test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from django.urls import URLPattern, URLResolver, get_resolver

from tests.server.web import entries
from tests.server.web.world import World

OWN_MATRIX = ("api/",)
"""Paths below which another test asks the same of every URL."""


@dataclass(frozen=True)
class Entry:
    """``here``: the address, of something in the village where it is of a place. ``needs``: permissions of which one is enough; none: everybody
    who is signed in. ``public``: also nobody. ``there``: the same of something in another county, which does not exist for who has not that
    county; to whom the village does not belong ``here`` does not exist either. ``form``: what is sent, makes it a POST. ``status``: what it may
    answer to who may. ``alone``: an act that changes what other entries look at, or ends the session; it is tried by its own tests."""

    here: str | Callable[[World], str]
    needs: tuple[str, ...] = ()
    public: bool = False
    there: str | Callable[[World], str] | None = None
    form: dict[str, str] | Callable[[World], dict[str, str]] | None = None
    status: tuple[int, ...] = (200,)
    alone: bool = False

    def paths(self, world: World) -> list[str]:
        """``here``, and ``there`` where there is one."""
        return [p if isinstance(p, str) else p(world) for p in (self.here, self.there) if p is not None]

    def sent(self, world: World) -> dict[str, str] | None:
        """What is posted; None asks with GET."""
        return self.form(world) if callable(self.form) else self.form


def modules() -> list[ModuleType]:
    return [import_module(f"{entries.__name__}.{m.name}") for m in iter_modules(entries.__path__)]


def all_entries() -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for module in modules():
        twice = found.keys() & module.ENTRIES.keys()
        assert not twice, f"entries given twice: {twice}"
        found |= module.ENTRIES
    return found


def seeds() -> list[Callable[[World], None]]:
    return [module.seed for module in modules() if hasattr(module, "seed")]


def url_names() -> Iterator[tuple[str, str]]:
    """Name and route of every URL of the table."""

    def below(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[tuple[str, str]]:
        for p in patterns:
            route = before + str(p.pattern)
            if isinstance(p, URLResolver):
                yield from below(p.url_patterns, route)
            elif not route.startswith(OWN_MATRIX):
                yield p.name or "", route

    return below(get_resolver().url_patterns, "")
