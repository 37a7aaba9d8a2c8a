"""What actions take and selectors give."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from doudi.server.areas.levels import LEVELS

BEGINNING = date(1949, 10, 1)
"""Since when a division is taken to exist whose beginning nobody told."""

Moves = tuple[tuple[str, str], ...]
"""Codes that changed, old and new: what moving the records of people takes."""

KINDS = {
    "poor-area": ("集中连片特困地区", "contiguous poor area"),
    "resettlement": ("易地搬迁安置点", "resettlement site"),
    "old-base": ("革命老区", "old revolutionary base area"),
    "other": ("其他片区", "other set of areas"),
}
"""Kinds of sets of divisions."""


@dataclass(frozen=True)
class NewDivision:
    """``since`` empty: as the action says."""

    code: str
    name: str
    since: date | None = None


@dataclass(frozen=True)
class DivisionView:
    """A division on a day. ``full_name`` begins with the province; ``level`` is the length of the code."""

    code: str
    name: str
    full_name: str
    level: int
    parent: str
    since: date
    until: date | None

    @property
    def level_zh(self) -> str:
        return LEVELS[self.level].zh

    @property
    def level_en(self) -> str:
        return LEVELS[self.level].en


@dataclass(frozen=True)
class Became:
    """On ``on`` the divisions ``origins`` became ``after``, or ``after`` came out of them: several where they were merged, ``after`` itself among
    them where it was there before."""

    origins: tuple[str, ...]
    after: str
    on: date


@dataclass(frozen=True)
class SetView:
    """A set of divisions on a day; ``codes`` are sorted, and only those that the reader's areas hold or lie in."""

    id: int
    kind: str
    name: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Ensured:
    """How many divisions were added, and how many were known already (among them those that have ended: they are not brought back)."""

    added: int
    known: int


@dataclass(frozen=True)
class RowFault:
    """``row`` as the spreadsheet counts, 0 for the whole sheet; ``column`` may be empty."""

    row: int
    column: str
    zh: str
    en: str


@dataclass(frozen=True)
class Change:
    """What a row of a workbook does: ``what`` is add, rename or end."""

    row: int
    what: str
    code: str
    name: str
    before: str
    on: date


@dataclass(frozen=True)
class Preview:
    """What an import would do, or did. With any fault it does nothing."""

    changes: tuple[Change, ...]
    unchanged: int
    faults: tuple[RowFault, ...]
    ignored_columns: tuple[str, ...] = ()

    def count(self, what: str) -> int:
        return sum(c.what == what for c in self.changes)
