"""Facts are taken away from the packs' own cases one at a time: an answer may stay or become unknown, and then it names what was taken; nobody is
ever paid by it, and the bounds of every value still hold what it was."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import pytest

from doudi.packs import folder
from doudi.packs.cases import by_moment
from doudi.packs.pack import load
from doudi.rules import Ruleset, compile_book
from doudi.rules.scalar import Decision, Outcome, Row, decide

EVERY = {"national": 23, "guangxi": 9, "dahua": 13, "luoxiao": 7, "shaanxi": 7, "xiamen": 7, "demo": 11}
"""One case of a pack in so many: each is tried once for every fact and table that it states."""


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


def narrowed(before: Decision, now: Decision) -> list[str]:
    """Values whose bounds no longer hold what they held when more was known. Every row was listed before and is now, in the same order."""
    had, has = before.first.run, now.first.run
    names = list(before.ruleset.variables)
    out = []
    for entity, rows in had.rows.items():
        of = [name for e, name in names if e == entity]
        for row, other in zip(rows, has.rows[entity], strict=True):
            for name, was, value in zip(of, row.v, other.v, strict=True):
                # An assumption stands for what is not known, and gives way to what is.
                if value != was and not (was[2] or value[2]) and not value[0] <= was[0] <= was[1] <= value[1]:
                    out.append(f"{entity}.{name} {row.path}: {was} → {value}")
    return out


@pytest.mark.parametrize("name", folder.names())
def test_nothing_withheld_ever_leads_to_a_payment(name: str) -> None:
    pack = load(name)
    tried = 0
    for (as_of, month), group in by_moment(pack.cases[:: EVERY[name]]).items():
        ruleset = compile_book(pack.book, as_of, month)
        for case in group:
            whole = decide(ruleset, case.household)
            before = answers(whole)
            for household, entity, leaf, path in withheld(case.household, ruleset.root, ruleset):
                tried += 1
                less = decide(ruleset, household)
                assert narrowed(whole, less) == [], f"{case.name}: without {entity}.{leaf} {path}"
                for key, now in answers(less).items():
                    was = before[key]
                    said = f"{case.name}: without {entity}.{leaf} {path}, {key[0]}"
                    changed = now.outcome != was.outcome or now.granted != was.granted or now.paid != was.paid
                    if now.outcome != was.outcome:
                        assert now.outcome == "无法判定", said
                    if now.granted != was.granted:
                        assert now.granted == "未知", said
                    if changed:
                        assert (entity, leaf) in {(m.leaf.entity, m.leaf.name) for m in now.missing}, said
                    if now.paid is not None and was.paid is not None:
                        assert now.paid[0] <= was.paid[0] <= was.paid[1] <= now.paid[1], said
    assert tried > 200
