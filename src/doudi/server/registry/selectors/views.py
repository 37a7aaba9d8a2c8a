"""What selectors return: plain values, numbers masked. Nothing here reads the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from doudi.server.areas.selectors import UNMOVED, Lineage
from doudi.server.registry.facts import Resolved

T = TypeVar("T")


@dataclass(frozen=True)
class NumberView:
    """A number as lists may show it. ``id`` is what ``reveal`` is given."""

    id: int
    kind: str
    shown: str
    since: date
    until: date | None


@dataclass(frozen=True)
class EnrolmentView:
    """On a ledger from a day until a day."""

    id: int
    ledger: str
    household: int | None
    person: int | None
    since: date
    until: date | None
    details: Mapping[str, Any]
    evidence: str = ""


@dataclass(frozen=True)
class MemberView:
    """Who belongs to a household on a day. ``elsewhere``: the person lives outside the reader's areas today, and is not shown."""

    person: int
    name: str
    sex: str
    born: date | None
    died: date | None
    relation: str
    head: bool
    since: date
    until: date | None
    membership: int
    numbers: tuple[NumberView, ...] = ()
    elsewhere: bool = False


@dataclass(frozen=True)
class HouseholdView:
    """A household on a day, as known at a moment. ``version`` is today's, for the next act on it."""

    id: int
    number: str
    area: str
    other_area: str
    address: str
    closed: bool
    version: int
    members: tuple[MemberView, ...]
    enrolments: tuple[EnrolmentView, ...]
    as_of: date
    knowing: datetime | None

    @property
    def head(self) -> MemberView | None:
        return next((m for m in self.members if m.head), None)


@dataclass(frozen=True)
class MembershipView:
    """In which household somebody was. ``number`` is empty where that household lies outside the reader's areas."""

    household: int
    number: str
    relation: str
    head: bool
    since: date
    until: date | None


@dataclass(frozen=True)
class NameView:
    name: str
    since: date
    until: date | None


@dataclass(frozen=True)
class PersonView:
    """A person. ``merged_into``: the record that this one turned out to be."""

    id: int
    name: str
    names: tuple[NameView, ...]
    sex: str
    born: date | None
    died: date | None
    area: str
    other_area: str
    numbers: tuple[NumberView, ...]
    memberships: tuple[MembershipView, ...]
    enrolments: tuple[EnrolmentView, ...]
    merged_into: int | None
    as_of: date
    knowing: datetime | None


@dataclass(frozen=True)
class MemberFacts:
    """The facts of one member. ``elsewhere``: they live outside the reader's areas today, and all is unknown here."""

    person: int
    relation: str
    head: bool
    born: date | None
    sex: str
    facts: Resolved = field(default_factory=Resolved)
    elsewhere: bool = False


@dataclass(frozen=True)
class HouseholdFacts:
    """All facts of a household and its members on a day, one value each, with where it is from and what else was said. Divisions are named as they
    were stated: ``moves`` tells what has become of them."""

    household: int
    area: str
    other_area: str
    facts: Resolved
    members: tuple[MemberFacts, ...]
    as_of: date
    knowing: datetime | None
    moves: Lineage = UNMOVED


@dataclass(frozen=True)
class Happened:
    """One act in a timeline, as sentences that name nobody; ``deed_zh`` and ``deed_en`` without who acted and when. ``params`` are those of the
    deed, for who says it again with a pack's names (``registry.verbs.deed_of``)."""

    act: int
    kind: str
    on: date
    recorded_at: datetime
    official: str
    post: str
    zh: str
    en: str
    undone: bool
    deed_zh: str = ""
    deed_en: str = ""
    why: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """A person that a search found. ``matched``: by what (n name, p pinyin, i initials, b a number); ``exact``: the whole of it."""

    person: int
    name: str
    sex: str
    born: date | None
    died: date | None
    area: str
    other_area: str
    household: int | None
    household_number: str
    relation: str
    numbers: tuple[tuple[str, str], ...]
    matched: str
    exact: bool


@dataclass(frozen=True)
class HouseholdRow:
    """A line of a list of households."""

    id: int
    number: str
    area: str
    other_area: str
    closed: bool
    head: str
    people: int


@dataclass(frozen=True)
class PersonRow:
    """A line of a list of people."""

    id: int
    name: str
    sex: str
    born: date | None
    died: date | None
    area: str
    other_area: str


@dataclass(frozen=True)
class EnrolmentRow:
    """A line of a ledger."""

    id: int
    ledger: str
    since: date
    until: date | None
    details: Mapping[str, Any]
    household: HouseholdRow | None
    person: PersonRow | None


@dataclass(frozen=True)
class Page(Generic[T]):
    """Part of a list. ``after`` is what to ask with for the next part; None: there is none."""

    rows: tuple[T, ...]
    after: int | None
