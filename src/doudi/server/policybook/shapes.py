"""Standards and their proposals as others see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

Value = str | Mapping[str, Any]
MOST_MONTHS = 36
"""So far back months are decided again: three years, as long as what they were decided by is kept."""


@dataclass(frozen=True)
class NewLine:
    """A value to propose. ``area``: a division's code; ``key``: which value of what the standard is keyed by, empty where it has no key;
    ``value`` as one writes it (720 元, 30%, 12 个月), or ``{"bands": {threshold: value}, "below": value}``."""

    standard: str
    area: str
    key: str
    value: Value


@dataclass(frozen=True)
class Signed:
    """Who did a step, and when it was recorded."""

    official: int
    name: str
    at: datetime


@dataclass(frozen=True)
class ProposalView:
    """``state`` is drafted, approved, published or withdrawn; ``stage`` says more of the day asked about."""

    id: int
    title: str
    area: str
    since: date
    until: date | None
    basis: str
    measured_by: str
    proposed_by: tuple[str, ...]
    replaces: int | None
    replaced_by: int | None
    state: str
    version: int
    lines: tuple[NewLine, ...]
    drafted: Signed
    approved: Signed | None
    approval: str
    approved_on: date | None
    published: Signed | None
    number: str
    issuer: str
    published_on: date | None
    withdrawn: Signed | None
    withdrawn_why: str
    job: int | None

    def stage(self, on: date) -> str:
        """drafted, approved, published (its day has not come), in-force, ended, replaced, or withdrawn."""
        if self.state != "published":
            return self.state
        if on < self.since:
            return "published"
        if self.until is not None and on > self.until:
            return "ended"
        return "replaced" if self.replaced_by is not None else "in-force"


@dataclass(frozen=True)
class StandardView:
    """A standard that offices may set. ``keys`` are the values by which it is keyed (empty: none), ``form`` plain, bands or slices; ``rises``:
    a value may not be lower than the one before. ``by_area`` is false where one value holds everywhere."""

    name: str
    en: str
    type: str
    form: str
    keys: tuple[str, ...]
    least: str
    most: str
    rises: bool
    by_area: bool


@dataclass(frozen=True)
class ValueView:
    """What a standard is worth on a day: ``value`` as one writes it, or None where nobody has said (``why``: none) or its time for review is
    over (stale). ``bands`` are (threshold, value), with ``value`` what holds below the first. ``area`` is the division that said it (empty:
    the country), from ``since`` until ``until``, by ``document`` and ``clause``; ``pack`` is where it stands."""

    standard: str
    key: str
    value: str | None
    bands: tuple[tuple[str, str], ...]
    why: str
    area: str
    since: date | None
    until: date | None
    document: str
    clause: str
    pack: str


@dataclass(frozen=True)
class EditionView:
    digest: str
    base: str
    name: str
    zh: str
    en: str
    origin: str
    files: int
    made_at: datetime
    by_name: str


@dataclass(frozen=True)
class InForceView:
    """``since`` empty: from ever."""

    edition: EditionView
    since: date | None
    why: str
    made_at: datetime
    by_name: str
