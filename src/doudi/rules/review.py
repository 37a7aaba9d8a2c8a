"""A whole book looked over, whatever its dates: what ``check-pack`` shows. Compiling for one date finds that date's faults by itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from doudi.rules.calendar import from_day, month_start, to_day
from doudi.rules.compile import Compiler
from doudi.rules.declared import Book
from doudi.rules.faults import Fault

COUNTY = 10**6
"""A twelve-digit code without its last six digits is the county's."""


def check_book(book: Book, thorough: bool = False) -> list[Fault]:
    """Every fault of a book, on any date: each version of each formula is read and typed; order and bounds are checked on the last date on
    which anything changes, and when ``thorough`` on every such date."""
    dates = turning_points(book)
    faults: set[Fault] = set()
    for at in dates if thorough else dates[-1:]:
        work = Compiler(book, at, month_start(at))
        work.run()
        faults |= set(work.faults)
    faults |= set(Compiler(book, dates[-1], month_start(dates[-1])).check_all_versions())
    faults |= set(_unused(book)) | set(_unused_standards(book)) | set(_without_county(book))
    return sorted(faults)


def turning_points(book: Book) -> list[date]:
    """The dates on which some rule, programme, conflict or derived household begins, and the day after one ends."""
    spans: list[tuple[date | None, date | None]] = [(v.since, v.until) for r in book.rules for v in r.versions]
    spans += [(v.since, v.until) for p in book.programmes for v in p.versions]
    spans += [(c.since, c.until) for c in book.conflicts] + [(d.since, d.until) for d in book.derived]
    found = {since for since, _ in spans if since} | {from_day(to_day(until) + 1) for _, until in spans if until}
    return sorted(found) or [date(2000, 1, 1)]


def _unused(book: Book) -> Iterable[Fault]:
    """Warnings for facts that no formula, view or standard mentions."""
    texts = "\n".join(_texts(book))
    looked = {key for s in book.standards for key in (s.area, s.by) if key is not None}
    kinds = {(e.name, e.kind) for e in book.entities}
    for f in book.facts:
        if f.name not in texts and (f.entity, f.name) not in looked and (f.entity, f.name) not in kinds:
            yield Fault(
                f.where,
                "unused-fact",
                f"事实“{f.entity}.{f.name}”没有规则用到",
                f"No rule uses the fact {f.entity}.{f.name}",
                "warning",
            )


def _unused_standards(book: Book) -> Iterable[Fault]:
    """Warnings for standards of households that no formula mentions: whoever wrote the value thinks that it counts."""
    texts = "\n".join(_texts(book))
    for s in book.standards:
        if s.kind == "standard" and s.lines and s.name not in texts:
            zh, en = f"标准“{s.name}”没有公式用到", f"No formula uses the standard {s.name}"
            yield Fault(s.where, "unused-standard", zh, en, "warning")


def _without_county(book: Book) -> Iterable[Fault]:
    """Warnings for townships and villages in a county that nobody names: a digit of the code is mostly wrong, and no value of the county is
    then found for who lives there."""
    counties = {a.code // COUNTY for a in book.areas if a.code > 0 and a.code % COUNTY == 0}
    for a in book.areas:
        if a.code > 0 and a.code % COUNTY and a.code // COUNTY not in counties:
            county = f"{a.code // COUNTY:06d}"
            zh = f"“{a.name}”在 {county}，没有地区是这个代码；请核对代码，县没有写的请写上"
            en = f"{a.name} lies in {county}, which is the code of no area; look at the digits, or add the county"
            yield Fault(a.where, "no-county", zh, en, "warning")


def _texts(book: Book) -> Iterable[str]:
    for r in book.rules:
        yield from (v.formula.source for v in r.versions)
    for p in book.programmes:
        if p.received is not None:
            yield p.received.source
        for v in p.versions:
            yield from (c.formula.source for c in v.conditions)
            if v.amount is not None:
                yield v.amount.source
            for f in v.funding:
                yield from (t.source for t in (f.when, *(s.formula for s in f.shares)) if t is not None)
    yield from (view.formula.source for view in book.views)
    yield from (d.when.source for d in book.derived)
    yield from (c.over.source for c in book.conflicts if c.over is not None)
