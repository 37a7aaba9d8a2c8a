"""How figures are written and drawn: shares that never say all too early, tiles whose shades mean what the legend says, labels that fit."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi.server.decisions.selectors.figures import CountedRun, Figure, Figures
from doudi.server.web.figures.charts import bars, wrapped
from doudi.server.web.figures.tables import Cell, moved, share
from doudi.server.web.figures.tiles import INK, PAPER, SHADES, Tile, drawn, steps
from tests.server.decisions.conftest import AS_OF

RUN = CountedRun(1, AS_OF, AS_OF, "451229", "", True)


def of(taken: int, missed: int, open_: int = 0, entitled: int = 0) -> Figures:
    cells = {("taken", "甲"): taken, ("missed", "甲"): missed, ("open", "甲"): open_, ("entitled", "甲"): entitled}
    return Figures(RUN, "451229", {k: Figure(items=n) for k, n in cells.items() if n})


@pytest.mark.parametrize(
    ("parts", "said"),
    [(10_000, "100%"), (9_999, "99.9%"), (9_995, "99.9%"), (5_000, "50%"), (1, "0.1%"), (0, "0%"), (123, "1.3%"), (9_876, "98.7%")],
)  # fmt: skip
def test_only_all_is_all_and_only_nothing_is_nothing(parts: int, said: str) -> None:
    assert share(parts) == said


@given(st.integers(0, 3_000_000), st.integers(0, 3_000_000))
def test_coverage_is_all_only_where_nobody_is_missed(taken: int, missed: int) -> None:
    found = of(taken, missed).coverage()
    if taken + missed == 0:
        assert found is None
        return
    assert found is not None
    assert (found == 10_000) == (missed == 0)
    assert abs(Fraction(found, 10_000) - Fraction(taken, taken + missed)) < Fraction(1, 10_000)


def test_where_there_is_nobody_there_is_no_share() -> None:
    assert of(0, 0).coverage() is None
    assert of(0, 0).unknown() is None
    assert Cell(None).shown == Cell(None, "share").shown == "—"
    assert Cell(0).shown == "0"
    assert of(0, 0, open_=1).unknown() == 10_000
    assert of(0, 0, open_=1, entitled=99_999).unknown() == 1, "what is not known is never rounded away"


def test_how_much_more_is_said_in_words() -> None:
    assert moved(5, 3) == "比上次多 2"
    assert moved(3, 5, "money") == "比上次少 0.02 元"
    assert moved(9_930, 9_950, "share") == "比上次少 0.20 个百分点"
    assert moved(5, 5) == "与上次相同"
    assert moved(None, 5) == moved(5, None) == ""


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=40))
def test_every_value_has_one_shade_of_the_legend(values: list[int]) -> None:
    legend = steps(values)
    assert 1 <= len(legend) <= len(SHADES)
    for value in values:
        assert sum(s.least <= value <= s.most for s in legend) == 1
    assert [s.colour for s in legend] == sorted((s.colour for s in legend), key=SHADES.index)
    assert {s.least for s in legend} | {s.most for s in legend} <= set(values), "the legend names what is there"


def test_a_tile_without_a_figure_is_told_apart_from_nought() -> None:
    found = drawn([Tile("甲乡", 0, "0", "/x"), Tile("乙乡", None, "—", ""), Tile("丙乡", 9, "9", "/y")], "各乡")
    assert found.gaps
    assert found.svg.count("stroke-dasharray") == 1
    assert re.findall(r'aria-label="([^"]*)"', found.svg) == ["各乡", "甲乡 0", "乙乡 —", "丙乡 9"]
    assert "<script" in drawn([Tile("<script>", 1, "1", "/x")], "t").svg.replace("&lt;", "<")
    assert "<script" not in drawn([Tile("<script>", 1, "1", "/x")], "t").svg


def _light(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_letters_can_be_read_on_every_shade() -> None:
    for i, shade in enumerate(SHADES):
        dark, light = sorted((_light(shade), _light(PAPER if i > 2 else INK)))
        assert (light + 0.05) / (dark + 0.05) >= 4.5, shade


@pytest.mark.parametrize("name", ["事实无人抚养儿童基本生活补贴", "Destitute support, basic living", "低保", ""])
def test_labels_keep_every_letter_on_short_lines(name: str) -> None:
    lines = wrapped(name, 14).split("\n")
    assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", name)
    assert all(sum(2 if ch > "⺀" else 1 for ch in line) <= 14 or " " not in line for line in lines)


def test_a_chart_holds_its_words_and_no_style() -> None:
    svg = bars([("低保户", 1234), ("<b>", 5)], "各类家庭", "户", "narrow")
    assert "1,234" in svg
    assert "<b>" not in svg
    assert not re.search(r"\sstyle=|<style", svg)
