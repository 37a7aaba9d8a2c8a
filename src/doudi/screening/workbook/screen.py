"""A ledger in, a workbook of results and a report of faults out; nothing half-done is ever left in their place."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from doudi.packs.screening_plan import ScreeningPlan
from doudi.rules import compile_book
from doudi.rules.calendar import add_months, from_day, month_start, to_day
from doudi.rules.declared import Book
from doudi.screening.workbook import report, results
from doudi.screening.workbook.decided import Decided
from doudi.screening.workbook.findings import BadWorkbook, Finding
from doudi.screening.workbook.overview import Basis
from doudi.screening.workbook.reading import read_ledger
from doudi.screening.workbook.report import Source


@dataclass(frozen=True)
class Rulebook:
    """The rules to screen by: a book, what its pack is called, and which of its variables sum a household up (None: not stated)."""

    name: str
    zh: str
    en: str
    book: Book
    plan: ScreeningPlan | None


@dataclass(frozen=True)
class Screening:
    """What a screening did. ``results`` and ``report`` are the files written, None where there was nothing to write.

    ``held`` and ``good`` count households; ``findings`` holds the notes too. ``stale`` are files of an earlier screening that were left as they are.
    """

    source: Source
    findings: tuple[Finding, ...]
    results: Path | None
    report: Path | None
    held: int
    good: int
    stale: tuple[Path, ...] = ()

    @property
    def faults(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.severity != "note")

    @property
    def whole_file(self) -> bool:
        """The file as a whole could not be used."""
        return any(f.severity == "file" for f in self.findings)

    def kinds(self) -> Counter[str]:
        return Counter(f.code for f in self.faults)


def screen_workbook(
    path: Path, rulebook: Rulebook, month: date, made: date, out: Path | None = None, lang: str = "zh"
) -> Screening:
    """Screen the ledger at ``path`` for ``month`` as of its first day; ``made`` is the date printed on what is written.

    Beside the ledger (or in the folder ``out``) appear ``<name>-问题清单.xlsx`` when there is a fault and ``<name>-筛查结果.xlsx`` when there is a
    household without one. Nobody may be born after the end of the month. Raises OSError where a file cannot be read or written, Faults
    where the pack cannot be compiled for the date; nothing is written then.
    """
    as_of = month_start(month)
    latest_birth = from_day(to_day(add_months(as_of, 1)) - 1)
    folder = out or path.parent
    source = Source.of(path)
    files = [folder / f"{path.stem}-{suffix}.xlsx" for suffix in (report.SUFFIX, results.SUFFIX)]
    done = Screening(source, (), None, None, 0, 0)
    decided: Decided | None = None
    try:
        ledger = read_ledger(path, rulebook.book, latest_birth)
    except BadWorkbook as bad:
        done = replace(done, findings=bad.findings, report=files[0])
    else:
        done = replace(done, findings=tuple(ledger.log), held=len(ledger.held), good=len(ledger.good))
        done = replace(done, report=files[0] if done.faults else None, results=files[1] if done.good else None)
        # Decided before anything is written: what fails here leaves no report of a screening that never was.
        if done.good:
            decided = Decided(ledger, compile_book(rulebook.book, as_of), rulebook.plan)
    # The results come last: a run killed between the two has reported faults and decided nothing.
    folder.mkdir(parents=True, exist_ok=True)
    if done.report is not None:
        report.write_report(done.report, source, done.findings, done.held, done.good, made, lang)
    if done.results is not None and decided is not None:
        basis = Basis(source, rulebook.name, rulebook.zh, rulebook.en, rulebook.book.digest, as_of, as_of, made)
        results.write_results(done.results, decided, basis, done.findings, made, lang)
    written = {done.report, done.results}
    return replace(done, stale=tuple(f for f in files if f not in written and f.exists()))


__all__ = ["Rulebook", "Screening", "screen_workbook"]
