"""The synthetic county of a pack: households made in its townships, paid today by a second, simple reckoning of the pack's standards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from doudi.packs.pack import Pack
from doudi.rules.check import area_range
from doudi.rules.declared import Area
from doudi.rules.ruleset import Ruleset
from doudi.screening.facts import schema_of
from doudi.screening.generate import Lines, Shape, generate, places_of, synthetic_counties, townships_of
from doudi.screening.parts import Facts
from doudi.screening.receipts import NoTerms, Terms, payer, terms_of


def county(
    folder: Path,
    pack: Pack,
    ruleset: Ruleset,
    *,
    households: int,
    seed: int,
    threads: int = 2,
    overwrite: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Facts:
    """Write facts of a synthetic population of the pack's home area to ``folder`` (earlier facts there are replaced,
    if ``overwrite``).

    People live in the townships that the pack declares within its home area; where it declares none, in townships made up for it. Where
    the pack has no values for what receipts are reckoned by, nobody receives anything. Raises FactsRefused, OSError.
    """
    terms = terms_in_force(pack, ruleset)
    shape = Shape(lines=Lines(urban=terms.line[0], rural=terms.line[1])) if terms else Shape()
    return generate(
        folder,
        schema_of(pack.book),
        home(pack),
        ruleset.month,
        households=households,
        seed=seed,
        shape=shape,
        pay=payer(terms, _before(pack, ruleset)) if terms else None,
        threads=threads,
        overwrite=overwrite,
        progress=progress,
    )


def home(pack: Pack) -> tuple[Area, ...]:
    """The townships that people of the pack's area live in; made up where the pack declares none."""
    area = max(pack.info.area, 0)
    low, high = area_range(area)
    areas = tuple(a for a in pack.book.areas if low <= a.code <= high)
    try:
        places_of(areas)
    except ValueError:
        if area == 0:
            return synthetic_counties(1)
        # Below a province or a prefecture: its county numbered 01, so that what is looked up by area is still found.
        return townships_of(area if area // 1_000_000 % 100 else area + 1_000_000)
    return areas


def terms_in_force(pack: Pack, ruleset: Ruleset) -> Terms | None:
    """What people are paid by, or None where the pack has no values for it."""
    try:
        return terms_of(ruleset.standards, max(pack.info.area, 0), ruleset.as_of)
    except NoTerms:
        return None


def unpaid(pack: Pack, ruleset: Ruleset) -> NoTerms | None:
    """Why nobody in the synthetic county is paid anything: the standards that the pack gives no value for; None where people are paid."""
    try:
        terms_of(ruleset.standards, max(pack.info.area, 0), ruleset.as_of)
    except NoTerms as error:
        return error
    return None


def _before(pack: Pack, ruleset: Ruleset) -> Terms | None:
    """The terms at the end of the year before, for sums that were not raised."""
    try:
        return terms_of(ruleset.standards, max(pack.info.area, 0), date(ruleset.as_of.year - 1, 12, 31))
    except NoTerms:
        return None
