"""From the file to the ledger: shape, cells, ties, in that order."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from doudi.rules.declared import Book
from doudi.screening.workbook.columns import layout
from doudi.screening.workbook.findings import Log
from doudi.screening.workbook.ledger import Ledger
from doudi.screening.workbook.link import link
from doudi.screening.workbook.parse import Numbers, parse
from doudi.screening.workbook.sheets import Aliases, read_sheets


def read_ledger(path: Path, book: Book, latest_birth: date, aliases: Aliases | None = None) -> Ledger:
    """Read the workbook at ``path``. Nobody in it may be born after ``latest_birth``. ``aliases`` are headers that stand for the ledger's own.

    Raises ``BadWorkbook`` where the file as a whole cannot be used, OSError where it cannot be opened. Faults of rows are in ``log``.
    """
    shape = layout(book)
    log = Log()
    raw = read_sheets(path, shape, log, aliases)
    # The same number stands in many rows; it is worked out once.
    numbers: Numbers = {}
    ledger = Ledger(shape, log, {name: parse(sheet, shape, latest_birth, numbers) for name, sheet in raw.items()})
    link(ledger)
    log.sort([ledger.sheets[s.entity.name].raw.title for s in shape.sheets])
    return ledger
