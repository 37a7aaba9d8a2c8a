"""What others see of imports, comparisons and exports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

What = Literal["households", "list"]


@dataclass(frozen=True)
class Kind:
    """One kind of fault, told once: where it is, how often, and the first row that has it."""

    sheet: str
    column: str
    zh: str
    en: str
    mend_zh: str
    mend_en: str
    count: int
    row: int


@dataclass(frozen=True)
class ImportView:
    """See the model Import. ``strangers``: headers nobody knows, as (entity, header). ``report`` is True where there is a workbook to fetch."""

    id: int
    name: str
    what: str
    ledger: str
    digest: str
    since: date
    source: str
    area: str
    state: str
    counts: Mapping[str, int]
    strangers: tuple[tuple[str, str], ...]
    kinds: tuple[Kind, ...]
    report: bool
    marked: bool
    begun: bool
    job: int | None
    official: int | None
    by_name: str
    made_at: datetime
    done_at: datetime | None

    @property
    def ended(self) -> bool:
        return self.state in ("done", "given-up")


@dataclass(frozen=True)
class LineView:
    """See the model Line."""

    id: int
    kind: str
    sheet: str
    row: int
    column: str
    code: str
    household: int | None
    value: str
    zh: str
    en: str
    mend_zh: str
    mend_en: str


@dataclass(frozen=True)
class ComparisonView:
    """``counts``: here, there, differs, likely, and rows without a usable number (no-number). ``open``: differences not settled yet."""

    id: int
    name: str
    body: str
    ledger: str
    key: str
    area: str
    on: date
    state: str
    zh: str
    en: str
    strangers: tuple[str, ...]
    counts: Mapping[str, int]
    open: int
    job: int | None
    official: int | None
    by_name: str
    made_at: datetime


@dataclass(frozen=True)
class DifferenceView:
    """See the model Difference. ``fields``: column -> (ours, theirs). ``household``: where the person lives on the day, as far as the reader sees."""

    id: int
    kind: str
    person: int | None
    area: str
    name: str
    shown: str
    row: int | None
    fields: Mapping[str, tuple[str, str]]
    state: str
    why: str
    household: int | None = None


@dataclass(frozen=True)
class ExportView:
    """See the model Export. ``ready``: the workbook can be fetched."""

    id: int
    official: int | None
    by_name: str
    what: str
    ledger: str
    comparison: int | None
    area: str
    on: date
    columns: tuple[str, ...]
    unmasked: bool
    why: str
    title: str
    rows: int | None
    ready: bool
    job: int | None
    made_at: datetime
    until: datetime | None
    filter: Mapping[str, str] = field(default_factory=dict)
