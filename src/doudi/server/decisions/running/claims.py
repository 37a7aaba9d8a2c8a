"""A finished run laid out for counting: its households, its people, and what each is due or paid, every row with the village whose office has it.

Figures and the lists behind them are taken from the same tables by the same conditions, so that a figure and its list cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from doudi.screening.lists import KINDS, Screened, column, listed, opened, parquet, standing, text
from doudi.screening.run import open_run
from doudi.server.decisions.snapshot.freeze import PLACES
from doudi.server.lib.scope import Scope
from doudi.server.policybook.policy import Policy

STEP, CLASS, PERSON, LIST, LIST_OPEN = "step", "class", "person", "list", "list-open"
"""Measures of households and people: on the way from record to receipt, by class, and on the pack's own lists."""
ENTITLED, RECEIVING, TAKEN, MISSED, LEAVE, CHANGED, OPEN, UNSAID = (
    "entitled", "receiving", "taken", "missed", "leave", "changed", "open", "unsaid"
)  # fmt: skip
"""Measures of programmes. Of those entitled some have taken up, some are missed, of some it is unsaid whether they receive (the rest are due
nothing now). Of those receiving some should leave."""
RECORD, SCREENED, DECIDED = "record", "screened", "decided"
STEPS = (RECORD, SCREENED, DECIDED, ENTITLED, RECEIVING)
"""Each a part of the one before. Decided: it is known whether anything at all is due; entitled: something is; receiving: something of that is
paid."""

_MISSED, _LEAVE, _CHANGED, _OPEN = KINDS
OF_CLAIMS = {
    ENTITLED: "granted = 1",
    RECEIVING: "received > 0",
    TAKEN: "granted = 1 AND received > 0",
    MISSED: f"list = {text(_MISSED)}",
    LEAVE: f"list = {text(_LEAVE)}",
    CHANGED: f"list = {text(_CHANGED)}",
    OPEN: f"list = {text(_OPEN)}",
    UNSAID: "tells AND granted = 1 AND received IS NULL",
}
"""Which rows of ``claims`` a measure counts."""
AMOUNT = {
    ENTITLED: "paid", MISSED: "paid", UNSAID: "paid", CHANGED: "paid", OPEN: "NULL::BIGINT", RECEIVING: "received", TAKEN: "received",
    LEAVE: "received",
}  # fmt: skip
"""Which sum a measure of programmes carries, in fen: what is due, or what is received."""
OF_STEPS = {
    RECORD: "TRUE",
    SCREENED: "screened",
    DECIDED: "screened AND (granted OR NOT open)",
    ENTITLED: "granted",
    RECEIVING: "taken",
}


@contextmanager
def laid_out(
    run: Path, facts: Path, policy: Policy, month: date, as_of: date, *, within: Scope | None = None, programmes: tuple[str, ...] | None = None
) -> Iterator[Screened]:  # fmt: skip
    """The run in the folder ``run`` of the facts in ``facts``, with the tables

    ``homes``   household, place, screened, head (members, null unknown), class, total (fen a month, null unknown)
    ``heads``   household, id (the person), place, class
    ``claims``  household, id, place, programme, own (whether it is the household's), head, granted (0, 1, 2), list, paid, low, high, received, tells

    of the households whose office lay in ``within`` (None: all), by the codes of that day; ``programmes`` None: of all. Claims are only those that
    somebody could ask about: entitled, undecided or receiving.
    """
    s = opened(open_run(run), policy.ruleset(month, as_of), policy.plan)
    try:
        wanted = Scope.everything() if within is None else within
        place = " OR ".join(f"starts_with(area, {text(p)})" for p in wanted.prefixes) or "FALSE"
        s.db.execute(
            f"CREATE TABLE places AS SELECT household, area::VARCHAR AS place FROM {parquet(facts, PLACES)} WHERE {place}"
        )
        klass, head, total = (column(k[1]) for k in (s.plan.household_class, s.plan.headcount, s.plan.total))
        s.db.execute(
            f"CREATE TABLE homes AS SELECT p.household, p.place, h.id IS NOT NULL AS screened, h.{head}::BIGINT AS head, "
            f"h.{klass}::VARCHAR AS class, h.{total}::BIGINT AS total FROM places p LEFT JOIN hh h ON h.id = p.household"
        )
        s.db.execute(
            f"CREATE VIEW heads AS SELECT x.household, x.id, p.place, x.{column(s.plan.person_class[1])}::VARCHAR AS class "
            "FROM pp x JOIN places p USING (household)"
        )
        s.db.execute(f"CREATE TABLE claims AS {_claims(s, programmes)}")
        yield s
    finally:
        s.db.close()


def own_list(s: Screened, name: str) -> str:
    """SQL for the rows of one of the pack's own lists: household, id, place, certain. Raises KeyError."""
    plan = next((x for x in s.plan.lists if x.name == name), None)
    if plan is None:
        raise KeyError(name)
    when = column(plan.when)
    return (
        f"SELECT x.household, x.id, p.place, {when} AS certain, h.head FROM {s.table(plan.entity)} x JOIN places p USING (household) "
        f"JOIN homes h USING (household) WHERE {when} OR {when} IS NULL"
    )


def steps() -> str:
    """SQL for every household with whether it was screened, is due something, could be due more, and receives some of what it is due."""
    return (
        "SELECT h.*, coalesce(c.granted, FALSE) AS granted, coalesce(c.open, FALSE) AS open, coalesce(c.taken, FALSE) AS taken FROM homes h "
        f"LEFT JOIN (SELECT household, bool_or({OF_CLAIMS[ENTITLED]}) AS granted, bool_or(coalesce({OF_CLAIMS[OPEN]}, FALSE)) AS open, "
        f"bool_or(coalesce({OF_CLAIMS[TAKEN]}, FALSE)) AS taken FROM claims GROUP BY 1) c USING (household)"
    )


def _claims(s: Screened, programmes: tuple[str, ...] | None) -> str:
    parts = []
    for p in listed(s):
        if programmes is not None and p.name not in programmes:
            continue
        has = column(f"{p.name}.granted")
        sums = [column(f"{p.name}.{x}") if p.amount else "NULL" for x in ("paid", "paid_lo", "paid_hi")]
        received = column(p.received) if p.received else "NULL"
        head, ones = "h.head", ""
        if p.entity == s.ruleset.root:
            # Of a household of one it is that person alone who gets it.
            head = "coalesce(o.head, h.head)"
            ones = (
                f"LEFT JOIN (SELECT household, {has} AS answer, count(DISTINCT entity_row) AS head FROM dd WHERE {has} <> 0 GROUP BY 1, 2) o "
                f"ON o.household = x.household AND o.answer = x.{has} "
            )
        parts.append(
            f"SELECT x.household, x.id, h.place, {text(p.name)} AS programme, {p.entity == s.ruleset.root} AS own, {head} AS head, x.{has} AS granted, "
            f"{standing(p)} AS list, {sums[0]}::BIGINT AS paid, {sums[1]}::BIGINT AS low, {sums[2]}::BIGINT AS high, "
            f"{received}::BIGINT AS received, {bool(p.received)} AS tells FROM {s.table(p.entity)} x JOIN homes h USING (household) {ones}"
            f"WHERE {has} = 1 OR {standing(p)} IS NOT NULL OR {received} > 0"
        )
    empty = (
        "SELECT NULL::BIGINT AS household, NULL::BIGINT AS id, '' AS place, '' AS programme, FALSE AS own, NULL::BIGINT AS head, 0 AS granted, "
        "NULL::VARCHAR AS list, NULL::BIGINT AS paid, NULL::BIGINT AS low, NULL::BIGINT AS high, NULL::BIGINT AS received, FALSE AS tells WHERE FALSE"
    )
    return " UNION ALL ".join(parts) or empty
