"""What an office's records are called: where a fact is from and how far that is trusted, and the ledgers of groups."""

from __future__ import annotations

from dataclasses import dataclass

from doudi.rules.faults import NOWHERE, Where


@dataclass(frozen=True)
class Source:
    """Where a fact is from (核对, 导入, 申报). Of two that differ the one with the lower ``rank`` counts; of equal rank neither: the fact is
    unknown."""

    code: str
    zh: str
    en: str
    rank: int
    where: Where = NOWHERE


@dataclass(frozen=True)
class Ledger:
    """A list that an office keeps of households or of people: ``of`` is the entity whose rows stand on it."""

    code: str
    zh: str
    en: str
    of: str
    where: Where = NOWHERE
