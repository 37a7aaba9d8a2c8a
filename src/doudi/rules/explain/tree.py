"""An explanation: a plain tree from an answer down to the facts under it. Every field is ready to print, in one language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from doudi.rules.explain.words import Lang

PartKind = Literal["programme", "condition", "rule", "fact", "standard", "table", "row", "assumption"]


@dataclass(frozen=True)
class StandardNote:
    """Which line of a standard was read: for which area and key, in force between which dates, asked at which date. ``found`` says how it went:
    ``found``, ``none`` in force, ``stale``, or ``open`` where area, key or date is not known. Dates are ISO, "" where there is none."""

    found: Literal["found", "none", "stale", "open"]
    area: str = ""
    key: str = ""
    at: str = ""
    since: str = ""
    until: str = ""
    review_by: str = ""


@dataclass(slots=True)
class Explanation:
    """One step of an answer.

    ``label`` and ``value`` say what it is and what it came to; ``lo`` and ``hi`` are the value's bounds in stored units (None where it is of no one
    type). ``formula`` is the rule in words, ``numbers`` the same with what was put in, ``margin`` how far a comparison was from turning.
    ``source``: where a fact comes from. ``cites``: clauses, each with whether it was checked. ``notes``: assumptions, rows left out and
    the like. ``missing``: what is not known. ``reason``: why something otherwise due is not given. ``headline``: the few lines that a
    letter prints, of a programme only. ``parts``: what it came from, only what mattered. ``again``: explained further up.
    ``cut``: there is more below than was asked for. ``open``: worth unfolding at first sight.
    """

    kind: PartKind
    lang: Lang
    label: str
    value: str
    lo: int | None = None
    hi: int | None = None
    assumed: bool = False
    formula: str = ""
    numbers: str = ""
    margin: str = ""
    standard: StandardNote | None = None
    source: str = ""
    cites: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    reason: str = ""
    headline: tuple[str, ...] = ()
    parts: tuple[Explanation, ...] = ()
    again: bool = False
    cut: bool = False
    open: bool = False

    @property
    def known(self) -> bool:
        return self.lo is not None and self.lo == self.hi
