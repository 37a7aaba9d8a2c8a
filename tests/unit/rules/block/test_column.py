"""Columns: selecting, equal fractions, groups of child rows."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi.rules.block.column import Column, select
from doudi.rules.block.layout import Block, Children, Tree, View, ranges

TREE = Tree.of({"户": "", "人": "户", "收入": "人"})


@given(st.lists(st.tuples(st.booleans(), st.integers(-(2**62), 2**62), st.integers(-(2**62), 2**62)), min_size=1))
def test_selecting(rows: list[tuple[bool, int, int]]) -> None:
    c, a, b = (np.array(x) for x in zip(*rows, strict=True))
    assert select(c, a, b).tolist() == np.where(c, a, b).tolist()
    assert select(c, a, 0).tolist() == np.where(c, a, 0).tolist()
    assert select(c, 7, b).tolist() == np.where(c, 7, b).tolist()
    assert select(c, 7, -3).tolist() == np.where(c, 7, -3).tolist()


def test_selecting_truths() -> None:
    c, a = np.array([True, True, False, False]), np.array([True, False, True, False])
    assert select(c, a, True).tolist() == [True, False, True, True]
    assert select(c, False, a).tolist() == [False, False, True, False]
    for first in (True, False):
        for second in (True, False):
            assert select(c, first, second).tolist() == [first, first, second, second]


def test_what_is_selected_is_never_the_condition_itself() -> None:
    c = np.array([True, False])
    assert select(c, True, False) is not c


def test_equal_fractions_with_unlike_denominators_are_known() -> None:
    lo, dlo = np.array([0, 2, 1, -3]), np.array([1, 4, 2, 9])
    hi, dhi = np.array([0, 1, 2, -1]), np.array([2, 2, 3, 3])
    known = Column(lo, hi, dlo, dhi).known()
    assert known is not None
    assert known.tolist() == [
        Fraction(int(a), int(b)) == Fraction(int(c), int(d)) for a, b, c, d in zip(lo, dlo, hi, dhi, strict=True)
    ]


def test_known_does_not_multiply_what_would_not_fit() -> None:
    big = np.array([2**61 + 1, 2**61 + 1])
    known = Column(big, big.copy(), np.array([3, 3]), np.array([3, 4])).known()
    assert known is not None
    assert known.tolist() == [True, False]


@pytest.fixture
def block() -> Block:
    """Three households with 0, 2, 1 people; the first of the two has three incomes, nobody else any."""
    return Block(
        TREE,
        {"户": np.array([10, 20, 30]), "人": np.array([1, 2, 3]), "收入": np.array([5, 6, 7])},
        {"人": np.array([0, 0, 2, 3]), "收入": np.array([0, 3, 3, 3])},
        {"人": np.array([-1, 0, -1]), "收入": np.array([-1, 0, 0])},
        {("户", "甲"): Column(x := np.array([7, 8, 9]), x)},
    )


def test_groups_that_are_empty_at_the_start_the_middle_and_the_end(block: Block) -> None:
    people, incomes = View(block, "户").children("人"), View(block, "人").children("收入")
    x = np.array([4, -5, 6])
    assert people.total(x).tolist() == [0, -1, 6]
    assert people.greatest(x, -99).tolist() == [-99, 4, 6]
    assert people.least(x, 99).tolist() == [99, -5, 6]
    assert people.count(np.array([True, True, False])).tolist() == [0, 2, 0]
    assert incomes.total(x).tolist() == [5, 0, 0]
    assert incomes.greatest(x, -99).tolist() == [6, -99, -99]


@given(st.lists(st.lists(st.integers(-(2**59), 2**59), max_size=3), min_size=1, max_size=8))
def test_groups(groups: list[list[int]]) -> None:
    x = np.array([v for g in groups for v in g], dtype=np.int64)
    offsets = np.concatenate([[0], np.cumsum([len(g) for g in groups])]).astype(np.int64)
    of = Children(View(Block(TREE, {"户": np.arange(len(groups)), "人": np.arange(len(x))}, {}, {}, {}), "人"), offsets)
    assert of.total(x).tolist() == [sum(g) for g in groups]
    assert of.greatest(x, 0).tolist() == [max(g, default=0) for g in groups]
    assert of.least(x, 0).tolist() == [min(g, default=0) for g in groups]
    assert of.some(x > 0).tolist() == [any(v > 0 for v in g) for g in groups]


def test_running_totals_may_wrap(block: Block) -> None:
    huge = np.array([2**61, 2**61, 2**61])
    offsets = np.array([0, 1, 2, 3])
    assert Children(View(block, "人"), offsets).total(huge).tolist() == [2**61] * 3


def test_some_rows_and_their_children(block: Block) -> None:
    some = View(block, "户", np.array([2, 1]))
    children = some.children("人")
    assert children.view.rows is not None
    assert children.view.rows.tolist() == [2, 0, 1]
    assert children.offsets.tolist() == [0, 1, 3]
    assert children.view.column(("户", "甲")).lo.tolist() == [9, 8, 8]
    assert some.only(np.array([1])).column(("户", "甲")).lo.tolist() == [8]


def test_households_gathered_twice_and_alone(block: Block) -> None:
    twice = block.gather(np.array([1, 1]), [("户", "甲")])
    assert twice.block.ids["人"].tolist() == [1, 2, 1, 2]
    assert twice.block.ids["收入"].tolist() == [5, 6, 7, 5, 6, 7]
    alone = block.gather(np.array([1, 2]), [("户", "甲")], ("人", np.array([0, 2]))).block
    assert alone.ids["人"].tolist() == [1, 3]
    assert alone.ids["收入"].tolist() == [5, 6, 7]
    assert alone.complete["人"].tolist() == [-1, -1]
    assert alone.complete["收入"].tolist() == [-1, 0]


def test_a_slice_is_a_block_of_its_own(block: Block) -> None:
    last = block.slice(1, 3, [("户", "甲")])
    assert last.ids["户"].tolist() == [20, 30]
    assert last.offsets["人"].tolist() == [0, 2, 3]
    assert last.columns["户", "甲"].lo.tolist() == [8, 9]
    assert View(last, "人").up("户").tolist() == [0, 0, 1]


def test_ranges() -> None:
    assert ranges(np.array([5, 0, 2]), np.array([2, 0, 3])).tolist() == [5, 6, 2, 3, 4]
    assert ranges(np.array([], dtype=int), np.array([], dtype=int)).tolist() == []
