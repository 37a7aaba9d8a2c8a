"""Reads what a pack wants shown of a screened county (``screening.yaml``). A lower pack's takes the place of the
upper one whole."""

from __future__ import annotations

from collections.abc import Iterable

from doudi.packs.keys import Keys
from doudi.packs.located import Node, Scalar
from doudi.packs.read_schema import each
from doudi.packs.reading import Fields, Reader
from doudi.packs.screening_plan import Key, ListPlan, ScreeningPlan
from doudi.packs.state import State
from doudi.rules.faults import Where

KEYS = ("class", "person_class", "area", "headcount", "total")
SCREENING = Keys("筛查", "screening.yaml", KEYS, ("person_total", "lists"))
LIST = Keys("名单", "A list", ("en", "of", "when"), ("show",))


def read_screening(reader: Reader, state: State, root: Node | None) -> None:
    """Sets ``state.screening``."""
    f = reader.fields(root, SCREENING)
    if f is None:
        return
    lists: list[ListPlan] = []

    def one(name: Scalar, node: Node) -> None:
        g = reader.fields(node, LIST, name.where)
        if g is not None:
            show = tuple(word.text for word in g.words("show"))
            lists.append(ListPlan(name.text, g.text("en"), g.text("of"), g.text("when"), show, name.where))

    if "lists" in f:
        each(reader, f.node("lists"), "名单", "Lists", one)
    by_class, by_person, area, headcount, total = (_key(f, name) for name in KEYS)
    own = _key(f, "person_total") if "person_total" in f else None
    state.screening = ScreeningPlan(by_class, by_person, area, headcount, total, tuple(lists), own)
    state.screening_keys = {name: f.at(name) for name in (*KEYS, *(("person_total",) if own else ()))}


def _key(f: Fields, name: str) -> Key:
    entity, _, variable = f.text(name).partition(".")
    return entity, variable


def check_screening(reader: Reader, state: State) -> None:
    """Every name in screening.yaml must be declared; told once all packs of the chain are read."""
    plan = state.screening
    if plan is None:
        return
    known = set(_known(state))
    keys = [plan.household_class, plan.person_class, plan.area, plan.headcount, plan.total]
    keys += [] if plan.person_total is None else [plan.person_total]
    for where, key in zip(state.screening_keys.values(), keys, strict=True):
        if key not in known:
            _unknown(reader, where, key, known)
    for x in plan.lists:
        for name in (x.when, *x.show):
            if (x.entity, name) not in known:
                _unknown(reader, x.where, (x.entity, name), known)


def _unknown(reader: Reader, where: Where, key: Key, known: set[Key]) -> None:
    names = [f"{entity}.{name}" for entity, name in known if entity == key[0]]
    reader.unknown(where, "unknown-name", ("量", "value"), ".".join(key), names)


def _known(state: State) -> Iterable[Key]:
    yield from state.facts
    yield from state.rules
    for p in state.programmes.values():
        for name in (f"符合{p.name}", f"享受{p.name}", f"{p.name}金额", f"{p.name}实发", f"{p.name}现领"):
            yield p.entity, name
