"""How much of the screening lists waits in the reader's areas, and since when: for a page that says what must be done today."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Count, Min

from doudi.server.audit.selectors import last_of
from doudi.server.decisions.models import OPEN, WorkItem
from doudi.server.decisions.selectors.runs import READ
from doudi.server.decisions.verbs import LISTED, WORK_DECIDED
from doudi.server.lib.acting import acting
from doudi.server.lib.actor import Actor
from doudi.server.lib.remembered import remembered
from doudi.server.registry.selectors.counted import stamp as registry_stamp


@dataclass(frozen=True)
class WaitingList:
    """``items`` of the list ``code`` are open; the oldest is on it since the screening of ``since``."""

    code: str
    items: int
    since: date


def waiting_lists(reader: Actor) -> tuple[WaitingList, ...]:
    """Lists with open items in the reader's areas, those that wait longest first. A number names nobody and is not recorded."""
    reader.require(READ)
    moved = (registry_stamp(), screening_stamp())
    key = ("waiting", connection.settings_dict["NAME"], reader.scope.prefixes)
    return remembered(key, moved, lambda: _counted(reader))


def screening_stamp() -> Hashable:
    """Moves with every screening whose lists stand, and every item that somebody decided."""
    return last_of(LISTED, WORK_DECIDED)


def _counted(reader: Actor) -> tuple[WaitingList, ...]:
    with acting(reader):
        rows = (
            WorkItem.objects.filter(reader.scope.q("area", "other_area"), state=OPEN)
            .values("code")
            .annotate(items=Count("id"), since=Min("first_run__as_of"))
            .order_by("since", "code")
        )
        return tuple(WaitingList(r["code"], r["items"], r["since"]) for r in rows)
