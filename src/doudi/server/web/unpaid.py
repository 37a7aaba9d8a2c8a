"""Months that were screened without receipts, for the notice that says so."""

from __future__ import annotations

from datetime import date

from doudi.server.areas.selectors.tree import names_of
from doudi.server.decisions.selectors.unpaid import months_without_receipts
from doudi.server.lib.actor import Actor


def without_receipts(by: Actor, on: date, area: str = "") -> list[tuple[date, list[str]]]:
    """The month and the divisions without receipts by name; none named: all that the page is of. Raises NotAllowed."""
    found = months_without_receipts(by, area)
    names = names_of({code for x in found for code in x.areas}, on) if any(x.areas for x in found) else {}
    return [(x.month, [names[code] for code in x.areas]) for x in found]
