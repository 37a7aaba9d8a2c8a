"""A book compiled for one decision date: typed, ordered, ready for either evaluator."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from doudi.rules.declared import Bands, Book, Citation, Entity, StandardDecl, StandardLine, Text
from doudi.rules.nodes import Node
from doudi.rules.types import Type

Key = tuple[str, str]
"""(entity, name)."""
Origin = Literal[
    "fact",
    "rule",
    "condition",
    "eligible",
    "amount",
    "conflict",
    "granted",
    "paid",
    "share",
    "received",
    "derived",
    "when",
]


@dataclass(frozen=True)
class Variable:
    """One column of an entity: a fact (``node`` None) or something computed.

    ``lo``/``hi`` are bounds in stored units. ``text`` is the formula as written (None for what the compiler made, whose ``origin`` says why:
    ``condition``, ``eligible``, ``amount``, ``conflict``, ``granted``, ``paid``, ``share``, ``derived``, ``when``).
    A rule with no version in force on the date has ``node`` None and ``in_force`` False: it is unknown, with that reason.
    """

    entity: str
    name: str
    en: str
    type: Type
    lo: int
    hi: int
    origin: Origin
    node: Node | None = None
    text: Text | None = None
    cites: tuple[Citation, ...] = ()
    zh: str = ""
    programme: str = ""
    in_force: bool = True
    pack: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def key(self) -> Key:
        return (self.entity, self.name)


@dataclass(frozen=True)
class ProgrammePlan:
    """Names of the variables that decide a programme, all on ``entity``. ``eligible`` is the AND of ``conditions`` made firm; ``amount`` before conflicts;
    ``granted`` after them; ``paid`` what is due. amount and paid are "" where the programme has no amount. ``blockers`` are (conflict name, truth
    variable that is true when that conflict takes the programme away); ``received`` is what is paid today."""

    name: str
    en: str
    entity: str
    period: Literal["月", "年", "次"]
    conditions: tuple[str, ...]
    eligible: str
    amount: str
    granted: str
    paid: str
    blockers: tuple[tuple[str, str], ...] = ()
    shares: tuple[tuple[str, str], ...] = ()
    received: str = ""
    rank: int = 100
    group: str = ""
    in_force: bool = True


@dataclass(frozen=True)
class DerivedPlan:
    """``when`` is a truth variable on ``entity``; ``flag`` the built-in truth fact of the root; ``settles`` a truth variable of the root."""

    name: str
    en: str
    entity: str
    when: str
    flag: str
    settles: str
    counts_in_original: bool
    cites: tuple[Citation, ...] = ()


@dataclass(frozen=True)
class Found:
    """What looking a standard up gave: the value in natural units, or None and why."""

    value: object  # Fraction | Bands | None
    line: StandardLine | None
    why: Literal["found", "none", "stale"]


@dataclass(frozen=True)
class StandardTable:
    """A standard as compiled: all its lines; ``find`` does the look-up that both evaluators share."""

    decl: StandardDecl

    def find(self, area: int, key: str, at: date) -> Found:
        """The line in force on ``at`` for twelve-digit ``area`` and category value ``key`` ("" where the standard has no key)."""
        for code in self.ladder(area):
            for line in self.decl.lines:
                if line.area == code and line.key == key and _covers(line.since, line.until, at):
                    if line.review_by is not None and at > line.review_by:
                        return Found(None, line, "stale")
                    return Found(line.value, line, "found")
        return Found(None, None, "none")

    def ladder(self, area: int) -> tuple[int, ...]:
        """The codes to try, nearest first: village, township, county, prefecture, province, country; only one where the match is exact."""
        if self.decl.area is None:
            return (0,)
        digits = f"{area:012d}"
        if self.decl.match == "exact":
            return (int(digits[: self.decl.level].ljust(12, "0")),)
        out: list[int] = []
        for level in (12, 9, 6, 4, 2, 0):
            code = int(digits[:level].ljust(12, "0"))
            if code not in out:
                out.append(code)
        return tuple(out)


def _covers(since: date | None, until: date | None, at: date) -> bool:
    return (since is None or since <= at) and (until is None or at <= until)


@dataclass(frozen=True)
class Ruleset:
    """``order`` lists every computed variable after all it reads, across entities. ``as_of`` is the 基准日, ``month`` the first day of the 所属月.

    ``views`` maps a word for a table (成员, 候选成员, 收入) to its entity. ``membership`` is the truth variable of the view 成员 (计入), which a derived
    household fixes to true for its one member.
    """

    book: Book
    as_of: date
    month: date
    root: str
    entities: dict[str, Entity]
    variables: dict[Key, Variable]
    order: tuple[Key, ...]
    standards: dict[str, StandardTable]
    programmes: tuple[ProgrammePlan, ...]
    derived: tuple[DerivedPlan, ...]
    membership: Key | None
    digest: str
    warnings: tuple[str, ...] = field(default=())

    def children(self, entity: str) -> tuple[Entity, ...]:
        return tuple(e for e in self.entities.values() if e.of == entity)


__all__ = ["Bands", "DerivedPlan", "Found", "Key", "ProgrammePlan", "Ruleset", "StandardTable", "Variable"]
