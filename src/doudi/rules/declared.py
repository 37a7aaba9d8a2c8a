"""What a pack declares, as read: names, types and formula texts with the place each came from. No meaning is worked out here.

The reader of packs (``doudi.packs``) fills a ``Book``; ``doudi.rules.compile_book`` turns it into a ``Ruleset`` for one decision date.
A library user may fill one by hand. All areas are twelve-digit codes, all dates ``datetime.date``; ``until`` is the last day that counts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal

from doudi.rules.faults import NOWHERE, Where
from doudi.rules.types import Type

CitationStatus = Literal["document", "unverified", "demo"]
WHOLE = "全文"
"""The clause by which a document is cited as a whole."""


@dataclass(frozen=True)
class Citation:
    """Which clause says so. ``document``: one of the five, checked; ``unverified``: a national rule cited from knowledge; ``demo``: a demonstration value."""

    document: str
    clause: str
    status: CitationStatus


@dataclass(frozen=True)
class Text:
    """A formula's text and where it stands (the place of its first character)."""

    source: str
    where: Where = NOWHERE

    def at(self, position: int) -> Where:
        """The place of the character at ``position``; on later lines of a formula the column counts from the line's first character."""
        before = self.source[:position]
        lines = before.count("\n")
        if not lines:
            return self.where.moved(position)
        return Where(self.where.file, self.where.line + lines, position - before.rfind("\n"))


@dataclass(frozen=True)
class Entity:
    """Something rows are about. One entity has no parent (户); every other is a table linked to its parent, at most ``max_rows`` rows a parent.

    ``table`` is the word for its rows in formulas (候选成员 for 人). ``kind`` names the category fact by which completeness is kept, or "".
    ``file`` is the ASCII name of its facts file.
    """

    name: str
    en: str
    file: str
    of: str = ""
    table: str = ""
    max_rows: int = 1
    kind: str = ""
    where: Where = NOWHERE


@dataclass(frozen=True)
class View:
    """A name for some rows of a table: 成员 is 候选成员 where 计入."""

    name: str
    en: str
    entity: str
    formula: Text
    where: Where = NOWHERE


@dataclass(frozen=True)
class Category:
    """A closed list of values in order; a value's code is its position."""

    name: str
    en: str
    values: tuple[tuple[str, str], ...]
    where: Where = NOWHERE

    def code(self, zh: str) -> int:
        """Raises KeyError for a value not in the list."""
        for i, (name, _) in enumerate(self.values):
            if name == zh:
                return i
        raise KeyError(zh)


@dataclass(frozen=True)
class Area:
    """A division, or a set of divisions across the tree (``members``, codes). ``code`` has twelve digits; sets have code -1."""

    name: str
    en: str
    code: int
    members: tuple[int, ...] = ()
    where: Where = NOWHERE


@dataclass(frozen=True)
class Fact:
    """An input. ``lo`` and ``hi`` are in stored units and hold always; a value outside is refused."""

    entity: str
    name: str
    en: str
    type: Type
    lo: int
    hi: int
    help: str = ""
    help_en: str = ""
    where: Where = NOWHERE


@dataclass(frozen=True)
class Version:
    """One dated version of a rule."""

    formula: Text
    since: date | None = None
    until: date | None = None
    cites: tuple[Citation, ...] = ()
    pack: str = ""
    assessed: bool = False


@dataclass(frozen=True)
class Rule:
    """A computed value of an entity. ``lo``/``hi`` (stored units) may narrow the inferred bounds; None leaves them inferred."""

    entity: str
    name: str
    en: str
    type: Type
    versions: tuple[Version, ...]
    lo: int | None = None
    hi: int | None = None
    where: Where = NOWHERE


@dataclass(frozen=True)
class Bands:
    """Thresholds (of x, in x's natural unit) ascending with what applies from each on (natural units: fen or an exact ratio); ``below`` applies under the first."""

    steps: tuple[tuple[Fraction, Fraction], ...]
    below: Fraction | None = None


@dataclass(frozen=True)
class StandardLine:
    """One value of a standard for one area and key over a span of dates. Lines never overlap for the same area and key.

    ``value`` is in natural units (fen, whole number, exact ratio) or Bands. After ``review_by`` the value is stale: unknown, and says so.
    """

    area: int
    key: str
    since: date | None
    until: date | None
    value: Fraction | Bands
    cites: tuple[Citation, ...] = ()
    review_by: date | None = None
    pack: str = ""
    where: Where = NOWHERE


@dataclass(frozen=True)
class StandardDecl:
    """A standard. ``form``: plain, bands (分段) or slices (累进). ``kind`` target and floor are never looked up for a household.

    ``area`` is the fact whose division it is looked up by, as (entity, name), or None for one that has no area. ``match`` nearest climbs from
    the village to the country; exact takes only the code cut to ``level`` digits. ``by`` is the category variable that keys the value,
    as (entity, name), or None. ``lo``/``hi`` bound every value (stored units) and are what an unknown value is worth.
    """

    name: str
    en: str
    type: Type
    form: Literal["plain", "bands", "slices"]
    lines: tuple[StandardLine, ...]
    lo: int
    hi: int
    kind: Literal["standard", "target", "floor"] = "standard"
    area: tuple[str, str] | None = None
    match: Literal["nearest", "exact"] = "nearest"
    level: int = 6
    by: tuple[str, str] | None = None
    x: Type | None = None
    where: Where = NOWHERE


@dataclass(frozen=True)
class Condition:
    """One condition of a programme; ``zh``/``en`` say it in words (may be empty: the formula then speaks)."""

    formula: Text
    zh: str = ""
    en: str = ""
    cites: tuple[Citation, ...] = ()


@dataclass(frozen=True)
class Share:
    """Part of the cost borne by a level: a formula of 金额, or None for the rest."""

    level: str
    formula: Text | None


@dataclass(frozen=True)
class Funding:
    """Who bears the cost when ``when`` holds (None: always)."""

    when: Text | None
    shares: tuple[Share, ...]
    cites: tuple[Citation, ...] = ()


@dataclass(frozen=True)
class ProgrammeVersion:
    conditions: tuple[Condition, ...]
    amount: Text | None
    since: date | None = None
    until: date | None = None
    cites: tuple[Citation, ...] = ()
    funding: tuple[Funding, ...] = ()
    pack: str = ""


@dataclass(frozen=True)
class Programme:
    """Something one may be due. It gives the names 符合X, X金额, 享受X and X实发 on ``entity``.

    ``received`` (a 金额 formula, may be None) is what is paid today, for lists of who is missed or wrongly in; it gives X现领.
    ``period``: 月, 年, or 次 (once). ``rank`` orders programmes for display. ``opens`` programmes have no amount.
    """

    name: str
    en: str
    entity: str
    period: Literal["月", "年", "次"]
    versions: tuple[ProgrammeVersion, ...]
    received: Text | None = None
    rank: int = 100
    group: str = ""
    apply_zh: str = ""
    apply_en: str = ""
    papers: tuple[tuple[str, str], ...] = ()
    where: Where = NOWHERE


@dataclass(frozen=True)
class Conflict:
    """Programmes of one entity that touch each other.

    bar: whoever enjoys one of ``by`` does not enjoy any of ``programmes``. higher: of ``legs`` (each the sum of its programmes) only the highest
    is enjoyed, equal sums: the leg written first. topup: ``programmes`` pay only what they exceed ``over`` (a 金额 formula) by.
    cumulate: said to go together; changes nothing, forbids a rival declaration.
    """

    name: str
    en: str
    kind: Literal["bar", "higher", "topup", "cumulate"]
    programmes: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    legs: tuple[tuple[str, ...], ...] = ()
    over: Text | None = None
    since: date | None = None
    until: date | None = None
    cites: tuple[Citation, ...] = ()
    pack: str = ""
    where: Where = NOWHERE


@dataclass(frozen=True)
class Derived:
    """A household of one, decided by the same rules: ``when`` (on 人, in the original household) says for whom it is tried.

    The one stands in it as the only candidate, counted; the facts of 户 are the original's; the built-in truth 户.作为<name> is true there.
    ``settles`` is the truth of 户 that, true in the derived household, makes it the person's household: all of the person's own programmes are then
    decided there. ``counts_in_original``: whether the person still counts in the original (if not, the original is decided again without).
    """

    name: str
    en: str
    of: str
    when: Text
    settles: str
    counts_in_original: bool
    since: date | None = None
    until: date | None = None
    cites: tuple[Citation, ...] = ()
    pack: str = ""
    where: Where = NOWHERE


@dataclass(frozen=True)
class Book:
    """Everything declared, overlays already applied: what ``compile_book`` takes. ``digest`` identifies the text it was read from."""

    name: str
    entities: tuple[Entity, ...]
    views: tuple[View, ...]
    categories: tuple[Category, ...]
    areas: tuple[Area, ...]
    facts: tuple[Fact, ...]
    standards: tuple[StandardDecl, ...]
    rules: tuple[Rule, ...]
    programmes: tuple[Programme, ...]
    conflicts: tuple[Conflict, ...] = ()
    derived: tuple[Derived, ...] = ()
    digest: str = ""
    labels: dict[str, str] = field(default_factory=dict)
