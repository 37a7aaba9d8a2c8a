"""Every pack that comes with Doudi is whole: no fault, nothing above it changed unseen, its cases come out on both evaluators, and
what its clauses name exists. Targets, which no case can read, are held against the figures of the clauses they cite."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from doudi.packs import folder
from doudi.packs.cases import run_cases
from doudi.packs.coverage import check_references
from doudi.packs.pack import examine, load
from doudi.packs.state import Clause

PACKS = folder.names()
UNITS = {"元": Fraction(100), "%": Fraction(1, 100)}
"""Natural units of a figure's unit: fen for a yuan, parts of one for a percent."""


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_is_whole(name: str) -> None:
    pack, faults = examine(name, thorough=True)
    assert pack is not None
    assert [str(f) for f in faults if f.code != "unused-fact"] == []
    assert [str(f) for f in check_references(pack)] == []
    report = run_cases(pack)
    assert [d.zh for d in report.differences] == []
    assert report.evaluators == ("scalar", "block")


def figures(clause: Clause) -> set[Fraction]:
    """The numbers that a clause states, in natural units; 达到 … 平均水平 is a hundred percent of it, and so is 全部: everyone."""
    out = {Fraction(1)} if "全部" in clause.says else set()
    for figure in clause.figures:
        if "平均水平" in figure.value:
            out.add(Fraction(1))
        for number, unit in re.findall(r"(\d+(?:\.\d+)?) ?(元|%)", figure.value):
            out.add(Fraction(number) * UNITS[unit])
    return out


@pytest.mark.parametrize("name", PACKS)
def test_targets_are_the_figures_of_their_clauses(name: str) -> None:
    pack = load(name)
    clauses = {(short, c.clause): c for short, book in pack.clauses.items() for c in book.clauses}
    for decl in pack.book.standards:
        if decl.kind != "target" or not decl.type.numeric:
            continue
        for line in decl.lines:
            cited = [clauses[c.document, c.clause] for c in line.cites]
            assert any(line.value in figures(c) for c in cited), (decl.name, line.value)
