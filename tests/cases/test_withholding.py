"""Facts are taken away from the packs' own cases one at a time: an answer may stay or become unknown, and then it names what was taken; nobody is ever paid by it."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import pytest

from doudi.packs.cases import by_moment
from doudi.packs.pack import load
from doudi.rules import Ruleset, compile_book
from doudi.rules.scalar import Decision, Outcome, Row, decide

EVERY = 4
"""One case in so many: each is tried once for every fact and table that it states."""


def withheld(row: Row, entity: str, ruleset: Ruleset) -> Iterator[tuple[Row, str, str, tuple[int | str, ...]]]:
    """The household without one fact, or without the word that one table is complete: (household, leaf entity, leaf name, path of the row)."""

    def places(r: Row, e: str, path: tuple[int | str, ...]) -> Iterator[tuple[Row, str, tuple[int | str, ...]]]:
        yield r, e, path
        for child in ruleset.children(e):
            for x in r.rows.get(child.name, []):
                yield from places(x, child.name, (*path, x.id))

    for index, (r, e, path) in enumerate(list(places(row, entity, ()))):
        for name in [*r.facts, *r.complete]:
            changed = copy.deepcopy(row)
            target = list(places(changed, entity, ()))[index][0]
            if name in r.facts:
                del target.facts[name]
            else:
                del target.complete[name]
            yield changed, e, name, path


def answers(d: Decision) -> dict[tuple[str, tuple[int | str, ...]], Outcome]:
    return {(o.programme, o.path): o for o in d.programmes}


@pytest.mark.parametrize("name", ["demo", "xiamen"])
def test_nothing_withheld_ever_leads_to_a_payment(name: str) -> None:
    pack = load(name)
    tried = 0
    for (as_of, month), group in by_moment(pack.cases[::EVERY]).items():
        ruleset = compile_book(pack.book, as_of, month)
        for case in group:
            before = answers(decide(ruleset, case.household))
            for household, entity, leaf, path in withheld(case.household, ruleset.root, ruleset):
                tried += 1
                for key, now in answers(decide(ruleset, household)).items():
                    was = before[key]
                    said = f"{case.name}: without {entity}.{leaf} {path}, {key[0]}"
                    if now.outcome != was.outcome:
                        assert now.outcome == "无法判定", said
                        assert (entity, leaf) in {(m.leaf.entity, m.leaf.name) for m in now.missing}, said
                    if now.granted == "是":
                        assert was.granted == "是", said
                    if now.paid is not None and was.paid is not None and was.paid[0] == was.paid[1]:
                        assert now.paid[0] <= was.paid[0] <= now.paid[1], said
    assert tried > 300
