"""Deciding tables of facts: whole households in, decisions out, in blocks that fit the processor's cache and on as many threads as wanted."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence

import pyarrow as pa

from doudi.rules.block.ahead import ahead
from doudi.rules.block.column import Column
from doudi.rules.block.facts import Absent
from doudi.rules.block.layout import Block
from doudi.rules.block.outcomes import Answer, answer
from doudi.rules.block.plan import Plan, plan_for
from doudi.rules.block.questions import Asking
from doudi.rules.block.results import Results, derived_table, entity_table, missing_tables
from doudi.rules.block.splits import Households, Split, households, merge, so_far_as
from doudi.rules.ruleset import Key, Ruleset

BLOCK = 16_384
"""Households worked on at a time: what a part of facts holds. Smaller blocks fit a smaller cache, but pay more for what is done once a block."""

Tables = Mapping[str, pa.Table]


def decide_tables(
    ruleset: Ruleset,
    tables: Tables,
    *,
    show: Sequence[Key] = (),
    absent: Absent = "error",
    missing: bool = True,
    reasons: bool = True,
    block: int = BLOCK,
) -> Results:
    """Decide the whole households in ``tables``, facts by the file name of their entity (see ``facts`` for the columns).

    ``show`` lists further variables, (entity, name), to put beside the answers. ``absent`` "unknown" lets a table or column that is not there
    count as not known. Without ``missing`` nothing is searched for and those tables stay empty; without ``reasons`` the columns that say why (failing,
    margin, reason) are left out. The answers do not depend on ``block``.
    Raises FactsError for facts that do not fit, KeyError for a variable that is not declared.
    """
    plan = plan_for(ruleset)
    show = tuple(dict.fromkeys(show))
    for key in show:
        ruleset.variables[key]
    whole = plan.reader.read(tables, absent, frozenset(show))
    n, keys = whole.n(plan.tree.root), list(whole.columns)
    if n <= block:
        return Results(_decide(plan, whole, keys, show, missing=missing, reasons=reasons))
    found = [
        _decide(plan, whole.slice(at, min(at + block, n), keys), keys, show, missing=missing, reasons=reasons)
        for at in range(0, n, block)
    ]
    return Results({name: pa.concat_tables([f[name] for f in found]).unify_dictionaries() for name in found[0]})


def needed_columns(ruleset: Ruleset, show: Sequence[Key] = ()) -> dict[str, list[str]]:
    """By file, the columns that a decision reads: what to ask of a reader of Parquet. Other declared columns are passed over when they are there;
    those named ``<fact>|lo`` and ``<fact>|hi`` may always be left out."""
    return plan_for(ruleset).reader.columns(frozenset(show))


def decide_stream(
    ruleset: Ruleset,
    parts: Iterable[Tables | Callable[[], Tables]],
    *,
    threads: int = 2,
    show: Sequence[Key] = (),
    absent: Absent = "error",
    missing: bool = True,
    reasons: bool = True,
    block: int = BLOCK,
) -> Generator[Results, None, None]:
    """``decide_tables`` over a stream of parts, in order. A part may be a function that gives it: it is then called in a thread, so that
    reading is shared as well. No more than ``threads`` + 1 parts are in hand at once, so memory does not grow with the stream.
    """
    plan_for(ruleset)

    def one(part: Tables | Callable[[], Tables]) -> Results:
        tables = part() if callable(part) else part
        return decide_tables(ruleset, tables, show=show, absent=absent, missing=missing, reasons=reasons, block=block)

    yield from ahead(one, parts, threads)


def _decide(
    plan: Plan, first: Block, facts: list[Key], show: Sequence[Key], *, missing: bool, reasons: bool
) -> dict[str, pa.Table]:
    open_facts = any(x.hi is not x.lo for x in first.columns.values()) or any(
        (m != -1).any() for m in first.complete.values()
    )
    # Where something is unknown the search for what is missing asks for every variable again; else each is forgotten after its last use.
    demand = plan.demand(show)
    # Facts are handed on to households evaluated again; they are slices of what was read and cost nothing to keep.
    keep = None if open_facts and missing else plan.handed_on.union(facts)
    plan.evaluate(first, demand, keep=keep)
    held = households(plan, demand, first, facts, whole=missing)
    asking = Asking(plan, demand, held, facts, whole=keep is None)
    answers: dict[int, Answer] = {}
    for number, programme in enumerate(plan.ruleset.programmes):
        own = answer(plan, programme, first, reasons=reasons)
        if held.again is not None:
            own = own.put(
                held.again.origin[programme.entity], answer(plan, programme, held.again.block, reasons=reasons)
            )
        merged = merge(programme, own, held.splits, plan)
        answers[number] = merged.answer
        if missing:
            asking.ask(number, programme, merged)
    derived = [(s, _of_split(plan, s, asking, missing=missing)) for s in held.splits]
    lacking = asking.lacking() if missing else None
    return _tables(plan, held, answers, derived, missing_tables(plan, held, lacking), show, told=reasons)


def _of_split(plan: Plan, s: Split, asking: Asking, *, missing: bool) -> dict[int, Answer]:
    """The household's programmes in households of one."""
    out: dict[int, Answer] = {}
    for number, programme in enumerate(plan.ruleset.programmes):
        if programme.entity == plan.tree.root:
            found = answer(plan, programme, s.block)
            out[number] = so_far_as(found, s.when)
            if missing:
                asking.ask_split(number, programme, s, found)
    return out


def _tables(
    plan: Plan,
    held: Households,
    answers: Mapping[int, Answer],
    derived: Sequence[tuple[Split, Mapping[int, Answer]]],
    missing: tuple[pa.Table, pa.Table],
    show: Sequence[Key],
    *,
    told: bool,
) -> dict[str, pa.Table]:
    shown = {key: _shown(held, key) for key in show}
    out: dict[str, pa.Table] = {}
    for entity in plan.tree.order:
        asked = any(p.entity == entity for p in plan.ruleset.programmes) or any(key[0] == entity for key in show)
        if asked or entity == plan.tree.root:
            file = plan.ruleset.entities[entity].file
            out[file] = entity_table(plan, held.first, entity, answers, shown, told=told)
    out["missing"], out["derived_missing"] = missing
    out["derived"] = derived_table(plan, held.first, derived)
    return out


def _shown(held: Households, key: Key) -> Column:
    """A variable as it stands in the household that decides."""
    x = held.first.columns[key]
    if held.again is None:
        return x
    rows, y = held.again.origin[key[0]], held.again.block.columns[key]
    lo, hi = x.lo.copy(), x.hi.copy()
    lo[rows], hi[rows] = y.lo, y.hi
    return Column(lo, hi, x.dlo, x.dhi)
