"""Every pack that comes with Doudi is whole: no fault, nothing above it changed unseen, its cases come out on both evaluators, and
what its clauses name exists. Targets, which no case can read, are held against the figures of the clauses they cite. What is told in English is
English, and the arithmetic of a case has the same numbers in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

import pytest

from doudi.packs import folder
from doudi.packs.cases import run_cases
from doudi.packs.coverage import check_references
from doudi.packs.pack import Pack, examine, load
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


def english_of(pack: Pack) -> Iterator[tuple[str, str]]:
    """Every text of a pack that stands beside a Chinese one, with that one."""
    for c in pack.cases:
        yield from ((c.name, c.en), (c.why, c.why_en))
    for (_, name), en in pack.state.english.items():
        yield name, en
    for book in pack.clauses.values():
        yield from ((book.title, book.en), (book.issuer, book.issuer_en), *book.unclear)
        for clause in book.clauses:
            yield from ((clause.says, clause.en), (clause.note, clause.note_en))
    for m in pack.measures:
        yield from ((m.name, m.en), (m.sum_zh, m.sum_en))
    for f in pack.book.facts:
        yield from ((f.name, f.en), (f.help, f.help_en))
    for p in pack.book.programmes:
        yield from ((c.zh, c.en) for v in p.versions for c in v.conditions)
        yield from ((p.name, p.en), (p.apply_zh, p.apply_en), *p.papers)


@pytest.mark.parametrize("name", PACKS)
def test_what_is_told_in_english_is_english(name: str) -> None:
    wrong = []
    for zh, en in english_of(load(name)):
        chinese, letters = len(re.findall("[\u3400-\u9fff]", en)), len(re.findall("[A-Za-z]", en))
        # A label of a person (甲) or the number of a clause may stand in an English sentence.
        if zh and (not en or 4 * chinese > letters):
            wrong.append(f"{zh}: {en}")
    assert wrong == []


def amounts(text: str) -> set[Fraction]:
    """Every number of some size, whether written 12,000 or 1.2 万."""
    found = re.findall(r"(\d[\d,]*(?:\.\d+)?)( ?万)?", text)
    numbers = {Fraction(n.replace(",", "")) * (10_000 if ten_thousands else 1) for n, ten_thousands in found}
    return {n for n in numbers if n >= 100 or n.denominator > 1}


@pytest.mark.parametrize("name", PACKS)
def test_a_case_reckons_alike_in_both_languages(name: str) -> None:
    assert [c.name for c in load(name).cases if amounts(c.why) != amounts(c.why_en)] == []
