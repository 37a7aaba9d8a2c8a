"""Every step by which a division became another, kept in the process: there are few, they are only ever added to, and every page asks for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, Window

from doudi.server.areas.models import Succession
from doudi.server.lib.remembered import remembered
from doudi.server.lib.steady import asked

SPLIT = "split"


class Step(NamedTuple):
    """As the model Succession has it."""

    number: int
    before: str
    after: str
    on: date
    kind: str


@dataclass(frozen=True)
class Steps:
    """``rows`` are in the order of their days and numbers."""

    rows: tuple[Step, ...]

    def since(self, code: str) -> Sequence[Step]:
        """What ``code`` became."""
        return self._before.get(code, ())

    def until(self, code: str) -> Sequence[Step]:
        """What became ``code``."""
        return self._after.get(code, ())

    def since_any(self, codes: Collection[str]) -> Iterator[Step]:
        return (step for code in codes for step in self.since(code))

    @cached_property
    def _before(self) -> Mapping[str, list[Step]]:
        return _by(self.rows, 1)

    @cached_property
    def _after(self) -> Mapping[str, list[Step]]:
        return _by(self.rows, 2)


def steps() -> Steps:
    """One question, whether any was added since."""
    stamp = asked("steps", _stamp)
    return remembered(("steps", connection.settings_dict["NAME"]), stamp, _read)


def _stamp() -> tuple[object, ...] | None:
    # Rows are never changed, so their number would do; the last one tells apart what was taken back and done otherwise.
    rows = Succession.objects.annotate(n=Window(Count("id"))).order_by("-id")
    return rows.values_list("n", "id", "before", "after", "on", "kind").first()


def _read() -> Steps:
    rows = Succession.objects.order_by("on", "id").values_list("id", "before", "after", "on", "kind")
    return Steps(tuple(Step(*row) for row in rows))


def _by(rows: Sequence[Step], column: int) -> dict[str, list[Step]]:
    found: dict[str, list[Step]] = defaultdict(list)
    for step in rows:
        found[str(step[column])].append(step)
    return dict(found)
