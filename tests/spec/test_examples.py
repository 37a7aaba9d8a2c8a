"""Every example of the language reference, on the scalar and on the block evaluator."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from doudi.packs.literals import natural, parse_type, stored
from doudi.rules import Faults, compile_book
from doudi.rules.block import Laid, Results, decide_tables, lay_out
from doudi.rules.declared import Condition, Programme, ProgrammeVersion, Rule, Text, Version
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


@pytest.fixture(scope="module")
def blocked() -> tuple[Ruleset, Results, Laid]:
    """All examples decided in one batch; what is asked of truths becomes a programme, so that the block evaluator also says what is missing."""
    truths = [e for e in RIGHT if e.type == "是否"]
    asked = [
        Programme(e.name, e.name, e.entity, "月", (ProgrammeVersion((Condition(Text(e.formula)),), None),))
        for e in truths
    ]
    every = [
        Programme(f"在场{x}", x, x, "月", (ProgrammeVersion((Condition(Text("是")),), None),)) for x in ("户", "人")
    ]
    book = replace(PACK.book, rules=(*PACK.book.rules, *map(rule_of, RIGHT)), programmes=(*asked, *every))
    compiled = compile_book(book, AS_OF)
    laid = lay_out(compiled, [e.row for e in RIGHT])
    return compiled, decide_tables(compiled, laid.tables, show=[(e.entity, e.name) for e in RIGHT]), laid


@pytest.mark.parametrize("i", range(len(RIGHT)), ids=lambda i: f"{RIGHT[i].chapter}: {RIGHT[i].formula}")
def test_block(i: int, blocked: tuple[Ruleset, Results, Laid]) -> None:
    e, (compiled, results, laid) = RIGHT[i], blocked
    table = results.tables[compiled.entities[e.entity].file]
    row = laid.id(e.entity, i, e.path)
    at = table.column("id").to_pylist().index(row)
    shown = table.column(e.name)[at]
    expected = bounds(e, compiled.variables[(e.entity, e.name)].type)
    got = shown.cast("int32").as_py() if str(shown.type) == "date32[day]" else shown.as_py()
    if expected is None or expected[0] < expected[1]:
        assert got is None
    else:
        assert got == expected[0]
    if e.type == "是否":
        m = results.tables["missing"].to_pylist()
        kinds = [x for x in m if x["programme"] == e.name and x["entity_row"] == row]
        found = {
            KINDS.get(x["leaf_kind"], "{entity}.{name}").format(entity=x["leaf_entity"], name=x["leaf_name"])
            for x in kinds
        }
        assert found == e.missing


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
