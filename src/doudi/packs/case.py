"""A worked case: one household with its facts, and what must come out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from doudi.rules.faults import Where
from doudi.rules.scalar import Path, Row

Asked = Literal["outcome", "granted", "value", "missing"]


@dataclass(frozen=True)
class Expectation:
    """One thing that must come out. ``asked`` says what of: the outcome of a programme before conflicts, whether it
    is granted after them, the
    value of a variable, or what is missing for a programme.

    ``expected`` is the word (符合, 是, …), the bounds in stored units (None: not known, whatever the bounds), or the
    set of missing leaves as
    ``实体.名称``. ``derived`` names the household of one in which it is asked, or is "", and ``person`` the path of
    its person.
    ``written`` is the expectation in the words of the case.
    """

    asked: Asked
    entity: str
    name: str
    path: Path
    expected: str | tuple[int, int] | frozenset[str] | None
    written: str
    where: Where
    derived: str = ""
    person: Path = ()
    label: str = ""


@dataclass(frozen=True)
class Case:
    """``why`` is the arithmetic in words; ``en`` and ``why_en`` are name and arithmetic in English. Ids of rows are unique
    in the pack, so that many cases can be decided as one batch."""

    name: str
    en: str
    why: str
    why_en: str
    as_of: date
    month: date
    household: Row
    expect: tuple[Expectation, ...]
    pack: str
    where: Where
