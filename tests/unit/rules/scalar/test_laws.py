"""Laws that hold for every formula and all facts, tried on random ones."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doudi.rules.nodes import Node, Table, walk
from doudi.rules.ruleset import Ruleset
from doudi.rules.scalar import Decision, Missing, Row, Value, decide
from doudi.rules.scalar.missing import ASKERS
from doudi.rules.scalar.program import MAKERS
from tests.unit.rules.scalar.trees import likely, rows, rulesets

SLOW = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
BEYOND_FACTS = {"zero", "empty", "standard", "stale", "rule"}


def node_types() -> set[type[Node]]:
    found: set[type[Node]] = set()
    todo: list[type[Node]] = [Node]
    while todo:
        for kind in todo.pop().__subclasses__():
            found.add(kind)
            todo.append(kind)
    return found


def test_no_node_type_is_left_out() -> None:
    assert node_types() == set(MAKERS)
    assert node_types() == set(ASKERS)


def test_every_node_type_is_drawn() -> None:
    seen: set[type[Node]] = set()
    ops: set[str] = set()

    @settings(SLOW, database=None, derandomize=True)
    @given(rulesets(assuming=True))
    def look(ruleset: Ruleset) -> None:
        for variable in ruleset.variables.values():
            for node in walk(variable.node) if variable.node is not None else ():
                seen.add(type(node))
                ops.update([node.op] if isinstance(node, Table) else [])

    look()
    assert seen == node_types()
    assert ops == {"count", "sum", "any", "all", "max", "min", "latest"}


def values(ruleset: Ruleset, decision: Decision) -> dict[tuple[str, str, Any], Value]:
    run = decision.finder.run
    return {
        (entity, name, row.path): run.value((entity, name), row)
        for entity, name in ruleset.order
        for row in run.rows[entity]
    }


def at(household: Row, entity: str, path: tuple[Any, ...]) -> Row:
    """The row of ``entity`` at ``path``: two levels of tables, so that the entity tells the way."""
    ways = {"户": (), "人": ("人",), "财产": ("财产",), "收入": ("人", "收入")}
    row = household
    for table, id_ in zip(ways[entity], path, strict=True):
        row = next(r for r in row.rows[table] if r.id == id_)
    return row


def supply(draw: Any, ruleset: Ruleset, household: Row, missing: tuple[Missing, ...]) -> tuple[Row, bool]:
    """The household with everything missing supplied, one way or another, and whether a list turned out to be longer."""
    out, grown = deepcopy(household), False
    for leaf, path in missing:
        if leaf.kind == "fact":
            row = at(out, leaf.entity, path)
            variable = ruleset.variables[leaf.entity, leaf.name]
            given = row.facts.get(leaf.name, (variable.lo, variable.hi))
            assert isinstance(given, tuple), "what is known is not missing"
            row.facts[leaf.name] = draw(st.one_of(st.integers(*given), within(likely(variable), given)))
        elif leaf.kind == "table":
            row = at(out, leaf.entity, path)
            listed = row.rows.setdefault(leaf.name, [])
            room = ruleset.entities[leaf.name].max_rows - len(listed)
            marked = row.complete.get(leaf.name, False)
            for i in range(draw(st.integers(0, min(room, 2)))):
                more = draw(rows(ruleset, leaf.name, 100 + i, known=True))
                kind = ruleset.entities[leaf.name].kind
                # a kind that was complete already gets no more rows
                if not (kind and isinstance(marked, frozenset) and more.facts[kind] in marked):
                    listed.append(more)
                    grown = True
            row.complete[leaf.name] = True
    return out, grown


def within(strategy: st.SearchStrategy[int], ends: tuple[int, int]) -> st.SearchStrategy[int]:
    return strategy.map(lambda v: min(max(v, ends[0]), ends[1]))


@SLOW
@given(st.data())
def test_supplying_what_is_missing_decides(data: st.DataObject) -> None:
    """At once, unless a list turns out to be longer: what only the new rows ask about (a fact of their household that no listed
    row needed) is asked for then, and supplying that decides."""
    ruleset = data.draw(rulesets(assuming=True), label="ruleset")
    household = data.draw(rows(ruleset), label="household")
    decision = decide(ruleset, household)
    for (entity, name, path), (lo, hi, assumed) in values(ruleset, decision).items():
        missing = decision.missing(entity, name, path)
        assert bool(missing) == (lo != hi or assumed)
        now = household
        while missing and not {m.leaf.kind for m in missing} & BEYOND_FACTS:
            now, grown = supply(data.draw, ruleset, now, missing)
            full = decide(ruleset, now)
            missing = full.missing(entity, name, path)
            assert grown or not missing or {m.leaf.kind for m in missing} & BEYOND_FACTS, (entity, name, path, missing)


@SLOW
@given(st.data())
def test_knowing_more_never_widens(data: st.DataObject) -> None:
    """Without 缺省 and 已知. Supplying only some of what is missing is enough to say so."""
    ruleset = data.draw(rulesets(assuming=False))
    household = data.draw(rows(ruleset))
    before = decide(ruleset, household)
    everything = tuple(
        dict.fromkeys(
            m for key in ruleset.order for r in before.finder.run.rows[key[0]] for m in before.finder.missing((key, r))
        )
    )
    some = tuple(m for m in everything if data.draw(st.booleans()))
    known, _ = supply(data.draw, ruleset, household, some)
    after = values(ruleset, decide(ruleset, known))
    for key, (lo, hi, assumed) in values(ruleset, before).items():
        new_lo, new_hi, new_assumed = after[key]
        assert not assumed
        assert not new_assumed
        assert lo <= new_lo <= new_hi <= hi, key


@SLOW
@given(st.data())
def test_bounds_on_the_node_hold(data: st.DataObject) -> None:
    ruleset = data.draw(rulesets(assuming=True))
    decision = decide(ruleset, data.draw(rows(ruleset)))
    for (entity, name, _), (lo, hi, _) in values(ruleset, decision).items():
        variable = ruleset.variables[entity, name]
        assert variable.lo <= lo <= hi <= variable.hi
