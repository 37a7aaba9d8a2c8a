"""Whoever shows personal data says so in the record. The selectors themselves do, so that no view can forget it.

Every selector that returns people works inside ``showing``, which asks for the permission, sets the reader's scope for the database and, when the
selector is done, appends one entry. A page that calls several selectors for one household puts ``showing`` around them all: what belongs to that
household is then part of one entry, and only what does not is recorded beside it. If the entry cannot be written nothing is shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Lock

from django.db import transaction

from doudi.server.audit.actions import Act, record_many
from doudi.server.audit.verbs import Verb
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor

READ = "registry.read"


@dataclass
class Shown:
    """One entry to be. The selector sets ``count``, and ``area`` where it learns it; ``keep`` False: nobody was shown anything."""

    verb: Verb
    household: int | None = None
    person: int | None = None
    area: str = ""
    count: int = 1
    keep: bool = True
    whole: bool = False
    params: dict[str, object] = field(default_factory=dict)
    beside: list[Shown] = field(default_factory=list)

    def holds(self, other: Shown) -> bool:
        """Whether this entry already says what ``other`` would."""
        if self.whole:
            return True
        if self.household is not None:
            return other.household == self.household
        return self.person is not None and other.person == self.person and other.household is None


_now: ContextVar[tuple[Actor, Shown] | None] = ContextVar("showing", default=None)
_page: ContextVar[list[tuple[Actor, Shown]] | None] = ContextVar("page", default=None)


@contextmanager
def showing(
    reader: Actor, verb: Verb, *, household: int | None = None, person: int | None = None, area: str = "", whole: bool = False, **params: object
) -> Iterator[Shown]:  # fmt: skip
    """``whole``: the entry stands for everything that is read inside, for work over many households; its ``count`` says how many.

    Raises NotAllowed without the permission to read the registry.
    """
    reader.require(READ)
    shown = Shown(verb, household, person, area, whole=whole, params=params)
    around = _now.get()
    if around is not None and around[0] == reader:
        # The reader's scope is set already; setting it again would cost as much as a selector's own questions.
        yield shown
        if shown.keep and not around[1].holds(shown):
            around[1].beside.append(shown)
        return
    token = _now.set((reader, shown))
    try:
        with acting(reader):
            yield shown
            entries = [(reader, s) for s in (shown, *shown.beside) if s.keep]
            page = _page.get()
            if page is not None:
                page += entries
            elif entries:
                _write(entries)
    finally:
        _now.reset(token)


@contextmanager
def gathered() -> Iterator[None]:
    """Around a page: all that is shown inside goes into the record in one step when the page is made, and before anybody gets it.

    Whoever appends next waits until the transaction of who appended last ends: not while a page is being made.
    """
    entries: list[tuple[Actor, Shown]] = []
    token = _page.set(entries)
    try:
        yield
        if entries:
            _together(entries)
    finally:
        _page.reset(token)


@dataclass(eq=False)
class _Waiting:
    entries: list[tuple[Actor, Shown]]
    written: bool = False


_queue: list[_Waiting] = []
_queued, _writing = Lock(), Lock()


def _together(entries: list[tuple[Actor, Shown]]) -> None:
    """Pages that are ready at the same time go into the record in one transaction: of which the end, when all is safely on the disk, takes longer
    than everything before. Whoever comes first writes for all who wait by then; where that fails each writes its own."""
    mine = _Waiting(entries)
    with _queued:
        _queue.append(mine)
    with _writing:
        if mine.written:
            return
        with _queued:
            some = [w for w in _queue if w is not mine]
            _queue.clear()
        _write([e for w in (mine, *some) for e in w.entries])
        for w in (mine, *some):
            w.written = True


def _write(entries: list[tuple[Actor, Shown]]) -> None:
    with transaction.atomic(savepoint=False):
        for reader, s in entries:
            act = Act(s.household, s.person, s.area, count=s.count, params=s.params)
            record_many(reader, s.verb, [act])


@contextmanager
def within(reader: Actor) -> Iterator[None]:
    """Under the reader's scope, for questions whose answers name nobody: inside ``showing`` it is set already."""
    around = _now.get()
    if around is not None and around[0] == reader:
        yield
        return
    with acting(reader):
        yield
