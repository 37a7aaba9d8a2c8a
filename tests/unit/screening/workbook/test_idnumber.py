"""Identity numbers: what passes, what does not and why, and what is shown of them. 11010519491231002X is the example of GB 11643."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doudi.screening.workbook.idnumber import BadIdNumber, check_character, masked, parse
from tests.unit.screening.workbook.offices import number

LATEST = date(2024, 7, 31)


def why(text: str) -> str:
    with pytest.raises(BadIdNumber) as caught:
        parse(text, LATEST)
    return caught.value.code


def test_the_standards_own_example() -> None:
    got = parse("11010519491231002X", LATEST)
    assert (got.text, got.birth, got.male, got.old) == ("11010519491231002X", date(1949, 12, 31), False, False)
    assert got.known_division


@pytest.mark.parametrize(
    "written",
    [
        "11010519491231002x",
        " 11010519491231002X ",
        "110105 19491231 002X",
        "１１０１０５１９４９１２３１００２Ｘ",
        "'11010519491231002X",
    ],
)
def test_spellings(written: str) -> None:
    assert parse(written, LATEST).text == "11010519491231002X"


def test_fifteen_digits_become_eighteen() -> None:
    got = parse("110105491231002", LATEST)
    assert (got.text, got.old) == ("11010519491231002X", True)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("11010519491231002", "id-length"),
        ("11010519491231002XX", "id-length"),
        ("", "id-length"),
        ("1101051949123100X2", "id-characters"),
        ("11010519491231O02X", "id-characters"),
        ("无无无无无无无无无无无无无无无无无无", "id-characters"),
        ("11010519491331002X", "id-birth"),
        ("11010519490229002X", "id-birth"),
        ("110105000000000000", "id-birth"),
        ("110105491331002", "id-birth"),
        ("110105194912310021", "id-checksum"),
        ("110105194912310030", "id-checksum"),
    ],
)
def test_refused(written: str, code: str) -> None:
    assert why(written) == code


def test_born_after_the_month() -> None:
    assert parse(number("20240731", 1), LATEST).birth == LATEST
    assert why(number("20240801", 1)) == "id-future"
    assert why(number("20991231", 1)) == "id-future"


@pytest.mark.parametrize(
    ("division", "known"), [("110105", True), ("451229", True), ("910000", True), ("100000", False), ("010101", False)]
)
def test_division(division: str, known: bool) -> None:
    assert parse(number("19700101", 1, division=division), LATEST).known_division is known


@pytest.mark.parametrize(
    ("text", "shown"),
    [("11010519491231002X", "110***********002X"), ("110105491231002", "110********1002"), ("1101", "****"), ("", "")],
)
def test_masked(text: str, shown: str) -> None:
    assert masked(text) == shown


@given(st.integers(0, 10**17 - 1), st.integers(0, 16), st.integers(1, 9))
@settings(max_examples=200)
def test_one_wrong_digit_is_always_seen(value: int, place: int, shift: int) -> None:
    first = f"{value:017d}"
    wrong = first[:place] + str((int(first[place]) + shift) % 10) + first[place + 1 :]
    assert check_character(first) != check_character(wrong)
