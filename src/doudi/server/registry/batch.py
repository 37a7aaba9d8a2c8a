"""What a bulk load is given: plain values under the caller's own keys.

A ``Ref`` is either text, the caller's key of a person or household in the same batch, or a number, the surrogate key of one on record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

Ref = str | int


@dataclass(frozen=True, slots=True)
class NewPerson:
    """``numbers``: kind (id, card, phone, disability) -> number as written. ``since``: from when name and numbers hold (empty: the batch's day)."""

    key: str
    name: str
    numbers: Mapping[str, str] = field(default_factory=dict)
    since: date | None = None


@dataclass(frozen=True, slots=True)
class NewHousehold:
    """``number``: as the office calls it; empty: one of our own is given."""

    key: str
    area: str
    other_area: str = ""
    address: str = ""
    number: str = ""
    since: date | None = None


@dataclass(frozen=True, slots=True)
class NewMembership:
    household: Ref
    person: Ref
    relation: str = ""
    head: bool = False
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class NewStatement:
    """Of a household or of a person; values and tables as in the model Statement."""

    source: str
    household: Ref | None = None
    person: Ref | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    tables: Mapping[str, Any] = field(default_factory=dict)
    evidence: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class NewEnrolment:
    """Of a household or of a person, on a ledger of the pack."""

    ledger: str
    household: Ref | None = None
    person: Ref | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    evidence: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Some thousand households at a time: all of it is in memory, and is kept or refused together. New people belong to a household of today
    or of some time, and exactly one member of a new household is its head on any day."""

    people: Sequence[NewPerson] = ()
    households: Sequence[NewHousehold] = ()
    memberships: Sequence[NewMembership] = ()
    statements: Sequence[NewStatement] = ()
    enrolments: Sequence[NewEnrolment] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with the entry of key ``key`` (the caller's, or a surrogate key as text)."""

    key: str
    code: str
    zh: str
    en: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The act, and the surrogate keys of what is new, by the caller's keys. ``repeated``: it had been loaded before under the same ``once``;
    the keys are then those of that time."""

    act: int
    households: Mapping[str, int]
    people: Mapping[str, int]
    digest: str
    repeated: bool = False
