"""Every example of the language reference, on the scalar and on the block evaluator."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from doudi.packs.literals import natural, parse_type, stored
from doudi.rules import Faults, compile_book
from doudi.rules.declared import Rule, Text, Version
from doudi.rules.faults import Where
from doudi.rules.ruleset import Ruleset
from doudi.rules.scalar import decide
from doudi.rules.types import Type
from tests.spec.examples import Example, chapters, small_pack

PACK = small_pack()
CHAPTERS = chapters(PACK)
EXAMPLES = [e for c in CHAPTERS for g in c.groups for e in g.examples]
AS_OF = date(2024, 7, 1)
RIGHT = [e for e in EXAMPLES if not e.gives.startswith("fault ")]
WRONG = [e for e in EXAMPLES if e.gives.startswith("fault ")]
KINDS = {
    "table": "齐全 {entity}.{name}",
    "empty": "空表 {entity}.{name}",
    "standard": "标准 {name}",
    "stale": "过期 {name}",
    "zero": "÷0",
}


def rule_of(e: Example) -> Rule:
    return Rule(e.entity, e.name, e.name, parse_type(e.type), (Version(Text(e.formula, Where(e.chapter, 1, 1))),))


@pytest.fixture(scope="module")
def rules() -> Ruleset:
    book = replace(PACK.book, rules=(*PACK.book.rules, *(rule_of(e) for e in RIGHT)))
    return compile_book(book, AS_OF)


def bounds(e: Example, kind: Type) -> tuple[int, int] | None:
    """What the example says comes out, in stored units; None for 未知."""
    words = PACK.state.words
    said = e.gives.removesuffix(" assumed")
    if said == "未知":
        return None
    if said.startswith("["):
        lo, hi = (stored(part.strip(), kind, words) for part in said.strip("[]").split(","))
        return lo, hi
    value = natural(said, kind, words) * kind.store_scale
    return int(value), int(value)


@pytest.mark.parametrize("e", RIGHT, ids=lambda e: f"{e.chapter}: {e.formula}")
def test_scalar(e: Example, rules: Ruleset) -> None:
    decision = decide(rules, e.row)
    value = decision.value(e.entity, e.name, e.path)
    expected = bounds(e, rules.variables[(e.entity, e.name)].type)
    if expected is None:
        assert value.lo < value.hi
    else:
        assert (value.lo, value.hi) == expected
    assert value.assumed == e.gives.endswith(" assumed")
    missing = {
        KINDS.get(m.leaf.kind, "{entity}.{name}").format(entity=m.leaf.entity, name=m.leaf.name)
        for m in decision.missing(e.entity, e.name, e.path)
    }
    assert missing == e.missing


@pytest.mark.parametrize("e", WRONG, ids=lambda e: f"{e.chapter}: {e.formula}")
def test_refused_when_loaded(e: Example) -> None:
    with pytest.raises(Faults) as caught:
        compile_book(replace(PACK.book, rules=(*PACK.book.rules, rule_of(e))), AS_OF)
    assert [f.code for f in caught.value.faults] == [e.gives.removeprefix("fault ")]


def test_there_is_an_example_of_every_function() -> None:
    from doudi.rules.lexer import FUNCTIONS

    shown = " ".join(e.formula for e in EXAMPLES)
    meanings = {meaning for word, meaning in FUNCTIONS.items() if f"{word}(" in shown}
    assert meanings == set(FUNCTIONS.values())
