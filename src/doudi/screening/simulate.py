"""What if: the same households under the rules in force and under changed standards; cost, coverage, winners and losers by township.

Nothing is written and nobody's decision changes. A change names a standard, where it has keys the key, and the new value:
``低保标准.农村=7200 元``; every line of that standard in force on the decision date within the home area takes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

import duckdb
import pyarrow as pa

from doudi.packs.literals import BadLiteral, Words, natural
from doudi.packs.screening_plan import ScreeningPlan
from doudi.rules import compile_book
from doudi.rules.block import decide_tables
from doudi.rules.check import area_range
from doudi.rules.declared import Bands, Book, StandardDecl, StandardLine
from doudi.rules.faults import hint
from doudi.rules.ruleset import Ruleset
from doudi.screening.ones import also_shown, with_ones
from doudi.screening.parts import Facts, Part
from doudi.screening.run import Progress
from doudi.screening.summary import level_below
from doudi.screening.workers import in_order

UNKNOWN_CLASS = "?"
"""In ``Effects.moves``, in place of a class that is not settled."""


class ChangeRefused(Exception):
    """A change that cannot be made; ``zh`` and ``en`` say why and what would do."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.zh, self.en = zh, en


@dataclass(frozen=True)
class Change:
    """``standard`` (for ``key``, "" for all) takes ``value``, in natural units (fen, a whole number, an exact ratio)."""

    standard: str
    key: str
    value: Fraction
    written: str


@dataclass(frozen=True)
class AreaEffect:
    """One township: monthly cost in fen before and after, households paid before and after (of those whose sum is known both times),
    households that gain, that lose, and the sums."""

    area: int
    cost_before: int
    cost_after: int
    covered_before: int
    covered_after: int
    winners: int
    losers: int
    gained: int
    lost: int


@dataclass(frozen=True)
class ProgrammeEffect:
    programme: str
    en: str
    granted_before: int
    granted_after: int
    newly: int
    no_longer: int
    cost_before: int
    cost_after: int


@dataclass(frozen=True)
class Effects:
    """``moves`` counts households by class before and class after where they differ; ``undecided`` households whose sum is unknown on either side."""

    total: AreaEffect
    areas: tuple[AreaEffect, ...]
    programmes: tuple[ProgrammeEffect, ...]
    moves: tuple[tuple[str, str, int], ...]
    undecided: int


def parse_change(written: str, book: Book) -> Change:
    """``名.键=值`` read against the standards of ``book``. Raises ChangeRefused."""
    left, sign, right = written.partition("=")
    name, _, key = left.strip().partition(".")
    if not sign:
        raise ChangeRefused(
            f"“{written}”没有写改成多少；写法：低保标准.农村=7200元",
            f"“{written}” does not say what it becomes; write 低保标准.农村=7200元",
        )
    decl = next((s for s in book.standards if s.name == name), None)
    if decl is None:
        zh, en = hint(name, [s.name for s in book.standards])
        raise ChangeRefused(f"没有标准“{name}”{zh}", f"There is no standard “{name}”{en}")
    keys = keys_of(decl)
    if key and key not in keys:
        zh, en = hint(key, keys)
        raise ChangeRefused(f"标准“{name}”没有“{key}”这一项{zh}", f"The standard “{name}” has no key “{key}”{en}")
    return Change(name, key, _value(decl, right.strip()), written)


def keys_of(decl: StandardDecl) -> list[str]:
    return sorted({line.key for line in decl.lines if line.key})


def _value(decl: StandardDecl, text: str) -> Fraction:
    if decl.form != "plain":
        raise ChangeRefused(
            f"“{decl.name}”有多档，不能只给一个数", f"“{decl.name}” has steps; one number cannot replace them"
        )
    try:
        value = natural(text, decl.type, Words({}, {}))
    except BadLiteral as error:
        raise ChangeRefused(error.zh, error.en) from None
    if not decl.lo <= value * decl.type.store_scale <= decl.hi:
        raise ChangeRefused(
            f"“{text}”超出“{decl.name}”声明的上下限", f"“{text}” is outside the declared bounds of “{decl.name}”"
        )
    return value


def changed(book: Book, changes: Sequence[Change], ruleset: Ruleset, home: int) -> Book:
    """``book`` with the changes made on the lines in force on the ruleset's date within ``home``; where none is in force, one is added for ``home``.
    A line that would be stale is in force again: a simulated value is a fresh one."""
    at = ruleset.as_of
    standards = {s.name: s for s in book.standards}
    for c in changes:
        decl = standards[c.standard]
        lines: list[StandardLine] = []
        hit = False
        for line in decl.lines:
            if _takes(c, line, decl, at, home) and not isinstance(line.value, Bands):
                lines.append(replace(line, value=c.value, review_by=None))
                hit = True
            else:
                lines.append(line)
        if not hit:
            keys = [c.key] if c.key or not keys_of(decl) else keys_of(decl)
            area = home if decl.area is not None else 0
            lines = [x for x in lines if not (x.area == area and x.key in keys)]
            lines += [StandardLine(area, key, None, None, c.value) for key in keys]
        standards[c.standard] = replace(decl, lines=tuple(lines))
    written = ";".join(c.written for c in changes)
    return replace(book, standards=tuple(standards[s.name] for s in book.standards), digest=f"{book.digest}|{written}")


def _takes(change: Change, line: StandardLine, decl: StandardDecl, at: date, home: int) -> bool:
    """Whether ``line`` is one that the change is made on: in force ``at`` within ``home``."""
    low, high = area_range(home)
    covers = (line.since is None or line.since <= at) and (line.until is None or at <= line.until)
    above = line.area != home and decl.area is not None and not low <= line.area <= high
    return covers and change.key in ("", line.key) and not above


def in_force(book: Book, change: Change, ruleset: Ruleset, home: int) -> list[StandardLine]:
    """The lines that ``change`` replaces, in their order; empty where nothing is in force and one is added."""
    decl = next(s for s in book.standards if s.name == change.standard)
    return [x for x in decl.lines if _takes(change, x, decl, ruleset.as_of, home) and not isinstance(x.value, Bands)]


def simulate(
    ruleset: Ruleset,
    plan: ScreeningPlan,
    facts: Facts,
    changes: Sequence[Change],
    home: int,
    *,
    threads: int = 2,
    progress: Progress | None = None,
) -> Effects:
    """Decide everybody twice and compare. Raises ChangeRefused, Faults, WorkerEnded."""
    after = compile_book(changed(ruleset.book, changes, ruleset, home), ruleset.as_of, ruleset.month)
    return contrast(ruleset, after, plan, facts, home, threads=threads, progress=progress)


def contrast(
    before: Ruleset,
    after: Ruleset,
    plan: ScreeningPlan,
    facts: Facts,
    home: int,
    *,
    places: pa.Table | None = None,
    threads: int = 2,
    progress: Progress | None = None,
) -> Effects:
    """The same facts under two rulesets of one day. ``places`` (``household``, ``area`` as text) says whose household each is; without it the
    pack's own fact does. A fact that a ruleset declares and the facts do not have is not known. Raises WorkerEnded."""
    show = (plan.household_class, plan.area, *also_shown(plan))
    names = {p.name for p in after.programmes}
    priced = [p for p in before.programmes if p.in_force and p.name in names]
    priced = [p for p in priced if p.entity in (before.root, _person(before))]

    def one(part: Part) -> tuple[pa.Table, dict[str, list[int]]]:
        tables = part.read()
        a, b = (
            with_ones(
                decide_tables(r, tables, show=show, missing=False, reasons=False, absent="unknown").tables, r, plan
            )
            for r in (before, after)
        )
        sums = {
            p.name: _programme(
                a, b, p.name, "household" if p.entity == before.root else "person", priced=bool(p.amount)
            )
            for p in priced
        }
        return _households(a["household"], b["household"], plan), sums

    found: list[pa.Table] = []
    totals: dict[str, list[int]] = {p.name: [0] * 6 for p in priced}
    parts = list(facts)
    for done, (table, sums) in enumerate(in_order(one, parts, threads), 1):
        found.append(table)
        for name, own in sums.items():
            totals[name] = [x + y for x, y in zip(totals[name], own, strict=True)]
        if progress is not None:
            progress(done, len(parts))
    effects = tuple(ProgrammeEffect(p.name, p.en, *totals[p.name]) for p in priced)
    return _compare(found, places, effects, home)


def _person(ruleset: Ruleset) -> str:
    return next((e.name for e in ruleset.entities.values() if e.file == "person"), "")


def _households(a: pa.Table, b: pa.Table, plan: ScreeningPlan) -> pa.Table:
    return pa.table(
        {
            "household": a["id"],
            "area": a[plan.area[1]],
            "class_a": a[plan.household_class[1]].cast(pa.string()),
            "class_b": b[plan.household_class[1]].cast(pa.string()),
            "total_a": a[plan.total[1]],
            "total_b": b[plan.total[1]],
        }
    )


def _programme(a: dict[str, pa.Table], b: dict[str, pa.Table], name: str, table: str, *, priced: bool) -> list[int]:
    """Granted before, after, newly, no longer, cost before, after, of one part."""
    has_a, has_b = (t[table][f"{name}.granted"].to_numpy() == 1 for t in (a, b))
    costs = [int(t[table][f"{name}.paid_lo"].to_numpy().sum()) if priced else 0 for t in (a, b)]
    return [int(has_a.sum()), int(has_b.sum()), int((has_b & ~has_a).sum()), int((has_a & ~has_b).sum()), *costs]


_COLUMNS = pa.schema(
    {"household": pa.int64(), "area": pa.int64(), "class_a": pa.string(), "class_b": pa.string(), "total_a": pa.int64(), "total_b": pa.int64()}
)  # fmt: skip


def _compare(
    found: list[pa.Table], places: pa.Table | None, programmes: tuple[ProgrammeEffect, ...], home: int
) -> Effects:
    db = duckdb.connect()
    db.register("decided", pa.concat_tables(found) if found else _COLUMNS.empty_table())
    db.execute("CREATE VIEW hh AS SELECT * FROM decided")
    if places is not None:
        db.register("places", places)
        db.execute(
            "CREATE OR REPLACE VIEW hh AS SELECT d.* REPLACE (rpad(p.area, 12, '0')::BIGINT AS area) "
            "FROM decided d LEFT JOIN places p USING (household)"
        )
    cut = 10 ** (12 - level_below(home))
    known = "total_a IS NOT NULL AND total_b IS NOT NULL"
    sums = [
        f"coalesce(sum(total_a) FILTER ({known}), 0)::BIGINT",
        f"coalesce(sum(total_b) FILTER ({known}), 0)::BIGINT",
        # Of those whose sum is known both times: else a household of which less is certain afterwards would look like one that is no longer paid.
        f"count(*) FILTER ({known} AND total_a > 0)",
        f"count(*) FILTER ({known} AND total_b > 0)",
        "count(*) FILTER (total_b > total_a)",
        "count(*) FILTER (total_b < total_a)",
        "coalesce(sum(total_b - total_a) FILTER (total_b > total_a), 0)::BIGINT",
        "coalesce(sum(total_a - total_b) FILTER (total_b < total_a), 0)::BIGINT",
    ]
    figures = ", ".join(sums)
    total = db.execute(f"SELECT {figures} FROM hh").fetchall()[0]
    place = f"(area // {cut}) * {cut}"
    rows = db.execute(f"SELECT {place}, {figures} FROM hh WHERE area IS NOT NULL GROUP BY 1 ORDER BY 1").fetchall()
    moves = db.execute(
        f"SELECT coalesce(class_a, '{UNKNOWN_CLASS}'), coalesce(class_b, '{UNKNOWN_CLASS}'), count(*) FROM hh "
        "WHERE class_a IS DISTINCT FROM class_b GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2"
    ).fetchall()
    unknown = db.execute(f"SELECT count(*) FROM hh WHERE NOT ({known})").fetchall()[0]
    return Effects(
        AreaEffect(home, *(int(x) for x in total)),
        tuple(AreaEffect(*(int(x) for x in r)) for r in rows),
        programmes,
        tuple((str(a), str(b), int(n)) for a, b, n in moves),
        int(unknown[0]),
    )
