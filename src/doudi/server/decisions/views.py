"""What is told of snapshots, runs, work and repricings, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from doudi.screening.simulate import Effects
from doudi.server.policybook.shapes import NewLine


@dataclass(frozen=True)
class SnapshotView:
    """``state``: writing, whole or purged. ``digest`` is that of the facts; ``policy`` of the policy whose declarations shaped them. How many
    there are is None for a reader who does not answer for all of ``area``."""

    id: int
    month: date
    as_of: date
    knowing: datetime
    area: str
    policy: str
    digest: str
    state: str
    households: int | None
    people: int | None
    disputed: int | None
    made_at: datetime
    keep_until: date
    folder: str


@dataclass(frozen=True)
class RunView:
    """``digest`` is the canonical digest of all answers; ``rows``, how many there are of each table, is None for a reader who does not answer for
    all of ``area``."""

    id: int
    snapshot: int
    area: str
    month: date
    as_of: date
    policy: str
    pack: str
    ruleset: str
    engine: str
    digest: str
    state: str
    parts: int
    rows: dict[str, int] | None
    again: int | None
    made_at: datetime
    ended_at: datetime | None
    folder: str


@dataclass(frozen=True)
class Repeated:
    """A run done again. ``same``: every answer is what it was."""

    first: RunView
    again: RunView

    @property
    def same(self) -> bool:
        return self.first.digest == self.again.digest


@dataclass(frozen=True)
class WorkView:
    """One row of a work list. ``person`` is None where the household itself is meant; amounts in fen a month."""

    id: int
    code: str
    programme: str
    household: int
    person: int | None
    area: str
    other_area: str
    zh: str
    en: str
    certain: bool
    due: int | None
    received: int | None
    missing: tuple[str, ...]
    state: str
    why: str
    decided_by: str
    decided_at: datetime | None
    run: int


@dataclass(frozen=True)
class WorkPage:
    """``after`` is what to ask with for the next rows; None: there are none."""

    rows: tuple[WorkView, ...]
    after: int | None


@dataclass(frozen=True)
class WorkCount:
    """How many items of a list stand in a division, in which state."""

    code: str
    programme: str
    area: str
    state: str
    items: int
    due: int


@dataclass(frozen=True)
class RepricingView:
    """Sums in fen: what is owed to people and what was overpaid. They, and the items of ``months``, are None for a reader who does not answer for
    all of ``area``."""

    id: int
    area: str
    since: date
    until: date
    policy_before: str
    policy_after: str
    knowing_before: datetime
    knowing_after: datetime
    months: dict[str, Any]
    state: str
    back_pay: int | None
    recovery: int | None
    made_at: datetime


@dataclass(frozen=True)
class RepricingLineView:
    """``difference`` in fen: above nought is owed, below was overpaid, None: not known on one side."""

    id: int
    month: date
    programme: str
    household: int
    person: int | None
    area: str
    kind: str
    before: int | None
    after: int | None
    difference: int | None


@dataclass(frozen=True)
class RepricingPlace:
    """What a repricing means in one division: lines, households, fen owed to people, fen overpaid, and lines of which that is not known."""

    area: str
    items: int
    households: int
    back_pay: int
    recovery: int
    open: int


@dataclass(frozen=True)
class SimulationView:
    """A scenario: what would change, on whose facts, and what came of it (``effects`` None: not worked out yet). Sums in fen a month.

    ``snapshot`` is None until one is taken for it, ``households`` how many are in it. ``policy`` and ``after`` are the digests of the two texts.
    """

    id: int
    name: str
    area: str
    snapshot: int | None
    households: int | None
    as_of: date
    lines: tuple[NewLine, ...]
    proposal: int | None
    state: str
    effects: Effects | None
    policy: str
    after: str
    job: int | None
    by_name: str
    made_at: datetime
    ended_at: datetime | None

    @property
    def change(self) -> int | None:
        """What it costs more a month, in fen."""
        return None if self.effects is None else self.effects.total.cost_after - self.effects.total.cost_before
