"""How much of the screening lists waits in the reader's areas, and since when: for a page that says what must be done today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Count

from doudi.server.audit.selectors import last_of
from doudi.server.decisions.models import OPEN, WorkItem
from doudi.server.decisions.selectors.runs import READ, days_of
from doudi.server.decisions.verbs import LISTED, WORK_DECIDED
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.remembered import remembered
from doudi.server.lib.steady import asked
from doudi.server.registry.selectors.counted import last_act
from doudi.server.registry.selectors.sieve import parts
from doudi.server.registry.verbs import ACTS, TURNED


@dataclass(frozen=True)
class WaitingList:
    """``items`` of the list ``code`` are open; the oldest is on it since the screening of ``since``."""

    code: str
    items: int
    since: date


def waiting_lists(reader: Actor) -> tuple[WaitingList, ...]:
    """Lists with open items in the reader's areas, those that wait longest first. A number names nobody and is not recorded."""
    reader.require(READ)
    key = ("waiting", connection.settings_dict["NAME"], reader.scope.prefixes)
    return remembered(key, screening_stamp(), lambda: _counted(reader))


_MOVING = (
    "move", "split", "merge-households", "correct-residence", "recode", "load", "absorb", "undo", "redo", "join", "adoption", "marry-in", "found",
    "correct-membership", "merge-people",
)  # fmt: skip
"""Acts on the registry after which a household or person, and the items on them, may be another office's."""


def screening_stamp() -> Hashable:
    """Moves with every screening whose lists stand, every item that somebody decided, and every act, or new day, that may change whose an item is."""
    return asked("screening stamp", lambda: last_of(LISTED, WORK_DECIDED, TURNED, *(ACTS[kind] for kind in _MOVING)))


def roll_stamp() -> Hashable:
    """Moves with every act on the registry, every step to a new day, every screening and every item decided: for what rests on them all."""
    return last_act(), asked("roll stamp", lambda: last_of(TURNED, LISTED, WORK_DECIDED))


def _counted(reader: Actor) -> tuple[WaitingList, ...]:
    with acting(reader):
        # By run, of which there are few: a county's items are counted without going to the run of each.
        rows = WorkItem.objects.filter(state=OPEN).order_by().values_list("code", "first_run").annotate(Count("id"))
        first, *others = (rows.filter(part) for part in parts(reader.scope))
        counted = list(first.union(*others, all=True) if others else first)
    days = days_of(run for _, run, _ in counted)
    items: Counter[str] = Counter()
    since: dict[str, date] = {}
    for code, run, n in counted:
        items[code] += n
        since[code] = min(since.get(code, days[run]), days[run])
    return tuple(sorted((WaitingList(c, items[c], since[c]) for c in items), key=lambda w: (w.since, w.code)))
