"""What has been read so far of a chain of packs, the highest first: the names a lower pack can see, and what each
pack says of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from doudi.packs.literals import Words
from doudi.packs.questions import Desk, Question, Section, Taken
from doudi.packs.registers import Ledger, Source
from doudi.packs.screening_plan import ScreeningPlan
from doudi.packs.targets import Measured
from doudi.rules.declared import (
    Area,
    Category,
    Citation,
    CitationStatus,
    Conflict,
    Derived,
    Entity,
    Fact,
    Programme,
    Rule,
    StandardDecl,
    StandardLine,
    Text,
    View,
)
from doudi.rules.faults import Where

Key = tuple[str, str]


@dataclass(frozen=True)
class Document:
    """A document that may be cited by its short name; ``status`` is what a citation of it has unless it says other."""

    short: str
    zh: str
    en: str
    status: CitationStatus
    pack: str
    where: Where


@dataclass(frozen=True)
class Measure:
    """A measure that is open to some classes of households or people: shown to whoever is of such a class, decided
    elsewhere.

    ``classes`` are (category, value) pairs. ``formula`` narrows it further in words of the rules; ``sum_zh`` and
    ``sum_en`` say the amount as the office would.
    """

    name: str
    en: str
    group: str
    classes: tuple[tuple[str, str], ...]
    formula: Text | None
    sum_zh: str
    sum_en: str
    cites: tuple[Citation, ...]
    pack: str
    where: Where


@dataclass(frozen=True)
class Figure:
    """A number that a clause states, with the year it is of, as written."""

    what: str
    value: str
    year: str
    kind: str


@dataclass(frozen=True)
class Clause:
    """One thing that a document asks for. ``due`` is the text as written and ``due_day`` its last day;
    ``implemented_by`` holds names of the packs
    (``规则:户.x``, ``标准:X``, ``项目:X``, ``措施:X``, ``冲突:X``, ``派生户:X``, ``案例:X``) with their places, and
    is empty for "not yet"."""

    document: str
    clause: str
    says: str
    en: str
    units: tuple[str, ...]
    due: str
    due_day: date | None
    every: str
    kind: str
    figures: tuple[Figure, ...]
    rows: tuple[str, ...]
    status: str
    note: str
    note_en: str
    implemented_by: tuple[tuple[str, Where], ...]
    where: Where


@dataclass(frozen=True)
class ClauseBook:
    """A document's clauses, and what in the document is not clear, in both languages."""

    short: str
    title: str
    en: str
    issuer: str
    issuer_en: str
    day: str
    unclear: tuple[tuple[str, str], ...]
    clauses: tuple[Clause, ...]
    pack: str
    where: Where


@dataclass(frozen=True)
class Replaces:
    """``pack@digest8``: which upper declaration is replaced, and what it said when that was decided."""

    pack: str
    digest: str
    where: Where


@dataclass(frozen=True)
class LinePart:
    """A value of a standard as one pack states it; ``raises``: it counts only where it is more than what upper packs
    say."""

    line: StandardLine
    raises: bool


@dataclass(frozen=True)
class StandardPart:
    """What one pack says of a standard: its declaration (None when an upper pack has declared it), and values."""

    name: str
    decl: StandardDecl | None
    lines: tuple[LinePart, ...]
    where: Where


@dataclass(frozen=True)
class RulePart:
    rule: Rule
    replaces: Replaces | None


@dataclass(frozen=True)
class ProgrammePart:
    programme: Programme
    replaces: Replaces | None


@dataclass(frozen=True)
class ConflictPart:
    """The dated versions of one conflict, in the order of writing."""

    name: str
    versions: tuple[Conflict, ...]
    replaces: Replaces | None
    where: Where


@dataclass(frozen=True)
class DerivedPart:
    """The dated versions of one derived household, in the order of writing."""

    name: str
    versions: tuple[Derived, ...]
    replaces: Replaces | None
    where: Where


@dataclass
class Layer:
    """What one pack declares by date; everything else it declares goes into the State at once, because it can only
    add."""

    name: str
    ancestors: frozenset[str] = frozenset()
    standards: list[StandardPart] = field(default_factory=list)
    rules: list[RulePart] = field(default_factory=list)
    programmes: list[ProgrammePart] = field(default_factory=list)
    conflicts: list[ConflictPart] = field(default_factory=list)
    derived: list[DerivedPart] = field(default_factory=list)


@dataclass(frozen=True)
class Said:
    """The dated versions that one pack declares of a rule, programme, conflict or derived household."""

    pack: str
    versions: tuple[Any, ...]
    where: Where


@dataclass(frozen=True)
class Cited:
    """A citation where it stands, kept until all clauses are known."""

    document: str
    clause: str
    where: Where


@dataclass
class State:
    """The chain read so far. Dictionaries keep the order of declaration, upper packs first."""

    entities: dict[str, Entity] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    areas: dict[str, Area] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    facts: dict[Key, Fact] = field(default_factory=dict)
    standards: dict[str, StandardDecl] = field(default_factory=dict)
    rules: dict[Key, Rule] = field(default_factory=dict)
    programmes: dict[str, Programme] = field(default_factory=dict)
    conflicts: dict[str, tuple[Conflict, ...]] = field(default_factory=dict)
    derived: dict[str, tuple[Derived, ...]] = field(default_factory=dict)
    measures: dict[str, Measure] = field(default_factory=dict)
    clauses: dict[str, ClauseBook] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    ledgers: dict[str, Ledger] = field(default_factory=dict)
    sections: dict[str, Section] = field(default_factory=dict)
    questions: dict[Key, Question] = field(default_factory=dict)
    taken: dict[Key, Taken] = field(default_factory=dict)
    desks: dict[tuple[str, str], Desk] = field(default_factory=dict)
    """By what kind (programmes, groups) and name."""
    english: dict[tuple[str, str], str] = field(default_factory=dict)
    """(groups, units or payers; name) to its English: of names that nothing declares."""
    targets: dict[str, Measured] = field(default_factory=dict)
    screening: ScreeningPlan | None = None
    screening_keys: dict[str, Where] = field(default_factory=dict)
    cited: list[Cited] = field(default_factory=list)
    owners: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """(kind, name) to the packs that say something of it, upper first."""
    said: dict[tuple[str, str], list[Said]] = field(default_factory=dict)
    """(kind, name) to what each pack itself says of it, upper first."""

    @property
    def words(self) -> Words:
        return Words(self.categories, self.areas)

    def own(self, kind: str, name: str, pack: str) -> None:
        owners = self.owners.setdefault((kind, name), [])
        if pack not in owners:
            owners.append(pack)


STATUSES: tuple[CitationStatus, ...] = ("document", "unverified", "demo")
Period = Literal["月", "年", "次"]
