"""The measures that are also open to a household: not decided here, only pointed to, by its class and those of its people."""

from __future__ import annotations

from doudi.packs.pack import Pack
from doudi.packs.state import Measure
from doudi.rules.ruleset import Key
from doudi.rules.scalar import Decision, Path


def open_measures(pack: Pack, decision: Decision) -> tuple[Measure, ...]:
    """The pack's measures for the classes that the household and its people certainly have, in the order of the pack."""
    plan = pack.screening
    if plan is None:
        return ()
    classes = _classes(pack, decision, plan.household_class, [()])
    people = [(row.id,) for row in decision.household.rows.get(plan.person_class[0], [])]
    classes |= _classes(pack, decision, plan.person_class, list(people))
    return tuple(m for m in pack.measures if classes & set(m.classes))


def _classes(pack: Pack, decision: Decision, key: Key, paths: list[Path]) -> set[tuple[str, str]]:
    category = decision.ruleset.variables[key].type.category
    values = next(c.values for c in pack.book.categories if c.name == category)
    found = (decision.value(*key, path) for path in paths)
    return {(category, values[int(v.lo)][0]) for v in found if v.lo == v.hi}
