"""Formulas and facts drawn at random: both evaluators give the same value, the same assumption and the same missing leaves."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doudi.rules.block import lay_out
from doudi.rules.block.build import MAKERS
from doudi.rules.block.ops import Op
from doudi.rules.block.plan import plan_for
from doudi.rules.nodes import Const, Node, Read, Scale, Standard, Table, walk
from doudi.rules.ruleset import Ruleset
from doudi.rules.scalar import Row, decide
from tests.generative.compare import disagreements, leaf, missing_of
from tests.generative.trees import rulesets
from tests.unit.rules.scalar.trees import rows

SLOW = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def node_types() -> set[type[Node]]:
    found: set[type[Node]] = set()
    todo: list[type[Node]] = [Node]
    while todo:
        for kind in todo.pop().__subclasses__():
            found.add(kind)
            todo.append(kind)
    return found


def test_every_node_type_can_be_made_ready() -> None:
    assert node_types() == set(MAKERS) | {Const, Read, Standard, Scale, Table}


def test_every_node_type_has_a_strategy() -> None:
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


def some_households(data: Any, ruleset: Ruleset) -> list[Row]:
    """Several at once: rows of one parent stand beside those of the next, and tables are empty at the start, in the middle, at the end."""
    of = rows(ruleset, known=data.draw(st.sampled_from([False, False, True])))
    drawn: list[Row] = data.draw(st.lists(of, min_size=1, max_size=4))
    return drawn


@SLOW
@given(st.data())
def test_the_evaluators_agree_on_values(data: st.DataObject) -> None:
    ruleset = data.draw(rulesets(assuming=True))
    assert not disagreements(ruleset, some_households(data, ruleset))


@SLOW
@given(st.data())
def test_the_evaluators_agree_on_what_is_missing(data: st.DataObject) -> None:
    ruleset = data.draw(rulesets(assuming=True))
    households = some_households(data, ruleset)
    laid = lay_out(ruleset, households)
    decisions = [decide(ruleset, h) for h in households]
    for entity, name in ruleset.order:
        found = missing_of(ruleset, households, (entity, name))
        for i, (household, path) in enumerate(laid.places[entity]):
            wanted = decisions[household].missing(entity, name, path)
            assert found[i] == {leaf(laid, ruleset, household, m) for m in wanted}


@SLOW
@given(st.data())
def test_no_integer_is_larger_than_was_promised(data: st.DataObject) -> None:
    ruleset = data.draw(rulesets(assuming=True))
    plan = plan_for(ruleset)
    block = plan.reader.read(lay_out(ruleset, some_households(data, ruleset)).tables, "error")
    held = Op.value

    def watched(self: Op, view: Any) -> Any:
        x = held(self, view)
        for end, den in ((x.lo, x.dlo), (x.hi, x.dhi)):
            if view.n and self.form.value is None:
                assert np.max(np.abs(np.asarray(end, dtype=object))) <= self.form.num
                assert np.max(np.asarray(den, dtype=object)) <= self.form.den
                assert np.min(np.asarray(den, dtype=object)) > 0
                assert not self.form.fixed or den == self.form.den
        return x

    Op.value = watched  # type: ignore[method-assign]
    try:
        plan.evaluate(block)
    finally:
        Op.value = held  # type: ignore[method-assign]
