"""Both evaluators on the same households: every value, answer and missing leaf must be the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from doudi.rules.block import Laid, decide_tables, lay_out
from doudi.rules.block.plan import plan_for
from doudi.rules.ruleset import Key, Ruleset
from doudi.rules.scalar import Decision, Missing, Outcome, Row, decide

OUTCOMES = {"不符合": 0, "符合": 1, "无法判定": 2}
GRANTED = {"否": 0, "是": 1, "未知": 2}

Leaf = tuple[str, str, str, str, int | None]


def disagreements(ruleset: Ruleset, households: Sequence[Row], block: int = 4096) -> list[str]:
    """Everything in which the two evaluators differ, in words."""
    decisions = [decide(ruleset, h) for h in households]
    laid = lay_out(ruleset, households)
    tables = decide_tables(ruleset, laid.tables, block=block).tables
    return [
        *_values(ruleset, laid, decisions),
        *_programmes(ruleset, laid, decisions, tables),
        *_derived(ruleset, laid, decisions, tables),
    ]


def _values(ruleset: Ruleset, laid: Laid, decisions: Sequence[Decision]) -> Iterator[str]:
    """Every variable of every row, before anybody is split off."""
    plan = plan_for(ruleset)
    block = plan.reader.read(laid.tables, "error", frozenset(ruleset.variables))
    plan.evaluate(block)
    for key, variable in ruleset.variables.items():
        x = block.columns[key]
        for i, (household, path) in enumerate(laid.places[key[0]]):
            run = decisions[household].first.run
            expected = run.value(key, run.find(key[0], path))
            assumed = bool(x.assumed[i]) if x.assumed is not None else False
            found = (int(x.lo[i]), int(x.hi[i]), assumed)
            if found != tuple(expected):
                said = variable.text.source if variable.text else ""
                yield f"{key} {said} of {household}{path}: scalar {tuple(expected)}, block {found}"


def _programmes(
    ruleset: Ruleset, laid: Laid, decisions: Sequence[Decision], tables: dict[str, pa.Table]
) -> Iterator[str]:
    found = {e.name: tables[e.file].to_pylist() for e in ruleset.entities.values() if e.file in tables}
    leaves = leaves_of(tables["missing"].to_pylist(), lambda r: (r["programme"], r["entity_row"]))
    for i, decision in enumerate(decisions):
        for o in decision.programmes:
            row = laid.id(o.entity, i, o.path)
            yield from _answer(f"{i}{o.path}", o, found[o.entity][row])
            expected = {leaf(laid, ruleset, i, m) for m in o.missing}
            lacking = leaves.get((o.programme, row), set())
            if lacking != expected:
                yield f"{o.programme} of {i}{o.path} lacks {expected - lacking}, has too much {lacking - expected}"


def _answer(where: str, o: Outcome, found: dict[str, Any]) -> Iterator[str]:
    amount, paid = o.amount or (0, 0), o.paid or (0, 0)
    expected = {
        "outcome": OUTCOMES[o.outcome],
        "granted": GRANTED[o.granted],
        "amount": amount[0] if o.amount is not None and amount[0] == amount[1] else None,
        "paid": paid[0] if o.paid is not None and paid[0] == paid[1] else None,
        "paid_lo": paid[0],
        "paid_hi": paid[1],
        "failing": -1 if o.failing is None else o.failing,
        "margin": None if o.margin is None else o.margin.__floor__(),
        "reason": o.reason,
    }
    got = {name: found[f"{o.programme}.{name}"] for name in expected}
    if got != expected:
        yield f"{o.programme} of {where}: scalar {expected}, block {got}"


def _derived(ruleset: Ruleset, laid: Laid, decisions: Sequence[Decision], tables: dict[str, pa.Table]) -> Iterator[str]:
    rows = {(r["derived"], r["entity_row"]): r for r in tables["derived"].to_pylist()}
    leaves = leaves_of(tables["derived_missing"].to_pylist(), lambda r: (r["derived"], r["programme"], r["entity_row"]))
    entities = {p.name: p.entity for p in ruleset.derived}
    told = 0
    for i, decision in enumerate(decisions):
        for d in decision.derived:
            told += 1
            person = laid.id(entities[d.name], i, d.path)
            row = rows[d.name, person]
            for name, value in (("when", d.when), ("settles", d.settles)):
                expected = value.lo if value.lo == value.hi else 2
                if row[name] != expected:
                    yield f"{d.name} of {i}{d.path}: {name} {value}, block {row[name]}"
            for o in d.decision.programmes:
                if o.entity != ruleset.root:
                    continue
                yield from _answer(f"{d.name} of {i}{d.path}", o, row)
                want = {leaf(laid, ruleset, i, m) for m in o.missing}
                lacking = leaves.get((d.name, o.programme, person), set())
                if lacking != want:
                    yield f"{o.programme} in {d.name} of {i}{d.path} lacks {want - lacking}, has too much {lacking - want}"
    if told != len(rows):
        yield f"scalar tried {told} households of one, block {len(rows)}"


def leaves_of(rows: list[dict[str, Any]], by: Any) -> dict[Any, set[Leaf]]:
    out: dict[Any, set[Leaf]] = {}
    for r in rows:
        one = (r["leaf_kind"], r["leaf_entity"], r["leaf_name"], r["detail"], r["leaf_row"])
        held = out.setdefault(by(r), set())
        assert one not in held, f"told twice: {one}"
        held.add(one)
    return out


def leaf(laid: Laid, ruleset: Ruleset, household: int, m: Missing) -> Leaf:
    kind, entity, name, detail = m.leaf.kind, m.leaf.entity, m.leaf.name, m.leaf.detail
    row = None if kind in ("standard", "stale") else laid.id(entity, household, m.path)
    return kind, entity, name, detail, row


def missing_of(ruleset: Ruleset, households: Sequence[Row], key: Key) -> list[set[Leaf]]:
    """What the block evaluator finds missing for one variable, row by row of its entity."""
    import numpy as np

    from doudi.rules.block.missing import Search

    plan, laid = plan_for(ruleset), lay_out(ruleset, households)
    block = plan.reader.read(laid.tables, "error", frozenset(ruleset.variables))
    plan.evaluate(block)
    out: list[set[Leaf]] = []
    for row in range(block.n(key[0])):
        search = Search(plan, block)
        search.seed(key, np.array([row]), np.array([1], dtype=np.uint64))
        search.run()
        keys: dict[tuple[str, str, str, str], int] = {}
        found = search.found(keys)
        names = list(keys)
        out.append(
            {(*names[k], None if r < 0 else r) for k, r in zip(found.key.tolist(), found.row.tolist(), strict=True)}
        )
    return out
