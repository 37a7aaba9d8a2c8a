"""Two lists side by side: who is on one only, who differs, and laws that hold for any lists."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from doudi.server.exchange.matching import Ours, Theirs, compare


def _ours(person: int, name: str = "韦小明", born: str = "1990-01-01", **fields: str) -> Ours:
    return Ours(person, name, born, frozenset({f"n{person}".encode()}), "451229105", fields)


def _theirs(row: int, number: int, name: str = "韦小明", born: str = "1990-01-01", **fields: str) -> Theirs:
    return Theirs(row, name, born, f"n{number}".encode() if number else b"", fields)


def test_the_same_on_both_is_no_difference() -> None:
    assert compare([_ours(1, 等级="一级")], [_theirs(2, 1, 等级="一级")]) == []


def test_only_here_and_only_there() -> None:
    found = compare([_ours(1, "甲"), _ours(2, "乙")], [_theirs(5, 2, "乙"), _theirs(6, 3, "丙")])
    assert [(f.kind, f.ours and f.ours.person, f.theirs and f.theirs.row) for f in found] == [
        ("here", 1, None),
        ("there", None, 6),
    ]


def test_what_differs_is_said_by_column_and_a_blank_says_nothing() -> None:
    (found,) = compare([_ours(1, 等级="一级", 类别="")], [_theirs(2, 1, "韦晓明", 等级="二级", 类别="肢体", 其他="x")])
    assert found.kind == "differs"
    assert found.fields == {"姓名": ("韦小明", "韦晓明"), "等级": ("一级", "二级")}


def test_a_slip_in_the_number_is_likely_and_only_where_one_person_can_be_meant() -> None:
    (found,) = compare([_ours(1)], [_theirs(2, 9)])
    assert (found.kind, found.ours and found.ours.person) == ("likely", 1)
    # Two namesakes of one birthday: nobody can say which.
    assert [f.kind for f in compare([_ours(1), _ours(2)], [_theirs(2, 9)])] == ["here", "here", "there"]
    # Ours is on their list under the right number already: the other row is somebody else.
    assert [f.kind for f in compare([_ours(1)], [_theirs(2, 1), _theirs(3, 9)])] == ["there"]
    # A row without a birth date is like nobody.
    assert [f.kind for f in compare([_ours(1, born="")], [_theirs(2, 0, born="")])] == ["here", "there"]


def test_both_numbers_of_a_person_count() -> None:
    old_and_new = Ours(1, "甲", "", frozenset({b"old", b"new"}))
    assert compare([old_and_new], [Theirs(1, "甲", "", b"old"), Theirs(2, "甲", "", b"new")]) == []


_NAMES = st.sampled_from(["甲", "乙", "丙"])
_BORN = st.sampled_from(["1990-01-01", "1990-01-02", ""])


@given(
    st.lists(st.tuples(st.integers(1, 12), _NAMES, _BORN), unique_by=lambda x: x[0], max_size=12),
    st.lists(st.tuples(st.integers(1, 30), st.integers(0, 12), _NAMES, _BORN), unique_by=lambda x: x[0], max_size=12),
    st.integers(0, 9),
)
def test_everybody_is_accounted_for_whatever_the_order(
    here: list[tuple[int, str, str]], there: list[tuple[int, int, str, str]], seed: int
) -> None:
    ours, theirs = [_ours(*o) for o in here], [_theirs(*t) for t in there]
    found = compare(ours, theirs)
    shuffled_ours, shuffled_theirs = ours.copy(), theirs.copy()
    random.Random(seed).shuffle(shuffled_ours)
    random.Random(seed + 1).shuffle(shuffled_theirs)
    assert compare(shuffled_ours, shuffled_theirs) == found
    numbers = {t.blind for t in theirs if t.blind}
    for o in ours:
        said = [f.kind for f in found if f.ours == o]
        if o.blinds & numbers:
            assert set(said) <= {"differs"}
        else:
            assert said in (["here"], ["likely"])
    known = {b for o in ours for b in o.blinds}
    for t in theirs:
        said = [f.kind for f in found if f.theirs == t]
        assert len(said) <= 1
        if t.blind not in known:
            assert said in (["there"], ["likely"])
